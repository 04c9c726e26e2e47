"""Sums in a fixed order, and the one door by which floats become the engine's integers."""

from __future__ import annotations

from typing import overload

import numpy as np
import numpy.typing as npt

from wattmarket import _core
from wattmarket.errors import InputError
from wattmarket.numeric.columns import FloatArray, IntegerArray, column

__all__ = [
    "add_by",
    "before_in_group",
    "first_in_group",
    "group_total",
    "overlaps",
    "products",
    "sum_by",
    "to_integer",
    "total",
    "weighted_mean",
]

_INT64_BOUND = 2.0**63


@overload
def total(values: npt.ArrayLike) -> float: ...
@overload
def total(values: npt.ArrayLike, axis: int) -> FloatArray: ...
def total(values: npt.ArrayLike, axis: int | None = None) -> float | FloatArray:
    """Sum from left to right.

    Parameters
    ----------
    values
        Array of any shape; without `axis`, summed in the order of its rows (C order).
    axis
        The axis to sum over.

    Returns
    -------
    float, or with `axis` a read-only float64 array of the other axes

    Examples
    --------
    >>> total([1e16, 1.0, -1e16, 1.0])
    1.0
    >>> total([[1.0, 2.0], [3.0, 4.0]], axis=0).tolist()
    [4.0, 6.0]
    """
    array = column(values)
    if axis is None:
        return float(np.frombuffer(_core.total(array.reshape(-1), array.size))[0]) if array.size else 0.0
    rows = np.moveaxis(array, axis, -1)
    if rows.size == 0:
        return np.zeros(rows.shape[:-1])
    data = _core.total(rows.reshape(-1), rows.shape[-1])
    return np.frombuffer(data, dtype=np.float64).reshape(rows.shape[:-1])


def group_total(values: npt.ArrayLike, group: npt.ArrayLike, groups: int) -> FloatArray:
    """Sum the values of each group, each added up in the order of the rows.

    Parameters
    ----------
    values
        float [N].
    group
        int [N]: the group of each row, in ``0..groups - 1``.
    groups
        Number of groups G.

    Returns
    -------
    read-only float64 [G]; 0 for a group without rows

    Raises
    ------
    InputError
        If a row's group is out of range.

    Examples
    --------
    >>> group_total([1.0, 2.0, 4.0], [1, 0, 1], 3).tolist()
    [2.0, 5.0, 0.0]
    """
    try:
        data = _core.group_total(column(values), np.asarray(group, dtype=np.int64, order="C"), groups)
    except IndexError as error:
        raise _outside(error, groups) from None
    return np.frombuffer(data, dtype=np.float64)


def before_in_group(group: IntegerArray, values: IntegerArray) -> IntegerArray:
    """Sum what stands before each row in its group; the groups are runs of equal numbers.

    Parameters
    ----------
    group
        int64 [N]: the group of each row; rows of a group stand together.
    values
        int64 [N].

    Returns
    -------
    int64 [N]

    Examples
    --------
    >>> before_in_group(np.array([7, 7, 7, 3]), np.array([1, 2, 4, 8])).tolist()
    [0, 1, 3, 0]
    """
    reached = np.cumsum(values) - values
    first = np.ones(len(group), dtype=np.bool_)
    first[1:] = group[1:] != group[:-1]
    start: npt.NDArray[np.intp] = np.maximum.accumulate(np.where(first, np.arange(len(group)), 0))
    return reached - reached[start]


def sum_by(group: IntegerArray, values: IntegerArray, groups: int) -> IntegerArray:
    """Sum integers by group; in integers no order matters.

    Parameters
    ----------
    group
        int64 [N]: the group of each row, in ``0..groups - 1``.
    values
        int64 [N], or [M, N]: M columns of one grouping.
    groups
        Number of groups G.

    Returns
    -------
    int64 [G] or [M, G]; 0 for a group without rows

    Raises
    ------
    InputError
        If a row's group is out of range.

    Examples
    --------
    >>> sum_by(np.array([1, 0, 1]), np.array([1, 2, 4]), 3).tolist()
    [2, 5, 0]
    """
    sums = np.zeros((*values.shape[:-1], groups), dtype=np.int64)
    add_by(sums.reshape(-1), group, values.reshape(-1))
    return sums


