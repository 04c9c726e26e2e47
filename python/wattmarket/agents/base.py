"""What all agents share: a row in the books, beliefs, and the three things that a class decides."""

from __future__ import annotations

from typing import Protocol

import mesa
import numpy as np
from numpy.typing import NDArray

from wattmarket.agents.books import Account, Books
from wattmarket.agents.population import Population
from wattmarket.agents.view import MarketView

__all__ = ["Desk", "Landlord", "MarketAgent"]

Float = NDArray[np.float64]
Integer = NDArray[np.int64]
Truth = NDArray[np.bool_]


class Desk(Protocol):
    """What an agent needs of its model."""

    population: Population
    books: Books
    operating_kw: Integer
    cohort: Integer
    cohort_names: tuple[str, ...]
    landlord: Integer

    def take_bids(self, agent: MarketAgent) -> None:
        """Take in an agent's bids."""


class MarketAgent(mesa.Agent):
    """An agent of the market. Subclasses say what packages are worth to it, which it may buy, and what it asks.

    Parameters
    ----------
    model
        The model.
    row
        Row of the agent in the population and in the books.

    Notes
    -----
    What an agent decides is columns: one value per lot, one ask per site of its own. It never loops over sites. To
    replace the bidding of a class, subclass it, override `value`, and hand the class to the model:
    ``WattMarketModel(scenario, classes={"edge_investor": Mine})``.
    """

    buys = True
    """Whether the class bids for packages."""

    files = False
    """Whether the class asks for grid connections of its own."""

    may_default = False
    """Whether the class can go broke; for the others shareholders step in."""

    cushion = 1.0
    """Part of `agents.payout_months` of spending that it keeps in cash."""

    short_leases = False
    """Whether the class leases space for the life of its accelerators alone."""

    attention = "attentive"
    """Cohort that agents of the class start in."""

    spend_months = 3.0
    """Months over which free cash is spent."""

    def __init__(self, model: mesa.Model, row: int) -> None:
        super().__init__(model)
        self.row = row
        self.name = self.desk.population.name[row]
        self.agent_class = self.desk.population.agent_class[row]

    @property
    def desk(self) -> Desk:
        """The model, as far as agents need it."""
        return self.model.desk  # type: ignore[no-any-return]

    # -- what it has ---------------------------------------------------------------------------------------------------

    @property
    def cash_usd(self) -> int:
        """Cash, whole $."""
        return int(self.desk.books.cash[self.row])

    @property
    def debt_usd(self) -> int:
        """Debt, whole $."""
        return int(self.desk.books.debt[self.row])

    @property
    def equity_usd(self) -> int:
        """What its books leave after debt, whole $."""
        return int(self.desk.books.equity[self.row])

    @property
    def operating_kw(self) -> int:
        """Accelerators that it runs, kW of IT."""
        return int(self.desk.operating_kw[self.row].sum())  # exact: integers

    @property
    def cohort(self) -> str:
        """Name of its belief cohort."""
        return self.desk.cohort_names[int(self.desk.cohort[self.row])]

    @property
    def revenue_usd(self) -> int:
        """Income since the start, whole $."""
        return -int(self.desk.books.balance[self.row, Account.INCOME])

    # -- what it decides -----------------------------------------------------------------------------------------------

    def value(self, view: MarketView) -> Float:
        """What a package on each lot is worth all in, float64 [L] $ per kW-month; by default its cohort's curve."""
        return view.value(self.row)

    def allowed(self, view: MarketView) -> Truth | None:
        """Which lots it may bid on, bool [L]; None: all that are not reserved for others."""
        return None

    def reserve(self, view: MarketView, site: Integer, cost: Float, forward: Float) -> Float:
        """What it asks for the land of its own sites, float64 [N] $ per kW-month.

        Parameters
        ----------
        view
            What it sees.
        site
            int64 [N]: sites.
        cost
            float64 [N]: the least that covers its cost, or what other load pays for a standing shell.
        forward
            float64 [N]: what its cohort expects shell and land to earn there, at the discounted mean of its curve.
        """
        return cost

    def step(self) -> None:
        """Bid for packages (what a Mesa model calls through ``agents.do("step")``)."""
        self.desk.take_bids(self)


class Landlord(MarketAgent):
    """An agent that holds out for part of what its cohort expects its sites to earn: the option to wait."""

    patience = 0.0
    """Part of the expected rent above cost that it holds out for."""

    def reserve(self, view: MarketView, site: Integer, cost: Float, forward: Float) -> Float:
        """Cost, or a part of the expected rent where that is more."""
        return np.maximum(cost, cost + self.patience * (forward - cost))
