"""The tables that a run of the living market has besides: who bid, won, signed and waited, and what sites are worth."""

from __future__ import annotations

from typing import Final

import polars as pl

from wattmarket.schema.run import RUN_TABLES
from wattmarket.schema.table import Column, Table

__all__ = [
    "AGENTS",
    "AWARDS",
    "BIDS",
    "BINDING",
    "BUBBLE",
    "CLOSING_TABLES",
    "COHORTS",
    "CONTRACTS",
    "CURVES",
    "LIVING_TABLES",
    "OPT_IN_TABLES",
    "QUEUE",
    "RECORDED_TABLES",
    "SUPPLIERS",
    "SUPPLIER_PARTS",
    "SUPPLY",
    "VALUATIONS",
]

S: Final = pl.String()
F: Final = pl.Float64()
F4: Final = pl.Float32()
B: Final = pl.Boolean()
K: Final = pl.Int64()
T: Final = pl.Int32()

_TICK = Column("tick", T, "", "month since the start of the run, from 0")
_ROUTES = ("grid", "behind_the_meter", "energised", "retail")
_ROUTE = Column("route", S, "", "how the package gets its energy", values=_ROUTES)

BINDING: Final = ("silicon", "land", "slot", "energy", "none")
"""The goods of a package, any of which can be the short one."""

SUPPLIER_PARTS: Final = ("accelerators", "memory", "storage", "network", "other", "shells", "plants")
"""The parts of a server by the bill of materials, then shells, and plants behind meters."""

COHORTS: Final = ("naive", "attentive", "extrapolator")
"""Belief cohorts, each with a column in `valuations`."""

AGENTS: Final = Table(
    "agents",
    "One row per month and agent, at the end of the month.",
    (
        _TICK,
        Column("agent_id", S, "", "agent"),
        Column("class", S, "", "class of agent"),
        Column("cohort", S, "", "belief cohort"),
        Column("cash_usd", K, "$", "cash"),
        Column("debt_usd", K, "$", "debt"),
        Column("equity_usd", K, "$", "what its books leave after debt"),
        Column("profit_usd", K, "$", "income less expense since the start of the run, what was written off included"),
        Column("revenue_usd", K, "$", "what users paid it this month"),
        Column("spent_usd", K, "$", "what it put into accelerators and connections this month"),
        Column("owed_usd", K, "$", "what contracts made it pay this month"),
        Column("operating_kw", K, "kW IT", "accelerators that it runs"),
        Column("edge_operating_kw", K, "kW IT", "of which at edge kinds"),
        Column("pipeline_kw", K, "kW IT", "accelerators that it has ordered and that do not stand yet"),
        Column("ppa_kw", K, "kW IT", "power that it buys under contract, pending and running"),
        Column("defaulted", B, "", "whether it defaulted this month"),
    ),
    ("tick", "agent_id"),
)

AWARDS: Final = Table(
    "awards",
    "One row per month and award of the forward auction: what was won, and the chain of prices along its path.",
    (
        _TICK,
        Column("award", T, "", "number of the award in the month, from 0"),
        Column("agent_id", S, "", "winner", key_of="agents"),
        Column("site_id", S, "", "site", key_of="sites"),
        _ROUTE,
        Column("standing", B, "", "whether the shell stands already"),
        Column("kw", K, "kW IT", "size"),
        Column("delivery_months", T, "months", "until it is delivered"),
        Column("value_usd_per_kw_month", F, "$/kW-month", "what the package is worth to the winner, all in"),
        Column("silicon_usd_per_kw_month", F, "$/kW-month", "price of accelerators"),
        Column("land_usd_per_kw_month", F, "$/kW-month", "price of shell and land"),
        Column("slot_usd_per_kw_month", F, "$/kW-month", "price of the interconnection slot, 0 where it needs none"),
        Column("energy_usd_per_kw_month", F, "$/kW-month", "price of energy: PPA, plant or retail tariff"),
        Column("pays_usd_per_kw_month", F, "$/kW-month", "the sum of the four"),
        Column("gain_usd_per_kw_month", F, "$/kW-month", "value less what it pays", low=0.0),
        Column("binding", S, "", "good whose price lies furthest above the dearest ask of it sold", values=BINDING),
    ),
    ("tick", "award"),
)

BIDS: Final = Table(
    "bids",
    "One row per month and bid of the forward auction; only where `output.tables` asks for it.",
    (
        _TICK,
        Column("bid", T, "", "number of the bid in the month, from 0"),
        Column("agent_id", S, "", "bidder", key_of="agents"),
        Column("site_id", S, "", "site", key_of="sites"),
        _ROUTE,
        Column("value_usd_per_kw_month", F, "$/kW-month", "what the package is worth to the bidder, all in"),
        Column("kw", K, "kW IT", "size"),
    ),
    ("tick", "bid"),
)

CONTRACTS: Final = Table(
    "contracts",
    "One row per event of a contract: it is signed once, and ends at most once.",
    (
        _TICK,
        Column("contract", K, "", "number of the contract, from 0"),
        Column("event", S, "", "what happened", values=("signed", "expired", "terminated", "resold")),
        Column("kind", S, "", "what it is about", values=("ppa", "lease", "supply", "sublease")),
        Column("seller", S, "", "agent, or an outside account"),
        Column("buyer", S, "", "agent, or an outside account"),
        Column("zone_id", S, "", "zone", key_of="zones"),
        Column("site_id", S, "", "site, of leases and supply", key_of="sites", optional=True),
        Column("generator_id", S, "", "generator, of PPAs", key_of="generators", optional=True),
        Column("kw", K, "kW IT", "size"),
        Column("price_usd_per_kw_month", F, "$/kW-month", "rent, strike or tariff"),
        Column("start_tick", T, "", "first month that it runs"),
        Column("end_tick", T, "", "first month that it no longer runs, if nothing ends it before"),
    ),
    ("tick", "contract", "event"),
)

