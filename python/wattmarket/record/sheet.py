"""A sheet: the rows of one table, checked and copied tick by tick, and joined into one frame at the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from wattmarket.errors import InputError, InvariantError
from wattmarket.schema import Column, Table
from wattmarket.tick import Names

__all__ = ["Cells", "Sheet"]

_KINDS: Final = {pl.Float64(): "f8", pl.Float32(): "f4", pl.Int64(): "i8", pl.Int32(): "i4", pl.Boolean(): "?"}

Cells = NDArray[Any] | Names
"""A column as a model hands it over."""


@dataclass(frozen=True, slots=True)
class _Part:
    """The rows that one tick adds to a table: plain columns, which cost a tenth of a frame."""

    rows: int
    cells: dict[str, Cells]


class Sheet:
    """The rows of a table up to now.

    Parameters
    ----------
    table
        What the table is.
    """

    def __init__(self, table: Table) -> None:
        self._table = table
        self._names = set(table.names)
        # Looked up once: comparing a dtype of Polars takes longer than copying a small column.
        self._kinds = [
            (column, np.dtype(kind) if (kind := _KINDS.get(column.dtype)) else None) for column in table.columns
        ]
        self._parts: list[_Part] = []
        self._own: dict[str, list[Any]] = {}

    def add(self, columns: Mapping[str, Cells], where: str, own: Mapping[str, Any] | None = None) -> None:
        """Check and copy the rows of one tick.

        Parameters
        ----------
        columns
            Columns of the table by name.
        where
            Tick and table, for the error lines.
        own
            The recorder's own columns, each with its one value for all rows.

        Raises
        ------
        InvariantError
            If a column is unknown or missing, is of another length or dtype, or isn't finite.
        """
        own = own or {}
        if taken := sorted(own.keys() & columns.keys()):
            raise InvariantError(f"{where}: {', '.join(taken)}: the recorder's own")
        rows = [len(cells) for cells in columns.values()]
        if not rows or min(rows) != max(rows):
            lengths = dict(zip(columns, rows, strict=True))
            raise InvariantError(f"{where}: columns of different lengths: {lengths}")
        if columns.keys() | own.keys() != self._names:
            raise InvariantError(self._misnamed({*columns, *own}, where))
        cells = {
            column.name: _copied(column, kind, columns[column.name], where)
            for column, kind in self._kinds
            if column.name not in own
        }
        self._parts.append(_Part(rows[0], cells))
        for name, value in own.items():
            self._own.setdefault(name, []).append(value)

    def _misnamed(self, names: set[str], where: str) -> str:
        if unknown := sorted(names - self._names):
            return f"{where}: {', '.join(unknown)}: unknown column"
        missing = [name for name in self._table.names if name not in names]
        return f"{where}: {', '.join(missing)}: column is missing"

    @property
    def heights(self) -> list[int]:
        """Rows of each addition."""
        return [part.rows for part in self._parts]

    def frame(self) -> pl.DataFrame:
        """Return all rows up to now.

        Raises
        ------
        InvariantError
            If a key appears twice, or a cell is empty or not among the values declared.
        """
        table = self._table
        if not self._parts:
            return pl.DataFrame(schema={column.name: column.dtype for column in table.columns})
        columns = [_series(column, self._cells(column.name)) for column in table.columns]
        # Once over all rows costs a fifth of once a tick.
        try:
            return table.check(pl.DataFrame(columns), table.name, distinct=self._distinct_keys())
        except InputError as error:
            raise InvariantError("\n".join(error.problems)) from error

    def _cells(self, name: str) -> list[Cells]:
        if name in self._own:
            return [np.repeat(np.array(self._own[name]), self.heights)]
        return [part.cells[name] for part in self._parts]

    def _distinct_keys(self) -> bool:
        """Whether no key appears twice, told by positions instead of texts; False says nothing."""
        number = np.zeros(1, dtype=np.int64)
        count = 1
        for name in self._table.key:
            codes = _codes(self._cells(name))
            if codes.dtype.kind != "i":
                return False
            # An empty cell counts as a position of its own.
            lowest = int(codes.min(initial=0))
            radix = int(codes.max(initial=0)) - lowest + 1
            count *= radix
            number = number * radix + codes
            number -= lowest
        if not self._table.key or count >= 2**63:
            return False
        if _rising(number):
            return True
        # Sorted by hand: `np.unique` of integers takes fifty times as long.
        number.sort()
        return _rising(number)


def _rising(numbers: NDArray[np.int64]) -> bool:
    return bool((numbers[1:] > numbers[:-1]).all())


def _copied(column: Column, kind: np.dtype[Any] | None, cells: Cells, where: str) -> Cells:
    """Copy one column of a tick, of a dtype or (None) of text or dates; no cell is ever cast in silence."""
    if kind is None or isinstance(cells, Names):
        return cells.copy()
    if cells.dtype != kind:
        raise InvariantError(f"{where}: {column.name}: dtype {cells.dtype} is not {kind}")
    if kind.kind == "f":
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
    cells = _joined(plain)
    if column.dtype == pl.String:
        return pl.Series(column.name, cells.tolist(), dtype=pl.String)
    if column.dtype == pl.Date:
        return pl.Series(column.name, cells.astype("datetime64[D]").tolist(), dtype=pl.Date)
    series = pl.Series(column.name, cells)
    return series.fill_nan(None) if column.optional and column.dtype.is_float() else series


def _joined(parts: Sequence[NDArray[Any]]) -> NDArray[Any]:
    """Join arrays; one alone, a table that is written at the end, is large and not copied."""
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


def _codes(parts: Sequence[Cells]) -> NDArray[Any]:
    """Join the cells of all ticks, names as their positions; no integers unless all ticks share distinct names."""
    lists = {id(cells.names): cells.names for cells in parts if isinstance(cells, Names)}
    if any(len(set(names)) < len(names) for names in lists.values()) or len(lists) > 1:
        return np.zeros(1, dtype=np.bool_)
    return _joined([cells.codes if isinstance(cells, Names) else cells for cells in parts])


def _text(name: str, parts: Sequence[Cells]) -> pl.Series:
    """Look up names; ticks that share their list of names are looked up together."""
    series: list[pl.Series] = []
    for names, group in groupby(parts, key=lambda cells: id(cells.names) if isinstance(cells, Names) else -1):
        cells = list(group)
        first = cells[0]
        if names < 0 or not isinstance(first, Names):
            series += [pl.Series(name, part.tolist(), dtype=pl.String) for part in cells if not isinstance(part, Names)]
            continue
        joined = _joined([part.codes for part in cells if isinstance(part, Names)])
        codes = pl.Series(name, joined)
        if joined.min(initial=0) < 0:
            codes = codes.set(codes < 0, None)
        series.append(pl.Series(name, list(first.names), dtype=pl.String).gather(codes))
    return pl.concat(series, rechunk=True)
