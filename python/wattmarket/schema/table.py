"""What a table is: named columns with dtype, unit, range and meaning, and the check that a frame keeps them."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import Final

import polars as pl

from wattmarket.errors import InputError

__all__ = ["LARGEST_PROBLEMS_PER_COLUMN", "Column", "Table"]

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

    def check(self, frame: pl.DataFrame, where: str) -> pl.DataFrame:
        """Cast, order and check a frame against this table.

        Parameters
        ----------
        frame
            The rows as read.
        where
            Name of the file (or other origin) for the error lines.

        Returns
        -------
        pl.DataFrame
            The same rows, columns in the order and with the dtypes declared.

        Raises
        ------
        InputError
            With one line per problem: ``where: row N: column: reason`` (row 1 is the first below the header).
        """
        problems = self._columns_that_do_not_match(frame, where)
        if problems:
            raise InputError(problems)
        cast = []
        for column in self.columns:
            series, bad = _cast(frame[column.name], column, where)
            problems += bad
            cast.append(series)
        if problems:
            raise InputError(problems)
        checked = pl.DataFrame(cast)
        for column in self.columns:
            problems += _range(checked[column.name], column, where)
        problems += self._duplicate_keys(checked, where)
        if problems:
            raise InputError(problems)
        return checked

    def _columns_that_do_not_match(self, frame: pl.DataFrame, where: str) -> list[str]:
        problems = []
        for name in frame.columns:
            if name not in self.names:
                near = difflib.get_close_matches(name, self.names, n=1)
                hint = f"; did you mean {near[0]}?" if near else ""
                problems.append(f"{where}: {name}: unknown column{hint}")
        problems += [f"{where}: {name}: column is missing" for name in self.names if name not in frame.columns]
        return problems

    def _duplicate_keys(self, frame: pl.DataFrame, where: str) -> list[str]:
        if not self.key:
            return []
        rows = frame.select(pl.struct(self.key).is_first_distinct().not_().arg_true()).to_series()
        return [
            f"{where}: row {row + 1}: {', '.join(self.key)}: "
            f"{', '.join(str(v) for v in frame.row(row, named=False)[: len(self.key)])} appears before"
            for row in rows.to_list()[:LARGEST_PROBLEMS_PER_COLUMN]
        ]


def _cast(series: pl.Series, column: Column, where: str) -> tuple[pl.Series, list[str]]:
    """Cast one column, naming every cell that cannot be cast (the first twenty)."""
    if series.dtype == column.dtype:
        return series, []
    source = series
    if column.dtype == pl.Boolean and series.dtype == pl.String:
        result = series.replace_strict({"true": True, "false": False}, default=None, return_dtype=pl.Boolean)
    elif series.dtype == pl.Boolean and column.dtype.is_numeric():
        result = pl.Series(series.name, [None] * len(series), dtype=column.dtype)
    else:
        result = series.cast(column.dtype, strict=False)
        if column.dtype.is_integer() and series.dtype.is_float():
            # 1.5 must not become 1.
            result = pl.select(
                pl.when(series == series.round(0)).then(result).otherwise(None).alias(series.name)
            ).to_series()
    lost = (result.is_null() & source.is_not_null()).arg_true().to_list()
    kind = "true or false" if column.dtype == pl.Boolean else str(column.dtype)
    return result, [
        f"{where}: row {row + 1}: {column.name}: {source[row]!r} is not {kind}"
        for row in lost[:LARGEST_PROBLEMS_PER_COLUMN]
    ]


def _range(series: pl.Series, column: Column, where: str) -> list[str]:
    """Name every cell that is empty, not finite, out of range or not among the allowed values."""

    def line(row: int, reason: str) -> str:
        return f"{where}: row {row + 1}: {column.name}: {reason}"

    problems = []
    if not column.optional:
        problems += [
            line(row, "is empty") for row in series.is_null().arg_true().to_list()[:LARGEST_PROBLEMS_PER_COLUMN]
        ]
    if column.dtype.is_float():
        bad = (series.is_nan() | series.is_infinite()).fill_null(False)
        problems += [
            line(row, f"{series[row]} is not a finite number")
            for row in bad.arg_true().to_list()[:LARGEST_PROBLEMS_PER_COLUMN]
        ]
    if column.low is not None:
        bad = (series < column.low).fill_null(False)
        problems += [
            line(row, f"{series[row]} is below {column.low:g}")
            for row in bad.arg_true().to_list()[:LARGEST_PROBLEMS_PER_COLUMN]
        ]
    if column.high is not None:
        bad = (series > column.high).fill_null(False)
        problems += [
            line(row, f"{series[row]} is above {column.high:g}")
            for row in bad.arg_true().to_list()[:LARGEST_PROBLEMS_PER_COLUMN]
        ]
    if column.values is not None:
        bad = ~series.is_in(list(column.values)).fill_null(True)
        problems += [
            line(row, f"{series[row]!r} is not one of {', '.join(column.values)}")
            for row in bad.arg_true().to_list()[:LARGEST_PROBLEMS_PER_COLUMN]
        ]
    return problems
