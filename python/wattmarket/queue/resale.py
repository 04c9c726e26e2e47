"""Slots that change hands before they are energised."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from wattmarket.errors import InputError
from wattmarket.numeric.growing import Integer
from wattmarket.queue import deposits
from wattmarket.queue.state import QueueState

__all__ = ["SlotSupply", "ask", "hand_over", "resell", "supply_of"]


@dataclass(frozen=True, slots=True)
class SlotSupply:
    """Slots on offer.

    Parameters
    ----------
    free_kw
        int64 [Z], what the operator sells in the auction: released and not yet sold, kW grid. Nothing under the other
        mechanisms, which reserve it for turns.
    request, zone, agent, kw, ask_musd_per_kw_month
        int64 [N] each, what holders offer, and the least they take in micro-dollars per kW and month.
    """

    free_kw: Integer
    request: Integer
    zone: Integer
    agent: Integer
    kw: Integer
    ask_musd_per_kw_month: Integer


def supply_of(state: QueueState) -> SlotSupply:
    """List what is on offer this month."""
    r = state.requests
    free = state.free_kw if state.rule.mechanism == "auction" else np.zeros(len(state.zones), dtype=np.int64)
    rows = np.flatnonzero(r.asked_kw > 0) if state.rule.resale else np.zeros(0, dtype=np.int64)
    return SlotSupply(free, rows, r.zone[rows], r.agent[rows], r.asked_kw[rows], r.ask_musd_per_kw_month[rows])


def ask(state: QueueState, ids: Integer, kw: Integer, ask_musd_per_kw_month: Integer) -> None:
    """Offer what is being built for resale, in place of what was offered before."""
    _refuse_resale(state, ids, kw, state.requests.building_kw[ids], "is being built")
    if (ask_musd_per_kw_month < 0).any():
        raise InputError("ask_musd_per_kw_month: must not be negative")
    state.requests.asked_kw[ids] = kw
    state.requests.ask_musd_per_kw_month[ids] = ask_musd_per_kw_month


def resell(state: QueueState, ids: Integer, kw: Integer, buyer: Mapping[str, Integer]) -> Integer:
    """Move kilowatts that are being built to new requests of their buyers; give the ids of those.

    The buyer's columns are ``agent``, ``project``, ``site`` and ``price_musd_per_kw_month``.

    The buyer gets what is due first, with its dates of energisation, the date on which the seller filed, and the
    deposit, which the buyer pays in and the seller gets back.
    """
    r = state.requests
    _refuse_resale(state, ids, kw, r.asked_kw[ids], "is offered")
    new = r.append(
        len(ids),
        {
            "zone": r.zone[ids],
            **buyer,
            "kw": kw,
            "filed": r.filed[ids],
            "luck": r.luck[ids],
            "parent": ids,
            "stage_since": state.tick,
            "drawn_usd_per_kw": r.drawn_usd_per_kw[ids],
            "upgrade_usd_per_kw": r.upgrade_usd_per_kw[ids],
            "building_kw": kw,
        },
    )
    deposits.transfer(r, ids, new, kw)
    which, taken, due = state.connections.take(ids, kw)
    state.connections.append(len(which), {"request": new[which], "kw": taken, "due": due})
    r.building_kw[ids] -= kw
    r.asked_kw[ids] -= kw
    r.resold_kw[ids] += kw
    r.close(ids)
    r.close(new)
    return new


def hand_over(state: QueueState, ids: Integer, agent: int) -> Integer:
    """Move all that requests have bought, built or not, to new requests of another holder; give the ids of those.

    Project, site, dates and deposit go with it. What the old requests still wait for stays with them.
    """
    r = state.requests
    ids = ids[r.building_kw[ids] + r.energised_kw[ids] > 0]
    bought = {"building_kw": r.building_kw[ids], "energised_kw": r.energised_kw[ids]}
    kw = bought["building_kw"] + bought["energised_kw"]
    same = ("zone", "project", "site", "filed", "luck", "drawn_usd_per_kw", "upgrade_usd_per_kw")
    kept = {name: getattr(r, name)[ids] for name in same}
    new = r.append(len(ids), {**kept, **bought, "agent": agent, "kw": kw, "parent": ids, "stage_since": state.tick})
    deposits.transfer(r, ids, new, bought["building_kw"])
    state.connections.move(ids, new)
    for name in ("building_kw", "energised_kw", "asked_kw"):
        getattr(r, name)[ids] = 0
    r.resold_kw[ids] += kw
    r.close(ids)
    r.close(new)
    return new


def _refuse_resale(state: QueueState, ids: Integer, kw: Integer, most: Integer, what: str) -> None:
    if not state.rule.resale:
        raise InputError("resale: the rule of this queue does not allow it")
    problems = [
        f"kw[{row}] = {kw[row]}: {most[row]} kW of request {ids[row]} {what}"
        for row in np.flatnonzero((kw < 0) | (kw > most))[:20].tolist()
    ]
    if problems:
        raise InputError(problems)
