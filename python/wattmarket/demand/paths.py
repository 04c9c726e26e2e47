"""Paths through time that demand follows: growth, piecewise-linear shares, the logistic."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from wattmarket import numeric
from wattmarket.units import MONTHS_PER_YEAR

__all__ = ["GrowthLegs", "PiecewisePath", "logistic_path"]


@dataclass(frozen=True, slots=True)
class GrowthLegs:
    """A yearly growth factor that changes at given months.

    Parameters
    ----------
    until_months
        Last month of each leg but the last, ascending.
    per_year
        Yearly growth factor of each leg; one more than `until_months`.

    Examples
    --------
    >>> legs = GrowthLegs((24311,), (1.59, 1.40))
    >>> legs.rate(24311), legs.rate(24312)
    (1.59, 1.4)
    >>> round(legs.monthly(24300) ** 12, 12)
    1.59
    """

    until_months: tuple[int, ...]
    per_year: tuple[float, ...]

    def rate(self, month: int) -> float:
        """Yearly growth factor in force in a month."""
        return self.per_year[bisect_left(self.until_months, month)]

    def monthly(self, month: int) -> float:
        """Growth factor from a month to the next."""
        return numeric.power(self.rate(month), 1.0 / MONTHS_PER_YEAR)


@dataclass(frozen=True, slots=True)
class PiecewisePath:
    """Straight lines between given points, flat outside them.

    Examples
    --------
    >>> PiecewisePath((0, 24), (0.25, 0.50)).at(12)
    0.375
    >>> PiecewisePath((0, 24), (0.25, 0.50)).at(100)
    0.5
    """

    months: tuple[int, ...]
    values: tuple[float, ...]

    @classmethod
    def of(cls, points: Sequence[tuple[int, float]]) -> PiecewisePath:
        """Path through points given in any order."""
        ordered = sorted(points)
        return cls(tuple(month for month, _ in ordered), tuple(value for _, value in ordered))

    def at(self, month: int) -> float:
        """Value at a month."""
        if month <= self.months[0]:
            return self.values[0]
        for left, right, low, high in zip(
            self.months[:-1], self.months[1:], self.values[:-1], self.values[1:], strict=True
        ):
            if month <= right:
                return low + (high - low) * (month - left) / (right - left)
        return self.values[-1]


def logistic_path(month: int, *, start: float, ceiling: float, midpoint: int, speed_per_year: float) -> float:
    """Logistic rise from `start` to `ceiling`, half-way at `midpoint`.

    Parameters
    ----------
    month, midpoint
        Month numbers.
    start, ceiling
        Values far before and far after the midpoint.
    speed_per_year
        Steepness: the logit of the part covered grows by this much a year.

    Examples
    --------
    >>> round(logistic_path(0, start=0.1, ceiling=0.75, midpoint=0, speed_per_year=1.0), 3)
    0.425
    """
    part = numeric.logistic(np.array([speed_per_year * (month - midpoint) / MONTHS_PER_YEAR]))
    return start + (ceiling - start) * float(part[0])
