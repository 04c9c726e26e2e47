"""Slots that change hands: who offers what is being built for it, who buys, and what the hall left behind loses.

Outside developers offer theirs at what they are worth to them. Creditors offer what defaulted agents had bought at
nothing. A slot of an agent's own belongs to a package whose hall and accelerators are on order: it offers none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wattmarket import numeric
from wattmarket.agents.books import Account, Outside
from wattmarket.queue import NO_SITE, OUTSIDE
from wattmarket.queue.deposits import part_of
from wattmarket.units import MUSD_PER_USD

if TYPE_CHECKING:
    from wattmarket.agents.auction import Awards
    from wattmarket.agents.lots import LotColumns
    from wattmarket.living.economy import Economy
    from wattmarket.living.slots import SlotSteps

__all__ = ["ResoldPieces", "book_resales", "offer_slots", "pay_sellers", "pieces_of", "resold_pieces"]

Integer = NDArray[np.int64]
Float = NDArray[np.float64]

LEAST_ASK = 1
"""Micro-$ per kW-month: what creditors ask. Not quite nothing, so that what the operator has free goes first."""


def offer_slots(economy: Economy) -> None:
    """Let holders offer what is being built for them, in place of what they offered last month.

    Only what is energised after this month, and before a package that is bought now is delivered.
    """
    queue = economy.building.queue
    if not queue.rule.resale:
        return
    request, kw, due = queue.building()
    requests, now = queue.requests, economy.tick
    count = len(requests)
    sellable = (due > now) & (due <= now + queue.rule.connection_months)
    most = numeric.sum_by(request[sellable], kw[sellable], count)
    # Of a request those due first are sold first: one with a connection that is due now waits for next month.
    most[request[due <= now]] = 0
    soonest_due = np.full(count, now + queue.rule.connection_months, dtype=np.int64)
    np.minimum.at(soonest_due, request[sellable], due[sellable])
    creditors = economy.books.outside(Outside.CREDITORS)
    outside = requests.agent == OUTSIDE
    offered = np.where(outside, most, 0)
    theirs = np.flatnonzero((requests.agent == creditors) & (most > 0))
    offered[theirs] = _left_by_tenants(economy, requests.site[theirs], most[theirs], soonest_due[theirs])
    ids = np.flatnonzero((offered > 0) | (requests.asked_kw > 0))
    worth = np.maximum(requests.bears_usd_per_kw[ids] - requests.upgrade_usd_per_kw[ids], 0)
    ask = numeric.to_integer(np.floor(worth * (MUSD_PER_USD / float(economy.annuity_months.min()))), "slot ask")
    queue.ask(ids, offered[ids], np.where(outside[ids], ask, LEAST_ASK))


def _left_by_tenants(economy: Economy, site: Integer, kw: Integer, due: Integer) -> Integer:
    """What creditors can sell of some connections, int64 [N] kW of grid, without a tenant losing its hall.

    Halls without a buyer for their accelerators are let again, and slots are sold in the other months.
    """
    building = economy.building
    unlet = building.unlet_kw(economy.building.queue.rule.connection_months)[due - economy.tick, site]
    room = np.where(building.on_market()[site], 0, np.floor(unlet * economy.rows.site_pue[site]))
    order = np.argsort(site, kind="stable")
    before = numeric.before_in_group(site[order], kw[order])
    sellable = np.zeros_like(kw)
    sellable[order] = np.clip(numeric.to_integer(room, "slots")[order] - before, 0, kw[order])
    return sellable


@dataclass(frozen=True, slots=True)
class ResoldPieces:
    """Which part of which award's slot comes from which holder: int64 [P] each.

    Parameters
    ----------
    award
        Row of the awards given.
    seller
        The holder's request.
    kw
        kW of grid.
    """

    award: Integer
    seller: Integer
    kw: Integer


def pieces_of(economy: Economy, lots: LotColumns, awards: Awards, rows: Integer, grid_kw: Integer) -> ResoldPieces:
    """Tell what holders resold to some awards, int64 [N] rows with kW of grid; nothing where slots aren't auctioned."""
    steps = economy.slot_steps
    if steps is None or not (steps.seller >= 0).any():
        none = np.zeros(0, dtype=np.int64)
        return ResoldPieces(none, none, none)
    site = lots.site[awards.lot[rows]]
    return resold_pieces(
        steps,
        awards.clearing.sold_kw[awards.offers["slot"]],
        zone=economy.ground.sites.zone[site],
        months=lots.months[awards.lot[rows]],
        kw=awards.kw[rows],
        pue=economy.rows.site_pue[site],
        grid_kw=grid_kw,
    )


