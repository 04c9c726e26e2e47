"""The residual network of a cleared spot market: where a kilowatt more could flow, or one less, and at what cost.

The network is the raw one, not the contracted one that the core solves: every row of demand has an arc of its own to
every port that it may enter, and a site has all its nodes. Only *tight* arcs are kept, those along which the prices at
the two ends differ by exactly the cost. A chain of them explains a price.
"""

from __future__ import annotations

from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from wattmarket.errors import InputError
from wattmarket.spot.arcs import (
    CONNECTION,
    ENTRY,
    GATHERING,
    GENERATION,
    LINK,
    PLANT,
    POOL,
    SHELL,
    TRANSPORT,
    UNLIMITED,
    WILLINGNESS,
    TightArcs,
    arcs_of_kind,
)
from wattmarket.spot.columns import NO_BUDGET, POOLED, SpotClearing, SpotDemand, SpotState
from wattmarket.spot.nodes import Places

__all__ = ["End", "row_flows", "tight_arcs"]

Integer = NDArray[np.int64]
End = Literal["lowest", "highest"]

_NO_PRICE: Final = -(1 << 60)
"""Price of a node that no arc with room or flow touches: no arc of it is tight."""


def row_flows(demand: SpotDemand, served_kw: Integer) -> Integer:
    """Return what each willingness-to-pay step leaves unserved, int64 [M, K, J]: the cheapest go without first."""
    quantity, price = demand.quantity_kw, demand.price_musd_per_kwh
    order = np.argsort(price, axis=-1, kind="stable")
    sorted_kw = np.take_along_axis(quantity, order, axis=-1)
    unserved = sorted_kw.sum(axis=-1) - served_kw  # exact: integers
    before = np.cumsum(sorted_kw, axis=-1) - sorted_kw
    flow = np.clip(unserved[..., None] - before, 0, sorted_kw)
    flows = np.empty_like(quantity)
    np.put_along_axis(flows, order, flow, axis=-1)
    return flows


def tight_arcs(
    places: Places, demand: SpotDemand, state: SpotState, clearing: SpotClearing, end: End
) -> tuple[TightArcs, Integer]:
    """Find the tight residual arcs of a clearing at its lowest or highest prices.

    Parameters
    ----------
    places
        Numbers of the market's nodes.
    demand, state, clearing
        A clearing and what it cleared, without entry.
    end
        Which prices.

    Returns
    -------
    TightArcs, int64 array
        The arcs, and the price of every node.

    Raises
    ------
    InputError
        If the market has entry arcs: forecast networks are not explained.

    Notes
    -----
    One pass over metros × sites for each workload with a budget.
    """
    if clearing.entry_flow.size or state.entry_kw is not None:
        raise InputError("clearing: of a market with entry: only prices of what stands are explained")
    price = _prices(places, state, clearing, end)
    parts = [
        _residual(_explicit(places, demand, state, clearing), price),
        _residual(_gathered(places, clearing), price),
        _residual(_routed(places, clearing), price, forward=False),
        *(
            _transport(places, workload, price)
            for workload in np.flatnonzero(places.layout.workload_budget != NO_BUDGET).tolist()
        ),
    ]
    arcs = TightArcs.joined(parts)
    keys = places.keys()
    item_key = arcs.item.astype(np.uint64)
    for kind, named in ((LINK, places.layout.link_key), (GENERATION, places.layout.step_key)):
        mine = arcs.kind == kind
        item_key[mine] = named[arcs.item[mine]]
    return arcs.take(np.lexsort((item_key, keys[arcs.head], keys[arcs.tail], arcs.change, arcs.kind))), price