def add_by(sums: IntegerArray, group: IntegerArray, values: IntegerArray) -> None:
    """Add integers to the sums of their groups, in place.

    Parameters
    ----------
    sums
        int64 [G]; or [M · G], and then of as many rows of values.
    group
        int64 [N]: the group of each row, in 0 … G − 1.
    values
        What is added, int64 [N] or [M · N].

    Raises
    ------
    InputError
        If a row's group is out of range; the sums are of no use then.

    Examples
    --------
    >>> sums = np.array([10, 20])
    >>> add_by(sums, np.array([1, 0, 1]), np.array([1, 2, 4]))
    >>> sums.tolist()
    [12, 25]
    """
    try:
        _core.add_by(sums, np.ascontiguousarray(group), np.ascontiguousarray(values))
    except IndexError as error:
        raise _outside(error, len(sums) * len(group) // len(values)) from None


def products(values: IntegerArray, weights: IntegerArray) -> IntegerArray:
    """Multiply matrices of integers: what NumPy takes several times as long for, the more so where values are nil.

    Parameters
    ----------
    values
        int64 [M, N].
    weights
        int64 [C, N].

    Returns
    -------
    read-only int64 [C, M]
        Sums over N of values times weights.

    Examples
    --------
    >>> products(np.array([[1, 0, 2], [0, 3, 0]]), np.array([[1, 1, 1], [10, 20, 30]])).tolist()
    [[3, 3], [70, 60]]
    """
    data = _core.products(values.reshape(-1), np.ascontiguousarray(weights.T).reshape(-1), len(weights))
    return np.frombuffer(data, dtype=np.int64).reshape(len(values), len(weights)).T


def _outside(error: IndexError, groups: int) -> InputError:
    row, value = error.args
    return InputError(f"group[{row}] = {value}: is not in 0..{groups - 1}")


def weighted_mean(values: npt.ArrayLike, weights: npt.ArrayLike, *, empty: float | None = None) -> float:
    """Weighted mean, both sums from left to right.

    Parameters
    ----------
    values, weights
        float arrays of one shape; weights are not negative.
    empty
        What to return when the weights sum to zero; without it that is an error.

    Raises
    ------
    InputError
        If the weights sum to zero and `empty` is not given.

    Examples
    --------
    >>> weighted_mean([10.0, 20.0], [3.0, 1.0])
    12.5
    >>> weighted_mean([], [], empty=0.0)
    0.0
    """
    weight = column(weights)
    weight_sum = total(weight)
    if weight_sum == 0.0:
        if empty is None:
            raise InputError("weights: sum to zero")
        return empty
    return total(column(values) * weight) / weight_sum


def to_integer(values: npt.ArrayLike, where: str = "values") -> IntegerArray:
    """Round to the nearest integer, halves to even: the one door by which floats become the engine's integers.

    Parameters
    ----------
    values
        Numbers of any shape.
    where
        Name of the array for the error lines.

    Returns
    -------
    int64 array of the same shape

    Raises
    ------
    InputError
        Naming index and value of every entry (the first twenty) that is NaN, infinite or beyond 64 bits.

    Examples
    --------
    >>> to_integer([0.5, 1.5, -2.4]).tolist()
    [0, 2, -2]
    >>> to_integer([1.0, float("nan")], "pool_kw")
    Traceback (most recent call last):
    wattmarket.errors.InputError: pool_kw[1] = nan: is not a finite number
    """
    array = column(values)
    # A comparison with NaN is false, so one test finds NaN, infinities and overflow alike. -2^63 itself fits.
    if array.size and not (array.min() >= -_INT64_BOUND and array.max() < _INT64_BOUND):
        good = (array >= -_INT64_BOUND) & (array < _INT64_BOUND)
        problems = []
        for position in np.argwhere(~good)[:20]:
            value = array[tuple(position)]
            reason = "does not fit 64 bits" if np.isfinite(value) else "is not a finite number"
            problems.append(f"{where}[{', '.join(str(i) for i in position)}] = {value}: {reason}")
        raise InputError(problems)
    # Rounding cannot carry a value across the bounds: floats that large are integers already.
    return np.rint(array).astype(np.int64)


def first_in_group(most: IntegerArray, group: IntegerArray, values: IntegerArray) -> IntegerArray:
    """Take what comes first in each group, row by row, until the group has its most.

    Parameters
    ----------
    most
        int64 [N]: what the group of each row may have in all.
    group, values
        As for `before_in_group`; no value is negative.

    Returns
    -------
    int64 [N]

    Examples
    --------
    >>> first_in_group(np.array([5, 5, 1]), np.array([0, 0, 3]), np.array([4, 4, 2])).tolist()
    [4, 1, 1]
    """
    return np.asarray(np.clip(most - before_in_group(group, values), 0, values))


def overlaps(left: IntegerArray, right: IntegerArray) -> tuple[IntegerArray, IntegerArray, IntegerArray]:
    """Lay two divisions of one quantity over each other: positions in both, and the size of every piece.

    Examples
    --------
    >>> [column.tolist() for column in overlaps(np.array([5, 3]), np.array([4, 4]))]
    [[0, 0, 1], [0, 1, 1], [4, 1, 3]]
    """
    upto_left, upto_right = np.cumsum(left), np.cumsum(right)
    ends = np.unique(np.concatenate([upto_left, upto_right]))
    ends = ends[ends > 0]
    starts = np.concatenate([np.zeros(1, dtype=np.int64), ends])[:-1]
    return (
        np.searchsorted(upto_left, starts, side="right"),
        np.searchsorted(upto_right, starts, side="right"),
        ends - starts,
    )
