"""What every cohort has seen of demand and its mix, late and with noise, and what it expects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wattmarket import numeric
from wattmarket.beliefs.cohorts import Cohort
from wattmarket.beliefs.drift import DriftBelief, drift_belief, logit, share_of_logit
from wattmarket.beliefs.trend import LinearTrend, growth_ahead, trend_gains
from wattmarket.errors import InputError
from wattmarket.units import MONTHS_PER_YEAR

__all__ = ["Beliefs", "Outlook"]

Float = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a cohort expects of a month.

    Parameters
    ----------
    power_kw
        AI power of the world at reference prices, kW of IT.
    batch_share
        Share of inference that tolerates any latency.
    """

    power_kw: float
    batch_share: float


@dataclass(slots=True)
class _View:
    """The state of one cohort: log power, and the logit of the batch share."""

    power: LinearTrend
    drift: DriftBelief


class Beliefs:
    """The cohorts' beliefs, moved by one observation a month.

    At tick t a cohort with lag L sees the month t − L, with noise keyed by its name. Of months before the start it saw
    that power grew at a steady rate and that the batch share was flat, both without noise; so everyone begins with
    the same past and no opinion about the drift but its prior.

    Parameters
    ----------
    cohorts
        C cohorts.
    seed
        Seed of the keyed draws.
    start_month
        Month number of tick 0.
    growth_per_year
        Yearly growth factor of power before the start (in a run that of its first leg).
    batch_share
        Batch share before the start.

    Raises
    ------
    InputError
        If there is no cohort, two have one name, the growth is not positive or the share not within 0 and 1.

    Examples
    --------
    >>> from wattmarket.beliefs import DEFAULT_COHORTS
    >>> beliefs = Beliefs(DEFAULT_COHORTS, 0, 24276, growth_per_year=1.2, batch_share=0.1)
    >>> beliefs.observe(0, 1000.0, 0.1)
    >>> outlook = beliefs.forecast(0, 12)
    >>> round(outlook.power_kw), round(outlook.batch_share, 6)
    (1192, 0.1)
    """

    def __init__(
        self,
        cohorts: Sequence[Cohort],
        seed: int,
        start_month: int,
        *,
        growth_per_year: float = 1.0,
        batch_share: float = 0.1,
    ) -> None:
        names = [cohort.name for cohort in cohorts]
        if not names:
            raise InputError("cohorts: there is none")
        for name in names:
            if names.count(name) > 1:
                raise InputError(f"cohorts: {name!r}: two cohorts have this name")
        if not growth_per_year > 0.0:
            raise InputError(f"growth_per_year: {growth_per_year}: must be positive")
        if not 0.0 <= batch_share <= 1.0:
            raise InputError(f"batch_share: {batch_share}: must be within 0 and 1")
        self.cohorts = tuple(cohorts)
        self.tick = -1
        self._start_month = start_month
        self._seed = seed
        self._entity = [int(entity) for entity in numeric.entity_hash(names).tolist()]
        self._slope = numeric.log(growth_per_year) / MONTHS_PER_YEAR
        self._start_logit = logit(batch_share)
        self._log_power: list[float] = []
        self._logit: list[float] = []
        self._views: list[_View] = []
        self._drift = [drift_belief(cohort, batch_share) for cohort in self.cohorts]

    @property
    def month(self) -> int:
        """Month number of the tick observed last."""
        return self._start_month + self.tick

    def observe(self, tick: int, power_kw: float, batch_share: float) -> None:
        """Take the true values of a month; each cohort sees what its lag lets through.

        Parameters
        ----------
        tick
            Months since the start, one more than last time.
        power_kw
            AI power of the world at reference prices, kW of IT.
        batch_share
            Share of inference that tolerates any latency.

        Raises
        ------
        InputError
            If a tick is left out or comes twice, power is not positive, or the share not within 0 and 1.
        """
        if tick != self.tick + 1:
            raise InputError(f"tick: {tick}: expected {self.tick + 1}, the one after the last")
        # Both conditions are false for NaN.
        if not 0.0 < power_kw < float("inf"):
            raise InputError(f"power_kw: {power_kw}: must be positive and finite")
        if not 0.0 <= batch_share <= 1.0:
            raise InputError(f"batch_share: {batch_share}: must be within 0 and 1")
        self.tick = tick
        self._log_power.append(numeric.log(power_kw))
        self._logit.append(logit(batch_share))
        if not self._views:
            self._views = [self._at_start(row) for row in range(len(self.cohorts))]
        for row, view in enumerate(self._views):
            log_power, share = self._seen(row)
            view.power.update(log_power)
            view.drift.update(share)

    def forecast(self, cohort: int, months_ahead: int) -> Outlook:
        """Forecast the month so many after the tick observed last.

        Parameters
        ----------
        cohort
            Position of the cohort.
        months_ahead
            0 (this month, which its lag hides from it) or more.

        Raises
        ------
        InputError
            Before the first observation, or if `months_ahead` is negative.
        """
        if not self._views:
            raise InputError("forecast: nothing was observed yet; observe comes first")
        if months_ahead < 0:
            raise InputError(f"months_ahead: {months_ahead}: must not be negative")
        who, view = self.cohorts[cohort], self._views[cohort]
        months = who.lag_months + months_ahead
        growth = growth_ahead(
            view.power.slope,
            months,
            long_run_per_year=who.growth_long_run,
            half_life_months=who.growth_half_life_months,
        )
        return Outlook(numeric.exp(view.power.level + growth), share_of_logit(view.drift.ahead(months)))

    def forecast_error(self, power_kw: float, batch_share: float) -> Float:
        """How far each cohort's forecast of the month after the tick observed last is off: float64 [C].

        Root of the squared errors of log power and of the logit of the batch share together; nil before any month.

        Parameters
        ----------
        power_kw, batch_share
            True values of that month, as `observe` takes them.
        """
        if not self._views:
            return np.zeros(len(self.cohorts))
        return np.array([self._miss(row, power_kw, batch_share) for row in range(len(self.cohorts))])

    def _miss(self, row: int, power_kw: float, batch_share: float) -> float:
        outlook = self.forecast(row, 1)
        power = numeric.log(outlook.power_kw / power_kw)
        share = logit(outlook.batch_share) - logit(batch_share)
        return float(np.sqrt(power * power + share * share))

    def _at_start(self, row: int) -> _View:
        """State before the month that the lag reaches back to at tick 0."""
        cohort = self.cohorts[row]
        level = self._log_power[0] - (cohort.lag_months + 1) * self._slope
        return _View(LinearTrend(level, self._slope, trend_gains(cohort.gain)), self._drift[row])

    def _seen(self, row: int) -> tuple[float, float]:
        """Log power and logit of the batch share as a cohort sees them this tick."""
        cohort = self.cohorts[row]
        month = self.tick - cohort.lag_months
        if month < 0:
            return self._log_power[0] + month * self._slope, self._start_logit
        power, share = self._log_power[month], self._logit[month]
        if cohort.noise_sd > 0.0:
            power += cohort.noise_sd * numeric.normal(self._seed, "published power", self._entity[row], month)
            share += cohort.noise_sd * numeric.normal(self._seed, "published batch share", self._entity[row], month)
        return power, share
