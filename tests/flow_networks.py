"""Random networks for the tests of the engine, and a certifier that shares nothing with it: plain Python integers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wattmarket.clearing import Clearing

INFINITE = 2**63 - 1

Columns = dict[str, np.ndarray]


def random_network(random: np.random.Generator, nodes: int, arcs: int, scale: int) -> Columns:
    """Columns of a network with ties, loops, parallel arcs, empty and infinite capacities and some negative costs.

    About one in four has no feasible flow; `scale` bounds supplies, capacities and costs.
    """
    tail, head = random.integers(0, nodes, (2, arcs))
    cost = random.integers(-scale // 4, scale + 1, arcs)
    capacity = random.integers(0, 2 * scale + 1, arcs)
    capacity[(cost >= 0) & (random.random(arcs) < 0.2)] = INFINITE
    capacity[random.random(arcs) < 0.05] = 0
    supply = random.integers(-scale, scale + 1, nodes)
    supply[random.random(nodes) < 0.4] = 0
    # Supplies are placed by a hidden flow, so that most networks can carry them.
    if random.random() < 0.75:
        hidden = random.integers(0, np.minimum(capacity, scale) + 1)
        supply = np.bincount(tail, hidden, nodes).astype(np.int64) - np.bincount(head, hidden, nodes).astype(np.int64)
    supply[0] -= supply.sum()
    return {"node_supply": supply, "tail": tail, "head": head, "capacity": capacity, "cost": cost}


def proves_optimum(columns: Columns, clearing: Clearing, prices: Iterable[np.ndarray]) -> bool:
    """Whether flow and each vector of prices are primal and dual optimal, by exact arithmetic."""
    supply = columns["node_supply"].tolist()
    arcs = _arcs(columns, clearing.flow)
    left = list(supply)
    for tail, head, capacity, _, units in arcs:
        left[tail] -= units
        left[head] += units
        if not 0 <= units <= capacity:
            return False
    primal = sum(cost * units for _, _, _, cost, units in arcs)
    if any(left) or primal != clearing.objective:
        return False
    return all(_dual_value(supply, arcs, vector.tolist()) == primal for vector in prices)


def _arcs(columns: Columns, flow: np.ndarray) -> list[tuple[int, ...]]:
    names = ("tail", "head", "capacity", "cost")
    return list(zip(*(columns[name].tolist() for name in names), flow.tolist(), strict=True))


def _dual_value(supply: list[int], arcs: list[tuple[int, ...]], price: list[int]) -> int | None:
    """Dual value of the prices; None if an arc's reduced cost has the wrong sign."""
    dual = sum(amount * price[node] for node, amount in enumerate(supply))
    for tail, head, capacity, cost, units in arcs:
        gain = price[tail] - price[head] - cost
        if (gain > 0 and units < capacity) or (gain < 0 and units > 0):
            return None
        dual -= max(gain, 0) * capacity
    return dual


def proves_shortage(columns: Columns, clearing: Clearing) -> bool:
    """Whether the nodes named supply more than the arcs that leave them can carry."""
    shortage = clearing.shortage
    assert shortage is not None
    inside = np.zeros(len(columns["node_supply"]), dtype=bool)
    inside[shortage.nodes] = True
    supply = sum(columns["node_supply"][inside].tolist())
    leaves = inside[columns["tail"]] & ~inside[columns["head"]]
    capacity = sum(columns["capacity"][leaves].tolist())
    return (supply, capacity) == (shortage.supply, shortage.capacity) and supply > capacity


def price_ends(columns: Columns, flow: list[int], anchor: int) -> tuple[list[int], list[int], list[bool], list[bool]]:
    """Lowest and highest prices and which are open, by Bellman and Ford on the residual network of any optimum."""
    nodes = len(columns["node_supply"])
    tail, head, capacity, cost = (columns[name].tolist() for name in ("tail", "head", "capacity", "cost"))
    ahead = [(tail[a], head[a], cost[a]) for a, units in enumerate(flow) if units < capacity[a]]
    back = [(head[a], tail[a], -cost[a]) for a, units in enumerate(flow) if units > 0]
    residual = ahead + back
    artificial = nodes * max((abs(value) for value in cost), default=0) + 1
    drop, low_open = _held_distances(nodes, residual, anchor, artificial)
    high, high_open = _held_distances(nodes, [(b, a, c) for a, b, c in residual], anchor, artificial)
    return [-length for length in drop], high, low_open, high_open


def _held_distances(nodes, arcs, start, artificial):
    free = _distances(nodes, arcs, start)
    is_open = [length is None for length in free]
    held = arcs + [(start, node, artificial) for node in range(nodes) if is_open[node]]
    return _distances(nodes, held, start), is_open


def _distances(nodes, arcs, start):
    distance: list[int | None] = [None] * nodes
    distance[start] = 0
    for _ in range(nodes):
        changed = False
        for a, b, cost in arcs:
            reached, known = distance[a], distance[b]
            if reached is not None and (known is None or reached + cost < known):
                distance[b] = reached + cost
                changed = True
        if not changed:
            return distance
    raise AssertionError("a residual cycle of negative cost: the flow is not optimal")
