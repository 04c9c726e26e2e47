"""The market as a whole, one month at a time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wattmarket import numeric
from wattmarket.capacity.cost import SiteCosts
from wattmarket.capacity.entry import EntryDecision, decide_entry, forecast_demand, musd
from wattmarket.capacity.path import CapacityPath
from wattmarket.capacity.pipeline import initial_pipeline
from wattmarket.capacity.sites import SiteColumns, site_costs
from wattmarket.capacity.stock import CapacityStock
from wattmarket.capacity.supply import ZoneSupply
from wattmarket.demand import DemandModel, DemandSteps, MonthDemand, PriceSignal, demand_steps
from wattmarket.finance import annuity_factor
from wattmarket.model.quotes import Quotes, quote
from wattmarket.model.tables import Ids, MonthResult, record_of
from wattmarket.months import month_name, month_number
from wattmarket.scenario import Scenario, Workload, zone_factors
from wattmarket.spot import (
    SILICON_CLASSES,
    RentReader,
    SpotClearing,
    SpotDemand,
    SpotMarket,
    SpotState,
    spot_layout,
)
from wattmarket.tick import TickRecord
from wattmarket.units import KW_PER_MW, MONTHS_PER_YEAR, MUSD_PER_KWH_PER_USD_PER_MWH
from wattmarket.valuation import ChainedIndex
from wattmarket.world import World

__all__ = ["Model"]

Float = NDArray[np.float64]
Integer = NDArray[np.int64]


class Model:
    """A scenario played on a world, month by month.

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
    >>> model = Model(Scenario(), build_world(WorldConfig(metros=20, sites=50)))
    >>> model.step().tables["ticks"]["edge_index"].tolist()
    [100.0]
    """

    def __init__(self, scenario: Scenario, world: World) -> None:
        self.scenario = scenario
        self.world = world
        self.ticks_total = scenario.run.months
        self._first_month = month_number(scenario.run.start)
        self._tick = -1
        self._sites = SiteColumns.of(world)
        self._supply = ZoneSupply(world.zones, world.generators)
        self._ids = Ids.of(world, scenario.workload)
        self._demand = DemandModel(world, scenario.run.seed)
        self._stock = _initial_stock(scenario, self._sites)
        self._taken_kw: Integer = np.zeros(len(world.zones), dtype=np.int64)
        self._link_kw = numeric.to_integer(world.links["capacity_mw"].to_numpy() * KW_PER_MW, "capacity_mw")
        self._link_cost = musd(world.links["wheeling_cost_usd_per_mwh"].to_numpy())
        self._indices = {(part, corner): ChainedIndex() for part in ("edge", "core") for corner in range(3)}
        self._prices: PriceSignal | None = None
        self._path = _capacity_path(scenario, world)
        self._now: Scenario | None = None

    def step(self) -> TickRecord:
        """Play the next month."""
        self._tick += 1
        self._follow_parameters()
        demand = self._advance_demand()
        completed, retired = self._advance_capacity()
        state = self._state()
        clearing = self._clear_spot(demand, state)
        quotes = self._read(clearing, state)
        indices = self._link_indices(quotes)
        decision = self._build(demand)
        self._prices = self._price_signal(clearing, demand)
        return record_of(
            MonthResult(
                tick=self._tick,
                layout=self._spot.layout,
                demand=demand,
                state=state,
                clearing=clearing,
                quotes=quotes,
                indices=indices,
                decision=decision,
                completed_kw=completed,
                retired_kw=retired,
                pipeline_kw=self._stock.pipeline_pool_kw,
                slots_kw=np.maximum(self._supply.released_kw() - self._taken_kw, 0),
                room_kw=np.maximum(self._sites.buildable_kw - self._stock.shell_kw, 0),
            ),
            self._ids,
            self._sites,
            self._supply,
            self._workloads,
        )

    def open(self) -> tuple[SpotDemand, SpotState]:
        """Go to the first month and give what its spot market clears, without clearing it."""
        self._tick += 1
        self._follow_parameters()
        demand = self._advance_demand()
        self._advance_capacity()
        return self._spot_demand(demand), self._state()

    def _follow_parameters(self) -> None:
        """Take the parameters in force this month; rebuild what hangs on those that changed."""
        before, now = self._now, self.scenario.at(month_name(self._first_month + self._tick))
        self._now = now
        if before is now:
            return
        # Events change what a workload is, never which workloads there are.
        self._workloads: tuple[Workload, ...] = now.workload
        zones = self.world.zones
        factors = zone_factors(now.zone, zones["zone_id"].to_list(), zones["counterparty_risk"].to_numpy())
        self._supply.change(factors)
        self._costs: SiteCosts = site_costs(self.world, self._sites, now, factors.counterparty_risk)
        self._steps: DemandSteps = _steps(now, self.world, self._workloads)
        self._years_of_rent = float(annuity_factor(np.array(now.valuation.rate), now.valuation.horizon_years))
        if before is None or before.network != now.network or before.workload != now.workload:
            layout = spot_layout(self.world, now)
            self._spot = SpotMarket(layout)
            self._reader = RentReader(layout, self._sites.silicon)
            self._forecast = SpotMarket(layout, entry=True) if self._path is None else None

    @property
    def _parameters(self) -> Scenario:
        assert self._now is not None
        return self._now

    def _advance_demand(self) -> MonthDemand:
        month = self._first_month + self._tick
        return self._demand.advance(self._parameters, month, self._tick, self._prices)

    def _advance_capacity(self) -> tuple[Integer, Integer]:
        """Release slots, retire, complete; with a path, install what the table says."""
        if self._tick > 0:
            self._supply.advance()
        if self._path is not None:
            return self._path.install(self._stock, self._first_month + self._tick, first=self._tick == 0)
        if self._tick > 0:
            return self._stock.advance()
        for starts in initial_pipeline(self._parameters, self._sites, self._stock):
            self._stock.start(starts)
            np.add.at(self._taken_kw, self._sites.zone, starts.shell_kw)
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
        return SpotState(
            pool_kw=pool,
            pool_cost=musd(self._costs.running_usd_per_mwh),
            shell_kw=shell,
            grid_kw=grid,
            site_cost=musd(self._costs.site_usd_per_mwh),
            btm_kw=self._sites.btm_kw,
            btm_cost=self._sites.btm_cost,
            step_kw=self._supply.step_kw(months_ahead),
            step_cost=self._supply.step_cost,
            link_kw=self._link_kw,
            link_cost=self._link_cost,
        )

    def _clear_spot(self, demand: MonthDemand, state: SpotState) -> SpotClearing:
        return self._spot.clear(self._spot_demand(demand), state, corner=self._parameters.prices.corner)

    def _spot_demand(self, demand: MonthDemand) -> SpotDemand:
        return SpotDemand(self._steps.quantity_kw(demand.reference_kw), self._steps.price_musd_per_kwh)

    def _read(self, clearing: SpotClearing, state: SpotState) -> Quotes:
        return quote(self._reader, self._sites, clearing, state, self._costs, years_of_rent=self._years_of_rent)

    def _link_indices(self, quotes: Quotes) -> dict[tuple[str, int], float]:
        """One more month of the Edge and the Core Valuation Index, at settled, lowest and highest prices."""
        levels = {}
        for (part, corner), index in self._indices.items():
            mine = self._sites.edge if part == "edge" else ~self._sites.edge
            capacity = np.where(mine, self._stock.shell_kw, 0).astype(np.float64)
            levels[part, corner] = index.add(quotes.value_usd_per_mw[corner], capacity)
        return levels

    def _build(self, demand: MonthDemand) -> EntryDecision | None:
        """Let builders forecast, decide and start."""
        if self._forecast is None:
            return None
        months = self._parameters.capacity.lead_months
        expected = forecast_demand(demand.reference_kw, demand.growth_per_year, months)
        decision = decide_entry(
            self._forecast,
            SpotDemand(self._steps.quantity_kw(expected), self._steps.price_musd_per_kwh),
            self._parameters,
            state=self._state(months),
            slots_kw=np.maximum(self._supply.released_kw(months) - self._taken_kw, 0),
            columns=self._sites,
            costs=self._costs,
            stock=self._stock,
        )
        for starts in (decision.build, decision.refresh):
            self._stock.start(starts)
        np.add.at(self._taken_kw, self._sites.zone, decision.build.shell_kw)
        return decision

    def _price_signal(self, clearing: SpotClearing, demand: MonthDemand) -> PriceSignal:
        """Mean delivered prices of interactive and of tolerant inference, for next month's substitution."""

        def mean(tolerant: bool) -> float:
            mine = [
                k
                for k, workload in enumerate(self._workloads)
                if workload.entry == "pool" and not workload.training and workload.tolerant == tolerant
            ]
            price = clearing.demand_price[:, mine] / MUSD_PER_KWH_PER_USD_PER_MWH
            return numeric.weighted_mean(price.ravel(), demand.reference_kw[:, mine].ravel(), empty=1.0)

        return PriceSignal(mean(False), mean(True))


