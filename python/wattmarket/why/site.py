"""Why a site's rent is what it is: chains to the marginal bids, as a table and in sentences."""

from __future__ import annotations

import datetime
import difflib
from typing import Any, Final

import polars as pl

from wattmarket.errors import InputError, InvariantError
from wattmarket.months import month_of_day
from wattmarket.record import Run, Why
from wattmarket.spot import BINDING, LABELS, PriceChain, SpotChains
from wattmarket.spot.nodes import Places
from wattmarket.units import USD_PER_MW_MONTH_PER_MUSD_PER_KWH
from wattmarket.why.land import LAND_SCHEMA, land_rows, land_sentences
from wattmarket.why.moment import Moment, play_to
from wattmarket.why.rent import RentEnd, Standing, explain_rent, standing_of
from wattmarket.why.words import Words, running_text, usd_per_mwh_text

__all__ = ["Why", "why"]

NEAR: Final = 3
"""Sites named after one that isn't there."""

_SCHEMA: Final = {
    "end": pl.String,
    "part": pl.String,
    "link": pl.Int64,
    "kind": pl.String,
    "from": pl.String,
    "to": pl.String,
    "item": pl.String,
    "constraint": pl.String,
    "change_kw": pl.Int64,
    "amount_musd_per_kwh": pl.Int64,
    "flow_kw": pl.Int64,
    "capacity_kw": pl.Int64,
    "bid": pl.Boolean,
    "tied": pl.Int64,
}


def why(run: Run, site: str, month: str | datetime.date, *, progress: bool = False) -> Why:
    """Explain the rent of a site: from what its output fetches to the workload, constraint and bid that set it.

    The run is played again up to the month, and every month must give the recorded digest.

    Parameters
    ----------
    run
        A run, in memory or in a folder.
    site
        Its id, ``"ASHBURN"``.
    month
        ``"2026-05"``, or any day of the month.
    progress
        Whether to show progress on standard error.

    Raises
    ------
    InputError
        If the run has no such site or month.
    DigestMismatchError
        If the run's folder is damaged, or if other bits come out.
    InvariantError
        If a chain doesn't add up to its price: a bug.

    Examples
    --------
    >>> from wattmarket.runner import run
    >>> from wattmarket.scenario import Scenario
    >>> settings = ["capacity.mode=entry", "run.months=2", "world.sites=50", "world.metros=10"]
    >>> small = run(Scenario().with_settings(settings), twin=False)
    >>> found = why(small, "ASHBURN", "2023-02")
    >>> sums = found.table.group_by("end").agg(pl.col("amount_musd_per_kwh").sum()).sort("end")
    >>> sums["end"].to_list()
    ['highest', 'lowest']
    >>> found.table.filter("bid", part="price")["kind"].unique().to_list()
    ['willingness']
    """
    month = month_of_day(month)
    sites = run.world.sites
    place = _place(site, sites["site_id"].to_list(), sites["name"].to_list())
    moment = play_to(run, month, progress=progress)
    ground = moment.ground
    assert ground.cleared is not None
    layout, reader, cleared = ground.spot.layout, ground.reader, ground.cleared
    chains = SpotChains(layout, cleared.demand, cleared.state, cleared.clearing)
    standing = standing_of(place, layout, reader, cleared)
    ends = explain_rent(standing, layout, reader, cleared, chains)
    words = Words(ground.world, ground.workloads, Places(layout), cleared)
    if ground.now.prices.corner != "midpoint":
        ends = tuple(end for end in ends if end.end == ground.now.prices.corner)
    _recorded(moment, standing)
    land = land_rows(moment, place, words)
    sentences = [*_opening(moment, standing, words, month), *_ends(ends, words)]
    if not ends:
        sentences += _idle(standing, chains, words)
    return Why(
        site,
        month,
        float(standing.rent * USD_PER_MW_MONTH_PER_MUSD_PER_KWH) if standing.subject == "pool" else 0.0,
        pl.DataFrame(_rows(ends, words), schema=_SCHEMA, orient="row"),
        pl.DataFrame(land, schema=LAND_SCHEMA, orient="row"),
        (*sentences, *land_sentences(moment, place, land)),
    )


def _place(site: str, ids: list[str], names: list[str]) -> int:
    """Find a site by its id."""
    if site in ids:
        return ids.index(site)
    if not isinstance(site, str):
        raise InputError(f"site: {site!r}: is not the id of a site, which is text")
    by_name = [one for one, name in zip(ids, names, strict=True) if site and site.casefold() in name.casefold()]
    near = list(dict.fromkeys([*by_name, *difflib.get_close_matches(site.upper(), ids, n=NEAR)]))[:NEAR]
    hint = f"; did you mean {' or '.join(near)}?" if near else ""
    raise InputError(f"site: {site!r}: is not a site of this run{hint}")


def _recorded(moment: Moment, standing: Standing) -> None:
    """Check that the rent explained is the rent that the table ``sites`` has."""
    told = moment.of_site("rent_usd_per_mw_month", standing.site)
    rent = standing.rent if standing.subject == "pool" else 0
    if told != rent * USD_PER_MW_MONTH_PER_MUSD_PER_KWH:
        raise InvariantError(f"site {standing.site}: rent {rent} explained, {told} recorded")


