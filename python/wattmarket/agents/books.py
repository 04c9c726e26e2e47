"""The books: double entry for every agent and for every outside account, in whole dollars."""

from __future__ import annotations

from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wattmarket import _core
from wattmarket.errors import InvariantError

__all__ = ["OUTSIDE", "Account", "Books", "Outside"]

Integer = NDArray[np.int64]


class Outside(IntEnum):
    """Accounts of those who are not agents; a party's row in the books is the number of agents plus this."""

    CREDITORS = 0
    """Own and run what a defaulted agent left; first, so that they are the fleet's last row too."""
    USERS = 1
    """Pay for compute."""
    OTHER_LOAD = 2
    """Cloud and enterprise load: pays rent for shells."""
    CHIPMAKERS = 3
    """Sell accelerators."""
    BUILDERS = 4
    """Build shells."""
    GENERATORS = 5
    """Sell power at LMP, and PPAs where no utility does."""
    GRID = 6
    """Takes wheeling, distribution, connection costs and study deposits; sells slots where no utility does."""
    LANDOWNERS = 7
    """Own the sites that no agent owns."""
    PLANT_VENDORS = 8
    """Build and run plants behind meters, paid by the month."""
    OPERATIONS = 9
    """Staff, maintenance, spares, and fuel."""
    CAPITAL = 10
    """Shareholders and lenders."""


OUTSIDE: Final = tuple(account.name.lower() for account in Outside)


class Account(IntEnum):
    """Columns of every party's ledger; debits are positive, credits negative."""

    CASH = 0
    PROPERTY = 1
    """Accelerators, shells and slots, at cost less depreciation."""
    DEPOSITS = 2
    """Held by grid operators."""
    DEBT = 3
    CAPITAL = 4
    """Paid in by shareholders."""
    INCOME = 5
    EXPENSE = 6


class Books:
    """Ledgers of A agents and of the outside accounts.

    Parameters
    ----------
    agents
        Number of agents.

    Attributes
    ----------
    balance
        int64 [parties, accounts], whole dollars. Read only, please: `pay` and `adjust` write.

    Notes
    -----
    Every entry debits one account by what it credits another, so the row of each party sums to nil, and the column of
    cash sums to nil over all parties: money is neither made nor lost. Both are exact and checked by `check`.

    Examples
    --------
    Agent 0 buys accelerators for $100 of the $300 that its shareholders paid in.

    >>> books = Books(agents=2)
    >>> capital, chipmakers = books.outside(Outside.CAPITAL), books.outside(Outside.CHIPMAKERS)
    >>> books.pay(capital, 0, 300, Account.PROPERTY, Account.CAPITAL)
    >>> books.pay(0, chipmakers, 100, Account.PROPERTY, Account.INCOME)
    >>> books.balance[0].tolist(), books.cash[:2].tolist()
    ([200, 100, 0, 0, -300, 0, 0], [200, 0])
    >>> books.check()
    """

    def __init__(self, agents: int) -> None:
        self.agents = agents
        self.balance: Integer = np.zeros((agents + len(Outside), len(Account)), dtype=np.int64)

    def outside(self, account: Outside) -> int:
        """Row of an outside account."""
        return self.agents + int(account)

    @property
    def cash(self) -> Integer:
        """Cash of every party, int64 [parties] $."""
        return self.balance[:, Account.CASH]

    @property
    def debt(self) -> Integer:
        """Debt of every party, int64 [parties] $, positive."""
        return -self.balance[:, Account.DEBT]

    @property
    def equity(self) -> Integer:
        """What is left after debt, int64 [parties] $."""
        own = [Account.CASH, Account.PROPERTY, Account.DEPOSITS, Account.DEBT]
        return np.asarray(self.balance[:, own].sum(axis=1))  # exact: integers

    def pay(
        self, payer: Integer | int, payee: Integer | int, usd: Integer | int, debit: Account, credit: Account
    ) -> None:
        """Move cash: the payer books it to `debit`, the payee to `credit`; negative amounts flow the other way.

        Parameters
        ----------
        payer, payee
            Rows, int64 [N] or one for all.
        usd
            Whole dollars, int64 [N] or one for all.
        debit, credit
            Account of the payer (an expense, or an asset), and of the payee (income, debt or capital).
        """
        amount = np.asarray(usd, dtype=np.int64)
        shape = np.broadcast(payer, payee, amount).shape
        if amount.shape != shape:
            amount = np.full(shape, amount)
        self.adjust(payer, amount, debit, Account.CASH)
        self.adjust(payee, amount, Account.CASH, credit)

    def adjust(self, party: Integer | int, usd: Integer | int, debit: Account, credit: Account) -> None:
        """Move between two accounts of one party: depreciation, write-offs."""
        if not isinstance(party, np.ndarray):
            moved: Integer | int = np.asarray(usd, dtype=np.int64).sum()  # exact: integers
            self.balance[party, debit] += moved
            self.balance[party, credit] -= moved
            return
        amount = np.ascontiguousarray(usd, dtype=np.int64)
        if amount.shape != party.shape:
            amount = np.full(party.shape, amount)
        _core.post(self.balance.reshape(-1), len(Account), np.ascontiguousarray(party), amount, (debit, credit))

    def check(self) -> None:
        """Stop the run if money was made or lost.

        Raises
        ------
        InvariantError
            Naming the party, or the sum of all cash.
        """
        unbalanced = np.flatnonzero(self.balance.sum(axis=1))  # exact: integers
        if len(unbalanced):
            raise InvariantError(f"books: party {int(unbalanced[0])}: debits and credits differ")
        cash = int(self.cash.sum())  # exact: integers
        if cash:
            raise InvariantError(f"books: cash of all parties sums to {cash} $, not to nil")
