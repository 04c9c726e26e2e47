"""Reading whole tables of the runs of a sweep, and how its points were chosen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import polars as pl
from polars.io.plugins import register_io_source

from wattmarket.errors import InputError
from wattmarket.sweep.outputs import Outputs
from wattmarket.sweep.play import DONE
from wattmarket.sweep.results import Found
from wattmarket.sweep.shape import Shape
from wattmarket.sweep.store import Store
from wattmarket.sweep.store.plans import read_plan
from wattmarket.sweep.store.writer import ROW_SCHEMA
from wattmarket.sweep.tables import column_of_table, unpacked

__all__ = ["scan_table", "shape_of"]

RUNS_AT_A_TIME: Final = 64
"""Runs whose tables are unpacked at a time."""
OF_RUN: Final = ("point", "seed", "key")
"""Columns that say whose a row is."""


def scan_table(path: str | Path, table: str, sweep: str | None = None) -> pl.LazyFrame:
    """Read a whole table of all runs of a sweep that were played to their ends and kept it.

    Parameters
    ----------
    path
        The store.
    table
        Its name, as in ``[outputs]``.
    sweep
        Name of the sweep, if the store holds several.

    Returns
    -------
    pl.LazyFrame
        ``point``, ``seed`` and ``key`` of the run before the columns of its table, sorted by point and seed, each run's
        rows in their order. Every chunk has been checked against its SHA-256; tables are unpacked when the frame is
        collected, some runs at a time, from bytes that are checked again.

    Raises
    ------
    InputError
        If it isn't a store, holds no such sweep, the sweep doesn't keep the table, or no run has it yet.
    DigestMismatchError
        If a file is damaged, or if one run has been recorded twice with different results.
    """
    store = Store(path).open()
    plan = read_plan(store, sweep)
    if table not in (kept := Outputs.of(plan.outputs).tables):
        raise InputError(f"{store.folder}: the sweep keeps {', '.join(kept) or 'no tables'}, not {table!r}")
    column = column_of_table(table)
    found = Found(store, plan, {**ROW_SCHEMA, "digest": pl.String(), column: pl.Binary()})
    first = next(_tables(found, column), None)
    if first is None:
        raise InputError(f"{store.folder}: no run has the table {table!r} yet")

    def read(
        columns: list[str] | None, predicate: pl.Expr | None, most: int | None, _batch: int | None
    ) -> Iterator[pl.DataFrame]:
        left = most
        for whole in _tables(found, column):
            frame = whole if left is None else whole.head(left)
            left = None if left is None else left - frame.height
            chosen = frame if predicate is None else frame.filter(predicate)
            yield chosen if columns is None else chosen.select(columns)
            if left == 0:
                return

    return register_io_source(read, schema=first.schema)


def shape_of(path: str | Path, sweep: str | None = None) -> Shape:
    """Say how the points of a sweep in a store were chosen.

    Raises
    ------
    InputError
        If it isn't a store, holds no such sweep, or the sweep was planned by a version that didn't note it.
    """
    told = read_plan(Store(path).open(), sweep).shape
    if told is None:
        raise InputError(f"{path}: does not say how its points were chosen: resume the sweep, or name its file")
    return Shape.of(told)


def _tables(found: Found, column: str) -> Iterator[pl.DataFrame]:
    """Unpack the tables of some runs at a time, in the order of the plan."""
    start = 0
    for number, rows in enumerate(found.plan.rows):
        whose = found.plan.piece(number, list(OF_RUN)).select(OF_RUN)
        for place in range(0, rows, RUNS_AT_A_TIME):
            height = min(RUNS_AT_A_TIME, rows - place)
            kept = found.rows(start + place, start + place + height, ["status", column])
            parts = [
                unpacked(data).select(*(pl.lit(value).alias(name) for name, value in run.items()), pl.all())
                for run, status, data in zip(
                    whose.slice(place, height).iter_rows(named=True), kept["status"], kept[column], strict=True
                )
                if status == DONE and data is not None
            ]
            if parts:
                yield pl.concat(parts)
        start += rows
