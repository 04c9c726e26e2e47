"""The forward auction of a month as rows: who bid, who won, what it cost, and which good was short."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from wattmarket.agents.auction import Awards
from wattmarket.agents.bidding import BidColumns
from wattmarket.agents.lots import LotColumns
from wattmarket.forward import FAMILIES, ROUTES, Family, ForwardClearing
from wattmarket.model.tables import NO_AUCTION
from wattmarket.numeric import sum_by
from wattmarket.schema import BINDING
from wattmarket.spot import SILICON_CLASSES
from wattmarket.tick import Names
from wattmarket.units import MUSD_PER_USD

__all__ = [
    "award_columns",
    "award_digest",
    "bid_columns",
    "binding_kw",
    "forward_row",
    "shortest_good",
    "traded_sites",
]

Columns = dict[str, "NDArray[Any] | Names"]
Integer = NDArray[np.int64]
Float = NDArray[np.float64]

PRICES = ("value", "silicon", "land", "slot", "energy")

ENERGY_OF_ROUTE: tuple[Family, ...] = ("ppa", "plant", "ppa", "retail")
"""Where the energy of each route comes from."""


def usd(musd: Integer) -> Float:
    """Micro-$ as $."""
    return np.asarray(musd / MUSD_PER_USD)


def award_columns(awards: Awards | None, lots: LotColumns, agents: tuple[str, ...], sites: list[str]) -> Columns:
    """Rows of the table ``awards``."""
    none = np.zeros(0, dtype=np.int64)
    lot = none if awards is None else awards.lot
    price = {name: none if awards is None else getattr(awards, name) for name in PRICES}
    pays = price["silicon"] + price["land"] + price["slot"] + price["energy"]
    return {
        "award": np.arange(len(lot), dtype=np.int32),
        "agent_id": Names(none if awards is None else awards.agent, agents),
        "site_id": Names(lots.site[lot], sites),
        "route": Names(lots.route[lot], ROUTES),
        "standing": lots.standing[lot],
        "kw": none if awards is None else awards.kw,
        "delivery_months": lots.months[lot].astype(np.int32),
        **{f"{name}_usd_per_kw_month": usd(column) for name, column in price.items()},
        "pays_usd_per_kw_month": usd(pays),
        "gain_usd_per_kw_month": usd(price["value"] - pays),
        "binding": Names(none if awards is None else shortest_good(awards), BINDING),
    }


def award_digest(awards: Awards | None, lots: LotColumns) -> list[tuple[str, Integer]]:
    """Columns of the awards that enter the digest."""
    none = np.zeros(0, dtype=np.int64)
    if awards is None:
        return [(f"award_{name}", none) for name in ("agent", "site", "route", "kw", *PRICES)]
    return [
        ("award_agent", awards.agent),
        ("award_site", lots.site[awards.lot]),
        ("award_route", lots.route[awards.lot]),
        ("award_kw", awards.kw),
        *((f"award_{name}", getattr(awards, name)) for name in PRICES),
    ]


def bid_columns(bids: BidColumns, lots: LotColumns, agents: tuple[str, ...], sites: list[str]) -> Columns:
    """Rows of the table ``bids``."""
    return {
        "bid": np.arange(len(bids.kw), dtype=np.int32),
        "agent_id": Names(bids.agent, agents),
        "site_id": Names(lots.site[bids.lot], sites),
        "route": Names(lots.route[bids.lot], ROUTES),
        "value_usd_per_kw_month": usd(bids.value),
        "kw": bids.kw,
    }


def forward_row(awards: Awards | None, silicon_musd: Integer) -> dict[str, float | int]:
    """Columns of ``ticks`` about the auction.

    Parameters
    ----------
    awards
        What was won this month, or None.
    silicon_musd
        int64 [H]: what accelerators fetched last, this month or before.
    """
    row = dict(NO_AUCTION)
    for code, name in enumerate(SILICON_CLASSES):
        row[f"silicon_price_{name}_usd_per_kw_month"] = float(silicon_musd[code]) / MUSD_PER_USD
    if awards is None:
        return row
    clearing = awards.clearing
    row["awarded_kw"] = int(awards.kw.sum())
    row["forward_payments_usd_per_month"] = clearing.payments_musd // MUSD_PER_USD
    row["forward_receipts_usd_per_month"] = clearing.receipts_musd // MUSD_PER_USD
    row["forward_checked"] = len(clearing.award_kw) + len(clearing.sold_kw)
    row["forward_surplus_usd_per_month"] = clearing.surplus_musd // MUSD_PER_USD
    row["forward_shortfall_kw"] = int(clearing.shortfall_kw.sum())
    quoted = clearing.quoted("silicon")
    ends = [clearing.price("silicon", corner) for corner in ("land_low", "silicon_low")]
    for code, name in enumerate(SILICON_CLASSES):
        width = abs(int(ends[0][code]) - int(ends[1][code])) if quoted[code] else 0
        row[f"silicon_width_{name}_usd_per_kw_month"] = width / MUSD_PER_USD
    return row | {f"binding_{good}_kw": kw for good, kw in binding_kw(awards).items()}


def binding_kw(awards: Awards) -> dict[str, int]:
    """Awarded kW whose price of a good lies above the dearest ask of it that was sold, by good."""
    return {good: int(awards.kw[excess > 0].sum()) for good, excess in _above_asks(awards).items()}


def shortest_good(awards: Awards) -> Integer:
    """Good of each award whose price lies furthest above the dearest ask of it that was sold.

    Parameters
    ----------
    awards
        What was won this month, N awards.

    Returns
    -------
    int64 [N]
        Position in `schema.BINDING`, whose last is for awards at which nothing is short; of equals, the first.
    """
    excess = np.stack(list(_above_asks(awards).values()))
    return np.where(excess.max(axis=0) > 0, excess.argmax(axis=0), len(BINDING) - 1)


def _above_asks(awards: Awards) -> dict[str, Integer]:
    """How far the price of each good of each award lies above the dearest ask of it that was sold, micro-$."""
    clearing, book = awards.clearing, awards.clearing.book
    won = np.flatnonzero(clearing.award_kw > 0)
    budget, lot = book.bids.budget[won], book.bids.lot[won]
    route, source = book.lots.route[lot], book.lots.source[lot]
    dearest = _dearest(clearing)
    energy = np.zeros(len(won), dtype=np.int64)
    for code, family in enumerate(ENERGY_OF_ROUTE):
        mine = route == code
        energy[mine] = dearest[family][source[mine]]
    grid = route == ROUTES.index("grid")
    slot = np.zeros(len(won), dtype=np.int64)
    slot[grid] = dearest["slot"][source[grid]]
    asks = {
        "silicon": dearest["silicon"][book.budgets.silicon[budget]],
        "land": dearest["land"][lot],
        "slot": slot,
        "energy": energy,
    }
    return {good: getattr(awards, good) - ask for good, ask in asks.items()}


def _dearest(clearing: ForwardClearing) -> dict[Family, Integer]:
    """Dearest ask of each product of which anything was sold, by family, int64 [products]."""
    offers = clearing.book.offers
    products: Integer = np.array([len(clearing.price(family)) for family in FAMILIES], dtype=np.int64)
    ends: Integer = np.cumsum(products)
    sold = np.flatnonzero(clearing.sold_kw > 0)
    product = (ends - products)[offers.family[sold]] + offers.index[sold]
    dearest = np.zeros(ends[-1], dtype=np.int64)
    np.maximum.at(dearest, product, offers.ask[sold])
    return dict(zip(FAMILIES, np.split(dearest, ends[:-1]), strict=True))


def traded_sites(awards: Awards | None, lots: LotColumns, sites: int) -> NDArray[np.bool_]:
    """Whether land was sold at each site, bool [S]."""
    if awards is None:
        return np.zeros(sites, dtype=np.bool_)
    return np.asarray(sum_by(lots.site[awards.lot], awards.kw, sites) > 0)
