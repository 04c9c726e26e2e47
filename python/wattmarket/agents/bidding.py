"""From values to bids: which lots an agent bids on, and how many kW its money allows."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from wattmarket import numeric
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

    Attributes
    ----------
    budget_kw
        int64 [A, H]: what each agent may win of each class.
    best
        float64 [L]: the most that any agent would give for each lot's land, $ per kW-month, beyond everything else in
        the package and what its money earns elsewhere.
    """

    view: MarketView
    annuity_months: Float
    cover: float
    most: int
    agents: int
    budget_kw: Integer = field(init=False)
    best: Float = field(init=False)
    _silicon: Integer = field(init=False)
    _parts: list[BidColumns] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self.budget_kw = np.zeros((self.agents, len(self.annuity_months)), dtype=np.int64)
        self.best = np.zeros(len(self.view.lots))
        self._silicon = self.view.sites.silicon[self.view.lots.site]

    def add(
        self,
        agent: int,
        value: Float,
        *,
        cash_usd: int,
        land_ask: Float,
        opportunity: float = 0.0,
        allowed: Truth | None = None,
    ) -> None:
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

        Notes
        -----
        Budgets are kW, fixed before clearing: the class's share of cash over the highest all-in value among its bids,
        network upgrades included, paid up front for the life of the accelerators. So money never runs out.
        """
        lots = self.view.lots
        open_to = (lots.holder < 0) | (lots.holder == agent)
        if allowed is not None:
            open_to &= allowed
        margin = np.where(open_to, value - self.view.price, -np.inf)
        rest = margin + land_ask - self.view.premium - opportunity
        np.maximum(self.best, np.where(open_to, rest, 0.0), out=self.best)
        chosen = self._choose(agent, value, margin, cash_usd)
        if len(chosen):
            self._parts.append(self._bids_of(agent, chosen, value))

    def _choose(self, agent: int, value: Float, margin: Float, cash_usd: int) -> Integer:
        """Lots by falling margin until they cover a multiple of the budget; fixes the budgets."""
        worth = np.flatnonzero((margin > 0.0) & (self.view.lots.kw > 0))
        if cash_usd <= 0 or not len(worth):
            return worth[:0]
        ranked = best_first(margin, worth, self.most)
        all_in = value + self.view.upgrade
        dearest = float(all_in[ranked].max()) * float(self.annuity_months.min())
        reached = np.cumsum(self.view.lots.kw[ranked]) - self.view.lots.kw[ranked]
        chosen = ranked[reached < self.cover * cash_usd / dearest]
        silicon = self._silicon[chosen]
        weight = margin[chosen] * self.view.lots.kw[chosen]
        total = numeric.total(weight)
        for code in range(len(self.annuity_months)):
            mine = silicon == code
            if mine.any():
                share = numeric.total(np.where(mine, weight, 0.0)) / total
                price = float(all_in[chosen[mine]].max()) * float(self.annuity_months[code])
                self.budget_kw[agent, code] = int(share * cash_usd / price)
        return chosen

    def _bids_of(self, agent: int, chosen: Integer, value: Float) -> BidColumns:
        """Bids on chosen lots: each as large as the lot or the class's budget allows."""
        kw = np.minimum(self.view.lots.kw[chosen], self.budget_kw[agent, self._silicon[chosen]])
        some = kw > 0
        lot = chosen[some]
        return BidColumns(
            np.full(len(lot), agent, dtype=np.int64),
            lot,
            numeric.to_integer(np.floor(value[lot] * MUSD_PER_USD), "bid value"),
            kw[some],
        )

    def bids(self) -> BidColumns:
        """All bids of the month, agent by agent, in whatever order they came."""
        parts = sorted((part for part in self._parts if len(part.agent)), key=lambda part: int(part.agent[0]))
        if not parts:
            none = np.zeros(0, dtype=np.int64)
            return BidColumns(none, none, none, none)
        return BidColumns(
            *(np.concatenate([getattr(part, name) for part in parts]) for name in ("agent", "lot", "value", "kw"))
        )


def best_first(margin: Float, rows: Integer, most: int) -> Integer:
    """Rows by falling margin, ties in the order of rows, at most so many of them."""
    if len(rows) > most:
        least = np.partition(margin[rows], len(rows) - most)[len(rows) - most]
        rows = rows[margin[rows] >= least]
    return np.asarray(rows[np.argsort(-margin[rows], kind="stable")][:most])
