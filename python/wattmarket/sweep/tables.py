"""Whole tables of runs in the store of a sweep: each is kept in its run's row, as the bytes of a Parquet file."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Iterable
from typing import Final

import polars as pl

from wattmarket.record import Run
from wattmarket.record.run import TWIN_PREFIX, TWIN_TABLES
from wattmarket.schema import LIVING_TABLES, RECORDED_TABLES

__all__ = ["OF_AGENTS", "TABLES", "column_of_table", "packed", "table_of", "tables_to_record", "unpacked"]

TABLES: Final = (*(table.name for table in RECORDED_TABLES), *(f"{TWIN_PREFIX}{name}" for name in TWIN_TABLES))
"""Tables of a run that a sweep can keep; those of the no-drift twin where it is played."""
OF_AGENTS: Final = (*(table.name for table in LIVING_TABLES), f"{TWIN_PREFIX}agents")
"""Those that exist where agents build."""


def column_of_table(name: str) -> str:
    """Name of the column that holds a run's table, as the bytes of a Parquet file.

    Examples
    --------
    >>> column_of_table("ticks")
    'table ticks'
    """
    return f"table {name}"


def tables_to_record(names: Iterable[str]) -> str:
    """Write the setting that makes a run keep them.

    Examples
    --------
    >>> tables_to_record(["metro_values", "twin_metro_values"])
    'output.tables=["ticks", "metro_values"]'
    """
    wanted = dict.fromkeys(["ticks", *(name.removeprefix(TWIN_PREFIX) for name in names)])
    return f"output.tables={json.dumps(list(wanted))}"


def table_of(run: Run, name: str) -> pl.DataFrame | None:
    """Give a table of a run; None if it has none of that name: a run that doesn't drift has no twin."""
    if name.startswith(TWIN_PREFIX):
        return run.twin(name.removeprefix(TWIN_PREFIX))
    found: pl.DataFrame = getattr(run, name)
    return found


def packed(table: pl.DataFrame | None) -> str | None:
    """Write a table as text that goes through a pipe: a Parquet file in base 64.

    Examples
    --------
    >>> text = packed(pl.DataFrame({"tick": [0, 1]}))
    >>> unpacked(base64.b64decode(text))["tick"].to_list()
    [0, 1]
    """
    if table is None:
        return None
    buffer = io.BytesIO()
    table.write_parquet(buffer, compression="zstd", statistics=False)
    return base64.b64encode(buffer.getvalue()).decode("ascii")


def unpacked(data: bytes) -> pl.DataFrame:
    """Read a table from the bytes of its Parquet file."""
    return pl.read_parquet(io.BytesIO(data))