def _initial_stock(scenario: Scenario, sites: SiteColumns) -> CapacityStock:
    """Build the stock of the start; its accelerators were installed while demand grew at the first leg's rate."""
    lives = np.array(
        [round(getattr(scenario.silicon, name).life_years * MONTHS_PER_YEAR) for name in SILICON_CLASSES],
        dtype=np.int64,
    )
    life = lives[sites.silicon]
    rate = scenario.demand.growth[0].per_year
    ages = np.arange(int(lives.min()), dtype=np.float64)
    weights = numeric.power(np.full_like(ages, rate), -ages / MONTHS_PER_YEAR)
    horizon = max(
        int(sites.build_months.max(initial=1)), scenario.capacity.silicon_lead_months, scenario.capacity.lead_months
    )
    return CapacityStock(
        sites.pool_kw, sites.shell_kw, sites.grid_kw, life_months=life, age_weights=weights, horizon_months=horizon
    )


def _steps(scenario: Scenario, world: World, workloads: tuple[Workload, ...]) -> DemandSteps:
    """Cut every workload's demand curve into steps, each metro's staircase staggered by a keyed draw."""
    metros = numeric.entity_hash(world.metros["metro_id"].to_list())
    names = numeric.entity_hash([workload.name for workload in workloads])
    with np.errstate(over="ignore"):
        entity = metros[:, None] + names[None, :]
    shift = numeric.uniform(scenario.run.seed, "demand steps", entity)
    elasticity = [w.elasticity if w.elasticity is not None else scenario.demand.elasticity for w in workloads]
    return demand_steps(
        np.array([workload.reference_usd_per_mwh for workload in workloads]),
        np.array(elasticity),
        steps=scenario.demand.steps,
        low=scenario.demand.step_low,
        high=scenario.demand.step_high,
        shift=np.asarray(shift),
    )


def _capacity_path(scenario: Scenario, world: World) -> CapacityPath | None:
    if scenario.capacity.mode != "path":
        return None
    return CapacityPath.read(scenario.file(scenario.capacity.file), world.sites["site_id"].to_list())
