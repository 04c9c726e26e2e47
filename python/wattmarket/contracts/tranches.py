"""Tranches of accelerators: what comes and goes together."""

from __future__ import annotations

from enum import IntEnum
from typing import ClassVar

from wattmarket.numeric.growing import GrowingColumns, Integer

__all__ = ["TrancheState", "Tranches"]


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
