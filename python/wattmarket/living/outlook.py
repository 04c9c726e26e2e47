"""What agents expect: cohorts, their forward curves, and what a kilowatt at every site will earn above its cost."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from wattmarket import numeric
from wattmarket.agents.population import Population
from wattmarket.agents.view import Discounting, excess_rents
from wattmarket.beliefs import (
    DEFAULT_COHORTS,
    Beliefs,
    Cohort,
    Fitness,
    Forecaster,
    ForwardCurves,
    choose,
    switch_shares,
)
from wattmarket.capacity.cost import SiteCosts
from wattmarket.demand import MonthDemand
from wattmarket.living.building import Building
from wattmarket.model.ground import Ground
from wattmarket.scenario import Scenario
from wattmarket.spot import SpotDemand
from wattmarket.units import MONTHS_PER_YEAR, USD_PER_KW_MONTH_PER_USD_PER_MWH

__all__ = ["Expectations"]

Float = NDArray[np.float64]
Integer = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Valuation:
    """Curves of some cohorts that are being cleared, and the tick in which they will be known."""

    cohorts: list[int]
    curves: Future[ForwardCurves]
    known: int


class Expectations:
    """Cohorts, who belongs to them, and what they expect of every site.

    Parameters
    ----------
    ground
        The scenario on its world.
    population
        The agents.
    liking
        float64 [A, S]: what a site is worth to an agent, as a multiple of what it will earn.

    Attributes
    ----------
    cohorts
        The cohorts.
    cohort
        int64 [A]: cohort of every agent.
    curves
        Forward curves, as last revalued.
    excess
        float64 [C, H + 1, S] $/kW-month: what a kW earns above its full cost, by cohort and knot (today, horizons).
    own_margin
        float64 [A, S] $/kW-month: what a kW delivered when a connection could be is worth above its cost at campuses,
        to those who file requests there.
    discounting
        How each agent weighs the future.
    liking
        As given.
    """

    def __init__(self, ground: Ground, population: Population, liking: Float) -> None:
        scenario = ground.scenario
        self._ground = ground
        self._key = population.entity
        self.liking = liking
        self.cohorts = cohorts_of(scenario)
        self.beliefs = Beliefs(
            self.cohorts,
            scenario.run.seed,
            ground.first_month,
            growth_per_year=scenario.demand.growth[0].per_year,
            batch_share=scenario.drift.start,
        )
        self.fitness = Fitness(len(self.cohorts), scenario.beliefs.memory)
        self.cohort: Integer = np.zeros(len(population), dtype=np.int64)
        self.discounting = Discounting.of(
            population.wacc, scenario.beliefs.horizons, scenario.silicon.air.life_years, scenario.silicon.air.wacc
        )
        self.own_margin: Float = np.zeros((len(population), len(ground.sites.zone)))
        self.excess: Float = np.zeros((len(self.cohorts), len(scenario.beliefs.horizons) + 1, len(ground.sites.zone)))
        self._parts = np.stack([ground.sites.edge, ~ground.sites.edge])
        self._horizons = scenario.beliefs.horizons
        self._expected_rent: Float | None = None
        self._curves: ForwardCurves | None = None
        # Cohorts whose curves are new since excess rents were read off them, and the costs that were taken off.
        self._revalued: list[int] = []
        self._costs: SiteCosts | None = None
        self._valuation: _Valuation | None = None
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="forecast")
        self._forecaster: Forecaster | None = None

    @property
    def curves(self) -> ForwardCurves:
        """Forward curves, as last revalued."""
        assert self._curves is not None
        return self._curves

    def observe(self, demand: MonthDemand) -> None:
        """Let the cohorts see the month, each late and with its noise."""
        self.beliefs.observe(self._ground.tick, self._ground.demand.power_kw, demand.told_batch_share)

    def judge(self, rent_musd_per_kwh: Integer, pool_kw: Integer) -> None:
        """Hold the month's rents against what each cohort expected of them a month ago.

        Parameters
        ----------
        rent_musd_per_kwh
            int64 [S]: what a pool earned this month above running and energy cost.
        pool_kw
            int64 [S]: accelerators standing; the weight of each site in the mean of its part, edge or core.

        Notes
        -----
        A cohort expects the first month on its way from the last rents to its first horizon. Its error is the root of
        the squared errors of the two parts' mean rents.
        """
        running = self._ground.costs.running_musd_per_kwh
        first = self.curves.price[:, 0] - self.curves.energy[:, 0] - running
        weight = np.where(self._parts, pool_kw, 0).astype(np.float64)
        rent, *ahead = _means(np.concatenate([rent_musd_per_kwh[None], first]).astype(np.float64), weight)
        if self._expected_rent is not None:
            gap = self._expected_rent - rent
            self.fitness.update(np.sqrt(gap[:, 0] * gap[:, 0] + gap[:, 1] * gap[:, 1]))
        self._expected_rent = rent + (np.array(ahead) - rent) / self._horizons[0]

    def switch_cohorts(self) -> None:
        """Let some agents review what they believe."""
        ground = self._ground
        beliefs = ground.now.beliefs
        if ground.tick:
            shares = switch_shares(self.fitness.values, beliefs.switching_intensity)
            self.cohort = choose(
                shares, self._key, ground.scenario.run.seed, ground.tick, beliefs.review_probability, self.cohort
            )

    def revalue(self, building: Building, *, network_changed: bool) -> None:
        """Let the cohorts whose turn it is clear their forecast networks; what they find is known some time later.

        Cohorts take turns: what one finds is known when the next begins. Networks are cleared on a thread of their own
        while months go on, and nothing that is decided in between depends on them. In the first month, and when the
        network itself has changed, everybody revalues and waits.
        """
        ground = self._ground
        everybody = network_changed or self._forecaster is None
        if everybody:
            assert ground.forecast is not None
            self._valuation = None
            life = building.lives[ground.sites.silicon]
            self._forecaster = Forecaster(ground.forecast, self.cohorts, self._horizons, life_months=life)
        elif self._valuation is not None and ground.tick >= self._valuation.known:
            self._learn(self._valuation)
        due = [row for row in range(len(self.cohorts)) if everybody or self._has_turn(row)]
        if due:
            assert self._forecaster is not None
            demands = [[self._expected(row, months) for months in self._horizons] for row in due]
            standings = [building.standing(months) for months in self._horizons]
            corner = ground.now.prices.corner
            curves = self._worker.submit(self._forecaster.revalue, demands, standings, corner=corner, cohorts=due)
            self._valuation = _Valuation(due, curves, ground.tick + self._months_between_turns())
        if everybody:
            assert self._valuation is not None
            self._learn(self._valuation)

    def _months_between_turns(self) -> int:
        return max(self._ground.now.beliefs.revaluation_months // len(self.cohorts), 1)

    def _has_turn(self, cohort: int) -> bool:
        """Whether a cohort revalues this month."""
        months = self._ground.now.beliefs.revaluation_months
        return (self._ground.tick - cohort * self._months_between_turns()) % months == 0

    def _learn(self, valuation: _Valuation) -> None:
        """Take in the curves that were being cleared."""
        found = valuation.curves.result()
        self._curves = found if self._curves is None else self._curves.updated(valuation.cohorts, found)
        self._revalued += valuation.cohorts
        self._valuation = None

    def close(self) -> None:
        """Wait for what is still being cleared, and let the thread go."""
        self._worker.shutdown(wait=True, cancel_futures=True)

    def _expected(self, cohort: int, months: int) -> SpotDemand:
        """Demand that a cohort forecasts."""
        ground = self._ground
        outlook = self.beliefs.forecast(cohort, months)
        growth = numeric.power(ground.now.demand.non_ai_growth_per_year, months / MONTHS_PER_YEAR)
        reference = ground.demand.expected(
            ground.now,
            ground.month + months,
            power_kw=outlook.power_kw,
            non_ai_kw=ground.demand.non_ai_kw * float(growth),
            batch_share=outlook.batch_share,
        )
        return ground.spot_demand(reference)

    def look_ahead(self, today_musd_per_kwh: Integer) -> None:
        """Read what a kW will earn above its full cost off the curves and this month's prices: `excess`."""
        costs, curves = self._ground.costs, self.curves
        capital = costs.silicon_usd_per_mwh + costs.shell_usd_per_mwh
        self.excess[:, 0] = excess_rents(today_musd_per_kwh, capital)
        for cohort in self._revalued if costs is self._costs else range(len(self.cohorts)):
            rent = curves.price[cohort] - curves.energy[cohort] - costs.running_musd_per_kwh
            self.excess[cohort, 1:] = excess_rents(rent, capital)
        self._revalued, self._costs = [], costs

    def weigh_sites(self, files: NDArray[np.bool_], months: int, site: Integer) -> None:
        """Find what a kW at some sites, delivered in so many months, is worth to those who file requests."""
        costs = self._ground.costs
        silicon = costs.silicon_usd_per_mwh[site] * USD_PER_KW_MONTH_PER_USD_PER_MWH
        full = silicon + costs.shell_usd_per_mwh[site] * USD_PER_KW_MONTH_PER_USD_PER_MWH
        agents = np.flatnonzero(files)
        rows = np.ix_(agents, site)
        margin = self._earned(agents, months, np.take(self.excess, site, axis=2)[self.cohort[agents]])
        margin += self.discounting.advantage[agents, None] * silicon
        margin += (self.liking[rows] - 1.0) * full
        self.own_margin[rows] = margin

    def _earned(self, agents: Integer, months: int, excess: Float) -> Float:
        """Discounted sum along agents' curves of what a kW delivered in so many months earns above cost, [B, N].

        Excess rents are those of each agent's cohort, by agent, knot and site, [B, H + 1, N].
        """
        lead = min(months, self.discounting.weight.shape[1] - 1)
        weight = self.discounting.weight[agents, lead, :, None]
        earned = weight[:, 0] * excess[:, 0]
        for knot in range(1, excess.shape[1]):
            earned += weight[:, knot] * excess[:, knot]
        return np.asarray(earned)


def _means(values: Float, weights: Float) -> Float:
    """Means of the rows of values by each row of weights, float64 [rows, weights]; nil where nothing weighs."""
    weight = numeric.total(weights, axis=-1)
    sums = numeric.total(values[:, None] * weights, axis=-1)
    return np.divide(sums, weight, out=np.zeros_like(sums), where=weight != 0.0)


def cohorts_of(scenario: Scenario) -> tuple[Cohort, ...]:
    """The default cohorts, as neglectful and attentive as the scenario says."""
    beliefs = scenario.beliefs
    return tuple(
        replace(
            cohort,
            neglect=min(cohort.neglect * beliefs.neglect_scale, 1.0),
            attention=min(cohort.attention * beliefs.attention_scale, 1.0),
        )
        for cohort in DEFAULT_COHORTS
    )
