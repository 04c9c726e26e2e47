"""The first row and column in which two tables differ."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from wattmarket.compare.cells import unequal

__all__ = ["first_row"]


def first_row(a: pl.LazyFrame, b: pl.LazyFrame, columns: Sequence[str]) -> tuple[int, str] | None:
    """Compare two tables row by row, in their order, and return the first row that differs and its first such column.

    One column of each is in memory at a time. Where one table ends and the other goes on, and all before is the same,
    it is the row after the end, and the first column.

    Parameters
    ----------
    a, b
        Tables with these columns in common.
    columns
        Columns to compare.

    Returns
    -------
    (int, str) or None
        None if all rows are the same.

    Examples
    --------
    >>> one, other = pl.LazyFrame({"x": [1, 2], "y": [3, 4]}), pl.LazyFrame({"x": [1, 2], "y": [3, 5]})
    >>> first_row(one, other, ["x", "y"])
    (1, 'y')
    >>> first_row(one, other, ["x"]) is None
    True
    >>> first_row(one, one.head(1), ["x", "y"])
    (1, 'x')
    """
    heights = [int(frame.select(pl.len()).collect().item()) for frame in (a, b)]
    found: tuple[int, str] | None = (min(heights), columns[0]) if heights[0] != heights[1] else None
    # Rows from the first difference on need no look any more; on the row itself earlier columns come first.
    rows = min(heights)
    for column in columns:
        one, other = (frame.select(column).head(rows).collect().to_series() for frame in (a, b))
        wrong = unequal(one, other).arg_true()
        if len(wrong):
            found = (int(wrong[0]), column)
            rows = found[0]
    return found
