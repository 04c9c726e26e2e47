"""The market without agents, one month at a time: capacity follows competitive entry or a table."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wattmarket import numeric
from wattmarket.capacity.entry import EntryDecision, decide_entry, forecast_demand
from wattmarket.capacity.path import CapacityPath
from wattmarket.capacity.pipeline import initial_pipeline
from wattmarket.capacity.sites import SiteColumns
from wattmarket.capacity.stock import CapacityStock
from wattmarket.capacity.supply import ZoneSupply
from wattmarket.demand import MonthDemand
from wattmarket.model.ground import Ground
from wattmarket.model.tables import MonthResult, record_of
from wattmarket.scenario import Scenario
from wattmarket.spot import SILICON_CLASSES, SpotDemand, SpotState
from wattmarket.tick import TickRecord
from wattmarket.units import MONTHS_PER_YEAR
from wattmarket.world import World

__all__ = ["Model"]

Float = NDArray[np.float64]
Integer = NDArray[np.int64]


class Model:
    """A scenario played on a world, month by month, with capacity by `entry` or `path`.

    Parameters
    ----------
    scenario
        Everything that is decided; dated events included.
    world
        The world it is played on.

    Attributes
    ----------
    ticks_total
        Months that the scenario asks for.

    Examples
    --------
    >>> from wattmarket.scenario import Scenario
    >>> from wattmarket.world import WorldConfig, build_world
    >>> scenario = Scenario().with_settings(["capacity.mode=entry"])
    >>> model = Model(scenario, build_world(WorldConfig(metros=20, sites=50)))
    >>> model.step().tables["ticks"]["edge_index"].tolist()
    [100.0]
    """

    def __init__(self, scenario: Scenario, world: World) -> None:
        self.scenario = scenario
        self.ticks_total = scenario.run.months
        self._path = _capacity_path(scenario, world)
        self._ground = Ground(scenario, world, forecasts=self._path is None)
        self._supply = ZoneSupply(world.zones, world.generators)
        self._stock = initial_stock(scenario, self._ground.sites)
        self._taken_kw: Integer = np.zeros(len(world.zones), dtype=np.int64)

    def step(self) -> TickRecord:
        """Play the next month."""
        ground = self._ground
        self._begin_month()
        demand = ground.advance_demand()
        completed, retired = self._advance_capacity()
        state = self._state()
        clearing = ground.clear_spot(demand, state)
        quotes = ground.read(clearing, state)
        indices = ground.link_indices(quotes.value_usd_per_mw, self._stock.shell_kw)
        decision = self._build(demand)
        ground.prices = ground.price_signal(clearing, demand)
        return record_of(
            MonthResult(
                tick=ground.tick,
                layout=ground.spot.layout,
                demand=demand,
                state=state,
                clearing=clearing,
                quotes=quotes,
                indices=indices,
                started_kw=None if decision is None else decision.build.pool_kw + decision.refresh.pool_kw,
                entry_rent=None if decision is None else decision.entry_rent,
                completed_kw=completed,
                retired_kw=retired,
                pipeline_kw=self._stock.pipeline_pool_kw,
                slots_kw=np.maximum(self._supply.released_kw() - self._taken_kw, 0),
                room_kw=np.maximum(ground.sites.buildable_kw - self._stock.shell_kw, 0),
            ),
            ground.ids,
            ground.sites,
            ground.workloads,
        )

    @property
    def ground(self) -> Ground:
        """The scenario on its world, as of the last month played."""
        return self._ground

    def open(self) -> tuple[SpotDemand, SpotState]:
        """Go to the first month and give what its spot market clears, without clearing it."""
        self._begin_month()
        demand = self._ground.advance_demand()
        self._advance_capacity()
        return self._ground.spot_demand(demand.reference_kw), self._state()

    def _begin_month(self) -> None:
        if self._ground.begin_month():
            self._supply.change(self._ground.factors)

    def _advance_capacity(self) -> tuple[Integer, Integer]:
        """Release slots, retire, complete; with a path, install what the table says."""
        ground = self._ground
        if ground.tick > 0:
            self._supply.advance()
        if self._path is not None:
            return self._path.install(self._stock, ground.month, first=ground.tick == 0)
        if ground.tick > 0:
            return self._stock.advance()
        for starts in initial_pipeline(ground.now, ground.sites, self._stock):
            self._stock.start(starts)
            np.add.at(self._taken_kw, ground.sites.zone, starts.shell_kw)
        none = np.zeros_like(self._stock.pool_kw)
        return none, none

    def _state(self, months_ahead: int = 0) -> SpotState:
        """What stands now, or will some months from now if nothing more is started."""
        stock = self._stock
        pool, shell, grid = (
            stock.at_horizon(months_ahead)
            if months_ahead
            else (stock.pool_kw.copy(), stock.shell_kw.copy(), stock.grid_kw.copy())
        )
        return self._ground.state(
            pool, shell, grid, step_kw=self._supply.step_kw(months_ahead), step_cost=self._supply.step_cost
        )

    def _build(self, demand: MonthDemand) -> EntryDecision | None:
        """Let builders forecast, decide and start."""
        ground = self._ground
        if ground.forecast is None:
            return None
        months = ground.now.capacity.lead_months
        expected = forecast_demand(demand.reference_kw, demand.growth_per_year, months)
        decision = decide_entry(
            ground.forecast,
            ground.spot_demand(expected),
            ground.now,
            state=self._state(months),
            slots_kw=np.maximum(self._supply.released_kw(months) - self._taken_kw, 0),
            columns=ground.sites,
            costs=ground.costs,
            stock=self._stock,
        )
        for starts in (decision.build, decision.refresh):
            self._stock.start(starts)
        np.add.at(self._taken_kw, ground.sites.zone, decision.build.shell_kw)
        return decision


def initial_stock(scenario: Scenario, sites: SiteColumns) -> CapacityStock:
    """Build the stock of the start."""
    life = silicon_lives(scenario)[sites.silicon]
    weights = opening_ages(scenario)
    horizon = max(
        int(sites.build_months.max(initial=1)), scenario.capacity.silicon_lead_months, scenario.capacity.lead_months
    )
    return CapacityStock(
        sites.pool_kw, sites.shell_kw, sites.grid_kw, life_months=life, age_weights=weights, horizon_months=horizon
    )


def opening_ages(scenario: Scenario) -> Float:
    """Share of each age in months among the accelerators of the start: demand grew at the first leg's rate."""
    ages = np.arange(int(silicon_lives(scenario).min()), dtype=np.float64)
    return numeric.power(np.full_like(ages, scenario.demand.growth[0].per_year), -ages / MONTHS_PER_YEAR)


def silicon_lives(scenario: Scenario) -> Integer:
    """Life of each silicon class, int64 [H] months."""
    return np.array(
        [round(getattr(scenario.silicon, name).life_years * MONTHS_PER_YEAR) for name in SILICON_CLASSES],
        dtype=np.int64,
    )


def _capacity_path(scenario: Scenario, world: World) -> CapacityPath | None:
    if scenario.capacity.mode != "path":
        return None
    return CapacityPath.read(scenario.file(scenario.capacity.file), world.sites["site_id"].to_list())
