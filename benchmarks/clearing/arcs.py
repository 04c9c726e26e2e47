"""A benchmark market written out arc by arc, as programs that know nothing of metros and sites need it.

Nodes: demand (m, k) is m * CLASSES + k, then sites, then zones, then one sink. Demand supplies, the sink takes all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from benchmarks.clearing.instance import CLASSES, REACH_KM, WORTH_MUSD_PER_KWH, Instance

__all__ = ["FORMS", "ArcTable", "Form", "explicit_arcs", "ring_arcs", "ring_of_pairs"]

Form = Literal["ring", "raw"]
"""How transport is written out.

``raw``: each (m, k) has an arc to every site within its reach. ``ring``: only to the sites that the next tighter class
does not reach, and a free arc (m, k) -> (m, k - 1); the same optimum, as transport costs the same in every class.
"""

FORMS: tuple[Form, ...] = get_args(Form)

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class ArcTable:
    """Arcs sorted by tail; the columns that move from tick to tick are written by ``at``.

    Attributes
    ----------
    nodes, arcs
        Counts.
    tail, head
        int32 [arcs].
    unlimited
        bool [arcs]: arcs whose capacity never binds.
    worth_arcs, site_arcs
        Arcs whose capacity, and arcs whose cost, moves from tick to tick.
    """

    instance: Instance
    nodes: int
    tail: NDArray[np.int32]
    head: NDArray[np.int32]
    unlimited: NDArray[np.bool_]
    worth_arcs: Ints
    site_arcs: Ints
    _capacity: Ints
    _cost: Ints

    @property
    def arcs(self) -> int:
        return len(self.tail)

    def at(self, tick: int) -> tuple[Ints, Ints, Ints]:
        """Supply [nodes], capacity [arcs] (kW) and cost [arcs] (micro-$ per kWh) of one tick, as fresh int64 arrays.

        An unlimited arc has the whole supply as its capacity.
        """
        demand = self.instance.demand_kw[tick].ravel()
        supply = np.zeros(self.nodes, dtype=np.int64)
        supply[: len(demand)] = demand
        supply[-1] = -demand.sum()
        capacity = np.where(self.unlimited, demand.sum(), self._capacity)
        capacity[self.worth_arcs] = self.instance.demand_steps_kw(tick).ravel()
        cost = self._cost.copy()
        cost[self.site_arcs] = self.instance.site_cost_musd_per_kwh[tick]
        return supply, capacity, cost


def explicit_arcs(instance: Instance, form: Form) -> ArcTable:
    """Write out every arc of a market."""
    chain = _chain(instance) if form == "ring" else np.zeros((3, 0), dtype=np.int64)
    return _written_out(instance, _transport(instance, form), chain)


def ring_arcs(instance: Instance, kept: NDArray[np.bool_]) -> ArcTable:
    """Write out a market in ring form with the transport arcs of some pairs of metro and site alone; bool [M, S]."""
    metro, site = np.nonzero(kept)
    ring = ring_of_pairs(instance)[metro, site]
    distance = instance.distance_km[metro, site].astype(np.int64)
    transport = np.stack([metro * CLASSES + ring, instance.metros * CLASSES + site, distance])
    return _written_out(instance, transport, _chain(instance))


def ring_of_pairs(instance: Instance) -> NDArray[np.int8]:
    """Tightest class that reaches from each metro to each site; int8 [M, S]."""
    return np.searchsorted(REACH_KM, instance.distance_km).astype(np.int8)


def _written_out(instance: Instance, transport: Ints, chain: Ints) -> ArcTable:
    rows = instance.metros * CLASSES
    zone0 = rows + instance.sites
    sink = zone0 + instance.zones
    steps = WORTH_MUSD_PER_KWH.shape[1]
    worth = np.stack(
        [
            np.repeat(np.arange(rows), steps),
            np.full(rows * steps, sink),
            np.tile(WORTH_MUSD_PER_KWH.ravel(), instance.metros),
        ]
    )
    site = np.stack([rows + np.arange(instance.sites), zone0 + instance.site_zone, instance.site_cost_musd_per_kwh[0]])
    step = np.stack(
        [zone0 + instance.step_zone, np.full(len(instance.step_zone), sink), instance.step_cost_musd_per_kwh]
    )
    blocks = [transport, chain, worth, site, step]
    tail, head, cost = np.concatenate(blocks, axis=1)
    start = np.cumsum([0, *(block.shape[1] for block in blocks)])
    capacity = np.zeros(len(tail), dtype=np.int64)
    capacity[start[3] : start[4]] = instance.site_kw
    capacity[start[4] :] = instance.step_kw

    order = np.argsort(tail, kind="stable")
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    return ArcTable(
        instance=instance,
        nodes=sink + 1,
        tail=tail[order].astype(np.int32),
        head=head[order].astype(np.int32),
        unlimited=order < start[2],
        worth_arcs=place[start[2] : start[3]],
        site_arcs=place[start[3] : start[4]],
        _capacity=capacity[order],
        _cost=cost[order],
    )


def _transport(instance: Instance, form: Form) -> Ints:
    """Arcs (m, k) -> site: tail, head, cost (1 micro-$ per kWh and km)."""
    rows = instance.metros * CLASSES
    parts = []
    for metro, distance in enumerate(instance.distance_km.astype(np.int64)):
        covered = -1
        for k, reach in enumerate(REACH_KM):
            sites = np.flatnonzero((distance > covered) & (distance <= reach))
            parts.append(np.stack([np.full(len(sites), metro * CLASSES + k), rows + sites, distance[sites]]))
            if form == "ring":
                covered = reach
    return np.concatenate(parts, axis=1)


def _chain(instance: Instance) -> Ints:
    """Free arcs (m, k) -> (m, k - 1): what serves a tighter class serves a looser one."""
    rows = np.arange(instance.metros * CLASSES)
    looser = rows[rows % CLASSES > 0]
    return np.stack([looser, looser - 1, np.zeros(len(looser), dtype=np.int64)])
