"""Dividing totals: whole numbers by largest remainder, and quantities among rows that have caps."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from wattmarket import numeric

__all__ = ["fill_groups", "largest_remainder", "shares"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


def shares(weight: FloatArray) -> FloatArray:
    """Weights over their sum; equal shares if they sum to zero.

    Examples
    --------
    >>> shares(np.array([1.0, 3.0])).tolist()
    [0.25, 0.75]
    """
    weight_sum = numeric.total(weight)
    return weight / weight_sum if weight_sum > 0.0 else np.full(len(weight), 1.0 / max(1, len(weight)))


def largest_remainder(total: int, weight: FloatArray) -> IntArray:
    """Whole numbers that add up to `total`, in proportion to the weights (Hamilton's method; ties to the first).

    Parameters
    ----------
    total
        What to divide, at least 0.
    weight
        float64 [N], not negative. A row of weight zero gets nothing unless all weights are zero.

    Returns
    -------
    int64 [N]

    Examples
    --------
    >>> largest_remainder(10, np.array([1.0, 1.0, 1.0])).tolist()
    [4, 3, 3]
    """
    exact = total * shares(weight)
    whole = np.floor(exact).astype(np.int64)
    left = total - int(whole.sum())  # exact: integers
    whole[np.argsort(whole - exact, kind="stable")[:left]] += 1
    return whole


def fill_groups(target: FloatArray, group: IntArray, weight: FloatArray, cap: FloatArray) -> FloatArray:
    """Divide each group's target among its rows: first by weight, then what the caps cut off by the room left.

    Parameters
    ----------
    target
        float64 [G], what each group has to place.
    group
        int64 [N], each row's group.
    weight, cap
        float64 [N], not negative.

    Returns
    -------
    float64 [N]; each group's rows add up to its target, or to its caps where these are less

    Examples
    --------
    >>> fill_groups(np.array([9.0]), np.array([0, 0]), np.array([2.0, 1.0]), np.array([5.0, 5.0])).tolist()
    [5.0, 4.0]
    """
    groups = len(target)
    weight_sum = numeric.group_total(weight, group, groups)
    first = target[group] * weight / np.where(weight_sum > 0.0, weight_sum, 1.0)[group]
    placed = np.minimum(first, cap)
    left = np.maximum(0.0, target - numeric.group_total(placed, group, groups))
    room = cap - placed
    room_sum = numeric.group_total(room, group, groups)
    part = np.minimum(1.0, left / np.where(room_sum > 0.0, room_sum, 1.0))
    return placed + part[group] * room
