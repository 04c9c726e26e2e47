"""Money from outside: shareholders, lenders, what they get back, and who can't pay them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from wattmarket.agents.books import Account, Outside
from wattmarket.units import MONTHS_PER_YEAR

if TYPE_CHECKING:
    from wattmarket.living.economy import Economy

__all__ = ["MOST_LEVERAGE", "fund", "service_debt"]

Integer = NDArray[np.int64]

MOST_LEVERAGE: Final = 0.95
"""Nobody lends more than this part of an agent's assets, whatever a scenario multiplies leverage by: borrowed cash is
an asset too, and from 1 on debt would grow for ever."""

CALL_MONTHS: Final = 6
"""Months within which debt that its collateral no longer covers must be paid back (assumption)."""


def fund(economy: Economy, keen: NDArray[np.bool_]) -> None:
    """Take in new money from shareholders; let those borrow who build, are short of cash and have collateral.

    Parameters
    ----------
    keen
        bool [A]: who found anything worth building. Nobody pays in for the others.
    """
    books, everyone = economy.books, np.arange(len(economy.population))
    capital = books.outside(Outside.CAPITAL)
    new_money = economy.treasury.new_money_usd(economy.ground.now, economy.ground.month)
    books.pay(capital, everyone, np.where(keen, new_money, 0), Account.PROPERTY, Account.CAPITAL)
    headroom = np.maximum(debt_limit(economy) - books.debt[everyone], 0) // MONTHS_PER_YEAR
    wants = economy.buys & (books.cash[everyone] < cash_kept(economy, economy.last_owed_usd[everyone]))
    books.pay(capital, everyone, np.where(wants, headroom, 0), Account.PROPERTY, Account.DEBT)


def debt_limit(economy: Economy) -> Integer:
    """Most that each agent's assets secure, int64 [A] whole $."""
    balance = economy.books.balance[: len(economy.population)]
    assets = balance[:, Account.CASH] + balance[:, Account.PROPERTY] + balance[:, Account.DEPOSITS]
    leverage = np.minimum(economy.population.leverage * economy.ground.now.agents.leverage_scale, MOST_LEVERAGE)
    return np.asarray((np.maximum(assets, 0) * leverage).astype(np.int64))


def cash_kept(economy: Economy, owed_usd: Integer) -> Integer:
    """Cash that agents keep at hand: so many months of new money, of what they owe and of half their revenue, [A] $."""
    months = economy.ground.now.agents.payout_months * economy.cushion
    new_money = economy.treasury.new_money_usd(economy.ground.now, economy.ground.month)
    monthly = new_money + owed_usd + np.maximum(economy.treasury.revenue_usd, 0) // 2
    return np.asarray((months * monthly).astype(np.int64))


def service_debt(economy: Economy) -> Integer:
    """Pay interest, repay, and give back what is spare; give the agents that can't pay, int64.

    Loans for accelerators are paid back over their life, loans for shells over that of shells, and what collateral no
    longer covers within half a year. Cash beyond what is kept repays debt, in leveraged classes down to what lenders
    allow, and the rest goes to shareholders.
    """
    books, everyone = economy.books, np.arange(len(economy.population))
    capital = books.outside(Outside.CAPITAL)
    debt = books.debt[everyone].copy()
    interest = (debt * economy.population.wacc / MONTHS_PER_YEAR).astype(np.int64)
    books.pay(everyone, capital, interest, Account.EXPENSE, Account.INCOME)
    life = np.where(economy.buys, int(economy.building.lives.max()), economy.shell_life_months)
    called = np.maximum(debt - debt_limit(economy), 0) // CALL_MONTHS
    books.pay(everyone, capital, np.minimum(debt // life + called, debt), Account.DEBT, Account.PROPERTY)
    spare = np.maximum(books.cash[everyone] - cash_kept(economy, economy.treasury.owed_usd[everyone]), 0)
    kept = np.where(economy.may_default, debt_limit(economy), 0)
    repaid = np.minimum(spare, np.maximum(books.debt[everyone] - kept, 0))
    books.pay(everyone, capital, repaid, Account.DEBT, Account.PROPERTY)
    books.pay(everyone, capital, spare - repaid, Account.CAPITAL, Account.PROPERTY)
    short = np.where(economy.may_default, 0, np.maximum(-books.cash[everyone], 0))
    books.pay(capital, everyone, short, Account.PROPERTY, Account.CAPITAL)
    return np.flatnonzero((books.cash[everyone] < 0) & economy.may_default)
