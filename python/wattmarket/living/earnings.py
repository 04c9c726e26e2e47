"""A month's money: what users pay, what energy and space cost, and what contracts settle."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wattmarket.agents.books import Account, Outside
from wattmarket.contracts import Payments
from wattmarket.living.commitments import charge_minimum_take
from wattmarket.living.space import empty_space
from wattmarket.model.quotes import Quotes
from wattmarket.numeric import add_by, products, sum_by
from wattmarket.spot import SpotClearing, SpotState
from wattmarket.units import HOURS_PER_MONTH, MUSD_PER_USD

if TYPE_CHECKING:
    from wattmarket.living.economy import Economy

__all__ = ["earn", "settle_payments"]

Integer = NDArray[np.int64]


def earn(economy: Economy, clearing: SpotClearing, state: SpotState, quotes: Quotes) -> None:
    """Pay for compute, energy, running, space and what connections bind to; depreciate."""
    pay_for_pools(economy, clearing, state)
    pay_generators(economy, clearing, state)
    other_load_pays(economy, clearing, quotes)
    settle_payments(economy, economy.ledger.rents())
    settle_payments(economy, economy.ledger.cfd(clearing.zone_price))
    charge_minimum_take(economy)
    economy.treasury.depreciate(economy.tick)


def _by_agent(economy: Economy, per_site_musd: Sequence[Integer], pool_kw: Integer) -> Integer:
    """Share each site's micro-$ among those who run accelerators there, by kW: whole $, int64 [columns, A + 1]."""
    # Micro-$ per kW first: the product with an agent's kW stays inside 64 bits, whatever the site's size.
    per_kw = np.stack(per_site_musd) // np.maximum(pool_kw, 1)
    return np.asarray(products(economy.building.fleet.operating_kw, per_kw) // MUSD_PER_USD)


def pay_for_pools(economy: Economy, clearing: SpotClearing, state: SpotState) -> None:
    """Revenue at the price that each pool's output fetches; running cost, less what a class's work saves users.

    Energy costs the zone's price with delivery, or what the plant behind the meter takes.
    """
    books, sites = economy.books, economy.ground.sites
    hours = clearing.pool_flow * HOURS_PER_MONTH
    # Accelerators take of the connection what they are of the shell's load; cloud and enterprise load takes the rest.
    load = np.maximum(clearing.shell_flow, 1)
    delivered = clearing.zone_price[sites.zone] + state.site_cost
    unit = (delivered * clearing.grid_flow + state.btm_cost * clearing.btm_flow) // load * HOURS_PER_MONTH
    by_site = [clearing.pool_price * hours, state.pool_cost * hours, unit * clearing.pool_flow]
    revenue, running, energy = _by_agent(economy, by_site, state.pool_kw)
    parties, grid = economy.runner_parties, books.outside(Outside.GRID)
    books.pay(books.outside(Outside.USERS), parties, revenue, Account.EXPENSE, Account.INCOME)
    books.pay(parties, books.outside(Outside.OPERATIONS), running, Account.EXPENSE, Account.INCOME)
    economy.treasury.revenue_usd = revenue[: len(economy.population)]
    books.pay(parties, grid, energy, Account.EXPENSE, Account.INCOME)
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
    """Cloud and enterprise load pays rent for the shells that it fills, to landlords and to tenants with empty halls.

    It fills the empty space of a site evenly, whoever has leased it.
    """
    books, load_kw = economy.books, clearing.shell_entry_flow
    unit = quotes.rents.shell * HOURS_PER_MONTH
    other = books.outside(Outside.OTHER_LOAD)
    vacant_kw = economy.building.shells.shell_kw - economy.building.fleet.operating_site_kw
    empty = empty_space(economy, 0, (load_kw > 0) & (unit > 0))
    space_kw = np.maximum(np.maximum(vacant_kw, sum_by(empty.site, empty.kw, len(load_kw))), 1)
    kw = load_kw[empty.site] * empty.kw // space_kw[empty.site]
    books.pay(other, empty.tenant, unit[empty.site] * kw // MUSD_PER_USD, Account.EXPENSE, Account.INCOME)
    left_kw = load_kw - sum_by(empty.site, kw, len(load_kw))
    books.pay(other, economy.places.landlord, unit * left_kw // MUSD_PER_USD, Account.EXPENSE, Account.INCOME)


def settle_payments(economy: Economy, payments: Payments) -> None:
    """Pay what contracts make parties owe each other."""
    economy.books.pay(payments.payer, payments.payee, payments.usd, Account.EXPENSE, Account.INCOME)
    add_by(economy.treasury.owed_usd, payments.payer, payments.usd)
