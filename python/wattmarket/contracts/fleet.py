"""Who owns which accelerators where: ordered, operating, retired, handed over."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np
import numpy.typing as npt

from wattmarket import _core, numeric
from wattmarket.contracts.rows import LARGEST_KW, checked_column, checked_rows
from wattmarket.contracts.tranches import Schedule, Tranches, TrancheState
from wattmarket.errors import InputError, InvariantError
from wattmarket.numeric import add_by, sum_by
from wattmarket.numeric.growing import Integer
from wattmarket.units import MONTHS_PER_YEAR

__all__ = ["AcceleratorFleet"]

LONGEST_LIFE_MONTHS: Final = 1_200


class AcceleratorFleet:
    """The accelerators of all agents at all sites, in kW of IT.

    Parameters
    ----------
    agents
        Number of owners A. Creditors that take over what defaults need a row of their own.
    sites
        Number of sites S.

    Attributes
    ----------
    operating_kw
        What runs, int64 [A, S].
    operating_site_kw
        The same by site, int64 [S].
    pipeline_kw
        What each agent has ordered and not yet got, int64 [A].
    pipeline_site_kw
        The same by site, int64 [S].
    tranches
        Every tranche there ever was.

    Notes
    -----
    Conservation is checked in every month, for each site: seeded + ordered = pipeline + operating + retired +
    cancelled. That what is kept by owner and site is what the tranches add up to is checked once a year, and whenever
    tranches change hands. A month takes O(A·S) and what is due in it, the yearly check O(T) with T tranches; nothing
    loops over them.
    """

    def __init__(self, agents: int, sites: int) -> None:
        self.tranches = Tranches()
        self.tick = 0
        self.operating_kw: Integer = np.zeros((agents, sites), dtype=np.int64)
        self.operating_site_kw: Integer = np.zeros(sites, dtype=np.int64)
        self.pipeline_kw: Integer = np.zeros(agents, dtype=np.int64)
        self.pipeline_site_kw: Integer = np.zeros(sites, dtype=np.int64)
        self._entered_kw: Integer = np.zeros(sites, dtype=np.int64)
        self._ended_kw: Integer = np.zeros(sites, dtype=np.int64)
        # Rows of `tranches` by the tick in which they are ready, and by the one in which they retire.
        self._ready_at = Schedule()
        self._retire_at = Schedule()
        # What runs at every site, by the tick in which it retires.
        self._retiring_kw: dict[int, Integer] = {}

    def seed(self, operating_kw: npt.ArrayLike, life_months: npt.ArrayLike, age_weights: npt.ArrayLike) -> None:
        """Put in what stands at the start, spread over ages as `wattmarket.capacity.stock.CapacityStock` does.

        Parameters
        ----------
        operating_kw
            int64 [A, S].
        life_months
            Life of the accelerators of each site, int64 [S] or one for all.
        age_weights
            float64 [M]: share of each age 0 … M − 1 months; M at most any life.

        Raises
        ------
        InputError
            If a column has another shape, a negative value, or an age that is beyond life.
        """
        agents, sites = self.operating_kw.shape
        opening = checked_column(operating_kw, "operating_kw", (agents, sites))
        life = checked_rows({"sites": np.zeros(sites, np.int64), "life_months": life_months})["life_months"]
        weights = np.asarray(age_weights, dtype=np.float64)
        if weights.ndim != 1 or not len(weights) or (weights < 0.0).any() or len(weights) > life.min(initial=10_000):
            raise InputError("age_weights: expected a share, none negative, of each age below every life")
        agent, site = np.nonzero(opening)
        share = np.cumsum(weights) / np.cumsum(weights)[-1]
        share[-1] = 1.0
        # Cumulative flooring loses no kilowatt.
        reached = numeric.to_integer(np.floor(opening[agent, site] * share[:, None]), "operating_kw")
        by_age = np.diff(reached, axis=0, prepend=0)
        age, row = np.nonzero(by_age)
        retire = self.tick + np.maximum(life[site[row]] - age, 1)
        since = {"ordered": self.tick, "ready": self.tick, "retire": retire, "state": int(TrancheState.OPERATING)}
        ids = self.tranches.append(len(row), {"agent": agent[row], "site": site[row], "kw": by_age[age, row], **since})
        self._retire_at.put(retire, ids)
        self._begin(ids)
        self.operating_kw += opening
        by_site = opening.sum(axis=0)  # exact: integers
        self.operating_site_kw += by_site
        self._entered_kw += by_site
        self.check()

    def order(
        self,
        agent: npt.ArrayLike,
        site: npt.ArrayLike,
        kw: npt.ArrayLike,
        ready_tick: npt.ArrayLike,
        life_months: npt.ArrayLike,
    ) -> Integer:
        """Order accelerators; each column is int64 [N] or one value for all.

        Parameters
        ----------
        ready_tick
            When they begin to run, after this tick.
        life_months
            How long they run.

        Returns
        -------
        int64 [N]
            Rows of `tranches`.

        Raises
        ------
        InputError
            Naming column, row and value of what is out of range.
        """
        agents, sites = self.operating_kw.shape
        rows = checked_rows(
            {"agent": agent, "site": site, "kw": kw, "ready_tick": ready_tick, "life_months": life_months},
            {
                **{"agent": (0, agents - 1), "site": (0, sites - 1), "kw": (0, LARGEST_KW)},
                **{"ready_tick": (self.tick + 1, 2**31), "life_months": (1, LONGEST_LIFE_MONTHS)},
            },
        )
        owner, place, ordered_kw = rows["agent"], rows["site"], rows["kw"]
        ids = self.tranches.append(
            len(ordered_kw),
            {
                **{"agent": owner, "site": place, "kw": ordered_kw, "ordered": self.tick},
                **{"ready": rows["ready_tick"], "retire": rows["ready_tick"] + rows["life_months"]},
            },
        )
        self._ready_at.put(self.tranches.ready[ids], ids)
        self._retire_at.put(self.tranches.retire[ids], ids)
        by_site = sum_by(place, ordered_kw, sites)
        add_by(self.pipeline_kw, owner, ordered_kw)
        self.pipeline_site_kw += by_site
        self._entered_kw += by_site
        return ids

    def advance(self, tick: int) -> tuple[Integer, Integer]:
        """Go to a tick: what is ready begins to run, what is old retires.

        Returns
        -------
        completed_kw, retired_kw
            int64 [S] each.

        Raises
        ------
        InputError
            If the tick lies before the one reached.
        """
        if tick < self.tick:
            raise InputError(f"tick: {tick} is before {self.tick}, which the fleet has reached")
        completed, retired = np.zeros_like(self._ended_kw), np.zeros_like(self._ended_kw)
        for month in range(self.tick + 1, tick + 1):
            completed += self._complete(month)
            retired += self._retire(month)
            self.tick = month
        self._ended_kw += retired
        self._check_sites()
        if tick % MONTHS_PER_YEAR == 0:
            self.check()
        return completed, retired

    def _complete(self, month: int) -> Integer:
        t = self.tranches
        ids = self._ready_at.take(month)
        ready = ids[t.state[ids] == TrancheState.ORDERED]
        completed = sum_by(t.site[ready], t.kw[ready], len(self._ended_kw))
        t.state[ready] = TrancheState.OPERATING
        self._begin(ready)
        add_by(self.operating_kw.reshape(-1), self._place(ready), t.kw[ready])
        add_by(self.pipeline_kw, t.agent[ready], -t.kw[ready])
        self.operating_site_kw += completed
        self.pipeline_site_kw -= completed
        return completed

    def _retire(self, month: int) -> Integer:
        t = self.tranches
        ids = self._retire_at.take(month)
        old = ids[t.state[ids] == TrancheState.OPERATING]
        t.state[old] = TrancheState.RETIRED
        add_by(self.operating_kw.reshape(-1), self._place(old), -t.kw[old])
        self._retiring_kw.pop(month, None)
        retired = sum_by(t.site[old], t.kw[old], len(self._ended_kw))
        self.operating_site_kw -= retired
        return retired

    def _place(self, ids: Integer) -> Integer:
        """Agent and site of tranches as one index, int64 [N]."""
        return self.tranches.agent[ids] * len(self.pipeline_site_kw) + self.tranches.site[ids]

    def _begin(self, ids: Integer) -> None:
        """Note when what begins to run will retire."""
        t, sites = self.tranches, len(self.pipeline_site_kw)
        ticks, place = np.unique(t.retire[ids], return_inverse=True)
        begun = sum_by(place * sites + t.site[ids], t.kw[ids], len(ticks) * sites).reshape(len(ticks), sites)
        for when, kw in zip(ticks.tolist(), begun, strict=True):
            self._retiring_kw[when] = self._retiring_kw.get(when, 0) + kw

    def cancel(self, agent: int) -> Integer:
        """Cancel what an agent has ordered and not yet got, int64 [S] kW."""
        t = self.tranches
        mine = np.flatnonzero((t.state == TrancheState.ORDERED) & (t.agent == self._owner(agent)))
        cancelled = sum_by(t.site[mine], t.kw[mine], len(self.pipeline_site_kw))
        t.state[mine] = TrancheState.CANCELLED
        self.pipeline_kw[agent] = 0
        self.pipeline_site_kw -= cancelled
        self._ended_kw += cancelled
        self.check()
        return cancelled

    def transfer(self, from_agent: int, to_agent: int) -> Integer:
        """Hand everything that an agent has or has ordered to another, int64 [S] kW that was running."""
        t = self.tranches
        giver, taker = self._owner(from_agent), self._owner(to_agent)
        moved = np.array(self.operating_kw[giver])
        if giver != taker:
            mine = np.flatnonzero((t.state <= TrancheState.OPERATING) & (t.agent == giver))
            t.agent[mine] = taker
            self.operating_kw[taker] += moved
            self.operating_kw[giver] = 0
            self.pipeline_kw[taker] += self.pipeline_kw[giver]
            self.pipeline_kw[giver] = 0
            self.check()
        return moved

    def at_horizon(self, months: int) -> Integer:
        """Count what runs now and will still run in some months, int64 [S]."""
        then = self.tick + months
        return self.operating_site_kw - self._sum(kw for when, kw in self._retiring_kw.items() if when <= then)

    def due_by(self, months: int) -> Integer:
        """Count what is ordered and will run in some months: ready by then, and not retired before, int64 [S]."""
        t, then = self.tranches, self.tick + months
        ids = self._ready_at.until(then)
        due = ids[(t.state[ids] == TrancheState.ORDERED) & (t.retire[ids] > then)]
        return sum_by(t.site[due], t.kw[due], len(self.pipeline_site_kw))

    def _sum(self, parts: Iterable[Integer]) -> Integer:
        """Add up columns of sites, int64 [S]."""
        found = np.zeros_like(self.pipeline_site_kw)
        for kw in parts:
            found += kw
        return found

    def _owner(self, agent: int) -> int:
        if not 0 <= agent < len(self.pipeline_kw):
            raise InputError(f"agent: {agent} is not in 0..{len(self.pipeline_kw) - 1}")
        return int(agent)

    def _check_sites(self) -> None:
        by_site = _core.fleet_by_site(self.operating_kw.reshape(-1), len(self.operating_site_kw))
        running_kw = np.frombuffer(by_site, dtype=np.int64)
        live_kw = self.pipeline_site_kw + running_kw
        wrong = (live_kw + self._ended_kw != self._entered_kw) | (self.pipeline_site_kw < 0)
        wrong |= running_kw != self.operating_site_kw
        for site in np.flatnonzero(wrong)[:1].tolist():
            raise InvariantError(
                f"contracts: site {site}: of {self._entered_kw[site]} kW of accelerators {live_kw[site]} run or are"
                f" ordered and {self._ended_kw[site]} have ended"
            )

    def check(self) -> None:
        """Check every law, also that the tranches add up; O(T + A·S).

        Raises
        ------
        InvariantError
            If one does not hold.
        """
        self._check_sites()
        t = self.tranches
        columns = {"agent": t.agent, "site": t.site, "kw": t.kw, "state": t.state}
        codes = (TrancheState.ORDERED, TrancheState.OPERATING)
        tally = _core.fleet_tally(columns, codes, self.operating_kw.shape)
        running_kw, by_agent, by_site = (np.frombuffer(kw, dtype=np.int64) for kw in tally)
        if (running_kw != self.operating_kw.ravel()).any():
            raise InvariantError("contracts: accelerators that run are not those of the tranches")
        if (self._sum(self._retiring_kw.values()) != self.operating_site_kw).any():
            raise InvariantError("contracts: accelerators that run are not those that will retire")
        if (by_agent != self.pipeline_kw).any() or (by_site != self.pipeline_site_kw).any():
            raise InvariantError("contracts: accelerators that are ordered are not those of the tranches")
