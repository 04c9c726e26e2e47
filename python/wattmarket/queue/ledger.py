"""The two laws of the queue: every kilowatt asked for and every dollar paid in is somewhere, exactly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from wattmarket import _core
from wattmarket.errors import InvariantError
from wattmarket.numeric import sum_by
from wattmarket.numeric.growing import Integer
from wattmarket.queue.requests import Requests, Stage

__all__ = ["DepositLedger", "SlotLedger", "check_books", "deposit_ledger", "slot_ledger"]


@dataclass(frozen=True, slots=True)
class SlotLedger:
    """What became of every kilowatt asked for, int64 [Z] kW grid.

    ``requested = energised + waiting + withdrawn + resold``. A slot that changes hands counts as requested once more,
    by its buyer; ``requested − resold`` counts every kilowatt once.
    """

    requested_kw: Integer
    energised_kw: Integer
    waiting_kw: Integer
    withdrawn_kw: Integer
    resold_kw: Integer


@dataclass(frozen=True, slots=True)
class DepositLedger:
    """What became of every dollar: paid = held + returned + forfeited + applied."""

    paid_usd: int
    held_usd: int
    returned_usd: int
    forfeited_usd: int
    applied_usd: int


def slot_ledger(requests: Requests, zones: int) -> SlotLedger:
    """Count kilowatts by zone."""
    columns = (
        requests.kw,
        requests.energised_kw,
        requests.waiting_kw,
        requests.withdrawn_kw,
        requests.resold_kw,
    )
    return SlotLedger(*(sum_by(requests.zone, column, zones) for column in columns))


def deposit_ledger(requests: Requests, mine: Integer | None = None) -> DepositLedger:
    """Count dollars, of all requests or of those given."""
    rows = slice(None) if mine is None else mine
    columns = (
        requests.paid_usd,
        requests.held_usd,
        requests.returned_usd,
        requests.forfeited_usd,
        requests.applied_usd,
    )
    return DepositLedger(*(int(column[rows].sum()) for column in columns))


def check_books(requests: Requests, zone_id: tuple[str, ...], released_kw: Integer, reasons_kw: Integer) -> None:
    """Check both laws request by request, and that no zone sells more than it released.

    Parameters
    ----------
    released_kw
        int64 [Z], released so far.
    reasons_kw
        int64 [Z], withdrawn so far, counted by reason.

    Raises
    ------
    InvariantError
        Naming zone, request and numbers.
    """
    r = requests
    broken, by_zone = _core.queue_laws(r.columns(*_LAWS), Stage.CLOSED, len(zone_id))
    _refuse(r, zone_id, broken[0], "kW", (r.kw, r.energised_kw, r.waiting_kw, r.withdrawn_kw, r.resold_kw))
    dollars = (r.paid_usd, r.held_usd, r.returned_usd, r.forfeited_usd, r.applied_usd)
    _refuse(r, zone_id, broken[1], "dollars", dollars)
    stages = (r.stage, r.remaining_kw, r.reserved_kw, r.building_kw, r.asked_kw)
    _refuse(r, zone_id, broken[2], "kW by stage", stages)
    used, withdrawn = (np.frombuffer(kw, dtype=np.int64) for kw in by_zone)
    free_kw = released_kw - used
    for row in np.flatnonzero((free_kw < 0) | (withdrawn != reasons_kw))[:1].tolist():
        raise InvariantError(
            f"queue: zone {zone_id[row]}: {free_kw[row]} kW of slots are left,"
            f" {withdrawn[row]} kW withdrawn and {reasons_kw[row]} kW by reason"
        )


def _refuse(
    requests: Requests, zone_id: tuple[str, ...], row: int | None, what: str, columns: tuple[Integer, ...]
) -> None:
    if row is not None:
        numbers = ", ".join(str(int(column[row])) for column in columns)
        raise InvariantError(
            f"queue: zone {zone_id[requests.zone[row]]}: request {row}: {what} do not add up: {numbers}"
        )


_LAWS: Final = (
    *("zone", "stage", "kw", "remaining_kw", "reserved_kw", "building_kw", "energised_kw", "resold_kw", "withdrawn_kw"),
    *("asked_kw", "paid_usd", "held_usd", "returned_usd", "forfeited_usd", "applied_usd"),
)