def _prices(places: Places, state: SpotState, clearing: SpotClearing, end: End) -> Integer:
    """Return the price of every node; hubs and connections, which are not published, follow from their neighbours."""
    layout, suffix = places.layout, "_low" if end == "lowest" else "_high"
    rows, pools, shells, zones = (
        getattr(clearing, f"{node}_price{suffix}").ravel() for node in ("demand", "pool", "shell", "zone")
    )
    from_zone = zones[layout.site_zone] + state.site_cost
    grid_room, btm_room = clearing.grid_flow < state.grid_kw, clearing.btm_flow < state.btm_kw
    none = UNLIMITED if end == "highest" else _NO_PRICE
    hubs = np.full(places.hubs, none, dtype=np.int64)
    if end == "highest":
        # A kilowatt more goes where it costs least: the least over residual arcs that leave the node.
        leaving = (
            np.where(grid_room, from_zone, none),
            np.where(btm_room, state.btm_cost, none),
            np.where(clearing.shell_flow > 0, shells, none),
        )
        connections = np.minimum(np.minimum(leaving[0], leaving[1]), leaving[2])
        for hub in range(places.hubs):
            ports = _ports(places, hub)
            hubs[hub] = np.concatenate([pools, shells])[ports].min(initial=none)
    else:
        # A kilowatt less is taken up where it is worth most: the most over residual arcs that enter it.
        entering = (
            np.where(clearing.shell_flow < state.shell_kw, shells, none),
            np.where(clearing.grid_flow > 0, from_zone, none),
            np.where(clearing.btm_flow > 0, state.btm_cost, none),
        )
        connections = np.maximum(np.maximum(entering[0], entering[1]), entering[2])
        mine = places.row_hub >= 0
        np.maximum.at(hubs, places.row_hub[mine], rows[mine])
    connections = np.where(connections == none, _NO_PRICE, connections)
    hubs = np.where(hubs == none, _NO_PRICE, hubs)
    return np.concatenate([rows, hubs, pools, shells, connections, zones, np.zeros(1, dtype=np.int64)])


def _ports(places: Places, hub: int) -> Integer:
    """Return the ports that a hub leads to: pools, then shells as P + site."""
    layout, sites, of = places.layout, places.hub_sites(hub), places.hub_class(hub)
    pools = np.flatnonzero(layout.class_pool[of] & sites[layout.pool_site])
    shells = np.flatnonzero(layout.class_shell[of] & sites) + len(layout.pool_site)
    return np.concatenate([pools, shells])


def _explicit(places: Places, demand: SpotDemand, state: SpotState, clearing: SpotClearing) -> TightArcs:
    """Return steps of willingness to pay, capacities of sites, links and generation, all forward."""
    layout, first, money = places.layout, places.first, np.asarray(places.money)
    rows = np.arange(first["hub"])
    steps = demand.quantity_kw.shape[-1]
    site, pool = np.arange(len(layout.site_zone)), np.arange(len(layout.pool_site))
    step, link = np.arange(len(layout.step_zone)), np.arange(len(layout.link_tail))
    shell, connection, zone = first["shell"] + site, first["connection"] + site, first["zone"]
    nothing = np.zeros((), dtype=np.int64)
    unserved = row_flows(demand, clearing.served_kw)
    parts = [
        arcs_of_kind(
            WILLINGNESS,
            np.repeat(rows, steps),
            money,
            np.tile(np.arange(steps), len(rows)),
            demand.price_musd_per_kwh.ravel(),
            unserved.ravel(),
            demand.quantity_kw.ravel(),
        ),
        arcs_of_kind(
            POOL,
            first["pool"] + pool,
            first["shell"] + layout.pool_site,
            pool,
            state.pool_cost,
            clearing.pool_flow,
            state.pool_kw,
        ),
        arcs_of_kind(SHELL, shell, connection, site, nothing, clearing.shell_flow, state.shell_kw),
        arcs_of_kind(
            CONNECTION,
            connection,
            zone + layout.site_zone,
            site,
            state.site_cost,
            clearing.grid_flow,
            state.grid_kw,
        ),
        arcs_of_kind(PLANT, connection, money, site, state.btm_cost, clearing.btm_flow, state.btm_kw),
        arcs_of_kind(
            LINK,
            zone + layout.link_tail,
            zone + layout.link_head,
            link,
            state.link_cost,
            clearing.link_flow,
            state.link_kw,
        ),
        arcs_of_kind(
            GENERATION, zone + layout.step_zone, money, step, state.step_cost, clearing.step_flow, state.step_kw
        ),
    ]
    return TightArcs.joined(parts)


