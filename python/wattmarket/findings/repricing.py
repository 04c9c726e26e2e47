"""When the edge reprices: the month in which its index breaks away from the same seed's no-drift twin."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Break", "find_break"]

Float = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Break:
    """The break of an index from its twin.

    Parameters
    ----------
    tick
        First month of the first stretch that is long enough and deep enough.
    depth
        Shortfall against the twin in that month, a share: 0.10 is ten per cent below.
    deepest
        Largest shortfall from then on.
    deepest_tick
        Month of the largest shortfall.
    recovery_tick
        First month after the break in which the index is less than the stated depth below the twin; None if never.
    """

    tick: int
    depth: float
    deepest: float
    deepest_tick: int
    recovery_tick: int | None


def find_break(index: Float, twin: Float, *, depth: float, months: int) -> Break | None:
    """First of `months` consecutive months in which the index is at least `depth` below its twin.

    Parameters
    ----------
    index, twin
        float64 [T]: the index and its no-drift twin, both 100 at the first month.
    depth
        Share below the twin that counts.
    months
        How many months in a row.

    Returns
    -------
    Break or None
        None if there is no such stretch.

    Notes
    -----
    Where the twin itself is nil there is nothing to fall short of, and the month does not count.

    Examples
    --------
    >>> twin = np.full(12, 100.0)
    >>> index = twin - np.array([0, 12, 0, 0, 11, 15, 20, 30, 5, 0, 0, 0.0])
    >>> find_break(index, twin, depth=0.10, months=3)
    Break(tick=4, depth=0.11, deepest=0.3, deepest_tick=7, recovery_tick=8)
    >>> find_break(index, twin, depth=0.10, months=5) is None
    True
    """
    some = twin > 0.0
    shortfall = np.zeros_like(twin)
    shortfall[some] = 1.0 - index[some] / twin[some]
    below = shortfall >= depth - 1e-12
    run = 0
    for tick, is_below in enumerate(below.tolist()):
        run = run + 1 if is_below else 0
        if run == months:
            start = tick - months + 1
            deepest = start + int(np.argmax(shortfall[start:]))
            above = np.flatnonzero(~below[start:])
            recovery = start + int(above[0]) if len(above) else None
            return Break(
                start, round(float(shortfall[start]), 6), round(float(shortfall[deepest]), 6), deepest, recovery
            )
    return None
