"""``wattmarket.clearing.FlowNetwork`` on the arcs that the peers get.

Its time includes what the peers leave out: the tie-break, both price vectors and the certificate.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

import wattmarket
from benchmarks.clearing.arcs import ArcTable, explicit_arcs
from benchmarks.clearing.drivers.driver import Form, Role, Solve, Stopwatch, forget_peak
from benchmarks.clearing.instance import Instance
from wattmarket.clearing import Clearing, FlowNetwork

__all__ = ["FlowDriver"]


class FlowDriver:
    role: Role = "ours"
    forms: tuple[Form, ...] = ("ring", "raw")
    warm_starts = True

    def version(self) -> str:
        return f"wattmarket {wattmarket.__version__} FlowNetwork"

    def cold(self, instance: Instance, form: Form, ticks: Sequence[int]) -> Iterator[Solve]:
        arcs = explicit_arcs(instance, form)
        for tick in ticks:
            yield _from_nothing(arcs, tick)[1]

    def warm(self, instance: Instance, form: Form, ticks: int) -> Iterator[Solve]:
        arcs = explicit_arcs(instance, form)
        network, base = _from_nothing(arcs, 0)
        yield base
        for tick in range(1, ticks + 1):
            supply, capacity, cost = arcs.at(tick)
            with Stopwatch() as solve:
                network.update(node_supply=supply, capacity=capacity, cost=cost)
                result = network.clear()
            yield _solve("warm", tick, 0.0, solve, result)


def _from_nothing(arcs: ArcTable, tick: int) -> tuple[FlowNetwork, Solve]:
    supply, capacity, cost = arcs.at(tick)
    tail, head = arcs.tail.astype(np.int64), arcs.head.astype(np.int64)
    forget_peak()
    with Stopwatch() as build:
        network = FlowNetwork(supply, tail, head, capacity, cost)
    with Stopwatch() as solve:
        result = network.clear()
    return network, _solve("cold", tick, build.wall_s, solve, result)


def _solve(start: str, tick: int, build_s: float, watch: Stopwatch, result: Clearing) -> Solve:
    if not result.certificate:
        raise RuntimeError(f"FlowNetwork: tick {tick}: no certificate")
    return Solve(start, tick, build_s, watch.wall_s, watch.cpu_s, watch.peak_mb, result.objective)
