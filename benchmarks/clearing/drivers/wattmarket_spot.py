"""``wattmarket.spot.SpotMarket``: the dense matrix instead of arcs.

Its time includes what the peers leave out: the tie-break, both price vectors, the certificate, and the columns of the
result (routes, prices, flows).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import wattmarket
from benchmarks.clearing.columns import spot_demand, spot_layout, spot_state
from benchmarks.clearing.drivers.driver import Form, Solve, Stopwatch, forget_peak
from benchmarks.clearing.instance import Instance
from wattmarket.spot import SpotClearing, SpotMarket

__all__ = ["SpotDriver"]


class SpotDriver:
    forms: tuple[Form, ...] = ("ring", "raw")  # it makes its own rings and never sees an arc
    warm_starts = True

    def version(self) -> str:
        return f"wattmarket {wattmarket.__version__} SpotMarket"

    def cold(self, instance: Instance, form: Form, ticks: Sequence[int]) -> Iterator[Solve]:
        layout = spot_layout(instance)
        for tick in ticks:
            demand, state = spot_demand(instance, tick), spot_state(instance, tick)
            forget_peak()
            with Stopwatch() as build:
                market = SpotMarket(layout)
            with Stopwatch() as solve:
                clearing = market.clear(demand, state)
            yield _solve("cold", tick, build.wall_s, solve, clearing)

    def warm(self, instance: Instance, form: Form, ticks: int) -> Iterator[Solve]:
        market = SpotMarket(spot_layout(instance))
        market.clear(spot_demand(instance, 0), spot_state(instance, 0))
        for tick in range(1, ticks + 1):
            demand, state = spot_demand(instance, tick), spot_state(instance, tick)
            with Stopwatch() as solve:
                clearing = market.clear(demand, state)
            yield _solve("warm", tick, 0.0, solve, clearing)


def _solve(start: str, tick: int, build_s: float, watch: Stopwatch, clearing: SpotClearing) -> Solve:
    if not clearing.certificate:
        raise RuntimeError(f"SpotMarket: tick {tick}: no certificate")
    note = f"{clearing.pivots} pivots, {clearing.rounds} rounds, {clearing.active_arcs} arcs held"
    return Solve(start, tick, build_s, watch.wall_s, watch.cpu_s, watch.peak_mb, clearing.objective, note)
