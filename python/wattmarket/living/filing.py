"""Requests for grid connections: who files how many, where; and their deposits in the books."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wattmarket import _core
from wattmarket.agents.books import Account, Books, Outside
from wattmarket.numeric import sum_by
from wattmarket.queue import OUTSIDE, Filing, InterconnectionQueue

if TYPE_CHECKING:
    from wattmarket.living.economy import Economy

__all__ = ["DepositAccounts", "bears", "file_requests"]

Float = NDArray[np.float64]
Integer = NDArray[np.int64]

PROJECT_KW = 200_000
"""Size of a request, kW grid: facts I01's mean, rounded."""

LEAST_KW = 20_000
PROJECTS_A_MONTH = 2
ZONES_A_PROJECT = 3
"""Zones in which a project files (assumption; the middle of 1 to 5)."""

WAIT_MONTHS = 48
"""Time in line that an agent reckons with when it sizes its requests (I23)."""


def file_requests(economy: Economy) -> None:
    """Let every agent that builds keep enough requests alive, at the campuses that it values most."""
    queue, sites = economy.building.queue, economy.ground.sites
    requests, agents = queue.requests, len(economy.population)
    own = (requests.agent >= 0) & (requests.agent < agents) & (requests.site >= 0)
    waiting = np.flatnonzero(own & (requests.waiting_kw > 0))
    who, where = requests.agent[waiting], requests.site[waiting]
    live_kw = sum_by(who, requests.waiting_kw[waiting], agents)
    room = np.where(economy.rows.campus, economy.building.room_kw(), 0)
    target = economy.monthly_kw() * WAIT_MONTHS * economy.ground.now.agents.projects_cover
    found = _core.projects(
        np.flatnonzero(economy.files & (live_kw < target)),
        economy.outlook.own_margin.reshape(-1),
        who * len(room) + where,
        np.flatnonzero(room >= LEAST_KW),
        (sites.zone, economy.rows.site_bloc),
        (PROJECTS_A_MONTH, ZONES_A_PROJECT),
    )
    agent, project, site = (np.frombuffer(column, dtype=np.int64) for column in found)
    if not len(site):
        return
    # A project asks for as much as it can have at each of its sites.
    least = np.full(int(project[-1]) + 1, PROJECT_KW, dtype=np.int64)
    np.minimum.at(least, project, np.ceil(room[site] * economy.rows.site_pue[site]).astype(np.int64))
    filing = Filing(
        zone=sites.zone[site],
        agent=agent,
        project=economy.new_projects(len(least))[project],
        kw=least[project],
        site=site,
    )
    queue.file(filing, economy.tick)


def bears(economy: Economy) -> Integer:
    """Upgrade cost that every request's project bears, $/kW grid, int64 [N]: what its site is worth above its cost.

    Agents say so only where something remains of a request.
    """
    requests = economy.building.queue.requests
    found = requests.bears_usd_per_kw.copy()
    # Creditors wait for nothing: what they hold is bought.
    own = np.flatnonzero(
        (requests.remaining_kw > 0)
        & (requests.agent >= 0)
        & (requests.agent < len(economy.population))
        & (requests.site >= 0)
    )
    site = requests.site[own]
    margin = economy.outlook.own_margin[requests.agent[own], site]
    usd_per_kw = margin * economy.annuity_months[economy.ground.sites.silicon[site]] / economy.rows.site_pue[site]
    found[own] = np.clip(usd_per_kw, 0.0, 1e6).astype(np.int64)
    return found


class DepositAccounts:
    """Keeps the books in step with the deposits of the queue: whatever changed since last month is posted.

    Creditors, who hold what the defaulted had bought, are one party more than the agents, in the queue as in the books.
    """

    def __init__(self, agents: int) -> None:
        self._parties = agents + 1
        self._before = np.zeros((4, self._parties), dtype=np.int64)

    def post(self, queue: InterconnectionQueue, books: Books) -> None:
        """Post what holders paid in, got back, lost, and what became part of their connections."""
        requests, grid = queue.requests, books.outside(Outside.GRID)
        sums = requests.paid_usd, requests.returned_usd, requests.forfeited_usd, requests.applied_usd
        # Outside developers come first, and keep books of their own.
        now = sum_by(requests.agent - OUTSIDE, np.stack(sums), self._parties - OUTSIDE)[:, -OUTSIDE:]
        paid, returned, forfeited, applied = now - self._before
        self._before = now
        everyone = np.arange(self._parties)
        books.pay(everyone, grid, paid, Account.DEPOSITS, Account.DEBT)
        books.pay(grid, everyone, returned, Account.DEBT, Account.DEPOSITS)
        books.adjust(everyone, forfeited, Account.EXPENSE, Account.DEPOSITS)
        books.adjust(everyone, applied, Account.PROPERTY, Account.DEPOSITS)
        books.adjust(grid, int((forfeited + applied).sum()), Account.DEBT, Account.INCOME)  # exact: integers
