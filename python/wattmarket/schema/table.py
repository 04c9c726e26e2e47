"""What a table is: named columns with dtype, unit, range and meaning, and the check that a frame keeps them."""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import polars as pl

from wattmarket.errors import InputError

__all__ = ["LARGEST_PROBLEMS_PER_COLUMN", "Column", "Table", "cell_problems"]

LARGEST_PROBLEMS_PER_COLUMN: Final = 20
"""Bad cells named per column and kind of problem; a file of bad cells must not flood the screen."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Parameters
    ----------
    name
        Domain noun, then qualifier, then unit.
    dtype
        Polars dtype the column has once loaded.
    unit
        Unit as printed in the docs; ``""`` for names and flags.
    meaning
        One line.
    low, high
        Inclusive range of a numeric column, or None.
    values
        The only values allowed in a string column, or None.
    key_of
        Name of the table whose key this column refers to, or None.
    optional
        Whether an empty cell is allowed.
    """

    name: str
    dtype: pl.DataType
    unit: str
    meaning: str
    low: float | None = None
    high: float | None = None
    values: tuple[str, ...] | None = None
    key_of: str | None = None
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its name, its meaning, its columns in order and the columns that form its key."""

    name: str
    meaning: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]

    @property
    def names(self) -> list[str]:
        """Names of the columns, in order."""
        return [column.name for column in self.columns]

    def check(self, frame: pl.DataFrame, where: str, *, distinct: bool = False) -> pl.DataFrame:
        """Cast, order and check a frame against this table.

        Parameters
        ----------
        frame
            The rows as read.
        where
            Name of the file (or other origin) for the error lines.
        distinct
            Whether it is known that no key appears twice.

        Returns
        -------
        pl.DataFrame
            The same rows, columns in the order and with the dtypes declared.

        Raises
        ------
        InputError
            With one line per problem, all problems of the frame at once: ``where: row N: column: reason`` (row 1 is the
            first below the header) or ``where: column: reason``. At most twenty cells are named for each column and
            reason; a last line says how many more there are.

        Examples
        --------
        >>> table = Table("t", "", (Column("load_mw", pl.Float64(), "MW", "", low=0.0),), ())
        >>> table.check(pl.DataFrame({"load_mw": ["1.5", "-2", "x"]}), "t.csv")
        Traceback (most recent call last):
        wattmarket.errors.InputError: t.csv: row 3: load_mw: 'x' is not a number
        t.csv: row 2: load_mw: -2.0 is below 0
        """
        problems = self._columns_that_do_not_match(frame, where)
        checked: dict[str, pl.Series] = {}
        for column in self.columns:
            if column.name in frame.columns:
                series, lost, bad = _cast(frame[column.name], column, where)
                problems += bad + _range(series, lost, column, where)
                checked[column.name] = series
        if not distinct:
            problems += self._duplicate_keys(checked, where)
        if problems:
            raise InputError(problems)
        return pl.DataFrame(list(checked.values()))

    def _columns_that_do_not_match(self, frame: pl.DataFrame, where: str) -> list[str]:
        problems = []
        for name in frame.columns:
            if name not in self.names:
                near = difflib.get_close_matches(name, self.names, n=1)
                hint = f"; did you mean {near[0]}?" if near else ""
                problems.append(f"{where}: {name}: unknown column{hint}")
        problems += [f"{where}: {name}: column is missing" for name in self.names if name not in frame.columns]
        return problems

    def _duplicate_keys(self, columns: dict[str, pl.Series], where: str) -> list[str]:
        if not self.key or any(name not in columns for name in self.key):
            return []
        keys = pl.DataFrame([columns[name] for name in self.key])
        # An empty key cell is its own problem and no duplicate.
        repeated = keys.select(
            pl.struct(pl.all()).is_first_distinct().not_() & pl.all_horizontal(pl.all().is_not_null())
        ).to_series()
        name = ", ".join(self.key)
        return cell_problems(where, name, repeated, lambda row: f"{', '.join(map(str, keys.row(row)))} appears before")


def cell_problems(where: str, column: str, bad: pl.Series, reason: Callable[[int], str]) -> list[str]:
    """Name the rows where `bad` is true, twenty at most, and count the rest.

    Parameters
    ----------
    where, column
        File (or other origin) and column, for the lines.
    bad
        Boolean, one per row; null is not bad.
    reason
        Gives the reason for a row, counted from 0.
    """
    rows = bad.fill_null(False).arg_true().to_list()
    lines = [f"{where}: row {row + 1}: {column}: {reason(row)}" for row in rows[:LARGEST_PROBLEMS_PER_COLUMN]]
    more = len(rows) - len(lines)
    return [*lines, f"{where}: {column}: and {more} more rows like these"] if more else lines


def _cast(series: pl.Series, column: Column, where: str) -> tuple[pl.Series, pl.Series | None, list[str]]:
    """Cast one column; give it, the cells that were lost (None: none), and a line for each of them."""
    if series.dtype == column.dtype:
        return series, None, []
    if not _castable(series.dtype, column.dtype):
        empty = pl.Series(series.name, [None] * len(series), dtype=column.dtype)
        lost = pl.repeat(True, len(series), dtype=pl.Boolean, eager=True)
        return empty, lost, [f"{where}: {column.name}: is {series.dtype}, not {_KINDS[column.dtype.base_type()]}"]
    if column.dtype == pl.Boolean:
        result = series.replace_strict({"true": True, "false": False}, default=None, return_dtype=pl.Boolean)
    else:
        result = series.cast(column.dtype, strict=False)
    if column.dtype.is_integer() and series.dtype.is_float():
        # 1.5 must not become 1.
        result = result.set(series != series.round(0), None)
    lost = result.is_null() & series.is_not_null()
    kind = _KINDS[column.dtype.base_type()]
    return result, lost, cell_problems(where, column.name, lost, lambda row: f"{series[row]!r} is not {kind}")


_KINDS: Final[dict[type[pl.DataType], str]] = {
    pl.String: "text",
    pl.Float64: "a number",
    pl.Float32: "a number",
    pl.Int64: "a whole number",
    pl.Int32: "a whole number",
    pl.Boolean: "true or false",
    pl.Date: "a date",
}


def _castable(source: pl.DataType, target: pl.DataType) -> bool:
    """Whether values can mean the same after the cast: text may say anything, numbers stay numbers."""
    if source in (pl.String, pl.Null):
        return True
    if target == pl.String:
        return isinstance(source, pl.Categorical | pl.Enum)
    return source.is_numeric() and target.is_numeric()


def _all_well(series: pl.Series, column: Column) -> bool:
    """Whether a column is whole and, of numbers, within its range, told in one pass or two; False says nothing."""
    if column.values is not None or series.null_count() or series.is_empty():
        return False
    if not column.dtype.is_numeric():
        return True
    if column.dtype.is_float() and not series.is_finite().all():
        return False
    lowest, highest = (
        -math.inf if column.low is None else column.low,
        math.inf if column.high is None else column.high,
    )
    return bool((series.min() >= lowest) and (series.max() <= highest))  # type: ignore[operator]


def _range(series: pl.Series, lost: pl.Series | None, column: Column, where: str) -> list[str]:
    """Name every cell that is empty, not finite, out of range or not among the allowed values."""
    if _all_well(series, column):
        return []
    checks: list[tuple[pl.Series, Callable[[int], str]]] = []
    if not column.optional:
        empty = series.is_null()
        checks.append((empty if lost is None else empty & ~lost, lambda row: "is empty"))
    finite = series.is_finite() if column.dtype.is_float() else series.is_not_null()
    if column.dtype.is_float():
        checks.append((~finite, lambda row: f"{series[row]} is not a finite number"))
    if column.low is not None:
        checks.append((finite & (series < column.low), lambda row: f"{series[row]} is below {column.low:g}"))
    if column.high is not None:
        checks.append((finite & (series > column.high), lambda row: f"{series[row]} is above {column.high:g}"))
    if column.values is not None:
        allowed = ", ".join(column.values)
        checks.append((~series.is_in(list(column.values)), lambda row: f"{series[row]!r} is not one of {allowed}"))
    return [line for bad, reason in checks for line in cell_problems(where, column.name, bad, reason)]
