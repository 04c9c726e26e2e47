"""What sites are worth, from this month's rents, and the index chained on matched sites."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wattmarket import numeric
from wattmarket.units import MONTHS_PER_YEAR

__all__ = ["ChainedIndex", "site_values"]

Float = NDArray[np.float64]


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
    best = np.maximum(ai_rent_usd_per_mw_month - silicon_cost_usd_per_mw_month, non_ai_rent_usd_per_mw_month)
    return np.asarray(np.maximum(best, 0.0) * MONTHS_PER_YEAR * years_of_rent)


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
