"""Requests for grid connections: who files how many, where; and their deposits in the books."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wattmarket.agents.books import Account, Books, Outside
from wattmarket.numeric import sum_by
from wattmarket.queue import Filing, InterconnectionQueue

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
    live_kw = sum_by(requests.agent[own], requests.waiting_kw[own], agents)
    taken = np.zeros((agents, len(sites.zone)), dtype=np.bool_)
    waiting = own & (requests.waiting_kw > 0)
    taken[requests.agent[waiting], requests.site[waiting]] = True
    room = np.where(economy.rows.campus, economy.building.room_kw(), 0)
    roomy = np.flatnonzero(room >= LEAST_KW)
    target = economy.monthly_kw() * WAIT_MONTHS * economy.ground.now.agents.projects_cover
    parts = []
    for agent in np.flatnonzero(economy.files & (live_kw < target)).tolist():
        worth = economy.outlook.own_margin[agent]
        open_sites = roomy[~taken[agent, roomy] & (worth[roomy] > 0.0)]
        parts += _projects(economy, agent, open_sites, worth[open_sites], room)
    if parts:
        zone, who, project, kw, site = (np.concatenate(column) for column in zip(*parts, strict=True))
        queue.file(Filing(zone=zone, agent=who, project=project, kw=kw, site=site), economy.tick)


def _projects(
    economy: Economy, agent: int, open_sites: Integer, worth: Float, room: Integer
) -> list[tuple[Integer, Integer, Integer, Integer, Integer]]:
    """Make up to two projects: each asks at its best site, and at the best of two other zones of the same bloc."""
    projects = []
    zone, bloc = economy.ground.sites.zone[open_sites], economy.rows.site_bloc[open_sites]
    for _ in range(PROJECTS_A_MONTH):
        best = _best_of_zones(worth, zone, bloc)
        if not len(best):
            break
        chosen = open_sites[best]
        kw = np.minimum(PROJECT_KW, np.ceil(room[chosen] * economy.rows.site_pue[chosen]).astype(np.int64))
        size = np.full(len(chosen), int(kw.min()), dtype=np.int64)
        project = np.full(len(chosen), economy.new_project(), dtype=np.int64)
        projects.append((zone[best], np.full_like(project, agent), project, size, chosen))
        worth[best] = -np.inf
    return projects


def _best_of_zones(worth: Float, zone: Integer, bloc: Integer) -> Integer:
    """Find the best site, and the best of two other zones of its bloc: rows by falling worth, none at -inf.

    Of equals the first row is best.
    """
    best: list[int] = []
    left = np.arange(len(worth))
    while len(best) < ZONES_A_PROJECT and len(left):
        row = int(left[worth[left].argmax()])
        if worth[row] == -np.inf:
            break
        if not best:
            left = np.flatnonzero(bloc == bloc[row])
        left = left[zone[left] != zone[row]]
        best.append(row)
    return np.array(best, dtype=np.int64)


def bears(economy: Economy) -> Integer:
    """Upgrade cost that every request's project bears, $/kW grid, int64 [N]: what its site is worth above its cost."""
    requests = economy.building.queue.requests
    found = requests.bears_usd_per_kw.copy()
    # Creditors wait for nothing: what they hold is bought.
    own = np.flatnonzero((requests.agent >= 0) & (requests.agent < len(economy.population)) & (requests.site >= 0))
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
        own = requests.agent >= 0
        now = np.stack(
            [
                sum_by(requests.agent[own], getattr(requests, name)[own], self._parties)
                for name in ("paid_usd", "returned_usd", "forfeited_usd", "applied_usd")
            ]
        )
        paid, returned, forfeited, applied = now - self._before
        self._before = now
        everyone = np.arange(self._parties)
        books.pay(everyone, grid, paid, Account.DEPOSITS, Account.DEBT)
        books.pay(grid, everyone, returned, Account.DEBT, Account.DEPOSITS)
        books.adjust(everyone, forfeited, Account.EXPENSE, Account.DEPOSITS)
        books.adjust(everyone, applied, Account.PROPERTY, Account.DEPOSITS)
        books.adjust(grid, int((forfeited + applied).sum()), Account.DEBT, Account.INCOME)  # exact: integers
