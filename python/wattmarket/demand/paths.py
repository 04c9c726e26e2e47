"""Paths through time that demand follows: growth in legs, the logistic."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

import numpy as np

from wattmarket import numeric
from wattmarket.units import MONTHS_PER_YEAR

__all__ = ["GrowthLegs", "logistic_path"]


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