QUEUE: Final = Table(
    "queue",
    "One row per month and zone: what became of every kilowatt of grid connection ever asked for.",
    (
        _TICK,
        Column("zone_id", S, "", "zone", key_of="zones"),
        Column("waiting_kw", K, "kW grid", "asked for, and neither sold nor withdrawn"),
        Column("building_kw", K, "kW grid", "sold, and not yet energised"),
        Column("energised_kw", K, "kW grid", "energised since the start"),
        Column("withdrawn_kw", K, "kW grid", "withdrawn since the start"),
        Column("resold_kw", K, "kW grid", "resold since the start"),
        Column("free_kw", K, "kW grid", "released, and neither reserved nor sold"),
        Column(
            "wait_expected_months",
            F,
            "months",
            "from filing now to energisation if nobody withdrew; empty where nothing is released",
            optional=True,
        ),
        Column(
            "wait_realised_months",
            F,
            "months",
            "from filing to energisation, mean over what the last twelve months energised; empty where that is nothing",
            optional=True,
        ),
    ),
    ("tick", "zone_id"),
)

SUPPLIERS: Final = Table(
    "suppliers",
    "One row per month and part: what building paid to those who supply it (N06 for the parts of a server).",
    (
        _TICK,
        Column("part", S, "", "part", values=SUPPLIER_PARTS),
        Column("revenue_usd", K, "$", "paid for it this month; for plants behind meters what running leases pay"),
    ),
    ("tick", "part"),
)

VALUATIONS: Final = Table(
    "valuations",
    "One row per month and site: what land and shell were worth on the market, to each cohort, and in the event.",
    (
        _TICK,
        Column("site_id", S, "", "site", key_of="sites"),
        Column("price_kind", S, "", "whether land there was sold this month", values=("traded", "quoted")),
        Column("value_usd_per_mw", F4, "$/MW", "market value"),
        Column("value_low_usd_per_mw", F4, "$/MW", "lowest over the prices that clear"),
        Column("value_high_usd_per_mw", F4, "$/MW", "highest over the prices that clear"),
        *(
            Column(f"{cohort}_value_usd_per_mw", F4, "$/MW", f"what the curve of the cohort `{cohort}` makes of it")
            for cohort in COHORTS
        ),
        Column(
            "fundamental_usd_per_mw",
            F4,
            "$/MW",
            "worth of the rents that came: realised to the end of the run, the cost of new shells beyond it",
        ),
        Column("bubble_ratio", F4, "", "market value over fundamental value; 0 where that is nil"),
    ),
    ("tick", "site_id"),
)

BUBBLE: Final = Table(
    "bubble",
    "One row per month: market and fundamental value, per MW of shell that stood.",
    (
        _TICK,
        *(
            Column(name, F, unit, meaning)
            for part in ("edge", "core")
            for name, unit, meaning in (
                (f"{part}_value_usd_per_mw", "$/MW", f"market value of {part} kinds"),
                (f"{part}_fundamental_usd_per_mw", "$/MW", f"fundamental value of {part} kinds"),
                (f"{part}_bubble_ratio", "", "the one over the other; 0 where that is nil"),
            )
        ),
    ),
    ("tick",),
)

SUPPLY: Final = Table(
    "supply",
    "One row per month and step of a zone's merit order, built or not.",
    (
        _TICK,
        Column("generator_id", S, "", "generator", key_of="generators"),
        Column("available_kw", K, "kW IT", "what it generates for compute when called upon"),
        Column("contracted_kw", K, "kW IT", "sold under PPAs, running and pending; more than stands while it is built"),
        Column("cost_usd_per_mwh", F, "$/MWh IT", "marginal cost"),
    ),
    ("tick", "generator_id"),
)

CURVES: Final = Table(
    "curves",
    "One row per month, cohort, part and horizon: the forward curve of rents, as last revalued.",
    (
        _TICK,
        Column("cohort", S, "", "belief cohort", values=COHORTS),
        Column("part", S, "", "kinds of site", values=("edge", "core")),
        Column("horizon_months", T, "months", "how far ahead; 0 is this month's market, the same to all"),
        Column("rent_usd_per_mwh", F, "$/MWh", "rent of pools expected then, weighted by what stands today"),
        Column(
            "entry_kw", K, "kW IT", "new capacity expected to be taken up at the horizon, from its forecast network"
        ),
    ),
    ("tick", "cohort", "part", "horizon_months"),
)

LIVING_TABLES: Final = (AGENTS, AWARDS, BIDS, CONTRACTS, QUEUE, SUPPLIERS, SUPPLY, CURVES, VALUATIONS, BUBBLE)

CLOSING_TABLES: Final = (VALUATIONS.name, BUBBLE.name)
"""Names of the tables that need the future: they are written after the last month."""

OPT_IN_TABLES: Final = (BIDS.name,)
"""Names of the tables that are kept only where a scenario asks for them."""

RECORDED_TABLES: Final = (*RUN_TABLES, *LIVING_TABLES)
"""Every table that a run can have."""
