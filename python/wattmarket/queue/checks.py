"""What comes in from agents is looked at before anything is booked."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from wattmarket.errors import InputError
from wattmarket.numeric import sum_by
from wattmarket.numeric.growing import Integer
from wattmarket.queue.requests import Requests, Stage
from wattmarket.queue.state import QueueState

__all__ = ["checked_sale", "checked_tick", "refuse_oversale", "refuse_twice"]


def checked_tick(state: QueueState, tick: int | None) -> int:
    """Give the tick of a filing or sale: the last one stepped if None, or the next.

    Raises
    ------
    InputError
        If it is another.
    """
    if tick not in (None, state.tick, state.tick + 1):
        raise InputError(f"tick: {tick} is neither {state.tick} nor the one after it")
    return state.tick if tick is None else tick


def refuse_twice(requests: Requests, zone: Integer, project: Integer, site: Integer) -> None:
    """Refuse a request for a site for which its project has one already.

    Raises
    ------
    InputError
        Naming project and zone of the first.
    """
    r = requests
    # New projects have higher numbers than those before: most filings have nothing to be compared with.
    rows = np.flatnonzero((r.remaining_kw > 0) & (r.project >= project.min(initial=np.iinfo(np.int64).max)))
    rows = rows[np.isin(r.project[rows], project)] if len(rows) else rows
    own = (r.project[rows], r.zone[rows], r.site[rows])
    columns = (np.concatenate(pair).tolist() for pair in zip(own, (project, zone, site), strict=True))
    for one, another in pairwise(sorted(zip(*columns, strict=True))):
        if one == another:
            raise InputError(f"project: {one[0]} asks twice for one site of zone {one[1]}")


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


def refuse_oversale(state: QueueState, ids: Integer, kw: Integer) -> NDArray[np.bool_]:
    """Refuse slots that are neither reserved for their request nor, where they are auctioned, free in its zone.

    Returns
    -------
    bool [N]
        Which of the requests buy in an auction.

    Raises
    ------
    InputError
        One line for each request or zone that would be oversold.
    """
    r = state.requests
    beyond = np.maximum(kw - r.reserved_kw[ids], 0)
    auctioned: NDArray[np.bool_] = (r.stage[ids] == Stage.READY) & (state.rule.mechanism == "auction")
    wrong = np.where(auctioned, kw > r.remaining_kw[ids], beyond > 0)
    problems = [f"kw[{row}] = {kw[row]}: is more than is there" for row in np.flatnonzero(wrong)[:20].tolist()]
    oversold = sum_by(r.zone[ids], beyond, len(state.zones)) > np.maximum(state.free_kw, 0)
    problems += [f"kw: zone {state.zones.zone_id[row]} has not so much" for row in np.flatnonzero(oversold).tolist()]
    if problems:
        raise InputError(problems)
    return auctioned
