"""Tranches of accelerators: what comes and goes together."""

from __future__ import annotations

from enum import IntEnum
from typing import ClassVar

import numpy as np

from wattmarket.numeric.growing import GrowingColumns, Integer

__all__ = ["Schedule", "TrancheState", "Tranches"]


class TrancheState(IntEnum):
    """Where a tranche stands; the last two are ends."""

    ORDERED = 0
    OPERATING = 1
    RETIRED = 2
    CANCELLED = 3


class Tranches(GrowingColumns):
    """Accelerators of one owner at one site that come and go together.

    Attributes
    ----------
    agent, site
        Owner and site, int64 [N].
    kw
        kW of IT, int64 [N].
    ordered, ready, retire
        Ticks of the order, of completion and of retirement, int64 [N].
    state
        Code of `TrancheState`, int64 [N].
    """

    NAMES: ClassVar[tuple[str, ...]] = ("agent", "site", "kw", "ordered", "ready", "retire", "state")
    agent: Integer
    site: Integer
    kw: Integer
    ordered: Integer
    ready: Integer
    retire: Integer
    state: Integer


class Schedule:
    """Rows of tranches by the tick in which something happens to them.

    Examples
    --------
    >>> schedule = Schedule()
    >>> schedule.put(np.array([7, 3, 7]), np.array([0, 1, 2]))
    >>> schedule.until(5).tolist(), schedule.take(7).tolist(), schedule.take(7).tolist()
    ([1], [0, 2], [])
    """

    def __init__(self) -> None:
        self._rows: dict[int, list[Integer]] = {}

    def put(self, tick: Integer, ids: Integer) -> None:
        """File rows under their ticks, int64 [N] each."""
        for when in np.unique(tick).tolist():
            self._rows.setdefault(when, []).append(ids[tick == when])

    def take(self, tick: int) -> Integer:
        """Take out the rows of a tick, in the order in which they were filed."""
        return _joined(self._rows.pop(tick, []))

    def until(self, tick: int) -> Integer:
        """Look up the rows filed under a tick or an earlier one."""
        return _joined([rows for when, group in self._rows.items() if when <= tick for rows in group])


def _joined(parts: list[Integer]) -> Integer:
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)
