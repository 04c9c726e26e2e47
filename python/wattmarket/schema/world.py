"""The five tables of a world: metros, zones, generators, links, sites."""

from __future__ import annotations

from typing import Final

import polars as pl

from wattmarket.schema.table import Column, Table

__all__ = [
    "CORE_KINDS",
    "EDGE_KINDS",
    "GENERATORS",
    "LINKS",
    "METROS",
    "SITES",
    "SITE_KINDS",
    "TECHNOLOGIES",
    "WORLD_TABLES",
    "ZONES",
]

S: Final = pl.String()
F: Final = pl.Float64()
B: Final = pl.Boolean()

LARGEST_MW: Final = 1e6
"""No row is larger than a terawatt: keeps sums in kW far inside 64 bits, and catches kW written as MW."""

LARGEST_USD_PER_KW: Final = 1e6

CORE_KINDS: Final = ("campus", "brownfield", "btm")
EDGE_KINDS: Final = ("metro_dc", "central_office", "tower")
SITE_KINDS: Final = CORE_KINDS + EDGE_KINDS
TECHNOLOGIES: Final = (
    "solar_storage",
    "wind",
    "gas_ccgt",
    "gas_turbine",
    "fuel_cell",
    "nuclear",
    "nuclear_restart",
    "geothermal",
    "hydro",
    "coal",
)
BASES: Final = ("page", "recalled", "derived", "article", "assumption")

_LAT = Column("lat", F, "degrees", "latitude, north positive", -90, 90)
_LON = Column("lon", F, "degrees", "longitude, east positive", -180, 180)
_BASIS = Column("basis", S, "", "weakest basis among the row's figures", values=BASES)
_SOURCE = Column("source", S, "", "fact ids or the row's own source")

METROS: Final = Table(
    "metros",
    "Where users are.",
    (
        Column("metro_id", S, "", "stable id"),
        Column("name", S, "", "name"),
        Column("country", S, "", "ISO 3166 alpha-2 code"),
        Column("bloc", S, "", "data-residency bloc; masked workloads stay inside it"),
        _LAT,
        _LON,
        Column("population_m", F, "million", "population of the metropolitan area", 0.0, 60),
        Column("demand_weight", F, "", "relative weight in world demand: population times income", 0.0, 1e6),
        Column("access_rtt_ms", F, "ms", "round trip from user to the metro's exchange", 0.0, 200),
        Column("stretch", F, "", "fibre path over great circle", 1.0, 5.0),
        _BASIS,
        _SOURCE,
    ),
    ("metro_id",),
)

ZONES: Final = Table(
    "zones",
    "Where power is: ISO zone, utility territory or national grid.",
    (
        Column("zone_id", S, "", "stable id"),
        Column("name", S, "", "name"),
        Column("country", S, "", "ISO 3166 alpha-2 code"),
        Column("bloc", S, "", "data-residency bloc"),
        _LAT,
        _LON,
        Column("pue", F, "", "grid kW per kW of IT", 1.0, 2.5),
        Column("retail_tariff_usd_per_mwh", F, "$/MWh", "delivered firm price to a large load", 0.0, 1000),
        Column(
            "slot_release_mw_per_month",
            F,
            "MW grid/month",
            "interconnection capacity released to large loads",
            0.0,
            LARGEST_MW,
        ),
        Column("initial_queue_mw", F, "MW grid", "requests standing at the start", 0.0, LARGEST_MW),
        Column("study_months", F, "months", "from request to connection agreement", 0.0, 240),
        Column("permitting_months", F, "months", "local permitting", 0.0, 120),
        Column("counterparty_risk", F, "", "0 none to 1 certain loss over the lease", 0.0, 1.0),
        Column("carbon_kg_per_mwh", F, "kg/MWh", "average carbon intensity of the grid", 0.0, 1500),
        _BASIS,
        _SOURCE,
    ),
    ("zone_id",),
)

