"""Rows that come in from agents are looked at before anything is booked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import numpy.typing as npt

from wattmarket.errors import InputError
from wattmarket.numeric.growing import Integer

__all__ = ["LARGEST_KW", "checked_column", "checked_rows"]

LARGEST_KW: Final = 10**9
"""No quantity is larger than a terawatt: keeps sums far inside 64 bits, and catches W written as kW."""

_NAMED = 20


def checked_rows(
    columns: Mapping[str, npt.ArrayLike], limits: Mapping[str, tuple[int, int]] | None = None
) -> dict[str, Integer]:
    """Give columns as int64 [N] of one length; a single value stands for all rows.

    Parameters
    ----------
    columns
        Integers by name, scalars or [N].
    limits
        Lowest and highest value allowed, by name.

    Raises
    ------
    InputError
        Naming column, row and value (the first twenty of a column) of what is no integer, out of its limits, or of
        another length.

    Examples
    --------
    >>> rows = checked_rows({"site": [4, 2], "kw": 10}, {"kw": (0, 50)})
    >>> rows["site"].tolist(), rows["kw"].tolist()
    ([4, 2], [10, 10])
    >>> checked_rows({"kw": [10, -1]}, {"kw": (0, 50)})
    Traceback (most recent call last):
    wattmarket.errors.InputError: kw[1] = -1: is not in 0..50
    """
    arrays = {name: np.asarray(values) for name, values in columns.items()}
    problems = [
        f"{name}: expected integers, found {array.dtype}"
        for name, array in arrays.items()
        if array.size and array.dtype.kind not in "iu"
    ]
    rows = max((array.size for array in arrays.values() if array.ndim), default=1)
    problems += [
        f"{name}: expected {rows} rows, found {list(array.shape)}"
        for name, array in arrays.items()
        if array.shape not in ((), (rows,))
    ]
    if problems:
        raise InputError(problems)
    checked = {
        name: array if array.shape == (rows,) else np.full(rows, array)
        for name, array in ((name, array.astype(np.int64, copy=False)) for name, array in arrays.items())
    }
    for name, (low, high) in (limits or {}).items():
        column = checked[name]
        if rows and (column.min() < low or column.max() > high):
            wrong = np.flatnonzero((column < low) | (column > high))
            problems += [f"{name}[{row}] = {column[row]}: is not in {low}..{high}" for row in wrong[:_NAMED].tolist()]
    if problems:
        raise InputError(problems)
    return checked


def checked_column(values: npt.ArrayLike, name: str, shape: tuple[int, ...], high: int = LARGEST_KW) -> Integer:
    """Give a whole column of a table, of int64 and none negative, as a copy.

    Raises
    ------
    InputError
        If the shape or the type is another, or a value is negative or above `high`.

    Examples
    --------
    >>> checked_column([1, 2], "shell_kw", (2,)).tolist()
    [1, 2]
    """
    array = np.asarray(values)
    if array.shape != shape or (array.size and array.dtype.kind not in "iu"):
        raise InputError(f"{name}: expected integers {list(shape)}, found {array.dtype} {list(array.shape)}")
    column = array.astype(np.int64)
    wrong = np.argwhere((column < 0) | (column > high))[:_NAMED]
    if len(wrong):
        raise InputError([f"{name}{place.tolist()} = {column[tuple(place)]}: is not in 0..{high}" for place in wrong])
    return column
