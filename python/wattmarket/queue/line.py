"""Who is served first, and how released capacity is dealt out along the line."""

from __future__ import annotations

from typing import Final

import numpy as np

from wattmarket import _core
from wattmarket.errors import InputError
from wattmarket.numeric import before_in_group, first_in_group
from wattmarket.numeric.growing import Integer
from wattmarket.queue.requests import Requests

__all__ = ["LARGEST_CLUSTER_KW", "deal_in_order", "deal_pro_rata", "line_order", "runs"]

LARGEST_CLUSTER_KW: Final = 3 * 10**9
"""Its square fits 64 bits; the world's largest grid is no larger."""


def line_order(requests: Requests, ids: Integer, group: Integer) -> Integer:
    """Sort requests by group, then date of filing, then luck; project and site settle what luck leaves equal.

    Nothing here depends on the order in which requests of one tick were filed.
    """
    columns = requests.columns("filed", "luck", "project", "zone", "site")
    return np.frombuffer(_core.queue_line(columns, ids, group), dtype=np.int64)


def runs(*columns: Integer) -> Integer:
    """Number the runs of equal rows of sorted columns, int64 [N] from 0."""
    new = np.zeros(len(columns[0]), dtype=np.bool_)
    for column in columns:
        new[1:] |= column[1:] != column[:-1]
    return np.cumsum(new)


def deal_in_order(zone: Integer, need_kw: Integer, free_kw: Integer) -> Integer:
    """Deal each zone's free capacity along its line until it is used up; the last to get anything may get a part.

    Parameters
    ----------
    zone, need_kw
        int64 [N], in the order of the line, zone by zone.
    free_kw
        int64 [Z].

    Returns
    -------
    int64 [N]

    Examples
    --------
    >>> zone, need = np.array([0, 0, 0, 1]), np.array([40, 40, 40, 40])
    >>> deal_in_order(zone, need, np.array([60, 10])).tolist()
    [40, 20, 0, 10]
    """
    dealt: Integer = first_in_group(free_kw[zone], zone, need_kw)
    return dealt


def deal_pro_rata(zone: Integer, window: Integer, need_kw: Integer, free_kw: Integer) -> Integer:
    """Deal each zone's free capacity along its clusters; within a cluster everybody gets the same share.

    Parameters
    ----------
    zone, window, need_kw
        int64 [N], sorted by zone, then window.
    free_kw
        int64 [Z].

    Returns
    -------
    int64 [N]
        Cumulative flooring: a cluster's lots add up to what the cluster got, each within a kilowatt of its share.

    Raises
    ------
    InputError
        If a cluster asks for more than `LARGEST_CLUSTER_KW`.

    Examples
    --------
    >>> zone, window, need = np.array([0, 0, 0]), np.array([3, 3, 4]), np.array([40, 80, 50])
    >>> deal_pro_rata(zone, window, need, np.array([60])).tolist()
    [20, 40, 0]
    """
    if not len(zone):
        return np.zeros(0, dtype=np.int64)
    cluster = runs(zone, window)
    first = np.flatnonzero(np.diff(cluster, prepend=-1))
    whole = np.add.reduceat(need_kw, first)
    dealt = deal_in_order(zone[first], whole, free_kw)
    reached = before_in_group(cluster, need_kw) + need_kw
    if int(whole.max()) > LARGEST_CLUSTER_KW:
        raise InputError(f"kw: a cluster asks one zone for {int(whole.max())} kW, more than {LARGEST_CLUSTER_KW}")
    upto = reached * dealt[cluster] // np.maximum(whole[cluster], 1)
    lower = (reached - need_kw) * dealt[cluster] // np.maximum(whole[cluster], 1)
    return upto - lower
