"""The trading desk: what agents see in a month, and where their bids go."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wattmarket.agents import Books, MarketAgent, MarketView, Population
from wattmarket.agents.bidding import BidColumns, Bidding
from wattmarket.agents.lots import BEHIND_THE_METER, ENERGISED, GRID, LotColumns, cut_lots, quote_lots
from wattmarket.errors import InputError
from wattmarket.living.economy import Economy
from wattmarket.living.offers import checked_numbers, land_asks, plant_ask, retail_ask
from wattmarket.living.slots import may_buy
from wattmarket.living.space import empty_space
from wattmarket.numeric import sum_by
from wattmarket.units import (
    KW_PER_MW,
    MUSD_PER_USD,
    USD_PER_KW_MONTH_PER_MUSD_PER_KWH,
    USD_PER_KW_MONTH_PER_USD_PER_MWH,
)

__all__ = ["TradingDesk"]

Float = NDArray[np.float64]
Integer = NDArray[np.int64]

RESERVE_MONTHS = 3
"""Months of contracted payments that nobody bids away (assumption)."""


class TradingDesk:
    """What agents see and do in one month; the economy behind it lasts.

    Parameters
    ----------
    economy
        The economy.

    Attributes
    ----------
    view
        This month's market.
    land_ask
        int64 [L]: what landlords ask, micro-$ per kW-month.
    plant_ask
        What vendors of plants behind meters ask without the fuel, micro-$ per kW-month.
    bidding
        This month's bids.
    keen
        bool [A]: who last found anything worth its price.
    empty
        Leased space that tenants offer this month.
    """

    def __init__(self, economy: Economy) -> None:
        self.economy = economy
        self.population: Population = economy.population
        self.books: Books = economy.books
        self.landlord: Integer = economy.places.landlord
        self.keen: NDArray[np.bool_] = np.ones(len(self.population), dtype=np.bool_)
        self.cohort_names = tuple(cohort.name for cohort in economy.outlook.cohorts)

    @property
    def operating_kw(self) -> Integer:
        """Accelerators by runner and site, int64 [A + 1, S]."""
        return self.economy.building.fleet.operating_kw

    @property
    def cohort(self) -> Integer:
        """Cohort of every agent, int64 [A]."""
        return self.economy.outlook.cohort

    def open(self, landlords: list[MarketAgent]) -> None:
        """Cut lots, collect what landlords ask, and show agents the month."""
        economy = self.economy
        sites = len(economy.rows.site_key)
        lots = LotColumns.joined([quote_lots(sites, economy.ground.now.capacity.silicon_lead_months), self._cut()])
        self.plant_ask = plant_ask(economy)
        self.view = self._look(lots)
        self.land_ask = land_asks(economy, self.view, landlords)
        self.land_ask[:sites] = 0
        self._land_ask_usd = self.land_ask / MUSD_PER_USD
        self.view.price[:] += self._land_ask_usd
        # What asks more than it may cost is not for sale.
        most = economy.caps.most_usd("land")[economy.ground.sites.zone[lots.site]]
        self.view.price[self._land_ask_usd > most] = np.inf
        self._free_cash_usd = self.free_cash_usd()
        agents = economy.ground.now.agents
        self._has_bid = np.zeros(len(self.population), dtype=np.bool_)
        self.bidding = Bidding(
            self.view, economy.annuity_months, agents.bid_cover, agents.bids_most, len(self.population)
        )

    def take_bids(self, agent: MarketAgent) -> None:
        """Ask an agent what packages are worth to it, and bid as far as its money goes.

        Raises
        ------
        InputError
            If it bids a second time in the month, or a class of one's own gives columns that don't fit the lots.
        """
        if not agent.buys:
            return
        row = agent.row
        if self._has_bid[row]:
            raise InputError(f"{agent.name}: bids a second time in month {self.view.tick}")
        self._has_bid[row] = True
        # Who has no money sets no price: optimists rule until their capital is spent.
        cash = self._free_cash_usd[row] / agent.spend_months
        self.keen[row] = self.bidding.add(
            row,
            checked_numbers(agent, "value", agent.value(self.view), len(self.view.lots)),
            cash_usd=int(cash),
            land_ask=self._land_ask_usd,
            opportunity=float(self.economy.opportunity[row]),
            allowed=_checked_choice(agent, self.view),
        )

    def bids(self) -> BidColumns:
        """All bids of the month."""
        return self.bidding.bids()

    def free_cash_usd(self) -> Integer:
        """Cash beyond some months of what contracts ask for, int64 [A] whole $."""
        agents = len(self.population)
        owed = self.economy.last_owed_usd[:agents]
        return np.asarray(np.maximum(self.books.cash[:agents] - RESERVE_MONTHS * owed, 0))

    def land_value_usd_per_kw_month(self) -> Float:
        """What every site's standing kilowatt would fetch for its land and shell, float64 [S]: no more than a cap."""
        economy, sites = self.economy, len(self.economy.rows.site_key)
        most = economy.caps.most_usd("land")[economy.ground.sites.zone]
        return np.maximum(np.minimum(self.bidding.best[:sites], most), economy.other_rent_usd_per_kw_month)

    def _cut(self) -> LotColumns:
        economy = self.economy
        ground, shells = economy.ground, economy.building.shells
        now = ground.now
        lead = now.capacity.silicon_lead_months
        on_market = economy.building.on_market()
        vacant = economy.building.vacant_kw(lead)
        self.empty = empty_space(economy, lead, on_market & (vacant > 0))
        spare = shells.grid_kw + shells.pipeline_grid_kw - shells.shell_kw - shells.pipeline_shell_kw
        return cut_lots(
            ground.sites,
            room_kw=economy.building.room_kw(),
            vacant_kw=vacant,
            sublet_kw=np.minimum(sum_by(self.empty.site, self.empty.kw, len(vacant)), vacant),
            on_market=on_market,
            spare_grid_kw=np.where(economy.rows.brownfield, spare, 0),
            btm=economy.rows.btm,
            turns=may_buy(economy),
            pue=economy.rows.site_pue,
            silicon_months=lead,
            plant_months=economy.building.turbines.lead_months,
            connection_months=economy.building.queue.rule.connection_months,
            metro_limit_kw=now.capacity.metro_limit_mw_per_month * KW_PER_MW,
            headroom_kw=economy.building.headroom_kw,
            zone_limit_kw=now.capacity.zone_limit_mw_per_month * KW_PER_MW,
        )

    def _look(self, lots: LotColumns) -> MarketView:
        """Everything an agent may know, but what land will cost."""
        economy = self.economy
        ground = economy.ground
        sites, costs = ground.sites, ground.costs
        site = lots.site
        zone, route = sites.zone[site], lots.route
        usd = USD_PER_KW_MONTH_PER_USD_PER_MWH
        silicon_list = economy.silicon_list()
        beside = route == BEHIND_THE_METER
        contracted = (route == GRID) | (route == ENERGISED)
        ppa = economy.building.ppa_price()
        ppa = np.where(ppa > economy.caps.most_usd("ppa"), np.inf, ppa)
        energy = np.where(contracted, ppa[zone], (retail_ask(economy) / MUSD_PER_USD)[zone])
        energy = np.where(beside, self.plant_ask / MUSD_PER_USD, energy)
        quotes = slice(len(sites.zone))
        # Who would take a standing hall of a core kind for life may sign for its power instead of paying the tariff.
        energy[quotes] = np.where(sites.edge, energy[quotes], np.minimum(energy[quotes], ppa[sites.zone]))
        silicon = sites.silicon[site]
        months = economy.annuity_months[silicon]
        extra = lots.upgrade_usd_per_kw * economy.rows.site_pue[site] / months
        extra = extra + np.where(beside, ground.now.contracts.turbine_fuel_usd_per_mwh * usd, 0.0)
        last: Float = economy.outlook.curves.lmp[:, -1].astype(np.float64) * USD_PER_KW_MONTH_PER_MUSD_PER_KWH
        return MarketView(
            tick=ground.tick,
            sites=sites,
            lots=lots,
            silicon_cost=(costs.silicon_usd_per_mwh * usd)[site],
            shell_cost=(costs.shell_usd_per_mwh * usd)[site],
            energy_cost=np.take(last, zone, axis=1),
            excess=np.take(economy.outlook.excess, site, axis=2),
            price=silicon_list[silicon] + energy,
            premium=(economy.expected_silicon_musd / MUSD_PER_USD - silicon_list)[silicon],
            discounting=economy.outlook.discounting,
            cohort=economy.outlook.cohort,
            upgrade=extra,
            liking=economy.outlook.liking,
        )


def _checked_choice(agent: MarketAgent, view: MarketView) -> NDArray[np.bool_] | None:
    """Which lots an agent may bid on: one truth for each lot, or None for all."""
    allowed = agent.allowed(view)
    if allowed is None:
        return None
    chosen = np.asarray(allowed)
    if chosen.shape != (len(view.lots),) or chosen.dtype != np.bool_:
        raise InputError(
            f"{agent.name}: allowed: expected {len(view.lots)} truths, found {chosen.dtype} {list(chosen.shape)}"
        )
    return chosen
