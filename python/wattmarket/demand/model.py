"""Demand of every metro and workload, month by month, at reference prices."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wattmarket import numeric
from wattmarket.demand.adoption import metro_shares, years_since_2023
from wattmarket.demand.batch_share import batch_share
from wattmarket.demand.paths import GrowthLegs
from wattmarket.errors import InputError
from wattmarket.months import month_number
from wattmarket.scenario import Scenario, Workload
from wattmarket.schema.world import EDGE_KINDS
from wattmarket.units import KW_PER_GW, MONTHS_PER_YEAR
from wattmarket.world import World

__all__ = ["DemandModel", "MonthDemand", "PriceSignal", "growth_legs"]

Float = NDArray[np.float64]

NOISE_PERSISTENCE = 0.9
"""How much of a metro's demand shock is left a month later (assumption)."""


@dataclass(frozen=True, slots=True)
class PriceSignal:
    """Last month's prices as substitution sees them, $/MWh of IT.

    Parameters
    ----------
    interactive_usd_per_mwh, tolerant_usd_per_mwh
        Mean delivered prices of the two groups, weighted by reference demand.
    """

    interactive_usd_per_mwh: float
    tolerant_usd_per_mwh: float


@dataclass(frozen=True, slots=True)
class MonthDemand:
    """Demand of one month.

    Parameters
    ----------
    reference_kw
        float64 [M, K]: demand at reference prices, kW of IT.
    batch_share
        Share of inference that tolerates any latency.
    told_batch_share
        The share that agents hear of, before lag and noise: another one only where `drift.reaches` says so.
    growth_per_year
        float64 [K]: the yearly growth in force, by which naive builders extrapolate.
    """

    reference_kw: Float
    batch_share: float
    told_batch_share: float
    growth_per_year: Float


class DemandModel:
    """Turns a scenario into the demand of each month.

    Parameters
    ----------
    world
        Gives the metros, their weights, and where cloud and enterprise load stands.
    seed
        Seed of the keyed draws.
    """

    def __init__(self, world: World, seed: int) -> None:
        self._weight: Float = world.metros["demand_weight"].to_numpy()
        self._population: Float = world.metros["population_m"].to_numpy()
        self._entity = numeric.entity_hash(world.metros["metro_id"].to_list())
        self._non_ai_share = _non_ai_shares(world)
        self._seed = seed
        self._shock: Float = np.zeros(len(self._weight))
        self._power_kw: float | None = None
        self._non_ai_kw = 0.0
        self._to_next = (1.0, 1.0)

    def advance(self, scenario: Scenario, month: int, tick: int, prices: PriceSignal | None) -> MonthDemand:
        """Draw the demand of the next month.

        Parameters
        ----------
        scenario
            The parameters in force; its K workloads, in their order, are the columns.
        month
            Month number.
        tick
            Months since the start of the run; keys the draws.
        prices
            Last month's prices, or None in the first month.
        """
        demand = scenario.demand
        draws = numeric.normal(self._seed, "demand noise", self._entity, tick)
        self._shock = NOISE_PERSISTENCE * self._shock + demand.noise_sd * draws
        legs = growth_legs(scenario)
        power_kw, non_ai_kw = self._grow(scenario, legs, month)
        reference = _reference_prices(scenario.workload, month)
        share, told = (
            batch_share(scenario, month, tick, seed=self._seed, prices=prices, reference=reference, drifts=reached)
            for reached in (scenario.drift.reaches != "agents", scenario.drift.reaches != "demand")
        )
        expected = self.expected(scenario, month, power_kw=power_kw, non_ai_kw=non_ai_kw, batch_share=share)
        growth = [
            demand.non_ai_growth_per_year if workload.entry == "shell" else legs.rate(month)
            for workload in scenario.workload
        ]
        return MonthDemand(expected * numeric.exp(self._shock)[:, None], share, told, np.array(growth))

    def expected(
        self, scenario: Scenario, month: int, *, power_kw: float, non_ai_kw: float, batch_share: float
    ) -> Float:
        """Demand of a month at reference prices, without noise, for a world that somebody expects.

        Parameters
        ----------
        scenario
            Gives the workload mix, the inference share and adoption of the month.
        month
            Month number; any, also one to come.
        power_kw, non_ai_kw
            World AI power, and cloud and enterprise load, kW of IT.
        batch_share
            Share of inference that tolerates any latency.

        Returns
        -------
        float64 [M, K]
            kW of IT.
        """
        demand = scenario.demand
        inference = demand.inference_share.at(month)
        shares = metro_shares(
            self._weight,
            self._population,
            years_since_2023(month),
            midpoint_years=demand.adoption_midpoint_years,
            lag_years=demand.adoption_lag_years,
            speed_per_year=demand.adoption_speed_per_year,
        )
        kw = []
        for workload, part in zip(scenario.workload, _mix(scenario.workload, month, batch_share), strict=True):
            if workload.entry == "shell":
                kw.append(non_ai_kw * part)
                continue
            group_kw = power_kw * ((1.0 - inference) if workload.training else inference)
            if workload.group == "interactive":
                group_kw *= 1.0 - demand.on_device_share.at(month)
            kw.append(group_kw * part)
        at_shell = np.array([workload.entry == "shell" for workload in scenario.workload])
        return np.array(kw) * np.where(at_shell, self._non_ai_share[:, None], shares[:, None])

    @property
    def power_kw(self) -> float:
        """AI power of the world this month at reference prices, without noise, kW of IT.

        Raises
        ------
        InputError
            Before the first month was drawn.
        """
        if self._power_kw is None:
            raise InputError("power_kw: no month was drawn yet; advance comes first")
        return self._power_kw

    @property
    def non_ai_kw(self) -> float:
        """Cloud and enterprise load of the world this month, kW of IT; raises as `power_kw` does."""
        if self._power_kw is None:
            raise InputError("non_ai_kw: no month was drawn yet; advance comes first")
        return self._non_ai_kw

    def _grow(self, scenario: Scenario, legs: GrowthLegs, month: int) -> tuple[float, float]:
        """Carry AI power and other load from last month to this one, at the growth that was in force then.

        Month by month, so that an event that changes growth changes the future and not the past: like a leg that
        begins, it shows in demand from the month after on.
        """
        demand = scenario.demand
        if self._power_kw is None:
            self._power_kw = demand.ai_power_start_gw * KW_PER_GW
            self._non_ai_kw = demand.non_ai_power_start_gw * KW_PER_GW
        else:
            self._power_kw *= self._to_next[0]
            self._non_ai_kw *= self._to_next[1]
        self._to_next = (legs.monthly(month), numeric.power(demand.non_ai_growth_per_year, 1.0 / MONTHS_PER_YEAR))
        return self._power_kw, self._non_ai_kw


