"""Whether cells are the same, to the last bit."""

from __future__ import annotations

from typing import Final

import polars as pl

__all__ = ["unequal"]

_BITS: Final[dict[pl.DataType, pl.DataType]] = {pl.Float64(): pl.Int64(), pl.Float32(): pl.Int32()}


def unequal(a: pl.Series, b: pl.Series) -> pl.Series:
    """Which rows of two columns of equal length differ; floats by their bits, and two empty cells are the same.

    Examples
    --------
    >>> unequal(pl.Series([0.0, 1.0, None]), pl.Series([-0.0, 1.0, None])).to_list()
    [True, False, False]
    """
    if a.dtype == b.dtype and a.dtype in _BITS:
        a, b = (column.reinterpret(dtype=_BITS[a.dtype]) for column in (a, b))
    return a.ne_missing(b)
