"""OR-Tools' ``SimpleMinCostFlow`` (cost-scaling push-relabel). It has no warm start."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import ortools  # type: ignore[import-untyped]
from ortools.graph.python import min_cost_flow  # type: ignore[import-untyped]

from benchmarks.clearing.arcs import explicit_arcs
from benchmarks.clearing.drivers.driver import Form, Role, Solve, Stopwatch, forget_peak
from benchmarks.clearing.instance import Instance

__all__ = ["OrToolsDriver"]


class OrToolsDriver:
    role: Role = "peer"
    forms: tuple[Form, ...] = ("ring", "raw")
    warm_starts = False

    def version(self) -> str:
        return f"OR-Tools {ortools.__version__} min-cost flow"

    def cold(self, instance: Instance, form: Form, ticks: Sequence[int]) -> Iterator[Solve]:
        arcs = explicit_arcs(instance, form)
        for tick in ticks:
            supply, capacity, cost = arcs.at(tick)
            forget_peak()
            with Stopwatch() as build:
                solver = min_cost_flow.SimpleMinCostFlow()
                solver.add_arcs_with_capacity_and_unit_cost(arcs.tail, arcs.head, capacity, cost)
                solver.set_nodes_supplies(np.arange(arcs.nodes, dtype=np.int32), supply)
            with Stopwatch() as solve:
                status = solver.solve()
            if status != solver.OPTIMAL:
                raise RuntimeError(f"OR-Tools: tick {tick}: {status}")
            yield Solve("cold", tick, build.wall_s, solve.wall_s, solve.cpu_s, solve.peak_mb, solver.optimal_cost())

    def warm(self, instance: Instance, form: Form, ticks: int) -> Iterator[Solve]:
        raise NotImplementedError("OR-Tools' min-cost flow starts from nothing each time")
