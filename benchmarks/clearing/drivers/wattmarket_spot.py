"""``wattmarket.spot.SpotMarket``: the dense matrix instead of arcs.

A tick is ``update`` and ``optimise``: the optimum of the new columns with its proof. Beside it: ``settle`` (the one
flow that the keys choose, lowest and highest prices) and ``clearing`` (the published columns, proved once more from
these alone, as arrays).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import wattmarket
from benchmarks.clearing.columns import spot_demand, spot_layout, spot_state
from benchmarks.clearing.drivers.driver import Form, Role, Solve, Stopwatch, forget_peak
from benchmarks.clearing.instance import Instance
from wattmarket.spot import SpotDemand, SpotMarket, SpotState

__all__ = ["STEPS", "SpotDriver", "clear_in_steps"]

STEPS = ("update", "optimise", "settle", "clearing")


class SpotDriver:
    role: Role = "ours"
    forms: tuple[Form, ...] = ("ring", "raw")  # it makes its own rings and never sees an arc
    warm_starts = True

    def version(self) -> str:
        return f"wattmarket {wattmarket.__version__} SpotMarket, matrix"

    def cold(self, instance: Instance, form: Form, ticks: Sequence[int]) -> Iterator[Solve]:
        for tick in ticks:
            yield _from_nothing(instance, tick)[1]

    def warm(self, instance: Instance, form: Form, ticks: int) -> Iterator[Solve]:
        market, base = _from_nothing(instance, 0)
        yield base
        for tick in range(1, ticks + 1):
            demand, state = spot_demand(instance, tick), spot_state(instance, tick)
            yield clear_in_steps(market, demand, state, start="warm", tick=tick)


def _from_nothing(instance: Instance, tick: int) -> tuple[SpotMarket, Solve]:
    layout, demand, state = spot_layout(instance), spot_demand(instance, tick), spot_state(instance, tick)
    forget_peak()
    with Stopwatch() as build:
        market = SpotMarket(layout)
    return market, clear_in_steps(market, demand, state, start="cold", tick=tick, build_s=build.wall_s)


def clear_in_steps(
    market: SpotMarket, demand: SpotDemand, state: SpotState, *, start: str, tick: int, build_s: float = 0.0
) -> Solve:
    """Clear one state and time each step; ``wall_s`` and ``cpu_s`` are those of the tick.

    Raises
    ------
    RuntimeError
        Where the published columns have another objective than the optimum, or no certificate.
    """
    with Stopwatch() as update:
        market.update(demand, state)
    with Stopwatch() as optimise:
        optimum = market.optimise()
    with Stopwatch() as settle:
        market.settle()
    with Stopwatch() as publish:
        clearing = market.clearing()
    if not clearing.certificate or clearing.objective != optimum.objective:
        raise RuntimeError(f"SpotMarket: tick {tick}: what is published is not the optimum")
    steps = dict(zip(STEPS, (update, optimise, settle, publish), strict=True))
    return Solve(
        start,
        tick,
        build_s,
        update.wall_s + optimise.wall_s,
        update.cpu_s + optimise.cpu_s,
        publish.peak_mb,
        optimum.objective,
        f"{optimum.pivots} pivots, {optimum.rounds} rounds, {optimum.active_arcs} arcs held",
        {name: watch.cpu_s for name, watch in steps.items()},
    )
