"""From values to bids: which lots an agent bids on, and how many kW its money allows."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from wattmarket import numeric
from wattmarket._core import BiddingCore
from wattmarket.agents.view import MarketView
from wattmarket.units import MUSD_PER_USD

__all__ = ["BidColumns", "Bidding"]

Float = NDArray[np.float64]
Integer = NDArray[np.int64]
Truth = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class BidColumns:
    """Bids of one agent or of all, N rows.

    Parameters
    ----------
    agent, lot
        int64 [N].
    value
        int64 [N]: micro-$ per kW-month.
    kw
        int64 [N]: kW of IT.
    """

    agent: Integer
    lot: Integer
    value: Integer
    kw: Integer


@dataclass(slots=True)
class Bidding:
    """Collects the bids of a month, and what every site would fetch.

    Parameters
    ----------
    view
        What the agents see.
    annuity_months
        float64 [H]: months of the price of accelerators that make up their cost, by silicon class.
    cover, most
        How many lots an agent bids on: a multiple of its budget, and a number.
    agents
        Number of agents.

    Notes
    -----
    Lots are read once, when the bidding is opened.
    """

    view: MarketView
    annuity_months: Float
    cover: float
    most: int
    agents: int
    _core: BiddingCore = field(init=False)

    def __post_init__(self) -> None:
        lots = self.view.lots
        columns = {
            "price": self.view.price,
            "premium": self.view.premium,
            "upgrade": self.view.upgrade,
            "holder": lots.holder,
            "kw": lots.kw,
            "silicon": self.view.sites.silicon[lots.site],
        }
        self._core = BiddingCore(columns, self.annuity_months, self.agents, self.cover, self.most)

    @property
    def budget_kw(self) -> Integer:
        """What each agent may win of each class, int64 [A, H]."""
        return np.frombuffer(self._core.budget(), dtype=np.int64).reshape(self.agents, -1)

    @property
    def best(self) -> Float:
        """The most that any agent would give for each lot's land, float64 [L] $ per kW-month.

        Beyond everything else in the package and what its money earns elsewhere.
        """
        return np.frombuffer(self._core.best(), dtype=np.float64)

    def add(
        self,
        agent: int,
        value: Float,
        *,
        cash_usd: int,
        land_ask: Float,
        opportunity: float = 0.0,
        allowed: Truth | None = None,
    ) -> bool:
        """Take in what packages are worth to an agent, and bid for the best of them as far as its money goes.

        Parameters
        ----------
        agent
            Its row.
        value
            float64 [L]: $ per kW-month, all in.
        cash_usd
            What it can spend this month.
        land_ask
            float64 [L]: the land's part of the expected price, $ per kW-month.
        opportunity
            What a kW-month of its money earned elsewhere last month, $.
        allowed
            bool [L]: lots that it may bid on at all.

        Returns
        -------
        bool
            Whether any lot was worth its price, with money or without.

        Notes
        -----
        Budgets are kW, fixed before clearing: the class's share of cash over the highest all-in value among its bids,
        network upgrades included, paid up front for the life of the accelerators. So money never runs out.
        """
        choice = None if allowed is None else allowed.view(np.uint8)
        return self._core.add(agent, value, land_ask, choice, (cash_usd, opportunity))

    def bids(self) -> BidColumns:
        """All bids of the month, agent by agent, in whatever order they came; each agent's by falling margin."""
        agent, lot, value, kw = self._core.bids()
        return BidColumns(
            np.frombuffer(agent, dtype=np.int64),
            np.frombuffer(lot, dtype=np.int64),
            numeric.to_integer(np.floor(np.frombuffer(value, dtype=np.float64) * MUSD_PER_USD), "bid value"),
            np.frombuffer(kw, dtype=np.int64),
        )