def _rows(ends: tuple[RentEnd, ...], words: Words) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = []
    for end in ends:
        last, count = "", 0
        for part, amount, link in end.terms():
            count = count + 1 if part == last else 1
            last = part
            head = (end.end, part, count)
            if link is None:
                kind = "plant" if part == "energy" and end.energy is None else "adder"
                rows.append(
                    (*head, "running" if part == "running" else kind, *[None] * 5, amount, None, None, False, 0)
                )
                continue
            chain = end.price if part == "price" else end.energy
            assert chain is not None
            bid = link is chain.bid
            rows.append(
                (
                    *head,
                    link.kind,
                    words.node(link.source),
                    words.node(link.target),
                    words.item(link) or None,
                    words.constraint(link),
                    link.change_kw,
                    amount,
                    link.flow_kw,
                    link.capacity_kw,
                    bid,
                    len(chain.tied) if bid else 0,
                )
            )
    return rows


def _opening(moment: Moment, standing: Standing, words: Words, month: str) -> list[str]:
    """Say what the rent is, and how it splits."""
    ground, cleared = moment.ground, moment.ground.cleared
    assert cleared is not None
    name, site = words.site(standing.site), standing.site
    quotes = ground.read(cleared.clearing, cleared.state)
    if standing.subject == "idle":
        kw = int(cleared.state.pool_kw[standing.pool])
        what = f"its {kw:,} kW of accelerators earn" if kw else "without accelerators it earns"
        return [f"{name} stands idle in {month}: {what} no rent."]
    if standing.subject == "shell":
        return [
            f"{name}: no accelerators run in {month}. Load that brings its own pays {usd_per_mwh_text(standing.price)} "
            f"for shell, connection and energy, of which {usd_per_mwh_text(standing.energy)} is energy."
        ]
    reading, pool = quotes.rents.reading, standing.pool
    per_month = standing.rent * USD_PER_MW_MONTH_PER_MUSD_PER_KWH
    parts = ", ".join(
        f"{usd_per_mwh_text(int(getattr(reading, part)[pool]))} {part}" for part in ("silicon", "watt", "latency")
    )
    used, standing_kw = int(cleared.clearing.pool_flow[pool]), int(cleared.state.pool_kw[pool])
    binding = BINDING[quotes.binding[site]]
    return [
        f"{name} earns a rent of ${per_month:,.0f} per MW-month in {month}, {usd_per_mwh_text(standing.rent)}: its "
        f"accelerators fetch {usd_per_mwh_text(standing.price)}, running them costs "
        f"{running_text(standing.running)} and energy {usd_per_mwh_text(standing.energy)}.",
        f"Rent by part: {parts}. The site is {LABELS[reading.label[pool]]}; "
        + (f"what binds is the {binding}" if binding != "none" else "nothing there binds")
        + f" ({used:,} of {standing_kw:,} kW of accelerators in use).",
    ]


def _ends(ends: tuple[RentEnd, ...], words: Words) -> list[str]:
    """Say why the price and the energy cost are what they are at each end."""
    if not ends:
        return []
    low, high = ends[0].price.price, ends[-1].price.price
    lines = []
    if low < high:
        between = f"from {usd_per_mwh_text(low)} to {usd_per_mwh_text(high)}"
        lines.append(f"Any price {between} clears the market here; it settles midway, rounded down.")
    lines += _both([end.price for end in ends], "of load there", words)
    energy = [end.energy for end in ends if end.energy is not None]
    if energy:
        lines += _both(energy, f"of energy in {words.zone(energy[0].node.place)}", words)
    plants = [end.energy_cost for end in ends if end.energy is None]
    if plants:
        lines.append(f"Energy costs what the plant behind the meter costs, {usd_per_mwh_text(plants[0])}.")
    return lines


def _both(chains: list[PriceChain], where: str, words: Words) -> list[str]:
    """Tell the chains of a price, the highest first; once if the lowest is the same one taken back."""
    highest, *others = reversed(chains)
    way = [(link.kind, link.source, link.target, link.item) for link in highest.links]
    same = [[(link.kind, link.source, link.target, link.item) for link in other.links] == way for other in others]
    if others and all(same):
        return [f"{_told(highest, _start(highest, where), words)} A kilowatt less takes the same way back."]
    return [_told(chain, _start(chain, where), words) for chain in (highest, *others)]


def _start(chain: PriceChain, where: str) -> str:
    """Say what an end of a price is."""
    price = usd_per_mwh_text(chain.price)
    if chain.end == "highest":
        return f"A kilowatt more {where} would cost {price}"
    return f"A kilowatt less {where} would save {price}"


def _told(chain: PriceChain, start: str, words: Words) -> str:
    """Tell a chain."""
    tied = f" ({len(chain.tied)} other bids tie with it)" if chain.tied else ""
    return f"{start}: {'; '.join(words.chain(chain))}. So {words.bid(chain.bid)}, sets it{tied}."


def _idle(standing: Standing, chains: SpotChains, words: Words) -> list[str]:
    """Say what the best bid for an idle site is."""
    cost = running_text(standing.running + standing.energy)
    best = chains.chain("pool", standing.pool, "lowest")
    if best is None:
        return [f"Nobody could use accelerators there at any price; running them would cost {cost}."]
    worth = f"A kilowatt of them would fetch {usd_per_mwh_text(best.price)}"
    return [f"Running accelerators there would cost {cost}.", _told(best, worth, words)]
