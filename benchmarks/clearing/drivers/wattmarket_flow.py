"""``wattmarket.clearing.FlowNetwork`` on the arcs that the peers get.

Its time includes what the peers leave out: the tie-break, both price vectors and the certificate.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

import wattmarket
from benchmarks.clearing.arcs import ArcTable, explicit_arcs
from benchmarks.clearing.drivers.driver import Form, Solve, Stopwatch, forget_peak
from benchmarks.clearing.instance import Instance
from wattmarket.clearing import FlowNetwork

__all__ = ["FlowDriver"]


class FlowDriver:
    forms: tuple[Form, ...] = ("ring", "raw")
    warm_starts = True

    def version(self) -> str:
        return f"wattmarket {wattmarket.__version__} FlowNetwork"

    def cold(self, instance: Instance, form: Form, ticks: Sequence[int]) -> Iterator[Solve]:
        arcs = explicit_arcs(instance, form)
        for tick in ticks:
            with Stopwatch() as build:
                network = _network(arcs, tick)
            with Stopwatch() as solve:
                result = network.clear()
            if not result.certificate:
                raise RuntimeError(f"FlowNetwork: tick {tick}: no certificate")
            yield Solve("cold", tick, build.wall_s, solve.wall_s, solve.cpu_s, solve.peak_mb, result.objective)

    def warm(self, instance: Instance, form: Form, ticks: int) -> Iterator[Solve]:
        arcs = explicit_arcs(instance, form)
        network = _network(arcs, 0)
        network.clear()
        for tick in range(1, ticks + 1):
            supply, capacity, cost = arcs.at(tick)
            with Stopwatch() as solve:
                network.update(node_supply=supply, capacity=capacity, cost=cost)
                result = network.clear()
            if not result.certificate:
                raise RuntimeError(f"FlowNetwork: tick {tick}: no certificate")
            yield Solve("warm", tick, 0.0, solve.wall_s, solve.cpu_s, solve.peak_mb, result.objective)


def _network(arcs: ArcTable, tick: int) -> FlowNetwork:
    supply, capacity, cost = arcs.at(tick)
    tail, head = arcs.tail.astype(np.int64), arcs.head.astype(np.int64)
    forget_peak()
    return FlowNetwork(supply, tail, head, capacity, cost)
