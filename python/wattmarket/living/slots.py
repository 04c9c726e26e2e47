"""Slots in the joint auction: who may buy them, what is on offer beside outside developers, and what those take.

Where slots are auctioned nobody's turn comes. Every request of an agent at a site has a lot of its own, and the
operator sells what is free to whoever values it most. Outside developers buy slots and nothing else, so they stand in
the auction as asks: the kilowatts that one of them would take are on offer to agents at what it would give for them.
What agents leave of such a step goes to the developer. What holders resell are further steps (see `resale`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wattmarket import numeric
from wattmarket.agents.auction import Awards, OfferColumns, mixed_keys
from wattmarket.agents.lots import GRID, LotColumns
from wattmarket.queue import OUTSIDE, InterconnectionQueue, Stage, Turns
from wattmarket.units import MUSD_PER_USD

if TYPE_CHECKING:
    from wattmarket.living.economy import Economy

__all__ = ["SlotSteps", "may_buy", "sell_to_outside", "slot_offers", "slot_steps"]

Integer = NDArray[np.int64]

OPERATOR = -1
"""The request of a step that no outside developer waits for, and the seller of one that is sold for the first time."""

RESOLD_KEY = np.uint64(1 << 32)
"""Lifts the names of steps that are resold above those of requests."""


def may_buy(economy: Economy) -> Turns:
    """Requests of agents that may buy a slot this month, each with its lot, kW of grid.

    Those whose turn has come; where slots are auctioned all that are ready, which share the room of their site in
    proportion. There the security that a sale asks for counts as part of the upgrade, which it pays for later.
    """
    queue = economy.building.queue
    if queue.rule.mechanism != "auction":
        return queue.turns()
    requests = queue.requests
    ids = np.flatnonzero((requests.agent != OUTSIDE) & (requests.site >= 0) & (requests.stage == Stage.READY))
    site, wanted = requests.site[ids], requests.remaining_kw[ids]
    room = np.floor(economy.building.room_kw() * economy.rows.site_pue)
    asked = numeric.sum_by(site, wanted, len(room))
    share = np.minimum(1.0, room / np.maximum(asked, 1))
    kw = numeric.to_integer(np.floor(wanted * share[site]), "slots")
    upgrade = np.maximum(requests.upgrade_usd_per_kw[ids], 0)
    security = queue.rule.security_usd(np.ones_like(upgrade), upgrade)
    return Turns(
        ids, requests.zone[ids], requests.agent[ids], requests.project[ids], site, kw, np.maximum(upgrade, security)
    )


@dataclass(frozen=True, slots=True)
class SlotSteps:
    """What is on offer of slots that are auctioned, N steps in order of zones.

    Parameters
    ----------
    zone
        int64 [N].
    request
        int64 [N]: request of the outside developer that would take the step, or −1.
    seller
        int64 [N]: request whose holder resells the step, or −1.
    grid_kw, kw
        int64 [N]: kW of grid, and what they carry, kW of IT.
    ask
        int64 [N]: what the developer would give, or the holder takes, micro-$ per kW-month of IT; nothing for the
        operator's own.
    pue
        float64 [N]: grid kW per kW of IT, of the worst site that bids in the zone.
    """

    zone: Integer
    request: Integer
    seller: Integer
    grid_kw: Integer
    kw: Integer
    ask: Integer
    pue: NDArray[np.float64]


def slot_steps(economy: Economy, lots: LotColumns) -> SlotSteps:
    """Cut slots into steps, zone by zone: the operator's, what outside developers would take, and what holders resell.

    Awards round up to whole kW of grid: one for each lot is kept out of what is free and out of every resold step.
    """
    queue, zones = economy.building.queue, len(economy.places.operator)
    rows = np.flatnonzero(lots.route == GRID)
    zone_of = economy.ground.sites.zone[lots.site[rows]]
    pue = economy.rows.zone_pue.copy()
    np.maximum.at(pue, zone_of, economy.rows.site_pue[lots.site[rows]])
    spare = numeric.sum_by(zone_of, np.ones_like(zone_of), zones)
    supply = queue.supply()
    free = np.maximum(supply.free_kw - spare, 0)
    zone, request, taken, worth = _outside_demand(queue, free)
    months = float(economy.annuity_months.min())
    ask = worth * pue[zone] * (MUSD_PER_USD / months)
    own = free - numeric.sum_by(zone, taken, zones)
    some = np.flatnonzero(own > 0)
    resold = np.flatnonzero((spare[supply.zone] > 0) & (supply.kw > spare[supply.zone]))
    from_whom = supply.zone[resold]
    asked = np.ceil(supply.ask_musd_per_kw_month[resold] * pue[from_whom])
    zone = np.concatenate([some, zone, from_whom])
    grid_kw = np.concatenate([own[some], taken, supply.kw[resold] - spare[from_whom]])
    nobody = np.full(len(zone), OPERATOR, dtype=np.int64)
    seller, waits = nobody.copy(), nobody
    waits[len(some) : len(some) + len(request)] = request
    seller[len(zone) - len(resold) :] = supply.request[resold]
    return SlotSteps(
        zone=zone,
        request=waits,
        seller=seller,
        grid_kw=grid_kw,
        kw=numeric.to_integer(np.floor(grid_kw / pue[zone]), "slots"),
        ask=numeric.to_integer(np.concatenate([np.zeros(len(some)), np.floor(ask), asked]), "slot ask"),
        pue=pue[zone],
    )


def _outside_demand(queue: InterconnectionQueue, free_kw: Integer) -> tuple[Integer, Integer, Integer, Integer]:
    """What outside developers would take if no agent came, dearest first: zone, request, kW of grid, $/kW of grid."""
    outside = queue.outside_bids()
    worth = queue.requests.bears_usd_per_kw[outside.request] - outside.upgrade_usd_per_kw
    order = np.lexsort((outside.request, -worth, outside.zone))
    order = order[worth[order] >= 0]
    zone, wanted = outside.zone[order], outside.kw[order]
    taken = numeric.first_in_group(free_kw[zone], zone, wanted)
    order, taken = order[taken > 0], taken[taken > 0]
    return outside.zone[order], outside.request[order], taken, worth[order]


def slot_offers(economy: Economy, lots: LotColumns, steps: SlotSteps | None) -> OfferColumns:
    """Slots of every zone: the steps that are auctioned, or what is reserved for turns, at no price of its own."""
    zones = len(economy.places.operator)
    if steps is not None:
        name = (steps.request + 1).astype(np.uint64) + (steps.seller + 1).astype(np.uint64) * RESOLD_KEY
        key = mixed_keys(economy.rows.zone_key[steps.zone], name)
        return OfferColumns("slot", steps.zone, steps.ask, steps.kw, np.zeros_like(steps.kw), key)
    rows = np.flatnonzero(lots.route == GRID)
    kw = numeric.sum_by(economy.ground.sites.zone[lots.site[rows]], lots.kw[rows], zones)
    some = np.flatnonzero(kw > 0)
    none = np.zeros_like(some)
    return OfferColumns("slot", some, none, kw[some], none, economy.rows.zone_key[some])


def sell_to_outside(economy: Economy, steps: SlotSteps, awards: Awards | None) -> None:
    """Let outside developers take what agents left of their steps, no project more than it needs."""
    queue = economy.building.queue
    sold = np.zeros_like(steps.kw)
    if awards is not None:
        sold = awards.clearing.sold_kw[awards.offers["slot"]]
    left = steps.grid_kw - np.ceil(sold * steps.pue).astype(np.int64)
    rows = np.flatnonzero((steps.request != OPERATOR) & (left > 0))
    project, bids = queue.requests.project[steps.request[rows]], queue.outside_bids()
    projects, place = np.unique(bids.project, return_inverse=True)
    needed: Integer = np.zeros(len(projects), dtype=np.int64)
    np.maximum.at(needed, place, bids.kw)
    order = np.lexsort((steps.request[rows], project))
    rows, project = rows[order], project[order]
    need = needed[np.searchsorted(projects, project)]
    kw = numeric.first_in_group(need, project, left[rows])
    queue.award(steps.request[rows], kw, tick=economy.tick)