GENERATORS: Final = Table(
    "generators",
    "What a zone's plants have left for large loads after native load, one row per step of the merit order.",
    (
        Column("generator_id", S, "", "stable id"),
        Column("zone_id", S, "", "zone", key_of="zones"),
        Column("technology", S, "", "technology", values=TECHNOLOGIES),
        Column("grid_mw", F, "MW grid", "capacity left for large loads", 0.0, LARGEST_MW),
        Column("marginal_cost_usd_per_mwh", F, "$/MWh grid", "marginal cost of the step", 0.0, 1000),
        Column("fixed_cost_usd_per_kw_year", F, "$/kW-year", "fixed cost", 0.0, LARGEST_USD_PER_KW),
        Column("build_months", F, "months", "from order to operation", 0.0, 240),
        Column("owner", S, "", "owner, or empty", optional=True),
        Column("state", S, "", "operating, dormant or candidate", values=("operating", "dormant", "candidate")),
        _BASIS,
        _SOURCE,
    ),
    ("generator_id",),
)

LINKS: Final = Table(
    "links",
    "Transfer capacity between zones, one row per direction.",
    (
        Column("link_id", S, "", "stable id"),
        Column("from_zone_id", S, "", "zone that draws", key_of="zones"),
        Column("to_zone_id", S, "", "zone that generates", key_of="zones"),
        Column("capacity_mw", F, "MW IT", "capacity open to large loads", 0.0, LARGEST_MW),
        Column("wheeling_cost_usd_per_mwh", F, "$/MWh", "wheeling charge and losses", 0.0, 500),
        _BASIS,
        _SOURCE,
    ),
    ("link_id",),
)

SITES: Final = Table(
    "sites",
    "Where compute can stand.",
    (
        Column("site_id", S, "", "stable id"),
        Column("name", S, "", "name"),
        Column("kind", S, "", "kind of site", values=SITE_KINDS),
        Column("zone_id", S, "", "zone it draws from", key_of="zones"),
        Column("metro_id", S, "", "home metro of an edge kind, nearest metro otherwise", key_of="metros"),
        Column("country", S, "", "ISO 3166 alpha-2 code"),
        Column("bloc", S, "", "data-residency bloc"),
        _LAT,
        _LON,
        Column("owner", S, "", "owner, or empty", optional=True),
        Column("shell_mw", F, "MW IT", "shell standing at the start", 0.0, LARGEST_MW),
        Column(
            "shell_buildable_mw", F, "MW IT", "shell that could stand in all, standing shell included", 0.0, LARGEST_MW
        ),
        Column("pool_mw", F, "MW IT", "AI accelerators standing at the start", 0.0, LARGEST_MW),
        Column("grid_mw", F, "MW grid", "grid connection energised at the start", 0.0, LARGEST_MW),
        Column("btm_mw", F, "MW IT", "behind-the-meter plant at the start, after PUE", 0.0, LARGEST_MW),
        Column("btm_cost_usd_per_mwh", F, "$/MWh", "running cost of the behind-the-meter plant", 0.0, 1000),
        Column(
            "shell_cost_usd_per_kw",
            F,
            "$/kW IT",
            "cost of new shell, mechanical and electrical works",
            0.0,
            LARGEST_USD_PER_KW,
        ),
        Column("land_cost_usd_per_kw", F, "$/kW IT", "land, or the capitalised lease", 0.0, LARGEST_USD_PER_KW),
        Column("cooling", S, "", "cooling of the hall", values=("air", "liquid")),
        Column("backend", B, "", "whether a backend fabric for training stands"),
        Column("fibre_rtt_ms", F, "ms", "site hop: what its fibre adds to the round trip", 0.0, 50),
        Column("pue", F, "", "grid kW per kW of IT at this site", 1.0, 2.5),
        Column("build_months", F, "months", "from start of building to operation, power at hand", 0.0, 120),
        _BASIS,
        _SOURCE,
    ),
    ("site_id",),
)

WORLD_TABLES: Final = (METROS, ZONES, GENERATORS, LINKS, SITES)