def _gathered(places: Places, clearing: SpotClearing) -> TightArcs:
    """Return the arcs of budget-free demand: rows to hubs, hubs to ports."""
    first = places.first
    nothing, endless = np.zeros((), dtype=np.int64), np.asarray(UNLIMITED)
    rows = np.flatnonzero(places.row_hub >= 0)
    served = clearing.served_kw.ravel()[rows]
    parts = [arcs_of_kind(GATHERING, rows, first["hub"] + places.row_hub[rows], nothing - 1, nothing, served, endless)]
    pooled = np.flatnonzero(clearing.route_metro == POOLED)
    hub_of = places.hub_of(clearing.route_workload[pooled], clearing.route_site[pooled])
    port_of = _route_ports(places, clearing)[pooled]
    for hub in np.unique(places.row_hub[rows]).tolist():
        kw = np.zeros(len(places.layout.pool_site) + len(places.layout.site_zone), dtype=np.int64)
        mine = hub_of == hub
        np.add.at(kw, port_of[mine], clearing.route_kw[pooled[mine]])
        ports = _ports(places, hub)
        tail = np.full(len(ports), first["hub"] + hub)
        parts.append(arcs_of_kind(ENTRY, tail, first["pool"] + ports, nothing - 1, nothing, kw[ports], endless))
    return TightArcs.joined(parts)


def _route_ports(places: Places, clearing: SpotClearing) -> Integer:
    """Return the port of every route: its pool, or P + site where it enters at the shell."""
    shell = len(places.layout.pool_site) + clearing.route_site
    return np.where(clearing.route_pool >= 0, clearing.route_pool, shell)


def _routed(places: Places, clearing: SpotClearing) -> TightArcs:
    """Return the arcs from demand with a budget to ports that carry something."""
    layout = places.layout
    near = np.flatnonzero(clearing.route_metro != POOLED)
    metro, site = clearing.route_metro[near], clearing.route_site[near]
    row = metro * len(layout.workload_budget) + clearing.route_workload[near]
    port = places.first["pool"] + _route_ports(places, clearing)[near]
    cost = (layout.rtt[metro, site].astype(np.int64) * layout.transport_rate) >> 10
    return arcs_of_kind(TRANSPORT, row, port, np.asarray(-1), cost, clearing.route_kw[near], np.asarray(UNLIMITED))


def _transport(places: Places, workload: int, price: Integer) -> TightArcs:
    """Return the tight arcs from a workload with a budget to every port that it may enter: each can take more."""
    layout, first = places.layout, places.first
    of = layout.workload_class[workload]
    pools, shells = np.flatnonzero(layout.class_pool[of]), np.flatnonzero(layout.class_shell[of])
    site = np.concatenate([layout.pool_site[pools], shells])
    port = np.concatenate([first["pool"] + pools, first["shell"] + shells])
    row = np.arange(len(layout.metro_bloc)) * len(layout.workload_budget) + workload
    rtt = layout.rtt[:, site].astype(np.int64)
    cost = (rtt * layout.transport_rate) >> 10
    tight = (price[row][:, None] - price[port][None, :] == cost) & (rtt <= layout.workload_budget[workload])
    if layout.workload_masked[workload]:
        tight &= layout.metro_bloc[:, None] == layout.site_bloc[site][None, :]
    at, to = np.nonzero(tight)
    nothing = np.zeros((), dtype=np.int64)
    return arcs_of_kind(TRANSPORT, row[at], port[to], nothing - 1, cost[at, to], nothing, np.asarray(UNLIMITED))


def _residual(arcs: TightArcs, price: Integer, *, forward: bool = True) -> TightArcs:
    """Return which arcs could carry a kilowatt more, and which one less, where prices say so."""
    tight = price[arcs.tail] - price[arcs.head] == arcs.cost
    more = arcs.take(tight & (arcs.flow < arcs.capacity) & forward)
    less = arcs.take(tight & (arcs.flow > 0))
    back = TightArcs(less.head, less.tail, less.kind, less.item, -less.change, less.cost, less.flow, less.capacity)
    return TightArcs.joined([more, back])
