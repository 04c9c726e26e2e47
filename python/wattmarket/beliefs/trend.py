"""Local linear trends with steady-state gains, and forecasts from them."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from wattmarket import numeric
from wattmarket.units import MONTHS_PER_YEAR

__all__ = ["LinearTrend", "growth_ahead", "trend_gains"]


def trend_gains(gain: float) -> tuple[float, float]:
    """Steady-state gains of level and slope: 1 − ω² and (1 − ω)² with ω = 1 − gain.

    These are the gains of discounted least squares, Brown's double exponential smoothing [1]_: the steady state of the
    Kalman filter of a local linear trend whose ratios of variances make it critically damped. An error in the state
    dies out as t·ωᵗ.

    References
    ----------
    .. [1] R. G. Brown, *Smoothing, Forecasting and Prediction of Discrete Time Series* (1963), chapter 9.

    Examples
    --------
    >>> trend_gains(0.0), trend_gains(0.5), trend_gains(1.0)
    ((0.0, 0.0), (0.75, 0.25), (1.0, 1.0))
    """
    kept = 1.0 - gain
    return 1.0 - kept * kept, gain * gain


@dataclass(slots=True)
class LinearTrend:
    """Level and monthly slope of a series, moved by each month's news.

    Parameters
    ----------
    level, slope
        State before the first observation: value of the month last seen, and its change per month.
    gains
        How much of a surprise goes into level and slope.

    Examples
    --------
    >>> trend = LinearTrend(0.0, 0.0, trend_gains(0.5))
    >>> for month in range(1, 60):
    ...     trend.update(2.0 * month)
    >>> round(trend.level, 9), round(trend.slope, 9)
    (118.0, 2.0)
    """

    level: float
    slope: float
    gains: tuple[float, float]

    def update(self, value: float) -> None:
        """Take the observation of the next month."""
        expected = self.level + self.slope
        surprise = value - expected
        self.level = expected + self.gains[0] * surprise
        self.slope += self.gains[1] * surprise


def growth_ahead(slope: float, months: int, *, long_run_per_year: float, half_life_months: float) -> float:
    """Growth of log power over some months, fading from the filtered growth to that of the long run.

    In month j it is g + (slope − g) · 2^(−(j − 1) / half-life), with g the logarithm of the long run's monthly growth.

    Parameters
    ----------
    slope
        Filtered growth, log points a month.
    months
        How many months.
    long_run_per_year
        Yearly growth factor of the long run.
    half_life_months
        Half-life; ``math.inf``: growth never fades, 0: growth is that of the long run at once.

    Examples
    --------
    >>> growth_ahead(0.03, 4, long_run_per_year=1.0, half_life_months=float("inf"))
    0.12
    >>> round(growth_ahead(0.03, 400, long_run_per_year=1.0, half_life_months=1.0), 9)
    0.06
    """
    if half_life_months == inf:
        return months * slope
    steady = numeric.log(long_run_per_year) / MONTHS_PER_YEAR
    if half_life_months == 0.0:
        return months * steady
    kept = numeric.power(0.5, 1.0 / half_life_months)
    # The geometric sum 1 + kept + … ; so long a half-life that a month's fading is below the rounding is none.
    faded = (1.0 - numeric.power(kept, float(months))) / (1.0 - kept) if kept < 1.0 else float(months)
    return months * steady + (slope - steady) * faded
