"""Small random spot markets, and the same market as a raw `FlowNetwork` with every arc and nothing contracted."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from wattmarket.clearing import FlowNetwork
from wattmarket.spot import NO_BUDGET, SpotDemand, SpotLayout, SpotState

INFINITE = 1 << 40


@dataclass(frozen=True)
class Case:
    layout: SpotLayout
    entry: bool
    zones: int


def random_case(rng: np.random.Generator) -> Case:
    metros, sites, zones = rng.integers(1, 5), rng.integers(1, 9), rng.integers(1, 4)
    workloads = int(rng.integers(1, 6))
    pools = int(rng.integers(0, 2 * sites + 1))
    steps, links = int(rng.integers(0, 7)), int(rng.integers(0, 4)) if zones > 1 else 0
    classes = int(rng.integers(1, workloads + 1))
    workload_class = np.concatenate([np.arange(classes), rng.integers(0, classes, workloads - classes)])
    shell_class = rng.random(classes) < 0.3
    blocs = 2
    tail = rng.integers(0, zones, links)
    keys = lambda n: rng.integers(0, 1 << 62, n, dtype=np.uint64)  # noqa: E731
    layout = SpotLayout(
        rtt=rng.integers(0, 12, (metros, sites)).astype(np.uint16),
        transport_rate=int(rng.choice([0, 512, 1024, 4096])),
        workload_budget=np.where(rng.random(workloads) < 0.6, rng.integers(0, 12, workloads), NO_BUDGET),
        workload_class=workload_class,
        workload_masked=rng.random(workloads) < 0.3,
        class_pool=(rng.random((classes, pools)) < 0.7) & ~shell_class[:, None],
        class_shell=(rng.random((classes, sites)) < 0.7) & shell_class[:, None],
        metro_bloc=rng.integers(0, blocs, metros),
        site_bloc=rng.integers(0, blocs, sites),
        site_zone=rng.integers(0, zones, sites),
        site_btm=rng.random(sites) < 0.3,
        pool_site=np.sort(rng.integers(0, sites, pools)),
        step_zone=rng.integers(0, zones, steps),
        link_tail=tail,
        link_head=(tail + 1 + rng.integers(0, max(zones - 1, 1), links)) % zones if links else tail,
        zone_key=keys(zones),
        metro_key=keys(metros),
        site_key=keys(sites),
        workload_key=keys(workloads),
        pool_key=keys(pools),
        step_key=keys(steps),
        link_key=keys(links),
    )
    return Case(layout, bool(rng.random() < 0.5), int(zones))


def random_columns(rng: np.random.Generator, case: Case) -> tuple[SpotDemand, SpotState]:
    layout = case.layout
    metros, workloads = len(layout.metro_bloc), len(layout.workload_budget)
    sites, pools = len(layout.site_zone), len(layout.pool_site)
    links, generators = len(layout.link_tail), len(layout.step_zone)
    coarse = rng.random() < 0.5

    def kw(n: int | tuple[int, ...], most: int = 30) -> npt.NDArray[np.int64]:
        column = rng.integers(0, 4, n) * 10 if coarse else rng.integers(0, most, n)
        return np.where(rng.random(n) < 0.2, 0, column).astype(np.int64)

    def cost(n: int | tuple[int, ...], low: int, high: int) -> npt.NDArray[np.int64]:
        return (rng.integers(low, high, n) * (10 if coarse else 1)).astype(np.int64)

    steps = 3
    demand = SpotDemand(
        kw((metros, workloads, steps)), np.flip(np.sort(cost((metros, workloads, steps), 1, 60)), -1).copy()
    )
    state = SpotState(
        pool_kw=kw(pools),
        pool_cost=cost(pools, -2, 10),
        shell_kw=kw(sites, 40),
        grid_kw=kw(sites, 40),
        site_cost=cost(sites, 0, 8),
        btm_kw=np.where(layout.site_btm, kw(sites), 0),
        btm_cost=cost(sites, 0, 30),
        step_kw=kw(generators, 60),
        step_cost=cost(generators, 0, 30),
        link_kw=kw(links),
        link_cost=cost(links, 0, 6),
        entry_kw=kw(sites) if case.entry else None,
        entry_cost=cost(pools, 5, 40) if case.entry else None,
        slot_kw=kw(case.zones, 60) if case.entry else None,
        refresh_cost=cost(pools, 2, 25) if case.entry else None,
    )
    return demand, state


class RawNetwork:
    """Every admissible arc, every node, straight from the definition."""

    def __init__(self, case: Case, demand: SpotDemand, state: SpotState) -> None:
        self.node: dict[tuple[object, ...], int] = {}
        self.arcs: list[tuple[int, int, int, int]] = []
        self.supply: dict[int, int] = {}
        self._demand(case.layout, demand)
        self._sites(case.layout, state)
        if case.entry:
            self._entry(case.layout, state)
        self._power(case.layout, state)
        supply = np.zeros(len(self.node), np.int64)
        for node, kw in self.supply.items():
            supply[node] += kw
        self.sink = self.at("sink")
        supply[self.sink] -= supply.sum()
        arcs = np.array(self.arcs, np.int64).reshape(-1, 4)
        self.network = FlowNetwork(supply, arcs[:, 0], arcs[:, 1], arcs[:, 2], arcs[:, 3], anchor=self.sink)

    def at(self, *name: object) -> int:
        return self.node.setdefault(name, len(self.node))

    def arc(self, tail: int, head: int, capacity: int, cost: int) -> None:
        self.arcs.append((tail, head, int(capacity), int(cost)))

    def _demand(self, layout: SpotLayout, demand: SpotDemand) -> None:
        self.at("sink")
        for (m, k, j), kw in np.ndenumerate(demand.quantity_kw):
            row = self.at("demand", m, k)
            self.supply[row] = self.supply.get(row, 0) + int(kw)
            self.arc(row, self.at("sink"), kw, demand.price_musd_per_kwh[m, k, j])
        for m in range(len(layout.metro_bloc)):
            for k, budget in enumerate(layout.workload_budget.tolist()):
                for s in range(len(layout.site_zone)):
                    home = not layout.workload_masked[k] or layout.metro_bloc[m] == layout.site_bloc[s]
                    rtt = int(layout.rtt[m, s])
                    if home and (budget == NO_BUDGET or rtt <= budget):
                        cost = 0 if budget == NO_BUDGET else (rtt * layout.transport_rate) >> 10
                        gate = self.at("gate", s, int(layout.workload_class[k]))
                        self.arc(self.at("demand", m, k), gate, INFINITE, cost)

    def _sites(self, layout: SpotLayout, state: SpotState) -> None:
        for c, s in np.argwhere(layout.class_shell).tolist():
            self.arc(self.at("gate", s, c), self.at("shell", s), INFINITE, 0)
        for c, p in np.argwhere(layout.class_pool).tolist():
            self.arc(self.at("gate", int(layout.pool_site[p]), c), self.at("pool", p), INFINITE, 0)
        for p, s in enumerate(layout.pool_site.tolist()):
            self.arc(self.at("pool", p), self.at("shell", s), state.pool_kw[p], state.pool_cost[p])
        for s, z in enumerate(layout.site_zone.tolist()):
            connection = self.at("connection", s)
            self.arc(self.at("shell", s), connection, state.shell_kw[s], 0)
            self.arc(connection, self.at("zone", z), state.grid_kw[s], state.site_cost[s])
            self.arc(connection, self.at("sink"), state.btm_kw[s], state.btm_cost[s])

    def _entry(self, layout: SpotLayout, state: SpotState) -> None:
        assert state.entry_kw is not None and state.entry_cost is not None
        assert state.slot_kw is not None and state.refresh_cost is not None
        for p, s in enumerate(layout.pool_site.tolist()):
            self.arc(self.at("pool", p), self.at("land", s), INFINITE, state.entry_cost[p])
            self.arc(self.at("pool", p), self.at("shell", s), INFINITE, state.refresh_cost[p])
        for s, z in enumerate(layout.site_zone.tolist()):
            self.arc(self.at("land", s), self.at("slot", z), state.entry_kw[s], 0)
        for z, kw in enumerate(state.slot_kw.tolist()):
            self.arc(self.at("slot", z), self.at("zone", z), kw, 0)

    def _power(self, layout: SpotLayout, state: SpotState) -> None:
        for z in range(len(layout.zone_key)):
            self.at("zone", z)
        for link, (tail, head) in enumerate(zip(layout.link_tail.tolist(), layout.link_head.tolist(), strict=True)):
            self.arc(self.at("zone", tail), self.at("zone", head), state.link_kw[link], state.link_cost[link])
        for g, z in enumerate(layout.step_zone.tolist()):
            self.arc(self.at("zone", z), self.at("sink"), state.step_kw[g], state.step_cost[g])


def permuted(rng: np.random.Generator, case: Case) -> tuple[Case, dict[str, npt.NDArray[np.int64]]]:
    """The same market with every table's rows in another order, and the orders."""
    layout = case.layout
    counts = {
        "M": len(layout.metro_bloc),
        "S": len(layout.site_zone),
        "P": len(layout.pool_site),
        "Z": len(layout.zone_key),
        "G": len(layout.step_zone),
        "L": len(layout.link_tail),
        "K": len(layout.workload_budget),
    }
    order = {name: rng.permutation(count) for name, count in counts.items()}
    place = {name: np.argsort(o) for name, o in order.items()}
    m, s, p, z, g, ln, k = (order[name] for name in "MSPZGLK")
    again = dataclasses.replace(
        layout,
        rtt=layout.rtt[np.ix_(m, s)],
        workload_budget=layout.workload_budget[k],
        workload_class=layout.workload_class[k],
        workload_masked=layout.workload_masked[k],
        class_pool=layout.class_pool[:, p],
        class_shell=layout.class_shell[:, s],
        metro_bloc=layout.metro_bloc[m],
        site_bloc=layout.site_bloc[s],
        site_zone=place["Z"][layout.site_zone[s]],
        site_btm=layout.site_btm[s],
        pool_site=place["S"][layout.pool_site[p]],
        step_zone=place["Z"][layout.step_zone[g]],
        link_tail=place["Z"][layout.link_tail[ln]],
        link_head=place["Z"][layout.link_head[ln]],
        zone_key=layout.zone_key[z],
        metro_key=layout.metro_key[m],
        site_key=layout.site_key[s],
        workload_key=layout.workload_key[k],
        pool_key=layout.pool_key[p],
        step_key=layout.step_key[g],
        link_key=layout.link_key[ln],
    )
    return Case(again, case.entry, case.zones), order
