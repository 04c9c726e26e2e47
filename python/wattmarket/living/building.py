"""What stands, what is being built, and what could be: accelerators, shells, plants, equipment, connections."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from wattmarket import numeric
from wattmarket.beliefs import ForwardCurves, Standing
from wattmarket.contracts import AcceleratorFleet, EquipmentQueue, PlantFleet, PpaOffers, ShellStock
from wattmarket.living.rows import WorldRows
from wattmarket.model.ground import Ground
from wattmarket.model.market import opening_ages, silicon_lives
from wattmarket.queue import InterconnectionQueue, QueueRule, QueueZones
from wattmarket.scenario import Scenario
from wattmarket.spot import SpotState
from wattmarket.units import MONTHS_PER_YEAR, MUSD_PER_KWH_PER_USD_PER_MWH, MUSD_PER_USD
from wattmarket.world import World

__all__ = ["Building"]

Float = NDArray[np.float64]
Integer = NDArray[np.int64]

PLANNING_MONTHS: Final = 24
"""A utility starts one part in so many of the plants that it wants each month (assumption)."""

PLANNING_HORIZON_MONTHS: Final = 36

LONGEST_BUILD_MONTHS: Final = 600


class Building:
    """Physical capacity of the world, and everybody's place in line for more.

    Parameters
    ----------
    ground, world, rows
        The scenario on its world.
    runner
        int64 [S]: agent that runs the accelerators of the start.
    agents
        Number of agents; the fleet has one row more, for creditors.

    Attributes
    ----------
    fleet, shells, plants, turbines, queue
        Accelerators, shells, power plants, turbines on order, and requests for connections.
    ppa_offers
        PPAs on offer this month.
    headroom_kw
        int64 [Z]: new load of metro sites that distribution grids can still take, kW of IT.
    release_kw
        int64 [Z]: slots released in a month, kW of grid.
    lives
        int64 [H]: months that accelerators of each class live.
    """

    def __init__(self, ground: Ground, world: World, rows: WorldRows, runner: Integer, agents: int) -> None:
        scenario = ground.scenario
        self._ground = ground
        self._rows = rows
        self.lives = silicon_lives(scenario)
        self._turbine_slots = scenario.contracts.turbine_slots_gw_per_year
        self.turbines = EquipmentQueue.turbines(self._turbine_slots)
        self.plants = PlantFleet(world.zones, _with_restarts(world.generators, scenario.contracts.restart_scale))
        self.ppa_offers: PpaOffers = self.plants.offers()
        self._zones = QueueZones.from_world(world.zones, scenario.queue.filed_per_firm_kw)
        self.queue = InterconnectionQueue(self._zones, queue_rule(scenario), scenario.run.seed)
        self.release_kw: Integer = self._zones.release_kw_per_month
        self.headroom_kw: Integer = np.zeros(len(rows.zone_key), dtype=np.int64)
        self._open(scenario, runner, agents)

    def _open(self, scenario: Scenario, runner: Integer, agents: int) -> None:
        """Put in what stands at the start."""
        sites = self._ground.sites
        count = len(sites.zone)
        self.fleet = AcceleratorFleet(agents + 1, count)
        operating = np.zeros((agents + 1, count), dtype=np.int64)
        operating[runner, np.arange(count)] = sites.pool_kw
        self.fleet.seed(operating, self.lives[sites.silicon], opening_ages(scenario))
        self.shells = ShellStock(sites.shell_kw, sites.grid_kw, sites.btm_kw, sites.btm_cost, LONGEST_BUILD_MONTHS)

    def begin_month(self, *, changed: bool) -> None:
        """Go to the month that the ground is in: deliver, widen distribution grids, take new parameters."""
        ground = self._ground
        self.plants.advance(ground.tick)
        self.turbines.advance(ground.tick)
        if ground.tick:
            self.shells.advance()
        slots = ground.now.contracts.turbine_slots_gw_per_year
        if slots != self._turbine_slots:
            self._turbine_slots = slots
            self.turbines.resize(slots)
        if changed:
            self.plants.change(ground.factors)
            release = self._zones.release_kw_per_month * ground.factors.slot_release_scale
            self.release_kw = numeric.to_integer(np.floor(release), "slot_release_scale")
            self.queue.change(rule=queue_rule(ground.now), release_kw_per_month=self.release_kw)
        wider = np.floor(self.release_kw * ground.now.contracts.distribution_share / self._rows.zone_pue)
        self.headroom_kw = self.headroom_kw + numeric.to_integer(wider, "distribution_share")
        self.ppa_offers = self.plants.offers(tenor_months=ground.now.contracts.ppa_tenor_months)

    def fuel_musd_per_kwh(self) -> int:
        """What running a plant behind the meter costs, micro-$ per kWh."""
        usd_per_mwh = self._ground.now.contracts.turbine_fuel_usd_per_mwh
        return int(numeric.to_integer(usd_per_mwh * MUSD_PER_KWH_PER_USD_PER_MWH, "turbine_fuel_usd_per_mwh"))

    def room_kw(self, months_ahead: int = 0) -> Integer:
        """Shell that could still be started, now or some months from now, int64 [S]; nothing under a moratorium."""
        shells = self.shells
        if not self._ground.now.agents.new_shells:
            return np.zeros_like(shells.shell_kw)
        return np.asarray(np.maximum(self._buildable_kw(months_ahead) - shells.shell_kw - shells.pipeline_shell_kw, 0))

    def _buildable_kw(self, months_ahead: int) -> Integer:
        """Shell that could stand in all some months from now, int64 [S]; land for core sites is found year by year."""
        sites = self._ground.sites
        years = (self._ground.tick + months_ahead) / MONTHS_PER_YEAR
        growth = float(numeric.power(self._ground.now.agents.land_growth_per_year, years))
        grown = np.where(sites.edge, 1.0, growth) * sites.buildable_kw
        return numeric.to_integer(np.floor(grown), "land_growth_per_year")

    def on_market(self) -> NDArray[np.bool_]:
        """Sites whose vacant space is let this month, bool [S].

        Sites take turns, so that space is let in blocks; each keeps its place in the round.
        """
        months = self._ground.now.agents.letting_months
        place = (self._rows.site_key % np.uint64(months)).astype(np.int64)
        return np.asarray(place == self._ground.tick % months)

    def vacant_kw(self, months: int) -> Integer:
        """Halls that stand in so many months and that nobody fills then or has ordered for later, int64 [S].

        After a default halls are begun that nobody fills; they are vacant from when they stand.
        """
        return np.maximum(np.minimum(self._in_all_kw(months), self._ahead_kw(months)), 0)

    def unlet_kw(self, months: int) -> Integer:
        """Halls, standing or begun, that nobody fills from each month ahead on, int64 [months + 1, S]."""
        ahead = [self._ahead_kw(month) for month in range(months + 1)]
        least = np.minimum.accumulate(np.stack([self._in_all_kw(months), *reversed(ahead)]))[::-1]
        return np.maximum(least[:-1], 0)

    def _ahead_kw(self, months: int) -> Integer:
        """Halls that stand in so many months, less what runs in them then, int64 [S].

        At the auction this month's halls stand already; its accelerators come and go after it.
        """
        fleet = self.fleet
        return self.shells.at_horizon(months)[0] - fleet.at_horizon(months + 1) - fleet.due_by(months + 1)

    def _in_all_kw(self, months: int) -> Integer:
        """Halls that stand or are begun, less what still runs in so many months and all that is ordered, int64 [S]."""
        shells, fleet = self.shells, self.fleet
        return shells.shell_kw + shells.pipeline_shell_kw - fleet.at_horizon(months + 1) - fleet.pipeline_site_kw

    def state(self) -> SpotState:
        """What stands this month."""
        shells = self.shells
        return self._ground.state(
            self.fleet.operating_site_kw.copy(),
            shells.shell_kw.copy(),
            shells.grid_kw.copy(),
            step_kw=self.plants.step_kw(),
            step_cost=self.plants.step_cost,
            btm_kw=shells.btm_kw.copy(),
            btm_cost=shells.btm_cost,
        )

    def standing(self, months: int) -> Standing:
        """The supply side at a horizon, as every cohort knows it."""
        ground, shells = self._ground, self.shells
        sites = ground.sites
        state = ground.state(
            self.fleet.at_horizon(months),
            shells.shell_kw.copy(),
            shells.grid_kw.copy(),
            step_kw=self.plants.step_kw_at(months, candidates=True),
            step_cost=self.plants.step_cost,
            btm_kw=shells.btm_kw.copy(),
            btm_cost=shells.btm_cost,
        )
        soon = sites.build_months <= months
        released = self.queue.free_kw + self.release_kw * months
        return Standing(
            state=state,
            pipeline_pool_kw=self.fleet.due_by(months),
            pipeline_shell_kw=shells.pipeline_shell_kw,
            pipeline_grid_kw=shells.pipeline_grid_kw,
            land_kw=np.where(soon, self.room_kw(months), 0),
            slot_kw=numeric.to_integer(np.floor(np.maximum(released, 0) / self._rows.zone_pue), "slots"),
            entry_cost=ground.costs.entry_musd_per_kwh,
            refresh_cost=ground.costs.refresh_musd_per_kwh,
        )

    def ppa_price(self) -> Float:
        """What a PPA is expected to cost, float64 [Z] $ per kW-month: the cheapest ask, infinite without one."""
        price = np.full(len(self.headroom_kw), np.inf)
        some = self.ppa_offers.kw > 0
        np.minimum.at(price, self.ppa_offers.zone[some], self.ppa_offers.ask[some] / MUSD_PER_USD)
        return price

    def complete(self) -> tuple[Integer, Integer]:
        """Complete and retire what is due: accelerators completed and retired, int64 [S] kW."""
        tick = self._ground.tick
        if tick == 0:
            none = np.zeros_like(self._ground.sites.zone)
            return none, none
        return self.fleet.advance(tick)

    def plan_plants(self, curves: ForwardCurves) -> None:
        """Let utilities build what a zone's expected price pays for, a part of it every month.

        Parameters
        ----------
        curves
            Forward curves; utilities plan by those of the first cohort, three years ahead.
        """
        plants = self.plants
        away = [abs(months - PLANNING_HORIZON_MONTHS) for months in curves.horizons]
        expected = curves.lmp[0, away.index(min(away))][plants.zone]
        pays = plants.step_cost < expected
        if self._ground.now.contracts.restarts_need_contracts:
            pays &= ~plants.dormant
        wanted = np.where(pays, plants.buildable_kw, 0) // PLANNING_MONTHS
        rows = np.flatnonzero(wanted > 0)
        if len(rows):
            plants.build(rows, wanted[rows], self._ground.tick)


def _with_restarts(generators: pl.DataFrame, scale: float) -> pl.DataFrame:
    """The generators with dormant plants so many times as large."""
    dormant = generators["state"] == "dormant"
    return generators.with_columns(pl.when(dormant).then(pl.col("grid_mw") * scale).otherwise(pl.col("grid_mw")))


def queue_rule(scenario: Scenario) -> QueueRule:
    """Rule of interconnection that a scenario asks for."""
    queue = scenario.queue
    rule = {"fcfs": QueueRule.fcfs, "cluster": QueueRule.cluster, "auction": QueueRule.auction}[queue.mechanism]()
    changes: dict[str, object] = {
        "minimum_take_share": queue.minimum_take_share,
        "minimum_take_months": queue.minimum_take_months,
        "minimum_take_usd_per_kw_month": queue.minimum_take_usd_per_kw_month,
        "resale": rule.resale and queue.resale,
    }
    if queue.mechanism != "cluster":
        changes["security_usd_per_kw"] = queue.security_usd_per_kw
    return rule.changed(**changes)
