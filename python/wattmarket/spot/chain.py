"""Why a spot price is what it is: the chain of arcs from a node to the bid that sets its price.

The highest optimal price of a node is what one kilowatt more there costs, the lowest what one kilowatt less there saves
(Leonard 1983 for assignments). Where that kilowatt goes, or what its room is taken up by, is a shortest path in the
residual network of the optimal flow, to money or from it: prices along it differ by exactly the cost of each arc, so
that its terms sum up to the price. The arc at money is the *bid* that sets it: a step of willingness to pay, a step of
generation, or a plant behind a meter.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from wattmarket.errors import InputError, InvariantError
from wattmarket.spot.arcs import KINDS, TRANSPORT, UNLIMITED, ArcKind, TightArcs
from wattmarket.spot.columns import SpotClearing, SpotDemand, SpotLayout, SpotState
from wattmarket.spot.nodes import Node, NodeKind, Places
from wattmarket.spot.residual import End, tight_arcs

__all__ = ["ChainLink", "PriceChain", "SpotChains"]

Integer = NDArray[np.int64]


class ChainLink(NamedTuple):
    """One arc of a chain.

    Parameters
    ----------
    kind
        What the arc is.
    source, target
        Its ends as the chain runs, from the node that is explained to money.
    item
        Position of the step of willingness to pay, pool, site, link or generation step; −1 for transport.
    change_kw
        1 if it would carry a kilowatt more, −1 if one less.
    amount
        What that adds to the price, micro-$ per kWh: its cost, or less its cost.
    price
        Price of `source`, micro-$ per kWh: this and all following amounts.
    flow_kw, capacity_kw
        What it carries, and at most; None without a limit.
    """

    kind: ArcKind
    source: Node
    target: Node
    item: int
    change_kw: int
    amount: int
    price: int
    flow_kw: int
    capacity_kw: int | None


@dataclass(frozen=True, slots=True)
class PriceChain:
    """Why a node's price is what it is at one end of its interval.

    Parameters
    ----------
    end
        ``highest``: what one kilowatt more would cost; ``lowest``: what one kilowatt less would save.
    node
        Whose price.
    price
        The price, micro-$ per kWh: the sum of the links' amounts.
    links
        From the node to money; the last one is the bid that sets the price.
    tied
        Other bids that chains as good as this one end at. Where there is none, raising the bid of the highest price by
        one micro-$ per kWh raises that price by one, and lowering the bid of the lowest price lowers that one by one.
        Where there are some, it takes all of them together.
    """

    end: End
    node: Node
    price: int
    links: tuple[ChainLink, ...]
    tied: tuple[ChainLink, ...]

    @property
    def bid(self) -> ChainLink:
        """The bid that sets the price."""
        return self.links[-1]


class SpotChains:
    """Explains the prices of a clearing.

    Parameters
    ----------
    layout, demand, state, clearing
        A market without entry, what it cleared, and what came out.

    Raises
    ------
    InputError
        If the market has entry arcs.

    Notes
    -----
    Of several chains the one with the fewest links is given, and of those the one whose arcs have the smallest keys:
    the order of rows never matters. Finding the tight arcs takes a pass over metros × sites for each workload with a
    budget, once for each end; a chain is then found in the time it takes to look at these arcs once per link.

    References
    ----------
    Ahuja, Magnanti & Orlin (1993), *Network Flows*, section 9.1 (residual networks and optimality); Leonard (1983).

    Examples
    --------
    One metro, one workload, one site; 80 of 100 kW can be powered, so the last 20 set the price at what they would pay.

    >>> from wattmarket.spot import SpotMarket
    >>> one, key = np.zeros(1, np.int64), np.zeros(1, np.uint64)
    >>> yes, none = np.ones(1, bool), np.zeros(0, np.int64)
    >>> layout = SpotLayout(
    ...     rtt=np.array([[500]], np.uint16), transport_rate=0, workload_budget=np.array([750]), workload_class=one,
    ...     workload_masked=~yes, class_pool=yes[None], class_shell=~yes[None], metro_bloc=one, site_bloc=one,
    ...     site_zone=one, site_btm=~yes, pool_site=one, step_zone=one, link_tail=none, link_head=none, zone_key=key,
    ...     metro_key=key, site_key=key, workload_key=key, pool_key=key, step_key=key, link_key=none.astype(np.uint64))
    >>> demand = SpotDemand(np.array([[[60, 40]]]), np.array([[[900_000, 500_000]]]))
    >>> state = SpotState(
    ...     pool_kw=one + 100, pool_cost=one + 10_000, shell_kw=one + 100, grid_kw=one + 80, site_cost=one,
    ...     btm_kw=one, btm_cost=one, step_kw=one + 1000, step_cost=one + 50_000, link_kw=none, link_cost=none)
    >>> chains = SpotChains(layout, demand, state, SpotMarket(layout).clear(demand, state))
    >>> chain = chains.chain("pool", 0, "highest")
    >>> chain.price, [(link.kind, link.change_kw, link.amount) for link in chain.links]
    (500000, [('transport', -1, 0), ('willingness', 1, 500000)])
    >>> [(link.kind, link.amount) for link in chains.chain("zone", 0, "highest").links]
    [('generation', 50000)]
    """

    def __init__(self, layout: SpotLayout, demand: SpotDemand, state: SpotState, clearing: SpotClearing) -> None:
        if clearing.entry_flow.size or state.entry_kw is not None:
            raise InputError("clearing: of a market with entry: only prices of what stands are explained")
        self._places = Places(layout)
        self._market = demand, state, clearing
        self._found: dict[End, tuple[TightArcs, Integer]] = {}

    def chain(self, kind: NodeKind, index: int, end: End) -> PriceChain | None:
        """Explain one end of the interval of a node's price.

        Parameters
        ----------
        kind, index
            The node: pool, shell or zone and its position, or ``"demand"`` and metro · K + workload.
        end
            ``"lowest"`` or ``"highest"``.

        Returns
        -------
        PriceChain or None
            None if that end doesn't exist (nothing limits the price on that side), or if the node is quoted by rule
            because nobody would draw on it. What is in use always has both ends.

        Raises
        ------
        InputError
            If there is no such node, or its price isn't published.
        InvariantError
            If the links don't hold together or don't sum up to the published price: a bug.
        """
        places = self._places
        if kind not in ("demand", "pool", "shell", "zone"):
            raise InputError(f"kind: {kind!r}: must be one of demand, pool, shell, zone")
        if end not in ("lowest", "highest"):
            raise InputError(f"end: {end!r}: must be one of lowest, highest")
        count = places.count_of[kind]
        if not 0 <= index < count:
            raise InputError(f"index: {index}: there are {count} nodes of the kind {kind}")
        if end not in self._found:
            self._found[end] = tight_arcs(places, *self._market, end)
        arcs, price = self._found[end]
        start = places.number(kind, index)
        rows, reached = _way(arcs, start, places.money, places.count, onward=end == "highest")
        if not len(rows):
            return None
        links = tuple(self._link(arcs, row, end, price) for row in rows.tolist())
        last = arcs.head if end == "highest" else arcs.tail
        first = arcs.tail if end == "highest" else arcs.head
        others = np.flatnonzero((last == places.money) & reached[first])
        tied = tuple(self._link(arcs, row, end, price) for row in others.tolist() if row != rows[-1])
        chain = PriceChain(end, Node(kind, index), int(price[start]), links, tied)
        _check(chain)
        return chain

    def _link(self, arcs: TightArcs, row: int, end: End, price: Integer) -> ChainLink:
        tail, head = int(arcs.tail[row]), int(arcs.head[row])
        # A chain of the lowest price runs from money to the node; it is told from the node.
        source, target = (tail, head) if end == "highest" else (head, tail)
        change, cost, kw = int(arcs.change[row]), int(arcs.cost[row]), int(arcs.capacity[row])
        kind = KINDS[int(arcs.kind[row])]
        return ChainLink(
            kind=kind,
            source=self._places.node(source),
            target=self._places.node(target),
            item=int(arcs.item[row]),
            change_kw=change,
            amount=change * cost if end == "highest" else -change * cost,
            price=int(price[source]),
            flow_kw=self._carried(tail, head) if kind == KINDS[TRANSPORT] else int(arcs.flow[row]),
            capacity_kw=None if kw >= UNLIMITED else kw,
        )

    def _carried(self, tail: int, head: int) -> int:
        """Flow from a row of demand to a port, whichever of the ends is which."""
        places, clearing = self._places, self._market[2]
        row, port = sorted((tail, head))
        metro, workload = divmod(row, len(places.layout.workload_budget))
        port -= places.first["pool"]
        pools = len(places.layout.pool_site)
        mine = (clearing.route_metro == metro) & (clearing.route_workload == workload)
        if port < pools:
            mine &= clearing.route_pool == port
        else:
            mine &= (clearing.route_pool < 0) & (clearing.route_site == port - pools)
        return int(clearing.route_kw[mine].sum())  # exact: integers


def _way(arcs: TightArcs, start: int, money: int, nodes: int, *, onward: bool) -> tuple[Integer, NDArray[np.bool_]]:
    """Return the arcs of the shortest way to money (with `onward`; else from it), and which nodes any way reaches.

    Arcs come in the order of their keys, and of several that reach a node in the same round the first one counts.
    """
    near, far = (arcs.tail, arcs.head) if onward else (arcs.head, arcs.tail)
    by: Integer = np.full(nodes, -1, dtype=np.int64)
    reached = np.zeros(nodes, dtype=np.bool_)
    front = np.zeros(nodes, dtype=np.bool_)
    reached[start] = front[start] = True
    while front.any():
        candidates = np.flatnonzero(front[near] & ~reached[far])
        found, first = np.unique(far[candidates], return_index=True)
        by[found] = candidates[first]
        reached[found] = True
        front[:] = False
        front[found] = True
        # Chains end at money; nothing is reached through it.
        front[money] = False
    way: list[int] = []
    node = money
    while by[node] >= 0:
        way.append(int(by[node]))
        node = int(near[by[node]])
    return np.array(way[::-1], dtype=np.int64), reached


def _check(chain: PriceChain) -> None:
    """Recompute from its links that a chain explains its price."""
    at, left = chain.node, chain.price
    for link in chain.links:
        room = link.capacity_kw is None or link.flow_kw < link.capacity_kw
        usable = room if link.change_kw > 0 else link.flow_kw > 0
        if link.source != at or link.price != left or not usable:
            raise InvariantError(f"{chain.node}: {chain.end} price: link {link} doesn't follow")
        at, left = link.target, left - link.amount
    if at.kind != "money" or left != 0:
        raise InvariantError(f"{chain.node}: {chain.end} price {chain.price}: the links sum up to {chain.price - left}")