def _mix(workloads: tuple[Workload, ...], month: int, share: float) -> list[float]:
    """Part of its group's power that each workload takes (groups: training, all inference, other load)."""
    weights = [_share_at(workload, month) * workload.peak_factor for workload in workloads]
    sums = {"training": 0.0, "tolerant": 0.0, "interactive": 0.0, "non_ai": 0.0}
    for workload, weight in zip(workloads, weights, strict=True):
        sums[workload.group] += weight
    part_of_group = {"training": 1.0, "tolerant": share, "interactive": 1.0 - share, "non_ai": 1.0}
    return [
        part_of_group[workload.group] * weight / (sums[workload.group] or 1.0)
        for workload, weight in zip(workloads, weights, strict=True)
    ]


def _reference_prices(workloads: tuple[Workload, ...], month: int) -> PriceSignal:
    """Mean reference prices of the two groups of inference, weighted by kW as last month's prices are."""

    def mean(group: str) -> float:
        members = [workload for workload in workloads if workload.group == group]
        return numeric.weighted_mean(
            [workload.reference_usd_per_mwh for workload in members],
            [_share_at(workload, month) * workload.peak_factor for workload in members],
            empty=1.0,
        )

    return PriceSignal(mean("interactive"), mean("tolerant"))


def growth_legs(scenario: Scenario) -> GrowthLegs:
    """Growth of the world's AI power at reference prices."""
    legs = scenario.demand.growth
    return GrowthLegs(
        tuple(month_number(leg.until) for leg in legs if leg.until is not None), tuple(leg.per_year for leg in legs)
    )


def _share_at(workload: Workload, month: int) -> float:
    return workload.share.at(month)


def _non_ai_shares(world: World) -> Float:
    """Share of each metro in cloud and enterprise load: where edge shells stand that accelerators don't fill."""
    position = {metro: row for row, metro in enumerate(world.metros["metro_id"].to_list())}
    home = np.array([position[metro] for metro in world.sites["metro_id"].to_list()], dtype=np.int64)
    edge = np.isin(world.sites["kind"].to_numpy(), EDGE_KINDS)
    free = np.where(edge, np.maximum(world.sites["shell_mw"].to_numpy() - world.sites["pool_mw"].to_numpy(), 0.0), 0.0)
    by_metro = numeric.group_total(free, home, len(position))
    total = numeric.total(by_metro)
    return np.asarray(by_metro / total) if total > 0.0 else np.zeros(len(position))
