"""What a cohort makes of the batch share: a frozen level, a logistic with a prior on its ceiling, or a trend."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from wattmarket import numeric
from wattmarket.beliefs.cohorts import Cohort
from wattmarket.beliefs.trend import LinearTrend, trend_gains
from wattmarket.units import MONTHS_PER_YEAR

__all__ = ["DriftBelief", "LogisticFit", "drift_belief", "logit", "share_of_logit"]

Float = NDArray[np.float64]

LOWEST_SHARE: Final = 0.001
"""Batch shares stay this far from 0 and 1, as those of demand do."""

CEILINGS: Final = tuple(step / 20.0 for step in range(1, 20))
"""Grid of ceilings, 0.05 … 0.95; one equal to the start says that nothing drifts."""

MIDPOINT_MONTHS: Final = tuple(range(0, 241, 6))
"""Grid of midpoints: months after the start, to twenty years on."""

SPEEDS_PER_YEAR: Final = (0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 3.0)
"""Grid of speeds."""

LEAST_DEVIATION: Final = 0.05
"""Standard deviation, in logits, with which even a clear view fits a logistic: the curve is no law (assumption)."""


def logit(share: float) -> float:
    """Logarithm of the odds of a share, kept away from nil and one.

    Examples
    --------
    >>> logit(0.5)
    0.0
    """
    kept = min(max(share, LOWEST_SHARE), 1.0 - LOWEST_SHARE)
    return numeric.log(kept / (1.0 - kept))


def share_of_logit(value: float) -> float:
    """Share whose logit this is, kept away from nil and one."""
    return min(max(numeric.logistic(value), LOWEST_SHARE), 1.0 - LOWEST_SHARE)


class DriftBelief(Protocol):
    """A belief about the batch share that takes one month's news at a time."""

    def update(self, value: float) -> None:
        """Take the logit of the batch share as seen for the next month."""
        ...

    def ahead(self, months: int) -> float:
        """Forecast the logit of the batch share, counted from the month last seen."""
        ...


@dataclass(slots=True)
class Frozen:
    """The mix of today stays for ever: exponential smoothing of the logit, a flat forecast."""

    level: float
    attention: float

    def update(self, value: float) -> None:
        """Move the level towards the news."""
        self.level += self.attention * (value - self.level)

    def ahead(self, months: int) -> float:
        """Return the level, however far ahead."""
        del months
        return self.level


@dataclass(slots=True)
class Trending:
    """The trend of the logit goes on for ever."""

    trend: LinearTrend

    def update(self, value: float) -> None:
        """Take the news into level and slope."""
        self.trend.update(value)

    def ahead(self, months: int) -> float:
        """Extrapolate the trend."""
        return self.trend.level + months * self.trend.slope


class LogisticFit:
    """A logistic path from the start's share to an unknown ceiling, fitted on a grid of ceiling, midpoint and speed.

    The weight of a curve is its prior times its likelihood to the power α: a tempered posterior, which at α = 0 stays
    the prior for ever. The forecast is the mean of the curves' shares, shifted in logits so that it starts from a level
    that follows the news with gain α: the curves say where the share goes, the news where it is. So a path that is no
    logistic is still tracked.

    Parameters
    ----------
    cohort
        Its `attention`, `noise_sd` and `ceiling_prior`.
    start_share
        Batch share before the start: the floor of every curve.
    first_month
        Months after the start of the month last seen; the news begins a month later.

    Notes
    -----
    The prior on the ceiling is normal, cut off at the ends of the grid; those on midpoint and speed are flat: together
    they say "some time within twenty years, if at all". Misfits are normal in logits, with the cohort's noise and
    `LEAST_DEVIATION` added in quadrature. All news weighs the same however old it is. Sums run in the grid's order.
    """

    def __init__(self, cohort: Cohort, start_share: float, first_month: int) -> None:
        ceiling, midpoint, speed = np.meshgrid(
            np.array(CEILINGS), np.array(MIDPOINT_MONTHS, dtype=np.float64), np.array(SPEEDS_PER_YEAR), indexing="ij"
        )
        mean, deviation = cohort.ceiling_prior
        gap = (ceiling.ravel() - mean) / deviation
        self._rise = ceiling.ravel() - start_share
        self._midpoint = midpoint.ravel()
        self._monthly = speed.ravel() / MONTHS_PER_YEAR
        self._log_prior = -0.5 * gap * gap
        self._attention = cohort.attention
        self._precision = 1.0 / (cohort.noise_sd * cohort.noise_sd + LEAST_DEVIATION * LEAST_DEVIATION)
        self._log_likelihood: Float = np.zeros(len(gap))
        self._start_share = start_share
        self._month = first_month
        self._weigh()
        # Before any news the belief is where the world is.
        self._residual = logit(start_share) - self._fitted(self._curves(first_month))

    def update(self, value: float) -> None:
        """Move the level towards the news, and weigh the curves by how well they meet it."""
        self._month += 1
        curves = self._curves(self._month)
        expected = self._fitted(curves) + self._residual
        level = expected + self._attention * (value - expected)
        kept = np.clip(curves, LOWEST_SHARE, 1.0 - LOWEST_SHARE)
        misfit = value - numeric.log(kept / (1.0 - kept))
        self._log_likelihood = self._log_likelihood - 0.5 * self._precision * misfit * misfit
        self._weigh()
        self._residual = level - self._fitted(curves)

    def ahead(self, months: int) -> float:
        """Forecast with the mean of the weighted curves."""
        return self._fitted(self._curves(self._month + months)) + self._residual

    @property
    def ceiling(self) -> float:
        """Mean of the belief about the ceiling."""
        return self._start_share + numeric.weighted_mean(self._rise, self._weight)

    def _weigh(self) -> None:
        score = self._log_prior + self._attention * self._log_likelihood
        self._weight = numeric.exp(score - score.max())

    def _curves(self, month: int) -> Float:
        """Shares of a month by every curve."""
        return np.asarray(self._start_share + self._rise * numeric.logistic(self._monthly * (month - self._midpoint)))

    def _fitted(self, curves: Float) -> float:
        """Logit of the mean of the weighted curves."""
        return logit(numeric.weighted_mean(curves, self._weight))


def drift_belief(cohort: Cohort, start_share: float) -> DriftBelief:
    """Belief of a cohort that has seen nothing yet but flat history, up to a month before its lag reaches back.

    Parameters
    ----------
    cohort
        Whose belief.
    start_share
        Batch share before the start.
    """
    start = logit(start_share)
    if cohort.mix == "naive":
        return Frozen(start, cohort.attention)
    if cohort.mix == "extrapolator":
        return Trending(LinearTrend(start, 0.0, trend_gains(cohort.attention)))
    return LogisticFit(cohort, start_share, -cohort.lag_months - 1)
