"""The recorder: rows of each tick in, one frame and one Parquet file per table out."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from wattmarket.errors import InputError, InvariantError
from wattmarket.months import first_day
from wattmarket.record.digest import DigestChain
from wattmarket.schema import CLOSING_TABLES, RECORDED_TABLES, RUN_TABLES, Column, Table
from wattmarket.tick import ClosingRecord, Names, TickRecord

__all__ = ["TABLE_NAMES", "Recorder", "write_parquet"]

ROWS_PER_GROUP: Final = 65_536
"""Aim for the rows of a Parquet row group; a group holds whole ticks wherever a table has equal rows every tick."""

TABLE_NAMES: Final = tuple(table.name for table in RUN_TABLES)
"""The tables of every run; the living market has more."""

_KINDS: Final = {pl.Float64(): "f8", pl.Float32(): "f4", pl.Int64(): "i8", pl.Int32(): "i4", pl.Boolean(): "?"}


Cells = NDArray[Any] | Names
"""A column as a model hands it over."""


@dataclass(frozen=True, slots=True)
class _Part:
    """The rows that one tick adds to a table: plain columns, which cost a tenth of a frame."""

    rows: int
    cells: dict[str, Cells]


class Recorder:
    """Collects the records of a run's ticks, checks each against the schema, and keeps the digest chain.

    Parameters
    ----------
    start
        Number of the first month (`months.month_number`).
    tables
        Names of the tables to keep, of `schema.RECORDED_TABLES`; ``ticks`` is always kept.
    flows_every_months
        Keep the flows of every so many ticks (1: of all).
    """

    def __init__(
        self,
        start: int,
        tables: Sequence[str] = TABLE_NAMES,
        flows_every_months: int = 1,
    ) -> None:
        self.chain = DigestChain()
        self.digests: list[str] = []
        self._start = start
        self._flows_every = flows_every_months
        self._tables = {table.name: table for table in RECORDED_TABLES if table.name in tables or table.name == "ticks"}
        self._parts: dict[str, list[_Part]] = {name: [] for name in self._tables}

    def add(self, record: TickRecord) -> str:
        """Add one tick and return its digest.

        The arrays are copied: the model may use them again.

        Raises
        ------
        InvariantError
            If ticks don't come in order, or if a table breaks its schema.
        """
        if record.tick != len(self.digests):
            raise InvariantError(f"tick {record.tick} recorded where tick {len(self.digests)} was due")
        digest = self.chain.advance(record.tick, record.digest_columns)
        for name, table in self._tables.items():
            if name in CLOSING_TABLES or (name == "flows" and record.tick % self._flows_every):
                continue
            if name not in record.tables:
                raise InvariantError(f"tick {record.tick}: {name}: table is missing")
            self._parts[name].append(self._part_of(table, record, digest))
        self.digests.append(digest)
        return digest

    def close(self, record: ClosingRecord) -> None:
        """Add the tables that are written after the last tick.

        Raises
        ------
        InvariantError
            If one of them is missing or breaks its schema.
        """
        for name in CLOSING_TABLES:
            if name not in self._tables:
                continue
            if name not in record.tables:
                raise InvariantError(f"{name}: table is missing")
            self._parts[name].append(_part(self._tables[name], record.tables[name], name))

    def frame(self, name: str) -> pl.DataFrame:
        """Return one table with all rows up to now.

        Raises
        ------
        InvariantError
            If a key appears twice, or a cell is empty or not among the values declared.
        """
        table = self._tables[name]
        if not self._parts[name]:
            return pl.DataFrame(schema={column.name: column.dtype for column in table.columns})
        columns = [_series(column, [part.cells[column.name] for part in self._parts[name]]) for column in table.columns]
        # Once over all rows costs a fifth of once a tick.
        try:
            return table.check(pl.DataFrame(columns), name, distinct=self._distinct_keys(table))
        except InputError as error:
            raise InvariantError("\n".join(error.problems)) from error

    def _distinct_keys(self, table: Table) -> bool:
        """Whether no key of a table appears twice, told by positions instead of texts; False says nothing."""
        number = np.zeros(1, dtype=np.int64)
        count = 1
        for name in table.key:
            codes = _codes([part.cells[name] for part in self._parts[table.name]])
            if codes.dtype.kind != "i":
                return False
            # An empty cell counts as a position of its own.
            lowest = int(codes.min(initial=0))
            radix = int(codes.max(initial=0)) - lowest + 1
            count *= radix
            number = number * radix + (codes - lowest)
        if not table.key or count >= 2**63:
            return False
        # Sorted by hand: `np.unique` of integers takes fifty times as long.
        number.sort()
        return bool((number[1:] > number[:-1]).all())

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the tables kept."""
        return tuple(self._tables)

    @property
    def rows(self) -> dict[str, int]:
        """Rows up to now of each table kept."""
        return {name: sum(part.rows for part in parts) for name, parts in self._parts.items()}

    def write(self, folder: Path, prefix: str = "") -> None:
        """Write ``PREFIX<table>.parquet`` for every table kept."""
        for name in self._tables:
            write_parquet(self.frame(name), folder / f"{prefix}{name}.parquet", self._rows_per_tick(name))

    def _rows_per_tick(self, name: str) -> int:
        heights = {part.rows for part in self._parts[name]}
        if name in CLOSING_TABLES and self.digests:
            each, rest = divmod(max(heights, default=0), len(self.digests))
            return 0 if rest else each
        return heights.pop() if len(heights) == 1 else 0

    def _part_of(self, table: Table, record: TickRecord, digest: str) -> _Part:
        columns = dict(record.tables[table.name])
        where = f"tick {record.tick}: {table.name}"
        rows = _rows(columns, where)
        own: dict[str, Cells] = {"tick": np.full(rows, record.tick, dtype=np.int32)}
        if table.name == "ticks":
            own["month"] = np.array([first_day(self._start + record.tick)], dtype="datetime64[D]")
            own["digest"] = np.array([digest], dtype=np.str_)
        if taken := sorted(own.keys() & columns.keys()):
            raise InvariantError(f"{where}: {', '.join(taken)}: the recorder's own")
        columns.update(own)
        return _part(table, columns, where)


