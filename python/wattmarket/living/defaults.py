"""Agents that can't pay: what becomes of their contracts, accelerators and debts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wattmarket.agents.books import Account, Outside
from wattmarket.contracts import Kind, State, wind_up

if TYPE_CHECKING:
    from wattmarket.living.economy import Economy

__all__ = ["wind_up_defaults"]

Integer = NDArray[np.int64]


def wind_up_defaults(economy: Economy, broke: Integer) -> None:
    """Wind up every agent that can't pay.

    Creditors take over what runs and run it, pay the rent of the space it stands in, and own the sites that were the
    agent's; other leases and PPAs end; what is on order is cancelled; the books are cleared against its lenders, whose
    loss is the debt that its assets don't cover. Where connections bind or can be sold on, creditors hold those that
    the agent had bought, with their deposits. The agent goes on with new shareholders' money from the next month on,
    as reorganised firms do.
    """
    books = economy.books
    capital = books.outside(Outside.CAPITAL)
    creditors = books.outside(Outside.CREDITORS)
    for agent in broke.tolist():
        ledger = economy.ledger
        ledger.assign(leases_kept(economy, agent), creditors, economy.tick)
        economy.places.landlord[economy.places.landlord == agent] = creditors
        hand_over_connections(economy, agent, creditors)
        wind_up(agent, economy.ledger, economy.building.fleet, creditors, economy.tick, plants=economy.building.plants)
        short, debt = -int(books.cash[agent]), int(books.debt[agent])
        books.pay(capital, agent, short, Account.EXPENSE, Account.DEBT)
        books.adjust(agent, debt + short, Account.DEBT, Account.INCOME)
        books.adjust(agent, int(books.balance[agent, Account.PROPERTY]), Account.EXPENSE, Account.PROPERTY)
        books.adjust(capital, debt, Account.EXPENSE, Account.PROPERTY)
        economy.treasury.forget(agent)
        economy.defaults.append((economy.tick, agent))


def hand_over_connections(economy: Economy, agent: int, creditors: int) -> None:
    """Give creditors the connections that an agent had bought, for their deposits, where it matters whose they are."""
    queue = economy.building.queue
    rule = queue.rule
    if rule.resale or (rule.minimum_take_share > 0.0 and rule.minimum_take_months > 0):
        queue.hand_over(np.flatnonzero(queue.requests.agent == agent), creditors)
        economy.deposits.post(queue, economy.books)


def leases_kept(economy: Economy, agent: int) -> Integer:
    """Leases that an agent's creditors step into: those that run, int64 ids."""
    ledger = economy.ledger
    runs = (ledger.buyer == agent) & (ledger.state == State.ACTIVE)
    return np.flatnonzero(runs & ((ledger.kind == Kind.LEASE) | (ledger.kind == Kind.SUBLEASE)))
