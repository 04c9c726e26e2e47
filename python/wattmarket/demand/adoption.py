"""Where in the world demand comes from: population, income and adoption."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wattmarket import numeric
from wattmarket.units import MONTHS_PER_YEAR

__all__ = ["metro_shares"]


def metro_shares(
    demand_weight: NDArray[np.float64],
    population_m: NDArray[np.float64],
    years_since_2023: float,
    *,
    midpoint_years: float,
    lag_years: float,
    speed_per_year: float,
) -> NDArray[np.float64]:
    """Share of each metro in world demand.

    A metro's weight (population times income) is multiplied by its adoption, a logistic whose midpoint comes
    `lag_years` later where income per head is nil than where it is highest, and the product is normalised.

    Parameters
    ----------
    demand_weight, population_m
        float64 [M].
    years_since_2023
        Years since January 2023.
    midpoint_years
        Years after January 2023 at which the richest metro is half-way.
    lag_years
        How many years later a metro without income would be.
    speed_per_year
        Steepness of the logistic.

    Returns
    -------
    float64 [M], summing to one

    Notes
    -----
    The world's total is a path of its own (facts D06, D41); adoption only moves demand between metros. The parameters
    are assumptions: no public series splits inference by metro.

    Examples
    --------
    >>> rich_first = metro_shares(np.array([1.0, 0.5]), np.array([1.0, 1.0]), 0.0,
    ...                           midpoint_years=2.0, lag_years=6.0, speed_per_year=0.8)
    >>> later = metro_shares(np.array([1.0, 0.5]), np.array([1.0, 1.0]), 12.0,
    ...                      midpoint_years=2.0, lag_years=6.0, speed_per_year=0.8)
    >>> bool(rich_first[0] > later[0] > 2 / 3 - 1e-12)
    True
    """
    income = demand_weight / np.maximum(population_m, 1e-9)
    relative = income / income.max()
    midpoint = midpoint_years + lag_years * (1.0 - relative)
    adopted = demand_weight * numeric.logistic(speed_per_year * (years_since_2023 - midpoint))
    return np.asarray(adopted / numeric.total(adopted))


def years_since_2023(month: int) -> float:
    """Years between January 2023 and a month number."""
    return (month - 2023 * MONTHS_PER_YEAR) / MONTHS_PER_YEAR
