"""HiGHS' dual simplex on the linear programme of the network, cold and warm (it keeps its basis between ticks)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import highspy
import numpy as np
from numpy.typing import NDArray

from benchmarks.clearing.arcs import ArcTable, explicit_arcs
from benchmarks.clearing.drivers.driver import Form, Role, Solve, Stopwatch, forget_peak
from benchmarks.clearing.instance import Instance

__all__ = ["HighsDriver", "base_and_ticks", "from_nothing", "load"]

WHOLE_KW_TOLERANCE = 1e-3


class HighsDriver:
    role: Role = "peer"
    forms: tuple[Form, ...] = ("ring", "raw")
    warm_starts = True

    def version(self) -> str:
        return f"HiGHS {highspy.Highs().version()} dual simplex"  # type: ignore[no-untyped-call]

    def cold(self, instance: Instance, form: Form, ticks: Sequence[int]) -> Iterator[Solve]:
        arcs = explicit_arcs(instance, form)
        for tick in ticks:
            yield from_nothing(arcs, tick)[1]

    def warm(self, instance: Instance, form: Form, ticks: int) -> Iterator[Solve]:
        arcs = explicit_arcs(instance, form)
        yield from base_and_ticks(arcs, ticks)


def base_and_ticks(arcs: ArcTable, ticks: int) -> Iterator[Solve]:
    """Solve the base from nothing, then tick after tick from the last basis."""
    highs, base = from_nothing(arcs, 0)
    yield base
    for tick in range(1, ticks + 1):
        yield _solve(highs, arcs, tick, "warm", 0.0)


def from_nothing(arcs: ArcTable, tick: int) -> tuple[highspy.Highs, Solve]:
    """Load and solve one tick."""
    with Stopwatch() as build:
        highs = load(arcs, tick)
    return highs, _solve(highs, arcs, tick, "cold", build.wall_s)


def load(arcs: ArcTable, tick: int) -> highspy.Highs:
    """Hand one tick to HiGHS: a column per arc, a row per node (what leaves less what arrives is the supply)."""
    supply, capacity, cost = arcs.at(tick)
    forget_peak()
    rows = np.empty(2 * arcs.arcs, dtype=np.int32)
    rows[0::2], rows[1::2] = arcs.tail, arcs.head
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = arcs.arcs, arcs.nodes
    model.col_cost_ = cost.astype(np.float64)
    model.col_lower_ = np.zeros(arcs.arcs)
    model.col_upper_ = np.where(arcs.unlimited, highspy.kHighsInf, capacity)
    model.row_lower_ = model.row_upper_ = supply.astype(np.float64)
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_ = np.arange(0, 2 * arcs.arcs + 1, 2, dtype=np.int32)
    model.a_matrix_.index_ = rows
    model.a_matrix_.value_ = np.tile([1.0, -1.0], arcs.arcs)
    highs = highspy.Highs()  # type: ignore[no-untyped-call]
    # Presolve looks for dependent rows and always finds one (the supplies sum to zero): seconds lost on S1.
    options: dict[str, bool | int | str] = {
        "output_flag": False,
        "threads": 1,
        "parallel": "off",
        "solver": "simplex",
        "presolve": "off",
    }
    for option, value in options.items():
        highs.setOptionValue(option, value)
    highs.passModel(model)
    return highs


def _solve(highs: highspy.Highs, arcs: ArcTable, tick: int, start: str, build_s: float) -> Solve:
    supply, capacity, cost = arcs.at(tick)
    nodes, sites, worth = (
        places.astype(np.int32) for places in (np.arange(arcs.nodes), arcs.site_arcs, arcs.worth_arcs)
    )
    right, price, zero, upper = (
        column.astype(np.float64) for column in (supply, cost[sites], np.zeros(len(worth)), capacity[worth])
    )
    with Stopwatch() as solve:
        if start == "warm":  # What moves, in three bulk calls, so that HiGHS' own time is what is measured.
            highs.changeColsCost(len(sites), sites, price)
            highs.changeColsBounds(len(worth), worth, zero, upper)
            highs.changeRowsBounds(len(nodes), nodes, right, right)  # type: ignore[attr-defined]
        highs.run()
    if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        raise RuntimeError(f"HiGHS: tick {tick}: {highs.modelStatusToString(highs.getModelStatus())}")
    flow = np.asarray(highs.getSolution().col_value)
    pivots = highs.getInfo().simplex_iteration_count
    objective = _whole_objective(arcs, supply, capacity, cost, flow)
    return Solve(start, tick, build_s, solve.wall_s, solve.cpu_s, solve.peak_mb, objective, f"{pivots} pivots")


def _whole_objective(
    arcs: ArcTable,
    supply: NDArray[np.int64],
    capacity: NDArray[np.int64],
    cost: NDArray[np.int64],
    flow: NDArray[np.float64],
) -> int:
    """Cost of HiGHS' flow in whole kW, after a check that rounding left it feasible.

    A basic solution of a network with integer supplies and capacities is integer; what HiGHS returns differs by its
    rounding errors alone.
    """
    whole = np.rint(flow).astype(np.int64)
    balance = np.zeros(arcs.nodes, dtype=np.int64)
    np.add.at(balance, arcs.tail, whole)
    np.subtract.at(balance, arcs.head, whole)
    if np.abs(flow - whole).max() > WHOLE_KW_TOLERANCE or (whole < 0).any() or (whole > capacity).any():
        raise RuntimeError("HiGHS: flow is not whole or not within its bounds")
    if (balance != supply).any():
        raise RuntimeError("HiGHS: rounded flow is not conserved")
    return int(whole @ cost)
