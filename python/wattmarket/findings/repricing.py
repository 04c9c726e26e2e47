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
        First of as many months in a row, after the break, in which the index is less than the stated depth below the
        twin; None if there is no such stretch. The index may fall away again later.
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
    start = _first_stretch(below, months)
    if start is None:
        return None
    deepest = start + int(np.argmax(shortfall[start:]))
    back = _first_stretch(~below[start:], months)
    return Break(
        start,
        round(float(shortfall[start]), 6),
        round(float(shortfall[deepest]), 6),
        deepest,
        None if back is None else start + back,
    )


def _first_stretch(holds: NDArray[np.bool_], months: int) -> int | None:
    """First of so many months in a row in which something holds."""
    run = 0
    for tick, here in enumerate(holds.tolist()):
        run = run + 1 if here else 0
        if run == months:
            return tick - months + 1
    return None
