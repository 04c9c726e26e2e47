"""Power plants of all zones: what generates, what is being built, what it costs."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from wattmarket import numeric
from wattmarket.contracts.offers import FIRMING_USD_PER_MWH
from wattmarket.contracts.steps import GenerationSteps
from wattmarket.contracts.underwriting import PlantCosts, plant_costs
from wattmarket.errors import InputError, InvariantError
from wattmarket.numeric.growing import Integer
from wattmarket.scenario import ZoneFactors
from wattmarket.units import HOURS_PER_MONTH, KW_PER_MW, MUSD_PER_KWH_PER_USD_PER_MWH

__all__ = ["PlantSupply"]


class PlantSupply:
    """What the plants of all zones generate and cost, in firm-equivalent kW of IT.

    Parameters
    ----------
    zones
        Table ``zones`` of a world, Z rows.
    generators
        Table ``generators``, G rows.
    firming_usd_per_mwh
        What owners ask for firmness by technology, $ per MWh of grid.

    Attributes
    ----------
    zone
        Row of each step's zone, int64 [G].
    technology, state
        Each step's technology and state at the start, G names.
    dormant
        Whether a step is a plant that was shut, bool [G]: it restarts whole.
    build_months
        From start to operation, int64 [G], at least 1.
    contracted_kw
        Sold under contract, int64 [G].
    costs
        What each step costs now.
    """

    def __init__(
        self,
        zones: pl.DataFrame,
        generators: pl.DataFrame,
        firming_usd_per_mwh: Mapping[str, float] = FIRMING_USD_PER_MWH,
    ) -> None:
        position = {zone: row for row, zone in enumerate(zones["zone_id"].to_list())}
        self.zone: Integer = np.array([position[zone] for zone in generators["zone_id"].to_list()], dtype=np.int64)
        self.technology: list[str] = generators["technology"].to_list()
        self.state: list[str] = generators["state"].to_list()
        self.build_months = np.maximum(numeric.to_integer(generators["build_months"].to_numpy(), "build_months"), 1)
        self.tick = 0
        ids = generators["generator_id"].to_list()
        self._key = numeric.entity_hash([*ids, *(f"{name}/unbuilt" for name in ids)])
        self._pue = zones["pue"].to_numpy()[self.zone]
        self._cost = generators["marginal_cost_usd_per_mwh"].to_numpy()
        self._fixed = generators["fixed_cost_usd_per_kw_year"].to_numpy()
        self._firming = np.array([firming_usd_per_mwh.get(name, 0.0) for name in self.technology], dtype=np.float64)
        self.dormant = np.array([state == "dormant" for state in self.state], dtype=np.bool_)
        operating = np.array([state == "operating" for state in self.state], dtype=np.bool_)
        size = numeric.to_integer(generators["grid_mw"].to_numpy() / self._pue * KW_PER_MW, "grid_mw")
        self._steps = GenerationSteps(size, operating, self.dormant)
        self.contracted_kw: Integer = np.zeros_like(size)
        self._most_kw = np.zeros_like(size)
        self.change(ZoneFactors(len(zones), np.zeros(len(zones))))

    def __len__(self) -> int:
        return len(self.zone)

    def change(self, factors: ZoneFactors) -> None:
        """Put the zone changes of a scenario in force: capacity and cost of plants."""
        self._steps.set_scale(factors.generation_scale[self.zone])
        scale = factors.marginal_cost_scale[self.zone]
        # The world states what running a restarted unit costs; of all others what their energy sells for.
        self.costs: PlantCosts = plant_costs(
            self.technology,
            cost_usd_per_mwh=self._cost * scale,
            fixed_usd_per_kw_year=self._fixed,
            pue=self._pue,
            contains_capital=~self.dormant,
            running_scale=scale,
        )
        firming = self._firming * scale * self._pue * MUSD_PER_KWH_PER_USD_PER_MWH
        # What underwrites a new kW of each step, by tenor, as it is asked for.
        self._least_strikes: dict[int, Integer] = {}
        self._ask = (self.costs.cost + numeric.to_integer(firming, "firming_usd_per_mwh")) * HOURS_PER_MONTH
        self.check()

    @property
    def step_cost(self) -> Integer:
        """Marginal cost of each step, micro-$ per kWh of IT, int64 [G]."""
        return self.costs.cost

    @property
    def building_kw(self) -> Integer:
        """What is under construction, int64 [G]."""
        return self._steps.out(self._steps.building.total)

    @property
    def buildable_kw(self) -> Integer:
        """What nobody has started, int64 [G]."""
        return self._steps.out(self._steps.buildable)

    def advance(self, tick: int) -> Integer:
        """Go to a tick; what is due begins to generate.

        Returns
        -------
        int64 [G]
            kW completed.

        Raises
        ------
        InputError
            If the tick lies before the one reached.
        """
        if tick < self.tick:
            raise InputError(f"tick: {tick} is before {self.tick}, which the plants have reached")
        completed = np.zeros_like(self.contracted_kw)
        for _ in range(self.tick, tick):
            completed += self._steps.advance()
        self.tick = int(tick)
        self.check()
        return self._steps.out(completed)

    def step_kw(self) -> Integer:
        """Count what generates now, int64 [G]."""
        return self._steps.out(self._steps.standing)

    def step_kw_at(self, months_ahead: int, candidates: bool) -> Integer:
        """Count what will generate in some months, int64 [G].

        Parameters
        ----------
        months_ahead
            What is under construction and due by then counts.
        candidates
            Count also what nobody has started and could still be built by then.
        """
        nominal = self._steps.standing + self._steps.building.within(months_ahead)
        still = candidates & (self.build_months <= months_ahead)
        return self._steps.out(nominal + np.where(still, self._steps.buildable, 0))

    def sellable_kw(self) -> Integer:
        """Count what could be under contract in all, int64 [G]."""
        return self._steps.out(self._steps.begun + self._steps.buildable)

    def check(self) -> None:
        """Check that no step is lost and none is sold twice; raise an `InvariantError` otherwise."""
        self._steps.check()
        self._most_kw = np.maximum(self._most_kw, self.sellable_kw())
        for row in np.flatnonzero((self.contracted_kw < 0) | (self.contracted_kw > self._most_kw))[:1].tolist():
            raise InvariantError(
                f"contracts: step {row}: {self.contracted_kw[row]} kW are sold of {self._most_kw[row]} kW"
            )
