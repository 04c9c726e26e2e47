"""The money side of the model: books, new money, what is written off, and what was spent and owed this month."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from wattmarket import numeric
from wattmarket.agents.books import Account, Books, Outside
from wattmarket.agents.population import FUNDED_YEARS, Population
from wattmarket.scenario import Scenario
from wattmarket.units import MONTHS_PER_YEAR

__all__ = ["Treasury"]

Float = NDArray[np.float64]
Integer = NDArray[np.int64]

LONGEST_LIFE_MONTHS: Final = 1_300


class Treasury:
    """Books of all parties, and what a month adds up to.

    Parameters
    ----------
    population
        The agents.
    months
        Length of the run.

    Attributes
    ----------
    books
        The books.
    owed_usd
        int64 [parties]: what contracts made each pay this month.
    spent_usd
        int64 [A]: what each put into accelerators and connections this month.
    revenue_usd
        int64 [A]: what users paid each this month.
    """

    def __init__(self, population: Population, months: int) -> None:
        self.books = Books(len(population))
        parties = len(population) + len(Outside)
        self._population = population
        # What players spend is in part borrowed: that part their lenders decide on, by what secures it.
        self._equity: Float = 1.0 - population.leverage
        self._sovereign = np.array([name == "sovereign_fund" for name in population.agent_class])
        self._written_off_usd: Integer = np.zeros(parties, dtype=np.int64)
        # A row a month: what is read together lies together.
        self._ends_usd: Integer = np.zeros((months + LONGEST_LIFE_MONTHS + 1, parties), dtype=np.int64)
        self.owed_usd: Integer = np.zeros(parties, dtype=np.int64)
        self.spent_usd: Integer = np.zeros(len(population), dtype=np.int64)
        self.revenue_usd: Integer = np.zeros(len(population), dtype=np.int64)

    def begin_month(self) -> None:
        """Forget last month's sums."""
        self.owed_usd[:] = 0
        self.spent_usd[:] = 0

    def open_with(self, usd: Integer) -> None:
        """Put what agents own at the start into their books, paid for by their shareholders: int64 [A]."""
        self.books.adjust(np.arange(len(usd)), usd, Account.PROPERTY, Account.CAPITAL)

    def new_money_usd(self, scenario: Scenario, month: int) -> Integer:
        """New money of shareholders in a month, int64 [A] whole $.

        The shipped years as they are, what follows at the stated growth.
        """
        year = month // MONTHS_PER_YEAR
        place = min(max(year - FUNDED_YEARS[0], 0), len(FUNDED_YEARS) - 1)
        later = max(year - FUNDED_YEARS[-1], 0)
        growth = float(numeric.power(scenario.agents.funding_growth_per_year, float(later)))
        usd = self._population.funding_usd[:, place] * (scenario.agents.funding_scale * growth / MONTHS_PER_YEAR)
        usd = usd * np.where(self._sovereign, scenario.agents.sovereign_funding_scale, 1.0) * self._equity
        return numeric.to_integer(np.floor(usd), "funding")

    def write_off(self, party: Integer, usd: Integer, months: Integer, tick: int) -> None:
        """Spread what was bought over its life, a like amount every month from this one on."""
        monthly = usd // months
        numeric.add_by(self._written_off_usd, party, monthly)
        numeric.add_by(self._ends_usd.reshape(-1), (tick + months) * self._ends_usd.shape[1] + party, monthly)

    def depreciate(self, tick: int) -> None:
        """Write off this month's part of everything that was bought."""
        parties = np.arange(len(self._written_off_usd))
        self._written_off_usd -= self._ends_usd[tick]
        self.books.adjust(parties, self._written_off_usd, Account.EXPENSE, Account.PROPERTY)

    def forget(self, party: int) -> None:
        """Stop writing off what a party has lost."""
        self._written_off_usd[party] = 0
        self._ends_usd[:, party] = 0