def resold_pieces(
    steps: SlotSteps, sold_kw: Integer, *, zone: Integer, months: Integer, kw: Integer, pue: Float, grid_kw: Integer
) -> ResoldPieces:
    """Lay the steps that were sold in each zone over its awards, the operator's own over those delivered last.

    Parameters
    ----------
    steps, sold_kw
        What was on offer; int64 [N] kW of IT sold of each step.
    zone, months, kw, pue, grid_kw
        Of the N awards that take a slot: zone, months to delivery, kW of IT, kW of grid per kW of IT, and kW of grid.

    Notes
    -----
    No holder sells more than it offers. An award's pieces begin and end at whole kW of grid, so a piece is less than
    one kW larger than its kW of IT draw; a step has no more pieces than its zone has awards, and `slot_steps` keeps one
    kW for each lot that may become one.
    """
    awards = np.lexsort((-months, zone))
    parts = np.flatnonzero(sold_kw > 0)
    parts = parts[np.lexsort((steps.seller[parts] >= 0, steps.zone[parts]))]
    left, right, piece_kw = numeric.overlaps(kw[awards], sold_kw[parts])
    award, seller = awards[left], steps.seller[parts[right]]
    before = numeric.before_in_group(award, piece_kw)
    ends = [
        np.minimum(np.ceil(reached * pue[award]).astype(np.int64), grid_kw[award])
        for reached in (before, before + piece_kw)
    ]
    taken = ends[1] - ends[0]
    some = (seller >= 0) & (taken > 0)
    return ResoldPieces(award[some], seller[some], taken[some])


def book_resales(economy: Economy, pieces: ResoldPieces, *, ids: Integer, site: Integer, price: Integer) -> Integer:
    """Move the pieces to new requests of their buyers, and let these ask for so much less at the same site.

    Parameters
    ----------
    ids, site, price
        int64 [awards]: the buyers' own requests, their sites, and what a kW of grid costs, micro-$ a month.

    Returns
    -------
    int64 [awards]
        What is held of the deposits that came with the slots, $.
    """
    queue = economy.building.queue
    held = np.zeros_like(ids)
    if not len(pieces.award):
        return held
    turn = numeric.before_in_group(pieces.seller, np.ones_like(pieces.seller))
    # A holder may sell to several; the queue books one sale of each at a time.
    for number in range(int(turn.max()) + 1):
        rows = np.flatnonzero(turn == number)
        award, seller = pieces.award[rows], pieces.seller[rows]
        own = ids[award]
        new = queue.resell(
            seller,
            pieces.kw[rows],
            agent=queue.requests.agent[own],
            project=queue.requests.project[own],
            site=site[award],
            price_musd_per_kw_month=price[award],
        )
        held += numeric.sum_by(award, queue.requests.held_usd[new], len(ids))
        _abandon_halls(economy, seller, new)
    bought = numeric.sum_by(pieces.award, pieces.kw, len(ids))
    some = np.flatnonzero(bought > 0)
    queue.withdraw(ids[some], bought[some])
    return held


def _abandon_halls(economy: Economy, seller: Integer, new: Integer) -> None:
    """Stop the halls that resold connections were for, where there are any, in whole kW: nothing would power them."""
    queue = economy.building.queue
    left_behind = np.full(len(queue.requests), NO_SITE, dtype=np.int64)
    left_behind[new] = queue.requests.site[seller]
    request, kw, due = queue.building()
    rows = np.flatnonzero(left_behind[request] != NO_SITE)
    site = left_behind[request[rows]]
    hall_kw = np.floor(kw[rows] / economy.rows.site_pue[site]).astype(np.int64)
    economy.building.shells.stop(site, hall_kw, due[rows] - economy.tick)


def pay_sellers(economy: Economy, pieces: ResoldPieces, buyer: Integer, usd: Integer, grid_kw: Integer) -> Integer:
    """Pay holders their part of what slots cost; give what is left for the operator, int64 [awards] $.

    Outside developers are cloud and enterprise load: what they get goes to its account.
    """
    if not len(pieces.award):
        return usd
    part = part_of(usd[pieces.award], pieces.kw, grid_kw[pieces.award])
    books, agent = economy.books, economy.building.queue.requests.agent[pieces.seller]
    payee = np.where(agent == OUTSIDE, books.outside(Outside.OTHER_LOAD), books.outside(Outside.CREDITORS))
    books.pay(buyer[pieces.award], payee, part, Account.PROPERTY, Account.INCOME)
    return np.asarray(usd - numeric.sum_by(pieces.award, part, len(usd)))
