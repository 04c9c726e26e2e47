"""What lies beyond chance: numbers of a run held against how far the same numbers part among its twins.

Twins differ in nothing that matters, and where nothing happens the run is one more of them. So the yardstick is the
spread among the twins, and a number counts only outside the interval in which one more twin would lie.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wattmarket import numeric

__all__ = ["LEAST_TWINS", "RATE", "Beyond", "beyond_chance", "students_tail"]

Float = NDArray[np.float64]

LEAST_TWINS: Final = 3
"""With fewer twins nothing is told from chance: a spread of two numbers is hardly one."""

RATE: Final = 0.05
"""Nominal part of false names among those named, which is also how often anybody is named where nothing happens."""


@dataclass(frozen=True, slots=True)
class Beyond:
    """Numbers of a run against its twins.

    Parameters
    ----------
    change
        Run less mean of the twins, float64 [A].
    half_width
        Of the interval in which the change of one more twin would lie, float64 [A].
    told
        Whether the change lies outside it, bool [A].
    """

    change: Float
    half_width: Float
    told: NDArray[np.bool_]


def beyond_chance(run: Float, twins: Float, groups: Sequence[str], rate: float = RATE) -> Beyond:
    """Tell the numbers of a run that lie beyond chance.

    Each is held against the prediction interval of one more twin, mean ± t·s·√(1 + 1/N) [1]_, with Student's t of N − 1
    degrees of freedom. The spread s is that among the twins, and at least the median one of the group: the rare large
    differences of lumpy building are missing from many a handful of twins. Over all numbers the rule is that of
    Benjamini and Hochberg [2]_, and the width of the intervals goes with it [3]_: told is what lies outside.

    Parameters
    ----------
    run
        float64 [A].
    twins
        float64 [N, A], N at least `LEAST_TWINS`.
    groups
        Name of the group of each of the A.
    rate
        Nominal part of false ones among those told.

    Returns
    -------
    Beyond
        Where the spread is nil nothing is told: there is nothing to measure by.

    References
    ----------
    .. [1] G. J. Hahn & W. Q. Meeker, "Statistical Intervals", Wiley, 1991, ch. 4.
    .. [2] Y. Benjamini & Y. Hochberg, "Controlling the false discovery rate", J. R. Stat. Soc. B 57, 1995.
    .. [3] Y. Benjamini & D. Yekutieli, "False discovery rate-adjusted multiple confidence intervals", JASA 100, 2005.

    Examples
    --------
    >>> found = beyond_chance(np.array([40.0, 3.0]), np.array([[1.0, 0.0], [0.0, 1.0], [2.0, 5.0]]), ["a", "b"])
    >>> found.change.tolist(), found.told.tolist()
    ([39.0, 1.0], [True, False])
    """
    count, numbers = twins.shape
    # About the first, so that equal twins have no spread at all.
    mean = twins[0] + np.array([numeric.total(column) / count for column in (twins - twins[0]).T])
    change = run - mean
    apart = twins - mean
    spread = np.sqrt(np.array([numeric.total(column) for column in (apart * apart).T]) / (count - 1))
    unit = _at_least_the_median(spread, groups) * np.sqrt(1.0 + 1.0 / count)
    some = unit > 0.0
    distance = np.divide(np.abs(change), unit, out=np.zeros(numbers), where=some)
    tails = [students_tail(one, count - 1) for one in distance.tolist()]
    told = max((place for place, tail in enumerate(sorted(tails), 1) if tail <= rate * place / numbers), default=0)
    width = unit * _students_limit(rate * max(told, 1) / numbers, count - 1)
    return Beyond(change, width, some & (np.abs(change) > width))


def students_tail(distance: float, freedom: int) -> float:
    """Probability that Student's t lies further from nil than `distance`, by Abramowitz & Stegun 26.7.3 and 26.7.4.

    Examples
    --------
    >>> [round(students_tail(distance, freedom), 4) for distance, freedom in ((12.706, 1), (4.303, 2), (2.571, 5))]
    [0.05, 0.05, 0.05]
    """
    angle = float(numeric.atan2(distance, float(np.sqrt(float(freedom)))))
    sine, cosine = float(numeric.sin(angle)), float(numeric.cos(angle))
    odd = freedom % 2
    term = cosine if odd else 1.0
    inner = 0.0
    for power in range(1 + odd, freedom, 2):
        inner += term
        term *= cosine * cosine * power / (power + 1)
    within = (angle + sine * inner) * 2.0 / np.pi if odd else sine * inner
    return max(1.0 - within, 0.0)


def _students_limit(tail: float, freedom: int) -> float:
    """Distance beyond which so much of Student's t lies."""
    low, high = 0.0, 1e6
    for _ in range(80):
        middle = (low + high) / 2.0
        low, high = (middle, high) if students_tail(middle, freedom) > tail else (low, middle)
    return high


def _at_least_the_median(spread: Float, groups: Sequence[str]) -> Float:
    """Raise each spread to the median one of its group."""
    medians = {
        group: _median([s for s, of in zip(spread.tolist(), groups, strict=True) if of == group]) for group in groups
    }
    return np.maximum(spread, [medians[group] for group in groups])


def _median(values: Sequence[float]) -> float:
    """The middle one, of an even number the higher of the two."""
    return sorted(values)[len(values) // 2]
