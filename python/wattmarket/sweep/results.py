"""The table of a sweep: parameters and what was kept, the same bits in whatever order the runs were played."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from wattmarket.errors import DigestMismatchError
from wattmarket.sweep.outputs import Outputs
from wattmarket.sweep.play import DONE
from wattmarket.sweep.store import Store
from wattmarket.sweep.store.plans import read_plan
from wattmarket.sweep.store.writer import frame_of

__all__ = ["MISSING", "runs_of", "scan"]

MISSING = "missing"
"""Status of a run that was not played yet."""


def scan(path: str | Path, sweep: str | None = None) -> pl.LazyFrame:
    """Read what a sweep has found so far.

    Parameters
    ----------
    path
        The store.
    sweep
        Name of the sweep, if the store holds several.

    Returns
    -------
    pl.LazyFrame
        One row per run, sorted by point and seed: ``point``, ``seed``, a column per parameter, ``status`` (``done``,
        ``failed`` or ``missing``), ``error``, ``digest``, the finding, the series, ``key``. Every chunk has been
        checked against its SHA-256, and is in memory.

    Raises
    ------
    InputError
        If it isn't a store, or holds no such sweep.
    DigestMismatchError
        If a file is damaged, or if one run has been recorded twice with different results.
    """
    store = Store(path).open()
    table, outputs = read_plan(store, sweep)
    schema = Outputs.of(outputs).schema()
    runs = runs_of(store, table["key"], list(schema)).drop("seed")
    empty = frame_of([], schema).drop("seed")
    kept = pl.concat([empty, runs.select(empty.columns)]) if runs.height else empty
    joined = table.join(kept, on="key", how="left", maintain_order="left", validate="m:1")
    order = (
        [name for name in table.columns if name != "key"] + [name for name in kept.columns if name != "key"] + ["key"]
    )
    return joined.with_columns(pl.col("status").fill_null(MISSING)).select(order).sort("point", "seed").lazy()


def runs_of(store: Store, keys: pl.Series, outputs: list[str]) -> pl.DataFrame:
    """Rows of some runs, each once: one that was played to its end before one that failed.

    Raises
    ------
    DigestMismatchError
        If a run was played to its end twice with different results.
    """
    wanted = keys.unique(maintain_order=True).to_frame("key")
    parts = []
    for frame in store.frames():
        mine = frame.join(wanted, on="key", how="semi", maintain_order="left")
        if mine.height:
            parts.append(mine.select("key", "seed", "status", "error", *outputs))
    if not parts:
        return pl.DataFrame()
    # Chunks come in the order of their names, which tells nothing: rows are sorted by what they hold.
    rows = pl.concat(parts).unique(maintain_order=True).sort("key", "status", "error", nulls_last=True)
    done = rows.filter(pl.col("status") == DONE)
    twice = done.filter(done["key"].is_duplicated())
    if twice.height:
        raise DigestMismatchError(f"{store.folder}: run {twice['key'][0]} is recorded with different results")
    return rows.unique("key", keep="first", maintain_order=True)
