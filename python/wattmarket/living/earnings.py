"""A month's money: what users pay, what energy and space cost, what contracts settle, and who can't pay."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wattmarket.agents.books import Account, Outside
from wattmarket.contracts import Payments
from wattmarket.model.quotes import Quotes
from wattmarket.spot import SpotClearing, SpotState
from wattmarket.units import HOURS_PER_MONTH, MONTHS_PER_YEAR, MUSD_PER_USD

if TYPE_CHECKING:
    from wattmarket.living.economy import Economy

__all__ = ["MOST_LEVERAGE", "earn", "fund", "service_debt", "settle_payments"]

Integer = NDArray[np.int64]

MOST_LEVERAGE = 0.95
"""Nobody lends more than this part of an agent's assets, whatever a scenario multiplies leverage by: borrowed cash is
an asset too, and from 1 on debt would grow for ever."""


def fund(economy: Economy) -> None:
    """Take in new money from shareholders, and let those who may borrow."""
    books, agents = economy.books, len(economy.population)
    capital = books.outside(Outside.CAPITAL)
    everyone = np.arange(agents)
    books.pay(
        capital,
        everyone,
        economy.treasury.new_money_usd(economy.ground.now, economy.ground.month),
        Account.PROPERTY,
        Account.CAPITAL,
    )
    balance = books.balance[:agents]
    assets = balance[:, Account.CASH] + balance[:, Account.PROPERTY] + balance[:, Account.DEPOSITS]
    leverage = np.minimum(economy.population.leverage * economy.ground.now.agents.leverage_scale, MOST_LEVERAGE)
    limit = (assets * leverage).astype(np.int64)
    headroom = np.maximum(limit - books.debt[:agents], 0) // MONTHS_PER_YEAR
    books.pay(capital, everyone, np.where(economy.buys, headroom, 0), Account.PROPERTY, Account.DEBT)


def earn(economy: Economy, clearing: SpotClearing, state: SpotState, quotes: Quotes) -> None:
    """Pay for compute, energy, running and space; depreciate."""
    users_pay(economy, clearing, state)
    buy_energy(economy, clearing, state)
    pay_generators(economy, clearing, state)
    other_load_pays(economy, clearing, quotes)
    settle_payments(economy, economy.ledger.rents())
    settle_payments(economy, economy.ledger.cfd(clearing.zone_price))
    economy.treasury.depreciate(economy.tick)


def _by_agent(economy: Economy, per_site_musd: Integer, pool_kw: Integer) -> Integer:
    """Share each site's micro-$ among those who run accelerators there, by kW: whole $ by agent, int64 [A]."""
    # Micro-$ per kW first: the product with an agent's kW stays inside 64 bits, whatever the site's size.
    per_kw = per_site_musd // np.maximum(pool_kw, 1)
    musd = economy.building.fleet.operating_kw @ per_kw  # exact: integers
    return np.asarray(musd // MUSD_PER_USD)


def users_pay(economy: Economy, clearing: SpotClearing, state: SpotState) -> None:
    """Revenue at the price that each pool's output fetches; running cost, less what a class's work saves users."""
    books = economy.books
    hours = clearing.pool_flow * HOURS_PER_MONTH
    revenue = _by_agent(economy, clearing.pool_price * hours, state.pool_kw)
    running = _by_agent(economy, state.pool_cost * hours, state.pool_kw)
    parties = economy.runner_parties
    books.pay(books.outside(Outside.USERS), parties, revenue, Account.EXPENSE, Account.INCOME)
    books.pay(parties, books.outside(Outside.OPERATIONS), running, Account.EXPENSE, Account.INCOME)
    economy.treasury.revenue_usd = revenue[: len(economy.population)]


def buy_energy(economy: Economy, clearing: SpotClearing, state: SpotState) -> None:
    """Energy at the zone's price with delivery, or from the plant behind the meter."""
    books, sites = economy.books, economy.ground.sites
    # Accelerators take of the connection what they are of the shell's load; cloud and enterprise load takes the rest.
    load = np.maximum(clearing.shell_flow, 1)
    delivered = clearing.zone_price[sites.zone] + state.site_cost
    unit = (delivered * clearing.grid_flow + state.btm_cost * clearing.btm_flow) // load * HOURS_PER_MONTH
    grid = books.outside(Outside.GRID)
    usd = _by_agent(economy, unit * clearing.pool_flow, state.pool_kw)
    books.pay(economy.runner_parties, grid, usd, Account.EXPENSE, Account.INCOME)
    other = unit * clearing.shell_entry_flow // MUSD_PER_USD
    books.pay(books.outside(Outside.OTHER_LOAD), grid, other, Account.EXPENSE, Account.INCOME)


def pay_generators(economy: Economy, clearing: SpotClearing, state: SpotState) -> None:
    """The grid pays plants the price of their zone; they pay their running cost."""
    books, layout = economy.books, economy.ground.spot.layout
    owner = economy.places.operator[layout.step_zone]
    hours = clearing.step_flow * HOURS_PER_MONTH
    revenue = clearing.zone_price[layout.step_zone] * hours // MUSD_PER_USD
    cost = state.step_cost * hours // MUSD_PER_USD
    books.pay(books.outside(Outside.GRID), owner, revenue, Account.EXPENSE, Account.INCOME)
    books.pay(owner, books.outside(Outside.OPERATIONS), cost, Account.EXPENSE, Account.INCOME)


def other_load_pays(economy: Economy, clearing: SpotClearing, quotes: Quotes) -> None:
    """Cloud and enterprise load pays landlords the rent of the shells that it fills."""
    books = economy.books
    rent = quotes.rents.shell * clearing.shell_entry_flow * HOURS_PER_MONTH // MUSD_PER_USD
    books.pay(books.outside(Outside.OTHER_LOAD), economy.places.landlord, rent, Account.EXPENSE, Account.INCOME)


def settle_payments(economy: Economy, payments: Payments) -> None:
    """Pay what contracts make parties owe each other."""
    economy.books.pay(payments.payer, payments.payee, payments.usd, Account.EXPENSE, Account.INCOME)
    np.add.at(economy.treasury.owed_usd, payments.payer, payments.usd)


def service_debt(economy: Economy) -> Integer:
    """Pay interest, repay and pay out what is spare; give the agents that can't pay, int64."""
    books, agents = economy.books, len(economy.population)
    capital, everyone = books.outside(Outside.CAPITAL), np.arange(agents)
    debt = books.debt[:agents].copy()
    interest = (debt * economy.population.wacc / MONTHS_PER_YEAR).astype(np.int64)
    books.pay(everyone, capital, interest, Account.EXPENSE, Account.INCOME)
    repaid = np.where(economy.buys, 0, debt // economy.shell_life_months)
    books.pay(everyone, capital, repaid, Account.DEBT, Account.PROPERTY)
    cash = books.cash[:agents]
    keep = economy.ground.now.agents.payout_months * (
        economy.treasury.new_money_usd(economy.ground.now, economy.ground.month)
        + economy.treasury.owed_usd[:agents]
        + interest
    )
    keep = keep + economy.ground.now.agents.payout_months * np.maximum(economy.treasury.revenue_usd, 0) / 2.0
    books.pay(everyone, capital, np.maximum(cash - keep.astype(np.int64), 0), Account.CAPITAL, Account.PROPERTY)
    short = np.maximum(-books.cash[:agents], 0)
    backed = ~economy.may_default
    books.pay(capital, everyone, np.where(backed, short, 0), Account.PROPERTY, Account.CAPITAL)
    return np.flatnonzero((books.cash[:agents] < 0) & economy.may_default)
