"""What the forward auction of the month says about a site: its land prices, and the bids and asks that set them."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import polars as pl

from wattmarket.forward import FAMILIES, ROUTES
from wattmarket.spot import SILICON_CLASSES
from wattmarket.units import KW_PER_MW, MONTHS_PER_YEAR, MUSD_PER_USD
from wattmarket.why.moment import Auction, Moment
from wattmarket.why.words import Words

__all__ = ["LAND_SCHEMA", "land_rows", "land_sentences"]

LAND_SCHEMA: Final = {
    "lot": pl.Int64,
    "route": pl.String,
    "delivery_months": pl.Int64,
    "corner": pl.String,
    "price_usd_per_kw_month": pl.Float64,
    "settled_usd_per_kw_month": pl.Float64,
    "kind": pl.String,
    "who": pl.String,
    "what": pl.String,
    "amount_usd_per_kw_month": pl.Float64,
}

CORNERS: Final = ("land_low", "silicon_low")


def land_rows(moment: Moment, site: int, words: Words) -> list[tuple[Any, ...]]:
    """Return the terms of the land prices of every lot of a site that anybody bid on, at both corners.

    At land-low, land is as cheap as the awards allow, at silicon-low as dear; it settles midway.
    """
    auction = moment.auction
    if auction is None:
        return []
    rows: list[tuple[Any, ...]] = []
    clearing, lots = auction.awards.clearing, auction.lots
    quoted = clearing.quoted("land")
    mine = np.flatnonzero(lots.site[auction.awards.lot_of] == site)
    for lot in mine[quoted[mine]].tolist():
        of = int(auction.awards.lot_of[lot])
        settled = int(clearing.price("land")[lot])
        for corner in CORNERS:
            price = int(clearing.price("land", corner)[lot])
            head = (lot, ROUTES[int(lots.route[of])], int(lots.months[of]), corner, price / MUSD_PER_USD)
            for kind, row, amount, _ in clearing.why("land", lot, corner).rows():
                who, what = _named(auction, kind, row, words)
                rows.append((*head, settled / MUSD_PER_USD, kind, who, what, amount / MUSD_PER_USD))
    return rows


def _named(auction: Auction, kind: str, row: int, words: Words) -> tuple[str | None, str]:
    """Name who made a bid or ask, and for what."""
    book = auction.awards.clearing.book
    if kind == "bid":
        site = int(auction.lots.site[auction.bids.lot[row]])
        return auction.agents[int(auction.bids.agent[row])], f"package at {words.site(site)}"
    if kind == "cap":
        return None, "administrative cap"
    family, index = FAMILIES[int(book.offers.family[row])], int(book.offers.index[row])
    if family == "silicon":
        return None, f"accelerators, {SILICON_CLASSES[index]}-cooled"
    if family == "land":
        return None, f"land of {words.site(int(auction.lots.site[auction.awards.lot_of[index]]))}"
    if family == "plant":
        return None, "plant behind the meter"
    return None, f"{family} in {words.zone(index)}"


def land_sentences(moment: Moment, site: int, rows: list[tuple[Any, ...]]) -> list[str]:
    """Say who set the land prices of a site."""
    lines = [_value_sentence(moment, site)]
    if moment.ground.scenario.capacity.mode != "agents":
        return lines
    if not rows:
        return [*lines, "In this month's forward auction nobody bid on a lot of the site."]
    frame = pl.DataFrame(rows, schema=LAND_SCHEMA, orient="row")
    for (lot,), part in frame.group_by("lot", maintain_order=True):
        first = part.row(0, named=True)
        lines.append(
            f"In this month's forward auction its lot {lot} ({first['route']}, delivery in {first['delivery_months']} "
            f"months) settles at ${first['settled_usd_per_kw_month']:,.2f} per kW-month of land."
        )
        told = [_corner(part.filter(corner=corner)) for corner in CORNERS]
        if told[0] == told[1]:
            lines.append(f"That is {told[0]}.")
        else:
            lines += [f"At its cheapest it is {told[0]}.", f"At its dearest it is {told[1]}."]
    return lines


def _value_sentence(moment: Moment, site: int) -> str:
    """Say what the site's market value is made of."""
    ground = moment.ground
    value = moment.of_site("value_usd_per_mw", site)
    monthly = value / (KW_PER_MW * MONTHS_PER_YEAR * ground.years_of_rent)
    what = (
        "the most that any agent would give for its land beyond the rest of a package, or what other load pays for it"
        if ground.scenario.capacity.mode == "agents"
        else "its rent above the annualised cost of accelerators, or what other load pays for it"
    )
    years = f"{ground.now.valuation.horizon_years:g} years"
    return f"Its market value is ${value:,.0f} per MW: ${monthly:,.2f} per kW-month capitalised over {years}, {what}."


def _corner(terms: pl.DataFrame) -> str:
    """Tell the terms of a land price at a corner."""
    price = terms["price_usd_per_kw_month"][0]
    return f"${price:,.2f}: {'; '.join(_term(row) for row in terms.iter_rows(named=True))}"


def _term(row: dict[str, Any]) -> str:
    amount = row["amount_usd_per_kw_month"]
    signed = f"{'plus' if amount >= 0 else 'less'} ${abs(amount):,.2f}"
    return f"{signed} {'bid by ' + row['who'] + ' for a ' if row['kind'] == 'bid' else 'asked for '}{row['what']}"
