"""The economy that agents act in: money, capacity, contracts and expectations, and what a month leaves behind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from wattmarket import numeric
from wattmarket.agents.auction import Awards
from wattmarket.agents.books import Outside
from wattmarket.agents.caps import PriceCaps, check_caps
from wattmarket.agents.lots import LotColumns
from wattmarket.agents.places import Places, place_agents
from wattmarket.agents.population import Population
from wattmarket.agents.suppliers import Chipmakers
from wattmarket.agents.treasury import Treasury
from wattmarket.contracts import ContractLedger
from wattmarket.demand import MonthDemand
from wattmarket.forward import ForwardCorner
from wattmarket.living.building import Building
from wattmarket.living.filing import DepositAccounts
from wattmarket.living.outlook import Expectations
from wattmarket.living.rows import WorldRows
from wattmarket.living.space import hold_over
from wattmarket.model.ground import Ground
from wattmarket.model.quotes import Quotes
from wattmarket.scenario import Scenario
from wattmarket.spot import SILICON_CLASSES, SiteRents, SpotClearing, SpotState
from wattmarket.units import (
    MONTHS_PER_YEAR,
    MUSD_PER_KW_MONTH_PER_USD_PER_MWH,
    MUSD_PER_USD,
    USD_PER_KW_MONTH_PER_MUSD_PER_KWH,
    USD_PER_KW_MONTH_PER_USD_PER_MWH,
)
from wattmarket.world import World

if TYPE_CHECKING:
    from wattmarket.living.slots import SlotSteps

__all__ = ["Economy"]

Float = NDArray[np.float64]
Integer = NDArray[np.int64]

ALL_IN: Final = 1.6
"""Full cost over that of accelerators: shell, connection and energy besides (table A1)."""

SURPRISE: Final = 1.0 / 6.0
"""Part of the gap between the price of accelerators and what was expected that moves expectations (assumption)."""

PRICE_ENDS: Final[tuple[ForwardCorner, ForwardCorner]] = ("land_low", "silicon_low")
"""Corners of the prices at which land is cheapest, and dearest."""

SPENT: Final = 0.99
"""Part of a budget above which it counts as spent."""


class Economy:
    """Everything that agents act on; no agent decides here.

    Parameters
    ----------
    scenario, world
        What is played, and where.
    population
        Who plays.

    Attributes
    ----------
    ground, rows, places
        The scenario on its world, columns of its rows, and who is where.
    building, ledger, treasury, outlook
        Capacity, contracts, money, expectations.
    books
        The treasury's books.
    chipmakers, deposits
        Supply of accelerators; deposits of the queue as they stand in the books.
    buys, files, may_default, short_leases
        bool [A]: what classes do.
    cushion
        float64 [A]: part of `agents.payout_months` of spending that classes keep in cash.
    slot_steps
        What is on offer of slots in this month's auction; None where they aren't auctioned.
    opening_leases
        Contracts that were there at the start.
    caps
        Administrative caps in force.
    auction
        The last auction that sold anything.
    opportunity
        float64 [A]: what the last kW-month of a spent budget gained, $.
    lmp_musd_per_kwh, other_rent_usd_per_kw_month, today_musd_per_kwh
        Last month's LMPs [Z], what other load paid for shells [S], and what pools earned above running and energy [S].
    expected_silicon_musd
        float64 [H]: what accelerators are expected to cost, micro-$ per kW-month: follows their price with a lag.
    last_owed_usd
        int64 [parties]: what contracts made each pay last month.
    defaults
        (tick, agent) of every default.
    """

    def __init__(self, scenario: Scenario, world: World, population: Population) -> None:
        self.ground = Ground(scenario, world, forecasts=True)
        check_caps(scenario, self.ground.ids.zones)
        self.caps = PriceCaps.of(scenario.caps, self.ground.ids.zones)
        self.population = population
        self.agent_key = population.entity
        self.rows = WorldRows.of(world)
        self.places: Places = place_agents(population, world, scenario)
        self.treasury = Treasury(population, scenario.run.months)
        self.books = self.treasury.books
        self.shell_life_months = round(scenario.finance.shell_life_years * MONTHS_PER_YEAR)
        self.deposits = DepositAccounts(len(population))
        sites = self.ground.sites
        self.chipmakers = Chipmakers(scenario, numeric.sum_by(sites.silicon, sites.pool_kw, len(SILICON_CLASSES)))
        _, self.annuity_months = self.chipmakers.list_price(scenario)
        self.building = Building(self.ground, world, self.rows, self.places.runner, len(population))
        self.ledger = ContractLedger()
        self.opening_leases = 0
        self.outlook = Expectations(self.ground, population, 1.0 + self.places.taste)
        self.buys = self.files = self.may_default = self.short_leases = np.zeros(len(population), dtype=np.bool_)
        self.cushion: Float = np.ones(len(population))
        self.auction: Awards | None = None
        self.slot_steps: SlotSteps | None = None
        self.opportunity: Float = np.zeros(len(population))
        self.lmp_musd_per_kwh: Integer = np.zeros(len(self.rows.zone_key), dtype=np.int64)
        self.other_rent_usd_per_kw_month: Float = np.zeros(len(self.rows.site_key))
        self.today_musd_per_kwh: Integer = np.zeros(len(self.rows.site_key), dtype=np.int64)
        self.last_owed_usd: Integer = np.zeros(len(population) + len(Outside), dtype=np.int64)
        self.expected_silicon_musd: Float = self.chipmakers.list_price(scenario)[0] * MUSD_PER_KW_MONTH_PER_USD_PER_MWH
        self.defaults: list[tuple[int, int]] = []
        self._projects = 0

    @property
    def tick(self) -> int:
        """Months since the start."""
        return self.ground.tick

    @property
    def runner_parties(self) -> Integer:
        """Party of each row of the fleet: agents, and the creditors of those that defaulted."""
        return np.arange(self.books.outside(Outside.CREDITORS) + 1)

    @property
    def lease_months(self) -> Integer:
        """Least term of every agent's leases, int64 [A]."""
        return np.where(self.short_leases, 0, self.ground.now.contracts.lease_months)

    def begin_month(self) -> None:
        """Go to the next month; put its parameters in force."""
        self.treasury.begin_month()
        before = self.ground.forecast
        changed = self.ground.begin_month()
        self.network_changed = self.ground.forecast is not before
        if changed:
            self.caps = PriceCaps.of(self.ground.now.caps, self.ground.ids.zones)
        self.building.begin_month(changed=changed)
        hold_over(self, self.ledger.advance(self.tick))

    def new_projects(self, count: int) -> Integer:
        """Numbers of the next projects, unique among all agents, int64 [count]."""
        first = self._projects + 1
        self._projects += count
        return np.arange(first, first + count, dtype=np.int64)

    def monthly_kw(self) -> Integer:
        """What each agent's new money builds in a month at full cost, int64 [A]."""
        costs = self.ground.costs
        usd_per_kw = float(np.min(costs.silicon_usd_per_mwh)) * USD_PER_KW_MONTH_PER_USD_PER_MWH
        usd_per_kw *= float(self.annuity_months.min()) * ALL_IN
        earned = np.maximum(self.treasury.revenue_usd, 0) // 2
        money = self.treasury.new_money_usd(self.ground.now, self.ground.month) + earned
        return numeric.to_integer(np.floor(money / usd_per_kw), "monthly_kw")

    def silicon_list(self) -> Float:
        """List price of accelerators, float64 [H] $ per kW-month."""
        listed, _ = self.chipmakers.list_price(self.ground.now)
        return listed * USD_PER_KW_MONTH_PER_USD_PER_MWH

    def last_silicon_musd(self) -> Integer:
        """What accelerators fetched in the last auction, int64 [H] micro-$ per kW-month; where none, the list price."""
        listed = numeric.to_integer(self.silicon_list() * MUSD_PER_USD, "silicon price")
        if self.auction is None:
            return listed
        clearing = self.auction.clearing
        return np.where(clearing.quoted("silicon"), clearing.price("silicon"), listed)

    def price_ends(self, awards: Awards | None, lots: LotColumns) -> tuple[Float, Float]:
        """How far land's price lies from the settled one where it is lowest and where it is highest.

        Two of float64 [S] $ per kW-month, nil or below and nil or above. Where land was sold that is its own interval,
        of several lots the widest ends; elsewhere what accelerators leave it, whose price was the last that they had.
        """
        low, high = (self._left_by_silicon(corner) for corner in PRICE_ENDS)
        if awards is not None:
            clearing = awards.clearing
            lot = np.unique(clearing.award_columns()["lot"])
            settled, site = clearing.price("land")[lot], lots.site[awards.lot_of[lot]]
            low[site] = high[site] = 0.0
            for corner in PRICE_ENDS:
                shift = (clearing.price("land", corner)[lot] - settled) / MUSD_PER_USD
                np.minimum.at(low, site, shift)
                np.maximum.at(high, site, shift)
        return np.minimum(low, 0.0), np.maximum(high, 0.0)

    def _left_by_silicon(self, corner: ForwardCorner) -> Float:
        """How much dearer accelerators settle than at a corner of their prices, float64 [S] $ per kW-month."""
        left = np.zeros(len(SILICON_CLASSES))
        if self.auction is not None:
            clearing = self.auction.clearing
            change = clearing.price("silicon") - clearing.price("silicon", corner)
            left = np.where(clearing.quoted("silicon"), change, 0) / MUSD_PER_USD
        return np.take(left, self.ground.sites.silicon)

    def remember_auction(self, awards: Awards | None, budget_kw: Integer) -> None:
        """Keep prices, and what the last kW of every spent budget gained."""
        self.opportunity = np.zeros(len(self.population))
        sold = 0
        if awards is not None:
            self.auction = awards
            sold = int(awards.kw.sum())  # exact: integers
            won = numeric.sum_by(awards.agent, awards.kw, len(self.population))
            gain = awards.value - awards.silicon - awards.land - awards.slot - awards.energy
            least = np.full(len(self.population), np.iinfo(np.int64).max)
            np.minimum.at(least, awards.agent, gain)
            spent = (won > 0) & (won >= SPENT * budget_kw.sum(axis=1))  # exact: integers
            self.opportunity = np.where(spent, least.astype(np.float64) / MUSD_PER_USD, 0.0)
        last = self.last_silicon_musd()
        self.expected_silicon_musd = self.expected_silicon_musd + SURPRISE * (last - self.expected_silicon_musd)
        self.chipmakers.advance(self.ground.now, sold, last)

    def learn_prices(self, clearing: SpotClearing, state: SpotState, rents: SiteRents) -> None:
        """Keep what next month's bids need of this month's prices."""
        price = np.where(clearing.pool_flow > 0, clearing.pool_price, clearing.pool_price_low)
        self.today_musd_per_kwh = price - state.pool_cost - rents.energy
        self.lmp_musd_per_kwh = clearing.zone_price
        self.other_rent_usd_per_kw_month = rents.shell.astype(np.float64) * USD_PER_KW_MONTH_PER_MUSD_PER_KWH

    def close_month(self, clearing: SpotClearing, state: SpotState, quotes: Quotes, demand: MonthDemand) -> None:
        """Keep what the next month needs, and check that nothing was made or lost."""
        self.learn_prices(clearing, state, quotes.rents)
        self.outlook.judge(self.today_musd_per_kwh, state.pool_kw)
        self.ground.prices = self.ground.price_signal(clearing, demand)
        self.last_owed_usd = self.treasury.owed_usd.copy()
        self.books.check()
