"""Every table, declared once: column, dtype, unit and meaning. Loader, recorder and docs all read it."""

from __future__ import annotations

from wattmarket.schema.living import (
    AGENTS,
    AWARDS,
    BIDS,
    BINDING,
    BUBBLE,
    CLOSING_TABLES,
    COHORTS,
    CONTRACTS,
    CURVES,
    LIVING_TABLES,
    OPT_IN_TABLES,
    QUEUE,
    RECORDED_TABLES,
    SUPPLIER_PARTS,
    SUPPLIERS,
    SUPPLY,
    VALUATIONS,
)
from wattmarket.schema.run import FLOWS, METRO_VALUES, RUN_METROS, RUN_SITES, RUN_TABLES, RUN_ZONES, TICKS
from wattmarket.schema.table import Column, Table
from wattmarket.schema.world import GENERATORS, LINKS, METROS, SITES, WORLD_TABLES, ZONES

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
    "FLOWS",
    "GENERATORS",
    "LINKS",
    "LIVING_TABLES",
    "METROS",
    "METRO_VALUES",
    "OPT_IN_TABLES",
    "QUEUE",
    "RECORDED_TABLES",
    "RUN_METROS",
    "RUN_SITES",
    "RUN_TABLES",
    "RUN_ZONES",
    "SITES",
    "SUPPLIERS",
    "SUPPLIER_PARTS",
    "SUPPLY",
    "TICKS",
    "VALUATIONS",
    "WORLD_TABLES",
    "ZONES",
    "Column",
    "Table",
]
