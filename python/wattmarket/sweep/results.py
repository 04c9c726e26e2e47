"""The table of a sweep: parameters and what was kept, the same bits in whatever order the runs were played."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl
from polars.io.plugins import register_io_source

from wattmarket.errors import DigestMismatchError
from wattmarket.sweep.keys import Index, packed
from wattmarket.sweep.outputs import Outputs
from wattmarket.sweep.play import DONE
from wattmarket.sweep.store import Store
from wattmarket.sweep.store.plans import KeptPlan, read_plan
from wattmarket.sweep.store.writer import ROW_SCHEMA

__all__ = ["MISSING", "Found", "scan"]

MISSING: Final = "missing"
"""Status of a run that was not played yet."""
Rows = npt.NDArray[np.intp]
Source = Callable[[list[str] | None, pl.Expr | None, int | None, int | None], Iterator[pl.DataFrame]]
_OF_PLAN: Final = ("key", "seed")
"""Columns of a chunk that the plan has too."""


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
        ``failed`` or ``missing``), ``error``, ``digest``, the finding, the series, ``key``. Every file of the store
        has been checked against its SHA-256; rows are read when the frame is collected, piece by piece and only the
        columns that are asked for, from bytes that are checked again. It tells of the store as it was when scanned.

    Raises
    ------
    InputError
        If it isn't a store, or holds no such sweep.
    DigestMismatchError
        If a file is damaged, or if one run has been recorded twice with different results.
    """
    store = Store(path).open()
    plan = read_plan(store, sweep)
    kept = {**ROW_SCHEMA, **Outputs.of(plan.outputs).schema(tables=False)}
    found = Found(store, plan, kept)
    # The key comes last.
    schema = {**plan.piece(0).schema, **kept}
    schema["key"] = schema.pop("key")
    return register_io_source(_reader(found, list(schema)), schema=schema)


class Found:
    """Where in a store the row of each run is: eight bytes a run.

    Raises
    ------
    DigestMismatchError
        If a file is damaged, or if one run has been recorded twice with different results.
    """

    def __init__(self, store: Store, plan: KeptPlan, schema: Mapping[str, pl.DataType]) -> None:
        self.store, self.plan, self.schema = store, plan, schema
        self.lines = list(store.contents().chunks.values())
        index = Index(np.concatenate([packed(piece["key"]) for piece in plan.pieces(["key"])]))
        self.chunk = np.full(len(index.keys), -1, dtype=np.int32)
        self.place = np.zeros(len(index.keys), dtype=np.int32)
        for number, line in enumerate(self.lines):
            frame = store.frame(line)
            rows = index.rows(packed(frame["key"]))
            left = np.flatnonzero(rows >= 0)
            while len(left):
                # A chunk that names a run twice is taken like two chunks.
                _, some = np.unique(rows[left], return_index=True)
                self._take(number, frame, rows[left[some]], left[some])
                left = np.delete(left, some)
        self.chunk, self.place = self.chunk[index.first], self.place[index.first]

    def rows(self, start: int, end: int, columns: list[str]) -> pl.DataFrame:
        """Read some rows of the plan, in its order; those of runs that were not played are null."""
        chunk, place = self.chunk[start:end], self.place[start:end]
        parts = [pl.DataFrame(schema={name: self.schema[name] for name in columns})]
        order = np.full(end - start, -1)
        height = 0
        for number in np.unique(chunk[chunk >= 0]).tolist():
            mine = np.flatnonzero(chunk == number)
            parts.append(self._frame(number, columns)[place[mine]])
            order[mine] = np.arange(height, height + len(mine))
            height += len(mine)
        places = pl.Series(order).replace(-1, None)
        return pl.DataFrame([column.gather(places) for column in pl.concat(parts)])

    def _take(self, number: int, frame: pl.DataFrame, rows: Rows, places: Rows) -> None:
        """Note the rows of a chunk; where there is one already, the better of the two."""
        free = self.chunk[rows] < 0
        for other in np.unique(self.chunk[rows[~free]]).tolist():
            mine = np.flatnonzero(self.chunk[rows] == other)
            before = self._frame(other, [*self.schema])[self.place[rows[mine]]]
            free[mine] = self._better(before, frame.select([*self.schema])[places[mine]])
        self.chunk[rows[free]], self.place[rows[free]] = number, places[free]

    def _better(self, before: pl.DataFrame, now: pl.DataFrame) -> npt.NDArray[np.bool_]:
        """Which rows to take instead: of runs that failed before; of two errors one, whichever chunk comes first."""
        was_done, is_done = before["status"] == DONE, now["status"] == DONE
        differing = pl.Series(np.zeros(now.height, dtype=np.bool_))
        for ours, theirs in zip(before, now, strict=True):
            differing |= ours.ne_missing(theirs)
        twice = now.filter(was_done & is_done & differing)
        if twice.height:
            raise DigestMismatchError(f"{self.store.folder}: run {twice['key'][0]} is recorded with different results")
        lesser = (now["error"] < before["error"]).fill_null(False)
        return (~was_done & (is_done | lesser)).to_numpy()

    def _frame(self, number: int, columns: list[str]) -> pl.DataFrame:
        return self.store.frame(self.lines[number]).select(columns)


def _reader(found: Found, names: list[str]) -> Source:
    """What Polars reads rows by, in the order of the plan."""

    def read(
        columns: list[str] | None, predicate: pl.Expr | None, most: int | None, _batch: int | None
    ) -> Iterator[pl.DataFrame]:
        wanted = names if columns is None else columns
        needed = [*wanted, *([] if predicate is None else predicate.meta.root_names())]
        start = 0
        for number, rows in enumerate(found.plan.rows):
            height = rows if most is None else min(rows, most - start)
            if height <= 0:
                return
            frame = _rows(found, number, start, height, [name for name in names if name in needed])
            yield (frame if predicate is None else frame.filter(predicate)).select(wanted)
            start += height

    return read


def _rows(found: Found, number: int, start: int, height: int, names: list[str]) -> pl.DataFrame:
    """Give the first rows of a piece of the plan, with what was found of each."""
    kept = [name for name in names if name in found.schema and name not in _OF_PLAN]
    piece = found.plan.piece(number, [name for name in names if name not in kept] or ["key"]).head(height)
    if kept:
        rows = found.rows(start, start + height, kept)
        piece = piece.hstack([rows["status"].fill_null(MISSING) if name == "status" else rows[name] for name in kept])
    return piece.select(names)
