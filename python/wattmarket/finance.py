"""Money over time: annuities, hurdle rates, and capital costs per MWh."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wattmarket import numeric
from wattmarket.units import HOURS_PER_YEAR, KW_PER_MW

__all__ = ["annuity_factor", "hurdle_rate", "usd_per_mwh_of_capital"]

Float = NDArray[np.float64]

LEASE_YEARS = 15.0
"""Years over which a zone's counterparty risk is stated (fact P38: typical tenor)."""


def annuity_factor(rate: Float, years: Float | float) -> Float:
    """Present value of 1 a year, paid at the end of each of `years` years: (1 − (1 + r)^−n) / r.

    Parameters
    ----------
    rate
        Real yearly rate, positive, any shape.
    years
        Number of years, one or of the same shape.

    Examples
    --------
    >>> round(float(annuity_factor(np.array(0.10), 5.0)), 4)
    3.7908
    """
    rates = np.asarray(rate, dtype=np.float64)
    return np.asarray((1.0 - numeric.power(1.0 + rates, -np.broadcast_to(years, rates.shape))) / rates)


def hurdle_rate(base_rate: Float, counterparty_risk: Float) -> Float:
    """Hurdle rate with the yearly hazard of losing the asset to the zone's counterparty risk added.

    Parameters
    ----------
    base_rate
        Real yearly rate without that risk, float64 [S].
    counterparty_risk
        Probability of losing the asset within a lease of fifteen years, 0 to 1, float64 [S]; taken as 0.95 above that.

    Returns
    -------
    float64 [S]

    Examples
    --------
    >>> hurdle_rate(np.array([0.09]), np.array([0.0])).tolist()
    [0.09]
    >>> round(float(hurdle_rate(np.array([0.09]), np.array([0.75]))[0]), 3)
    0.178
    """
    survival = 1.0 - np.minimum(counterparty_risk, 0.95)
    hazard = 1.0 - numeric.power(survival, np.full_like(survival, 1.0 / LEASE_YEARS))
    return np.asarray(base_rate + hazard)


def usd_per_mwh_of_capital(cost_usd_per_kw: Float, rate: Float, years: Float | float) -> Float:
    """Annualised capital cost per MWh of IT at full output, $/MWh.

    Parameters
    ----------
    cost_usd_per_kw
        Capital cost, $/kW of IT, float64 [S].
    rate
        Real yearly rate, float64 [S].
    years
        Life in years, one or of the same shape.

    Notes
    -----
    Spot flow is average power, so an installed kilowatt earns through all 8,760 hours; utilisation below one is already
    in the workloads' peak factors.

    Examples
    --------
    >>> round(float(usd_per_mwh_of_capital(np.array(18_000.0), np.array(0.10), 5.0)))
    542
    """
    return np.asarray(cost_usd_per_kw * KW_PER_MW / annuity_factor(rate, years) / HOURS_PER_YEAR)
