"""When the edge reprices: the month in which its index breaks away from the same seed's no-drift twin."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wattmarket.units import MONTHS_PER_YEAR

__all__ = ["Break", "Course", "course_of", "fastest_year", "find_break", "shortfall"]

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


@dataclass(frozen=True, slots=True)
class Course:
    """How fast the fall goes.

    Parameters
    ----------
    half_months
        Months from the break until half of the deepest shortfall is reached; 0 if it is at the break.
    fastest_year
        Largest growth of the shortfall within twelve months, from the year before the break on, a share.
    lead_months
        Months by which the edge index breaks before edge rent does, by the same rule; None where rent doesn't break.
    """

    half_months: int
    fastest_year: float
    lead_months: int | None


def shortfall(index: Float, twin: Float) -> Float:
    """How far an index lies below its twin, float64 [T], a share; nil where the twin is worth nothing.

    Examples
    --------
    >>> shortfall(np.array([90.0, 50.0]), np.array([100.0, 0.0])).round(3).tolist()
    [0.1, 0.0]
    """
    some = twin > 0.0
    short = np.zeros_like(twin)
    short[some] = 1.0 - index[some] / twin[some]
    return short


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
    short = shortfall(index, twin)
    below = short >= depth - 1e-12
    start = _first_stretch(below, months)
    if start is None:
        return None
    deepest = start + int(np.argmax(short[start:]))
    back = _first_stretch(~below[start:], months)
    return Break(
        start,
        round(float(short[start]), 6),
        round(float(short[deepest]), 6),
        deepest,
        None if back is None else start + back,
    )


def course_of(
    found: Break, index: Float, twin: Float, rent: Float, twin_rent: Float, *, depth: float, months: int
) -> Course:
    """Describe the fall after a break.

    Parameters
    ----------
    found
        The break of the index from its twin.
    index, twin
        float64 [T].
    rent, twin_rent
        float64 [T]: rent of the same sites and the twin's, $/MWh.
    depth, months
        The rule, of the index and of the rent.

    Examples
    --------
    >>> twin = np.full(24, 100.0)
    >>> index = twin - np.concatenate([np.zeros(12), np.arange(12) * 5.0])
    >>> found = find_break(index, twin, depth=0.10, months=3)
    >>> course_of(found, index, twin, rent=twin, twin_rent=twin, depth=0.1, months=3)
    Course(half_months=4, fastest_year=0.55, lead_months=None)
    """
    short = shortfall(index, twin)
    half = int(np.argmax(short[found.tick :] >= found.deepest / 2.0 - 1e-9))
    fastest = fastest_year(short[max(found.tick - MONTHS_PER_YEAR, 0) :])
    of_rent = find_break(rent, twin_rent, depth=depth, months=months)
    return Course(half, fastest, None if of_rent is None else of_rent.tick - found.tick)


def fastest_year(short: Float) -> float:
    """Largest growth of a shortfall within twelve months, or within all of them where there are fewer.

    Examples
    --------
    >>> fastest_year(np.arange(30) * 0.01)
    0.12
    """
    year = min(MONTHS_PER_YEAR, len(short) - 1)
    return round(float((short[year:] - short[: len(short) - year]).max()), 6) if year > 0 else 0.0


def _first_stretch(holds: NDArray[np.bool_], months: int) -> int | None:
    """First of so many months in a row in which something holds."""
    run = 0
    for tick, here in enumerate(holds.tolist()):
        run = run + 1 if here else 0
        if run == months:
            return tick - months + 1
    return None
