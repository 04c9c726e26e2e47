"""What sites are worth by this month's rents and by those that came, and the index chained on matched sites."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wattmarket import numeric
from wattmarket.finance import annuity_factor
from wattmarket.units import MONTHS_PER_YEAR

__all__ = ["ChainedIndex", "fundamental_values", "land_rents", "month_weights", "site_values"]

Float = NDArray[np.float64]


def land_rents(
    ai_rent_usd_per_mw_month: Float,
    silicon_cost_usd_per_mw_month: Float,
    non_ai_rent_usd_per_mw_month: Float,
) -> Float:
    """What land and shell earn: the better of rent less annualised silicon and non-AI rent, at least nil.

    Parameters
    ----------
    ai_rent_usd_per_mw_month, silicon_cost_usd_per_mw_month, non_ai_rent_usd_per_mw_month
        As in `site_values`.

    Returns
    -------
    float64 [S], $ per MW-month
    """
    best = np.maximum(ai_rent_usd_per_mw_month - silicon_cost_usd_per_mw_month, non_ai_rent_usd_per_mw_month)
    return np.asarray(np.maximum(best, 0.0))


def site_values(
    ai_rent_usd_per_mw_month: Float,
    silicon_cost_usd_per_mw_month: Float,
    non_ai_rent_usd_per_mw_month: Float,
    years_of_rent: float,
) -> Float:
    """Market value of every site, $ per MW: capitalised max(rent − annualised silicon, non-AI rent), at least nil.

    Parameters
    ----------
    ai_rent_usd_per_mw_month
        What a pool earns there, or would by the best bid where it is idle, float64 [S].
    silicon_cost_usd_per_mw_month
        Annualised accelerators, float64 [S]: they are the tenant's, not the site's.
    non_ai_rent_usd_per_mw_month
        What cloud and enterprise load pays there, float64 [S].
    years_of_rent
        Annuity factor of the stated horizon and rate.

    Examples
    --------
    >>> site_values(np.array([700e3]), np.array([400e3]), np.array([180e3]), 10.0).tolist()
    [36000000.0]
    """
    rent = land_rents(ai_rent_usd_per_mw_month, silicon_cost_usd_per_mw_month, non_ai_rent_usd_per_mw_month)
    return np.asarray(rent * MONTHS_PER_YEAR * years_of_rent)


def month_weights(rate: float, years: float) -> Float:
    """What 1 a month is worth today in each month of a horizon, float64 [months]; a part of a month counts as one.

    Month by month the weights fall by ρ = (1 + r)^(−1/12). Together they are twelve annuity factors, so that a constant
    rent is worth what `site_values` makes of it.

    Parameters
    ----------
    rate
        Real yearly rate, positive.
    years
        Length of the horizon.

    Examples
    --------
    >>> round(numeric.total(month_weights(0.10, 5.0)) / 12, 4)
    3.7908
    """
    ends = np.minimum(np.arange(int(np.ceil(years * MONTHS_PER_YEAR)) + 1) / MONTHS_PER_YEAR, years)
    growth = numeric.power(np.full_like(ends, 1.0 + rate), -ends)
    return np.asarray((growth[:-1] - growth[1:]) * (MONTHS_PER_YEAR / rate))


def fundamental_values(
    land_rent_usd_per_mw_month: Float, cost_of_entry_usd_per_mw_month: Float, rate: float, years: float
) -> Float:
    """What sites would have been worth each month to someone who knew all rents to come.

    Parameters
    ----------
    land_rent_usd_per_mw_month
        Realised rents of land and shell, float64 [T, S].
    cost_of_entry_usd_per_mw_month
        Annualised cost of new shells, float64 [S]: what rents come to after the last month.
    rate, years
        Rate and horizon, as for the market value.

    Returns
    -------
    float64 [T, S], $ per MW

    Notes
    -----
    O(T · S · min(T, horizon)).

    Examples
    --------
    A rent that never changes is worth what the market makes of it.

    >>> rent = np.full((3, 1), 5.0)
    >>> worth = fundamental_values(rent, np.array([5.0]), 0.10, 5.0)
    >>> bool(np.allclose(worth, site_values(rent, 0.0 * rent, 0.0 * rent, float(annuity_factor(np.array(0.1), 5.0)))))
    True
    """
    weight = month_weights(rate, years)
    months = len(land_rent_usd_per_mw_month)
    worth = np.zeros_like(land_rent_usd_per_mw_month)
    beyond = np.full(months, float(annuity_factor(np.array(rate), years)) * MONTHS_PER_YEAR)
    for ahead in range(min(months, len(weight))):
        worth[: months - ahead] += weight[ahead] * land_rent_usd_per_mw_month[ahead:]
        beyond[: months - ahead] -= weight[ahead]
    return np.asarray(worth + np.maximum(beyond, 0.0)[:, None] * cost_of_entry_usd_per_mw_month)


class ChainedIndex:
    """A price index, 100 at the first month, chained on matched sites so that new ones don't move it.

    Each month's link is Σ w·v(t) / Σ w·v(t−1) over the sites that stood a month ago, w their capacity then (a Laspeyres
    link). Once the matched sites are worth nothing the index is nil and stays there.

    Examples
    --------
    >>> index = ChainedIndex()
    >>> index.add(np.array([10.0, 0.0]), np.array([1.0, 0.0]))
    100.0
    >>> index.add(np.array([5.0, 80.0]), np.array([1.0, 3.0]))  # the second site is new: it doesn't count yet
    50.0
    >>> index.add(np.array([5.0, 40.0]), np.array([1.0, 3.0]))
    25.51...
    """

    def __init__(self) -> None:
        self._level = 100.0
        self._before: tuple[Float, Float] | None = None

    def add(self, value_usd_per_mw: Float, capacity_kw: Float) -> float:
        """Link one more month and return the index.

        Parameters
        ----------
        value_usd_per_mw
            Values of all sites of the index, standing or not, float64 [S].
        capacity_kw
            Capacity standing at each, float64 [S]; the weight of the next link.
        """
        if self._before is not None:
            value, weight = self._before
            then = numeric.total(weight * value)
            now = numeric.total(weight * value_usd_per_mw)
            self._level = self._level * now / then if then > 0.0 else 0.0
        self._before = (value_usd_per_mw.copy(), capacity_kw.copy())
        return self._level
