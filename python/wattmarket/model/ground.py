"""What every way of building capacity has in common: demand, parameters through time, the spot market, its reading."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wattmarket import numeric
from wattmarket.capacity.cost import SiteCosts, musd
from wattmarket.capacity.sites import SiteColumns, site_costs
from wattmarket.demand import DemandModel, DemandSteps, MonthDemand, PriceSignal, demand_steps
from wattmarket.finance import annuity_factor
from wattmarket.model.quotes import Quotes, annualised_by_class, quote
from wattmarket.model.tables import Ids
from wattmarket.months import month_name, month_number
from wattmarket.scenario import Scenario, Workload, ZoneFactors, zone_factors
from wattmarket.spot import RentReader, SiteRents, SpotClearing, SpotDemand, SpotMarket, SpotState, spot_layout
from wattmarket.units import KW_PER_MW, MUSD_PER_KWH_PER_USD_PER_MWH
from wattmarket.valuation import ChainedIndex
from wattmarket.world import World

__all__ = ["ClearedMonth", "Ground"]

Float = NDArray[np.float64]
Integer = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class ClearedMonth:
    """What a month's spot market was asked, and what came out."""

    demand: SpotDemand
    state: SpotState
    clearing: SpotClearing


class Ground:
    """A scenario on a world, before anybody builds: demand, parameters in force, spot market, indices.

    Parameters
    ----------
    scenario
        Everything that is decided; dated events included.
    world
        The world it is played on.
    forecasts
        Whether forecast networks are cleared too.

    Attributes
    ----------
    tick
        Months since the start; −1 before the first.
    sites, ids
        Columns of the sites, and the names of all rows.
    now
        The parameters in force this month.
    workloads, factors, costs, steps
        Workloads, zone changes, costs of the sites and cuts of demand, as the parameters have them.
    spot, forecast, reader
        The spot market, a market of its forecast networks (None without `forecasts`), and the reader of rents.
    years_of_rent
        Annuity factor that capitalises a year's rent.
    prices
        Last month's prices, as substitution sees them.
    cleared
        The last clearing of the spot market, or None.
    """

    def __init__(self, scenario: Scenario, world: World, *, forecasts: bool) -> None:
        self.scenario = scenario
        self.world = world
        self.first_month = month_number(scenario.run.start)
        self.tick = -1
        self.sites = SiteColumns.of(world)
        self.ids = Ids.of(world, scenario.workload)
        self.demand = DemandModel(world, scenario.run.seed)
        self.link_kw: Integer = numeric.to_integer(world.links["capacity_mw"].to_numpy() * KW_PER_MW, "capacity_mw")
        self.link_cost: Integer = musd(world.links["wheeling_cost_usd_per_mwh"].to_numpy())
        self.prices: PriceSignal | None = None
        self.cleared: ClearedMonth | None = None
        self.forecast: SpotMarket | None = None
        self._forecasts = forecasts
        self._indices = {(part, corner): ChainedIndex() for part in ("edge", "core") for corner in range(3)}
        self._in_force: Scenario | None = None

    @property
    def month(self) -> int:
        """Number of the month being played."""
        return self.first_month + self.tick

    @property
    def now(self) -> Scenario:
        """The parameters in force this month."""
        assert self._in_force is not None
        return self._in_force

    def begin_month(self) -> bool:
        """Go to the next month and take its parameters; give whether any changed."""
        self.tick += 1
        before, now = self._in_force, self.scenario.at(month_name(self.month))
        self._in_force = now
        if before is now:
            return False
        # Events change what a workload is, never which workloads there are.
        self.workloads: tuple[Workload, ...] = now.workload
        zones = self.world.zones
        self.factors: ZoneFactors = zone_factors(
            now.zone, zones["zone_id"].to_list(), zones["counterparty_risk"].to_numpy()
        )
        self.costs: SiteCosts = site_costs(self.world, self.sites, now, self.factors.counterparty_risk)
        self._annualised_silicon = annualised_by_class(self.costs, self.sites.silicon)
        self.steps: DemandSteps = _steps(now, self.world, self.workloads)
        self.years_of_rent = float(annuity_factor(np.array(now.valuation.rate), now.valuation.horizon_years))
        if before is None or before.network != now.network or before.workload != now.workload:
            layout = spot_layout(self.world, now)
            self.spot = SpotMarket(layout)
            self.reader = RentReader(layout, self.sites.silicon)
            self.forecast = SpotMarket(layout, entry=True) if self._forecasts else None
        return True

    def advance_demand(self) -> MonthDemand:
        """Draw this month's demand."""
        return self.demand.advance(self.now, self.month, self.tick, self.prices)

    def spot_demand(self, reference_kw: Float) -> SpotDemand:
        """Cut demand at reference prices, float64 [M, K] kW, into steps of willingness to pay."""
        return SpotDemand(self.steps.quantity_kw(reference_kw), self.steps.price_musd_per_kwh)

    def state(
        self,
        pool_kw: Integer,
        shell_kw: Integer,
        grid_kw: Integer,
        *,
        step_kw: Integer,
        step_cost: Integer,
        btm_kw: Integer | None = None,
        btm_cost: Integer | None = None,
    ) -> SpotState:
        """State of the spot market for given capacities; the plants behind meters are the world's unless given."""
        return SpotState(
            pool_kw=pool_kw,
            pool_cost=self.costs.running_musd_per_kwh,
            shell_kw=shell_kw,
            grid_kw=grid_kw,
            site_cost=self.costs.site_musd_per_kwh,
            btm_kw=self.sites.btm_kw if btm_kw is None else btm_kw,
            btm_cost=self.sites.btm_cost if btm_cost is None else btm_cost,
            step_kw=step_kw,
            step_cost=step_cost,
            link_kw=self.link_kw,
            link_cost=self.link_cost,
        )

    def clear_spot(self, demand: MonthDemand, state: SpotState) -> SpotClearing:
        """Clear this month's spot market."""
        wanted = self.spot_demand(demand.reference_kw)
        clearing = self.spot.clear(wanted, state, corner=self.now.prices.corner)
        self.cleared = ClearedMonth(wanted, state, clearing)
        return clearing

    def rents(self, clearing: SpotClearing, state: SpotState) -> SiteRents:
        """Read the rents of settled prices off a clearing."""
        return self.reader.read(clearing, state, self._annualised_silicon)

    def read(self, clearing: SpotClearing, state: SpotState) -> Quotes:
        """Read rents and capitalised values off a clearing."""
        return quote(
            self.reader, clearing, state, self.costs, self._annualised_silicon, years_of_rent=self.years_of_rent
        )

    def link_indices(
        self, value_usd_per_mw: tuple[Float, Float, Float], shell_kw: Integer
    ) -> dict[tuple[str, int], float]:
        """One more month of the Edge and the Core Valuation Index, at settled, lowest and highest prices."""
        levels = {}
        for (part, corner), index in self._indices.items():
            mine = self.sites.edge if part == "edge" else ~self.sites.edge
            capacity = np.where(mine, shell_kw, 0).astype(np.float64)
            levels[part, corner] = index.add(value_usd_per_mw[corner], capacity)
        return levels

    def price_signal(self, clearing: SpotClearing, demand: MonthDemand) -> PriceSignal:
        """Mean delivered prices of interactive and of tolerant inference, for next month's substitution."""

        def mean(tolerant: bool) -> float:
            mine = [
                k
                for k, workload in enumerate(self.workloads)
                if workload.entry == "pool" and not workload.training and workload.tolerant == tolerant
            ]
            price = clearing.demand_price[:, mine] / MUSD_PER_KWH_PER_USD_PER_MWH
            return numeric.weighted_mean(price.ravel(), demand.reference_kw[:, mine].ravel(), empty=1.0)

        return PriceSignal(mean(False), mean(True))


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
