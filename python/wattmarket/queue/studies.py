"""What a month does to requests before capacity is dealt out: studies end, costs become known, many leave."""

from __future__ import annotations

import numpy as np

from wattmarket import numeric
from wattmarket.numeric.growing import Integer
from wattmarket.queue import deposits
from wattmarket.queue.line import line_order, runs
from wattmarket.queue.requests import OUTSIDE, Reason, Stage
from wattmarket.queue.state import QueueState

__all__ = ["BEARS_ALL", "advance_studies", "withdraw_duplicates"]

BEARS_ALL = np.iinfo(np.int64).max // 4
"""What a project bears of which nothing is said, $/kW."""

STUDIED = (Stage.FACILITIES, Stage.READY, Stage.TURN)


def withdraw_duplicates(state: QueueState, connected_projects: Integer) -> None:
    """Withdraw what remains of projects that have all they need, here or by the caller's word."""
    r = state.requests
    done = state.needs() <= 0
    if len(connected_projects):
        done |= np.isin(r.project, connected_projects)
    state.withdraw(np.flatnonzero(done & (r.remaining_kw > 0)), Reason.DUPLICATE)


def advance_studies(state: QueueState, bears_usd_per_kw: Integer | None) -> None:
    """Move every request whose stage is over to the next, and withdraw those whose project will not have it.

    Parameters
    ----------
    bears_usd_per_kw
        int64 [N], what the project of each request bears, $/kW; None: everything. Outside developers' is drawn.
    """
    r = state.requests
    given = np.full(len(r), BEARS_ALL) if bears_usd_per_kw is None else bears_usd_per_kw
    bears = np.where(r.agent == OUTSIDE, r.bears_usd_per_kw, given)
    first, second = state.rule.months_of(state.zones.study_months)
    _close_windows(state)
    _end_first_study(state, _due(state, Stage.STUDY, first), bears)
    dear = state.live(*STUDIED) & (r.upgrade_usd_per_kw > bears)
    state.withdraw(np.flatnonzero(dear), Reason.UPGRADE)
    _sign(state, _due(state, Stage.FACILITIES, second), bears)


def _due(state: QueueState, stage: Stage, months: Integer) -> Integer:
    r = state.requests
    return np.flatnonzero((r.stage == stage) & (r.stage_since + months[r.zone] <= state.tick))


def _move(state: QueueState, ids: Integer, stage: Stage, months: Integer) -> None:
    """Move to the next stage, as of the month in which the last one was over: an opening queue has some to catch up."""
    state.requests.stage[ids] = stage
    state.requests.stage_since[ids] += months[state.requests.zone[ids]]


def _close_windows(state: QueueState) -> None:
    r = state.requests
    ids = np.flatnonzero(r.stage == Stage.WINDOW)
    if state.rule.mechanism == "cluster":
        closes = (state.rule.window_of(r.filed[ids]) + 1) * state.rule.window_months
        ids, closes = ids[closes <= state.tick], closes[closes <= state.tick]
        r.stage_since[ids] = closes
    r.stage[ids] = Stage.STUDY


def _end_first_study(state: QueueState, ids: Integer, bears: Integer) -> None:
    """Tell upgrade costs; who stays pays the next deposit."""
    r, rule = state.requests, state.rule
    r.upgrade_usd_per_kw[ids] = r.drawn_usd_per_kw[ids]
    deposits.apply_deposit(r, ids, rule.study_deposit.of(r.kw[ids]))
    dear = r.upgrade_usd_per_kw[ids] > bears[ids]
    state.withdraw(ids[dear], Reason.UPGRADE)
    ids = ids[~dear]
    _move(state, ids, Stage.FACILITIES, rule.months_of(state.zones.study_months)[0])
    deposit = numeric.to_integer(rule.readiness_share * (r.upgrade_usd_per_kw[ids] * r.kw[ids]), "readiness_share")
    deposits.pay(r, ids, np.maximum(deposit - r.held_usd[ids], 0))


def _sign(state: QueueState, ids: Integer, bears: Integer) -> None:
    """Ask for security and minimum take.

    A project signs for its best request, the one with the lowest upgrade cost. The others are options, which it expects
    to give up: it keeps one only if it bears the commitment as well (assumption).
    """
    r, rule = state.requests, state.rule
    option = np.ones(len(r), dtype=np.bool_)
    option[_favourites(state, r.project[ids])] = False
    burden = r.upgrade_usd_per_kw[ids] + rule.commitment_usd_per_kw(r.upgrade_usd_per_kw[ids])
    refused = option[ids] & (burden > bears[ids])
    state.withdraw(ids[refused], Reason.COMMITMENT)
    signed = ids[~refused]
    _move(state, signed, Stage.READY, rule.months_of(state.zones.study_months)[1])
    if rule.mechanism != "auction":
        security = rule.security_usd(r.remaining_kw[signed], r.upgrade_usd_per_kw[signed])
        deposits.pay(r, signed, np.maximum(security - r.held_usd[signed], 0))


def _favourites(state: QueueState, projects: Integer) -> Integer:
    """Of the studied requests of each of these projects, the one with the lowest upgrade cost."""
    r = state.requests
    ids = np.flatnonzero(state.live(*STUDIED) & (r.remaining_kw > 0) & np.isin(r.project, projects))
    ids = line_order(r, ids, r.upgrade_usd_per_kw[ids])
    # Stable: within a project the order by cost stays.
    ids = ids[np.argsort(r.project[ids], kind="stable")]
    return ids[np.flatnonzero(np.diff(runs(r.project[ids]), prepend=-1))] if len(ids) else ids
