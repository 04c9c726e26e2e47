"""The joint auction of a month: lots, offers and bids as one book, and who won what."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wattmarket.agents.bidding import BidColumns
from wattmarket.agents.caps import PriceCaps
from wattmarket.agents.lots import BEHIND_THE_METER, ENERGISED, GRID, LotColumns
from wattmarket.forward import (
    FAMILIES,
    Bids,
    Budgets,
    Family,
    ForwardBook,
    ForwardClearing,
    Lots,
    Offers,
    clear_forward,
)

__all__ = ["Awards", "OfferColumns", "hold_auction", "mixed_keys"]

Integer = NDArray[np.int64]
Keys = NDArray[np.uint64]

GOLDEN = np.uint64(0x9E3779B97F4A7C15)


def mixed_keys(first: Keys, second: Keys) -> Keys:
    """Names of pairs from the names of their parts, uint64 [N]; they wrap."""
    mixed = (first ^ (second * GOLDEN)) * np.uint64(0xBF58476D1CE4E5B9)
    return np.asarray(mixed ^ (mixed >> np.uint64(31)))


@dataclass(frozen=True, slots=True)
class OfferColumns:
    """What is on offer besides land and plants: N rows; `family` is a name, `index` class or zone."""

    family: Family
    index: Integer
    ask: Integer
    kw: Integer
    least_kw: Integer
    key: Keys


@dataclass(frozen=True, slots=True)
class Awards:
    """What was won, W rows; kW of IT, prices micro-$ per kW-month.

    Parameters
    ----------
    clearing
        The auction.
    offers
        Rows of the book's offers that each `OfferColumns` took, by family.
    lot_of
        int64: lot of the view behind each lot of the book.
    agent, lot
        int64 [W]: who, and on which lot of the view.
    kw, silicon, land, slot, energy
        int64 [W].
    """

    clearing: ForwardClearing
    offers: dict[Family, slice]
    lot_of: Integer
    agent: Integer
    lot: Integer
    kw: Integer
    value: Integer
    silicon: Integer
    land: Integer
    slot: Integer
    energy: Integer


def hold_auction(
    bids: BidColumns,
    budget_kw: Integer,
    lots: LotColumns,
    *,
    site_zone: Integer,
    site_silicon: Integer,
    zones: int,
    land_ask: Integer,
    plant_ask: Integer,
    offers: list[OfferColumns],
    agent_key: Keys,
    lot_key: Keys,
    caps: PriceCaps,
) -> Awards:
    """Write the book, clear it and read who won.

    Only lots that somebody bids on enter the book: the others could not be sold.

    Parameters
    ----------
    bids, budget_kw
        All bids; int64 [A, H] kW that each agent may win of each silicon class.
    lots
        The view's lots, L rows.
    site_zone, site_silicon
        int64 [S].
    zones
        Number of zones.
    land_ask, plant_ask
        int64 [L]: what landlords ask, and vendors of plants behind meters.
    offers
        Everything else on offer.
    agent_key, lot_key
        uint64 [A], [L]: stable names.
    caps
        Administrative caps in force.
    """
    lot_of, lot = _numbered(bids.lot, len(lots))
    beside = lots.route[lot_of] == BEHIND_THE_METER
    plant = np.cumsum(beside) - 1
    site, route = lots.site[lot_of], lots.route[lot_of]
    zone = site_zone[site]
    pairs, budget = _numbered(bids.agent * budget_kw.shape[1] + site_silicon[lots.site[bids.lot]], budget_kw.size)
    agent, silicon = pairs // budget_kw.shape[1], pairs % budget_kw.shape[1]
    own = [
        _one_each("land", np.arange(len(lot_of)), land_ask[lot_of], lots.kw[lot_of], lot_key[lot_of]),
        _one_each("plant", plant[beside], plant_ask[lot_of[beside]], lots.kw[lot_of[beside]], lot_key[lot_of[beside]]),
    ]
    columns, places = _stacked([*own, *offers])
    book = ForwardBook(
        classes=budget_kw.shape[1],
        zones=zones,
        plants=int(beside.sum()),  # exact: integers
        lots=Lots(route, np.where(beside, plant, zone)),
        offers=columns,
        budgets=Budgets(silicon, budget_kw[agent, silicon], mixed_keys(agent_key[agent], silicon.astype(np.uint64))),
        bids=Bids(budget, lot, bids.value, bids.kw, mixed_keys(agent_key[bids.agent], lot_key[bids.lot])),
        caps=caps.rows(
            silicon=_present(silicon, budget_kw.shape[1]),
            land_zone=zone,
            slot_zone=_present(zone[route == GRID], zones),
            ppa_zone=_present(zone[(route == GRID) | (route == ENERGISED)], zones),
        ),
    )
    return _awards(clear_forward(book), places, lot_of, agent)


def _numbered(codes: Integer, count: int) -> tuple[Integer, Integer]:
    """Find which of the codes 0 … count − 1 there are, in their order, and the place of each row's among them."""
    present = _present(codes, count)
    place = np.zeros(count, dtype=np.int64)
    place[present] = np.arange(len(present))
    return present, place[codes]


def _present(codes: Integer, count: int) -> Integer:
    """Find which of the codes 0 … count − 1 there are, in their order."""
    there = np.zeros(count, dtype=np.bool_)
    there[codes] = True
    return np.flatnonzero(there)


def _one_each(family: Family, index: Integer, ask: Integer, kw: Integer, key: Keys) -> OfferColumns:
    return OfferColumns(family, index, ask, kw, np.zeros_like(kw), key)


def _stacked(offers: list[OfferColumns]) -> tuple[Offers, dict[Family, slice]]:
    """All offers under each other, and which rows each family has."""
    places: dict[Family, slice] = {}
    start = 0
    for part in offers:
        places[part.family] = slice(start, start + len(part.kw))
        start += len(part.kw)
    code = [np.full(len(part.kw), FAMILIES.index(part.family), dtype=np.int64) for part in offers]

    def column(name: str) -> NDArray[np.int64]:
        return np.concatenate([getattr(part, name) for part in offers])

    return (
        Offers(
            np.concatenate(code),
            column("index"),
            column("ask"),
            column("kw"),
            column("least_kw"),
            np.concatenate([part.key for part in offers]),
        ),
        places,
    )


def _awards(clearing: ForwardClearing, places: dict[Family, slice], lot_of: Integer, agent: Integer) -> Awards:
    won = clearing.award_columns()
    return Awards(
        clearing,
        places,
        lot_of,
        agent[won["budget"]],
        lot_of[won["lot"]],
        won["award_kw"],
        won["value"],
        won["silicon"],
        won["land"],
        won["slot"],
        won["energy"],
    )
