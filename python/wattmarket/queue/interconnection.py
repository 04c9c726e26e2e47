"""The interconnection queue of all zones: file, step, buy one's turn, be energised."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from wattmarket import numeric
from wattmarket.errors import InputError
from wattmarket.numeric.growing import Integer
from wattmarket.queue import resale
from wattmarket.queue.checks import checked_sale, checked_tick, refuse_oversale, refuse_twice
from wattmarket.queue.deposits import pay
from wattmarket.queue.ledger import DepositLedger, SlotLedger, deposit_ledger, slot_ledger
from wattmarket.queue.opening import opening_queue
from wattmarket.queue.requests import NO_SITE, OUTSIDE, Filing, Reason, Requests
from wattmarket.queue.resale import SlotSupply
from wattmarket.queue.rule import QueueRule
from wattmarket.queue.state import QueueState
from wattmarket.queue.studies import advance_studies, withdraw_duplicates
from wattmarket.queue.turns import (
    Turns,
    auction_turns,
    grant_turns,
    lapse,
    outside_bids_of,
    take_outside_turns,
    turns_of,
)
from wattmarket.queue.waits import Waits, waits_of
from wattmarket.queue.zones import QueueZones

__all__ = ["InterconnectionQueue"]


class InterconnectionQueue:
    """Requests for grid connections in all zones, from filing to energisation.

    A month goes: agents `file`; `step` energises, studies, withdraws and grants turns; the joint auction sells
    packages on the lots that `turns` lists (or on the slots of `supply`), and `award` books them.

    Parameters
    ----------
    zones
        Z zones; what stands there at the start is filed by outside developers, who take their turns by themselves.
    rule
        The mechanism and its levers.
    seed
        The run's seed.

    Notes
    -----
    Slots are kW grid, prices micro-dollars per kW and month, deposits whole dollars: integers, so that both laws hold
    exactly. They are checked after every call: every kilowatt asked for is energised, waiting, withdrawn or resold, and
    every dollar paid in is held, returned, forfeited or applied. A call takes O(N log N) for N requests ever filed.

    Nothing depends on the order in which requests of one tick are filed, except their ids: ties go by a draw keyed by
    project, zone, site and tick.

    Examples
    --------
    One zone that releases 10 MW a month and studies for two months; one agent asks for 25 MW.

    >>> zones = QueueZones(("Z",), ("R",), *(np.array([value]) for value in (10_000, 0, 2, 0)))
    >>> queue = InterconnectionQueue(zones, QueueRule.fcfs().changed(connection_months=3), seed=0)
    >>> one = np.array([0])
    >>> ids = queue.file(Filing(zone=one, agent=one, project=one, kw=np.array([25_000])), tick=0)
    >>> for tick in range(3):
    ...     queue.step(tick)
    >>> queue.turns().kw.tolist()
    [25000]
    >>> queue.award(ids, queue.turns().kw)
    >>> for tick in range(3, 6):
    ...     queue.step(tick)
    >>> queue.ledger().energised_kw.tolist(), queue.waits().realised_months.tolist()
    ([25000], [5.0])
    """

    def __init__(self, zones: QueueZones, rule: QueueRule, seed: int) -> None:
        self._state = QueueState(zones, rule, seed)
        opening = opening_queue(zones, seed)
        count = len(opening["zone"])
        outside = {"agent": np.full(count, OUTSIDE, dtype=np.int64), "site": np.full(count, NO_SITE, dtype=np.int64)}
        self._state.enter({**opening, **outside})
        self._state.check()

    @property
    def requests(self) -> Requests:
        """All requests ever filed; read only, please."""
        return self._state.requests

    @property
    def rule(self) -> QueueRule:
        """The rule in force."""
        return self._state.rule

    @property
    def tick(self) -> int:
        """The last tick stepped, −1 before the first."""
        return self._state.tick

    @property
    def free_kw(self) -> Integer:
        """Released and neither reserved nor sold, int64 [Z] kW grid."""
        return self._state.free_kw

    @property
    def withdrawn_by_reason_kw(self) -> Integer:
        """Withdrawn so far, int64 [Z, reasons] kW grid; columns as `Reason`."""
        return self._state.withdrawn_kw.copy()

    def change(self, *, rule: QueueRule | None = None, release_kw_per_month: Integer | None = None) -> None:
        """Put another rule or another release in force from now on.

        Lots that are reserved stay so, unless slots are auctioned from now on: then they are for sale again, and those
        they were reserved for are ready to buy them.
        """
        if rule is not None:
            self._state.rule = rule
            if rule.mechanism == "auction":
                auction_turns(self._state)
        if release_kw_per_month is not None:
            release = np.asarray(release_kw_per_month)
            if release.shape != (len(self._state.zones),) or release.dtype != np.int64 or (release < 0).any():
                raise InputError(f"release_kw_per_month: expected {len(self._state.zones)} int64, none negative")
            self._state.release_kw_per_month = release.copy()

    def file(self, filing: Filing, tick: int) -> Integer:
        """File requests, and take in their first deposits.

        Parameters
        ----------
        filing
            N requests.
        tick
            The last tick stepped, or the next.

        Returns
        -------
        int64 [N]
            Ids, in the order given.

        Raises
        ------
        InputError
            If a value is out of range, or a project asks twice for one site of one zone while the first request waits.
        """
        state = self._state
        columns = filing.checked(len(state.zones))
        zone, project, site = columns["zone"], columns["project"], columns["site"]
        refuse_twice(state.requests, zone, project, site)
        order = np.lexsort((site, zone, project))
        ids = np.empty(len(order), dtype=np.int64)
        filed = np.full(len(order), checked_tick(state, tick), dtype=np.int64)
        ids[order] = state.enter({**{name: column[order] for name, column in columns.items()}, "filed": filed})
        state.check()
        return ids

    def step(
        self,
        tick: int,
        bears_usd_per_kw: Integer | None = None,
        connected_projects: ArrayLike = (),
    ) -> None:
        """Go through one month: release, energise, withdraw, study, lapse, grant turns.

        Parameters
        ----------
        tick
            The tick after the last one stepped.
        bears_usd_per_kw
            int64 [N] for all requests ever filed: the upgrade cost that the project of each bears, $/kW. None: any.
        connected_projects
            Projects that found a connection elsewhere, behind the meter or on a brownfield.

        Raises
        ------
        InputError
            If the tick isn't the next one, or the column has another length.
        InvariantError
            If a kilowatt or a dollar is missing: a bug.
        """
        state = self._state
        if tick != state.tick + 1:
            raise InputError(f"tick: {tick} does not follow {state.tick}")
        if bears_usd_per_kw is not None and bears_usd_per_kw.shape != (len(state.requests),):
            raise InputError(f"bears_usd_per_kw: expected {len(state.requests)} rows, found {bears_usd_per_kw.shape}")
        state.tick = tick
        state.released_kw += state.release_kw_per_month
        state.energise()
        withdraw_duplicates(state, np.asarray(connected_projects, dtype=np.int64))
        advance_studies(state, bears_usd_per_kw)
        lapse(state)
        grant_turns(state)
        take_outside_turns(state)
        state.check()

    def turns(self) -> Turns:
        """List the requests whose turn has come, with the lots reserved for them, in the order of ids.

        Under ``auction`` there are none: bids are placed on `supply`.
        """
        return turns_of(self._state)

    def outside_bids(self) -> Turns:
        """List outside developers' requests that would buy in the auction, each for all that its project still needs.

        What they would give is `Requests.bears_usd_per_kw` less the upgrade cost.
        """
        return outside_bids_of(self._state)

    def award(
        self, ids: Integer, kw: Integer, connection_months: Integer | int | None = None, *, tick: int | None = None
    ) -> None:
        """Book slots that the joint auction sold.

        Parameters
        ----------
        ids, kw
            int64 [N]: requests, each once, and how much each bought; at most its lot, or under ``auction`` what it asks
            for and its zone has free.
        connection_months
            Until it is energised; None: the rule's.
        tick
            When it was sold: the last tick stepped (None) or the next.

        Raises
        ------
        InputError
            If a request is not that far, or the slots aren't there.
        """
        state, r = self._state, self.requests
        ids, kw = checked_sale(self.requests, ids, kw)
        sold = checked_tick(state, tick)
        auctioned = refuse_oversale(state, ids, kw)
        bought = ids[auctioned]
        security = state.rule.security_usd(r.building_kw[bought] + kw[auctioned], r.upgrade_usd_per_kw[bought])
        pay(r, bought, np.maximum(security - r.held_usd[bought], 0))
        state.sell(ids, kw, state.rule.connection_months if connection_months is None else connection_months, sold)
        state.check()

    def withdraw(self, ids: Integer, kw: Integer | None = None, *, building: bool = False) -> None:
        """Give requests up: what remains of them, and with `building` also what was bought and isn't energised.

        With `kw`, int64 [N], no more than that of what remains of each.
        """
        ids, most = checked_sale(self.requests, ids, np.zeros_like(ids) if kw is None else kw)
        self._state.withdraw(ids, Reason.CHOICE, most_kw=None if kw is None else most)
        if building:
            self._state.withdraw(ids, Reason.CHOICE, building=True)
        self._state.check()

    def ask(self, ids: Integer, kw: Integer, ask_musd_per_kw_month: Integer) -> None:
        """Offer slots that are being built for resale; an offer replaces the one before, and lapses at energisation.

        Raises
        ------
        InputError
            If the rule allows no resale, or there is not so much.
        """
        ids, kw = checked_sale(self.requests, ids, kw)
        resale.ask(self._state, ids, kw, np.asarray(ask_musd_per_kw_month))
        self._state.check()

    def resell(
        self,
        ids: Integer,
        kw: Integer,
        *,
        agent: Integer,
        project: Integer,
        site: Integer,
        price_musd_per_kw_month: Integer,
    ) -> Integer:
        """Book slots that were resold; columns int64 [N], `agent`, `project` and `site` the buyer's.

        Returns
        -------
        int64 [N]
            Ids of the buyers' requests.

        Raises
        ------
        InputError
            If the rule allows no resale, or so much was not offered.
        """
        ids, kw = checked_sale(self.requests, ids, kw)
        new = resale.resell(
            self._state,
            ids,
            kw,
            {"agent": agent, "project": project, "site": site, "price_musd_per_kw_month": price_musd_per_kw_month},
        )
        self._state.check()
        return new

    def hand_over(self, ids: Integer, agent: int) -> Integer:
        """Move all that requests have bought to new requests of another agent, and give the ids of those, int64 [M].

        What comes from requests that have bought nothing is left out. What is handed over counts as resold.
        """
        ids, _ = checked_sale(self.requests, ids, np.zeros_like(ids))
        new = resale.hand_over(self._state, ids, agent)
        self._state.check()
        return new

    def building(self) -> tuple[Integer, Integer, Integer]:
        """List connections that are being built: request, kW grid, and tick at which each is energised, int64 [C]."""
        connections = self._state.connections
        rows = np.flatnonzero((connections.energised == 0) & (connections.kw > 0))
        return connections.request[rows], connections.kw[rows], connections.due[rows]

    def supply(self) -> SlotSupply:
        """List the slots that the operator auctions and those that holders resell."""
        return resale.supply_of(self._state)

    def minimum_take_kw(self) -> Integer:
        """What must be paid for of each request whether it is used or not, int64 [N] kW grid."""
        state, connections = self._state, self._state.connections
        kw = connections.bound_kw(state.tick - state.rule.minimum_take_months, len(state.requests))
        return numeric.to_integer(state.rule.minimum_take_share * kw, "minimum_take_share")

    def waits(self, since: int = 0) -> Waits:
        """Measure every zone's wait; the realised one over connections energised in tick `since` or later."""
        return waits_of(self._state, since)

    def ledger(self) -> SlotLedger:
        """Count what became of every kilowatt, by zone."""
        return slot_ledger(self.requests, len(self._state.zones))

    def deposits(self, agent: int | None = None) -> DepositLedger:
        """Count what became of every dollar, of one agent or of all."""
        mine = None if agent is None else np.flatnonzero(self.requests.agent == agent)
        return deposit_ledger(self.requests, mine)
