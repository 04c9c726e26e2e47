"""What comes in from agents is looked at before anything is booked."""

from __future__ import annotations

import numpy as np

from wattmarket.errors import InputError
from wattmarket.queue.growing import Integer
from wattmarket.queue.requests import Requests

__all__ = ["checked_sale", "refuse_twice"]


def refuse_twice(requests: Requests, zone: Integer, project: Integer, site: Integer) -> None:
    """Refuse a request for a site for which its project has one already.

    Raises
    ------
    InputError
        Naming project and zone of the first.
    """
    r = requests
    rows = np.flatnonzero((r.remaining_kw > 0) & np.isin(r.project, project))
    asked = np.concatenate(
        (np.stack((r.project[rows], r.zone[rows], r.site[rows]), axis=1), np.stack((project, zone, site), axis=1))
    )
    found, times = np.unique(asked, axis=0, return_counts=True)
    for row in np.flatnonzero(times > 1)[:1].tolist():
        first, where, _ = found[row].tolist()
        raise InputError(f"project: {first} asks twice for one site of zone {where}")


def checked_sale(requests: Requests, ids: Integer, kw: Integer) -> tuple[Integer, Integer]:
    """Give ids and kilowatts as int64 [N].

    Raises
    ------
    InputError
        If a request is unknown or comes twice, or kilowatts are negative or not one for each request.
    """
    ids, kw = np.asarray(ids, dtype=np.int64), np.asarray(kw, dtype=np.int64)
    problems = []
    if ids.shape != kw.shape or ids.ndim != 1:
        problems.append(f"kw: expected {ids.size} rows, found {list(kw.shape)}")
    if ((ids < 0) | (ids >= len(requests))).any():
        problems.append(f"ids: not all in 0..{len(requests) - 1}")
    if len(np.unique(ids)) < ids.size:
        problems.append("ids: one comes twice")
    if (kw < 0).any():
        problems.append("kw: must not be negative")
    if problems:
        raise InputError(problems)
    return ids, kw
