"""Money in the queue: every dollar paid in is held, returned, forfeited or applied."""

from __future__ import annotations

import numpy as np

from wattmarket.numeric.growing import Integer
from wattmarket.queue.requests import Requests

__all__ = ["apply_deposit", "forfeit_or_return", "part_of", "pay", "settle_energised", "transfer"]


def part_of(amount: Integer, part: Integer, whole: Integer) -> Integer:
    """Floor of ``amount · part / whole``, with 0 ≤ part ≤ whole; all of it where the part is the whole.

    Exact for amounts below 2**62 and wholes below 2**31: the product never leaves 64 bits.

    Examples
    --------
    >>> part_of(np.array([10]), np.array([1]), np.array([3])).tolist()
    [3]
    """
    whole = np.maximum(whole, 1)
    # amount = q·whole + r, so amount·part/whole = q·part + r·part/whole, and r·part < whole².
    return amount // whole * part + amount % whole * part // whole


def pay(requests: Requests, ids: Integer, usd: Integer) -> None:
    """Take in dollars and hold them."""
    requests.paid_usd[ids] += usd
    requests.held_usd[ids] += usd


def apply_deposit(requests: Requests, ids: Integer, usd: Integer) -> None:
    """Spend what is held, at most these dollars."""
    spent = np.minimum(usd, requests.held_usd[ids])
    requests.held_usd[ids] -= spent
    requests.applied_usd[ids] += spent


def forfeit_or_return(requests: Requests, ids: Integer, kw: Integer, penalty_usd: Integer) -> None:
    """Settle what is held for kilowatts that leave: the penalty first, the rest goes back.

    A penalty beyond what is held is not collected.
    """
    freed = part_of(requests.held_usd[ids], kw, requests.waiting_kw[ids])
    lost = np.minimum(freed, penalty_usd)
    requests.held_usd[ids] -= freed
    requests.forfeited_usd[ids] += lost
    requests.returned_usd[ids] += freed - lost


def settle_energised(requests: Requests, ids: Integer, kw: Integer) -> None:
    """Settle what is held for kilowatts that are energised: it pays for their upgrades, the rest goes back."""
    freed = part_of(requests.held_usd[ids], kw, requests.waiting_kw[ids])
    spent = np.minimum(freed, np.maximum(requests.upgrade_usd_per_kw[ids], 0) * kw)
    requests.held_usd[ids] -= freed
    requests.applied_usd[ids] += spent
    requests.returned_usd[ids] += freed - spent


def transfer(requests: Requests, sellers: Integer, buyers: Integer, kw: Integer) -> None:
    """Let buyers pay in what is held for the kilowatts they take over, and give it back to the sellers."""
    freed = part_of(requests.held_usd[sellers], kw, requests.waiting_kw[sellers])
    requests.held_usd[sellers] -= freed
    requests.returned_usd[sellers] += freed
    pay(requests, buyers, freed)
