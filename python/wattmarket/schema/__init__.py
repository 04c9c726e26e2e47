"""Every table, declared once: column, dtype, unit and meaning. Loader, recorder and docs all read it."""

from __future__ import annotations

from wattmarket.schema.run import FLOWS, RUN_METROS, RUN_SITES, RUN_TABLES, RUN_ZONES, TICKS
from wattmarket.schema.table import Column, Table
from wattmarket.schema.world import GENERATORS, LINKS, METROS, SITES, WORLD_TABLES, ZONES

__all__ = [
    "FLOWS",
    "GENERATORS",
    "LINKS",
    "METROS",
    "RUN_METROS",
    "RUN_SITES",
    "RUN_TABLES",
    "RUN_ZONES",
    "SITES",
    "TICKS",
    "WORLD_TABLES",
    "ZONES",
    "Column",
    "Table",
]
