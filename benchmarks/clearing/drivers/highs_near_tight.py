"""HiGHS' dual simplex on the few transport arcs that matter, chosen with hindsight: its best case, and no proof.

The arcs are those whose reduced cost at the base's optimum is at most δ, the fewest with which every tick of the run
still reaches its exact optimum. Nobody knows δ beforehand; it is read off the optimal flows of all ticks, which
``SpotMarket`` finds first, untimed. Neither does anything here prove that an arc left out does not matter, which is
what the full programs do on each tick.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import highspy
import numpy as np
from numpy.typing import NDArray

from benchmarks.clearing.arcs import ring_arcs, ring_of_pairs
from benchmarks.clearing.columns import spot_demand, spot_layout, spot_state
from benchmarks.clearing.drivers.driver import Form, Role, Solve
from benchmarks.clearing.drivers.highs_simplex import base_and_ticks
from benchmarks.clearing.instance import Instance
from wattmarket.spot import SpotClearing, SpotMarket

__all__ = ["NearTightDriver", "UsedDriver", "near_tight_pairs", "used_pairs"]

# Lowest and highest optimal prices and what lies between are all optimal (and whole, rounded down): the one with which
# HiGHS needs the fewest arcs is taken.
CORNERS = 10


class NearTightDriver:
    role: Role = "restricted"
    forms: tuple[Form, ...] = ("ring",)
    warm_starts = True

    def version(self) -> str:
        return f"HiGHS {highspy.Highs().version()} dual simplex, near-tight arcs"  # type: ignore[no-untyped-call]

    def cold(self, instance: Instance, form: Form, ticks: Sequence[int]) -> Iterator[Solve]:
        yield from ()

    def warm(self, instance: Instance, form: Form, ticks: int) -> Iterator[Solve]:
        kept, delta = near_tight_pairs(instance)
        yield from _noted(instance, kept, f"δ = {delta} micro-$/kWh", ticks)


class UsedDriver(NearTightDriver):
    """Fewer arcs still: those alone that the optimum of some tick uses."""

    def version(self) -> str:
        return f"HiGHS {highspy.Highs().version()} dual simplex, used arcs"  # type: ignore[no-untyped-call]

    def warm(self, instance: Instance, form: Form, ticks: int) -> Iterator[Solve]:
        yield from _noted(instance, used_pairs(instance, _clearings(instance)), "used in some tick", ticks)


def near_tight_pairs(instance: Instance) -> tuple[NDArray[np.bool_], int]:
    """Pairs of metro and site with a reduced cost of at most δ at the base's optimum, bool [M, S], and δ."""
    clearings = _clearings(instance)
    used = used_pairs(instance, clearings)
    metro, ring = np.arange(instance.metros)[:, None], ring_of_pairs(instance)
    base, distance = clearings[0], instance.distance_km.astype(np.int32)
    fewest: tuple[NDArray[np.bool_], int] | None = None
    for corner in range(CORNERS + 1):
        demand = _between(base.demand_price_low, base.demand_price_high, corner)
        site = _between(base.pool_price_low, base.pool_price_high, corner)
        reduced_cost = distance + site[None, :] - demand[metro, ring]
        delta = int(reduced_cost[used].max())
        kept = reduced_cost <= delta
        if fewest is None or kept.sum() < fewest[0].sum():
            fewest = kept, delta
    assert fewest is not None
    return fewest


def used_pairs(instance: Instance, clearings: Sequence[SpotClearing]) -> NDArray[np.bool_]:
    """Pairs of metro and site that some clearing uses, bool [M, S]."""
    used = np.zeros((instance.metros, instance.sites), dtype=np.bool_)
    for clearing in clearings:
        used[clearing.route_metro, clearing.route_site] = True
    return used


def _between(low: NDArray[np.int64], high: NDArray[np.int64], corner: int) -> NDArray[np.int32]:
    return (low + corner * (high - low) // CORNERS).astype(np.int32)


def _clearings(instance: Instance) -> list[SpotClearing]:
    """Every tick of the run, cleared by the full model."""
    market = SpotMarket(spot_layout(instance))
    states = range(instance.ticks + 1)
    return [market.clear(spot_demand(instance, tick), spot_state(instance, tick)) for tick in states]


def _noted(instance: Instance, kept: NDArray[np.bool_], choice: str, ticks: int) -> Iterator[Solve]:
    note = f"{int(kept.sum())} of {kept.size} transport arcs, {choice}"
    for solve in base_and_ticks(ring_arcs(instance, kept), ticks):
        yield replace(solve, note=f"{solve.note}; {note}")
