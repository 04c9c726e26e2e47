"""How released capacity becomes turns, and what outside developers do with theirs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wattmarket.numeric import before_in_group
from wattmarket.numeric.growing import Integer
from wattmarket.queue.line import deal_in_order, deal_pro_rata, line_order
from wattmarket.queue.requests import OUTSIDE, Reason, Stage
from wattmarket.queue.state import QueueState

__all__ = ["Turns", "auction_turns", "grant_turns", "lapse", "outside_bids_of", "take_outside_turns", "turns_of"]


@dataclass(frozen=True, slots=True)
class Turns:
    """Requests that may buy a slot now, int64 [N] each.

    Parameters
    ----------
    request, zone, agent, project, site
        Which request, and whose.
    kw
        Size of the lot, kW grid.
    upgrade_usd_per_kw
        What its connection costs in network upgrades.
    """

    request: Integer
    zone: Integer
    agent: Integer
    project: Integer
    site: Integer
    kw: Integer
    upgrade_usd_per_kw: Integer


def lapse(state: QueueState) -> None:
    """Withdraw requests that bought nothing of their lot in time, or won nothing in the auction for too long."""
    r, rule = state.requests, state.rule
    since = state.tick - r.stage_since
    state.withdraw(np.flatnonzero((r.reserved_kw > 0) & (since >= rule.turn_months)), Reason.LAPSED)
    if rule.mechanism == "auction":
        tired = (r.stage == Stage.READY) & (since >= rule.patience_months)
        state.withdraw(np.flatnonzero(tired), Reason.PATIENCE)


def grant_turns(state: QueueState) -> None:
    """Deal free capacity along the line, by date of filing or cluster by cluster; not at all where it is auctioned."""
    r, rule = state.requests, state.rule
    if rule.mechanism == "auction":
        return
    need = np.where(state.live(Stage.READY, Stage.TURN), r.remaining_kw - r.reserved_kw, 0)
    waiting = np.flatnonzero(need > 0)
    ids = line_order(r, waiting, r.zone[waiting])
    free = state.free_kw
    if rule.mechanism == "fcfs":
        lots = deal_in_order(r.zone[ids], need[ids], free)
    else:
        lots = deal_pro_rata(r.zone[ids], rule.window_of(r.filed[ids]), need[ids], free)
    # The clock of a lot starts when it does; what is added later does not turn it back.
    fresh = ids[(lots > 0) & (r.reserved_kw[ids] == 0)]
    r.stage[fresh] = Stage.TURN
    r.stage_since[fresh] = state.tick
    r.reserved_kw[ids] += lots


def auction_turns(state: QueueState) -> None:
    """Put what is reserved up for sale: those whose turn had come are ready to buy."""
    r = state.requests
    ids = np.flatnonzero(r.reserved_kw > 0)
    r.reserved_kw[ids] = 0
    r.stage[ids] = Stage.READY
    r.stage_since[ids] = state.tick


def take_outside_turns(state: QueueState) -> None:
    """Let outside developers buy their lots, no project more than it needs."""
    r = state.requests
    needed = state.needs()
    mine = np.flatnonzero((r.agent == OUTSIDE) & (r.reserved_kw > 0))
    ids = line_order(r, mine, r.project[mine])
    before = before_in_group(r.project[ids], r.reserved_kw[ids])
    state.sell(ids, np.clip(needed[ids] - before, 0, r.reserved_kw[ids]), state.rule.connection_months, state.tick)


def turns_of(state: QueueState) -> Turns:
    """List agents' requests with a lot reserved for them."""
    r = state.requests
    ids = np.flatnonzero((r.reserved_kw > 0) & (r.agent != OUTSIDE))
    return _listed(state, ids, r.reserved_kw[ids])


def outside_bids_of(state: QueueState) -> Turns:
    """List outside developers' requests that could buy in the auction, each for all that its project still needs."""
    r = state.requests
    kw = np.minimum(state.needs(), r.remaining_kw)
    ids = np.flatnonzero((r.agent == OUTSIDE) & (r.stage == Stage.READY) & (kw > 0))
    return _listed(state, ids, kw[ids])


def _listed(state: QueueState, ids: Integer, kw: Integer) -> Turns:
    r = state.requests
    return Turns(ids, r.zone[ids], r.agent[ids], r.project[ids], r.site[ids], kw, r.upgrade_usd_per_kw[ids])