def _part(table: Table, columns: Mapping[str, Cells], where: str) -> _Part:
    """Check and copy the rows that a tick adds to a table."""
    rows = _rows(columns, where)
    if unknown := sorted(columns.keys() - set(table.names)):
        raise InvariantError(f"{where}: {', '.join(unknown)}: unknown column")
    missing = [column.name for column in table.columns if column.name not in columns]
    if missing:
        raise InvariantError(f"{where}: {', '.join(missing)}: column is missing")
    return _Part(rows, {column.name: _copied(column, columns[column.name], where) for column in table.columns})


def write_parquet(frame: pl.DataFrame, path: Path, rows_per_tick: int = 0) -> None:
    """Write a frame as lz4 Parquet with row groups of whole ticks (of a fixed size if ticks differ in rows).

    Raises
    ------
    OSError
        If the file can't be written whole.
    """
    group = ROWS_PER_GROUP
    if rows_per_tick:
        group = rows_per_tick * max(1, ROWS_PER_GROUP // rows_per_tick)
    try:
        frame.write_parquet(path, compression="lz4", row_group_size=group, statistics=True)
    except pl.exceptions.ComputeError as error:
        # Polars keeps the operating system's number in its text alone, and drops it where the footer is cut short.
        number = re.search(r"os error (\d+)", str(error))
        if number is None:
            raise OSError(errno.EIO, f"{path.name} was cut short; is the disk full?") from error
        raise OSError(int(number[1]), os.strerror(int(number[1]))) from error


def _rows(columns: Mapping[str, Cells], where: str) -> int:
    """Rows of a table, the same in every column."""
    lengths = {name: len(c.codes) if isinstance(c, Names) else len(c) for name, c in columns.items()}
    if len(set(lengths.values())) != 1:
        raise InvariantError(f"{where}: columns of different lengths: {lengths}")
    return next(iter(lengths.values()))


def _copied(column: Column, cells: Cells, where: str) -> Cells:
    """Copy one column of a tick; no cell is ever cast in silence."""
    if isinstance(cells, Names):
        return Names(cells.codes.astype(np.int32), cells.names)
    if column.dtype in (pl.String, pl.Date):
        return cells.copy()
    expected = np.dtype(_KINDS[column.dtype])
    if cells.dtype != expected:
        raise InvariantError(f"{where}: {column.name}: dtype {cells.dtype} is not {expected}")
    if cells.dtype.kind == "f":
        wrong = np.isinf(cells) if column.optional else ~np.isfinite(cells)
        if wrong.any():
            row = int(np.flatnonzero(wrong)[0])
            raise InvariantError(f"{where}: {column.name}: row {row + 1}: {cells[row]} is not a finite number")
    return cells.copy()


def _series(column: Column, parts: Sequence[Cells]) -> pl.Series:
    """Join the cells of all ticks into one series of the declared dtype."""
    plain = [cells for cells in parts if not isinstance(cells, Names)]
    if len(plain) < len(parts):
        return _text(column.name, parts)
    cells = np.concatenate(plain)
    if column.dtype == pl.String:
        return pl.Series(column.name, cells.tolist(), dtype=pl.String)
    if column.dtype == pl.Date:
        return pl.Series(column.name, cells.astype("datetime64[D]").tolist(), dtype=pl.Date)
    series = pl.Series(column.name, cells)
    return series.fill_nan(None) if column.optional and column.dtype.is_float() else series


def _codes(parts: Sequence[Cells]) -> NDArray[Any]:
    """Join the cells of all ticks, names as their positions; no integers unless all ticks share distinct names."""
    lists = {id(cells.names): cells.names for cells in parts if isinstance(cells, Names)}
    if any(len(set(names)) < len(names) for names in lists.values()) or len(lists) > 1:
        return np.zeros(1, dtype=np.bool_)
    return np.concatenate([cells.codes if isinstance(cells, Names) else cells for cells in parts])


def _text(name: str, parts: Sequence[Cells]) -> pl.Series:
    """Look up names; ticks that share their list of names are looked up together."""
    series: list[pl.Series] = []
    for names, group in groupby(parts, key=lambda cells: id(cells.names) if isinstance(cells, Names) else -1):
        cells = list(group)
        first = cells[0]
        if names < 0 or not isinstance(first, Names):
            series += [pl.Series(name, part.tolist(), dtype=pl.String) for part in cells if not isinstance(part, Names)]
            continue
        codes = pl.Series(name, np.concatenate([part.codes for part in cells if isinstance(part, Names)]))
        series.append(pl.Series(name, list(first.names), dtype=pl.String).gather(codes.set(codes < 0, None)))
    return pl.concat(series, rechunk=True)
