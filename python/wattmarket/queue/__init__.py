"""The interconnection queue: who gets a grid connection, when, and what became of everybody else."""

from __future__ import annotations

from wattmarket.queue.interconnection import InterconnectionQueue
from wattmarket.queue.ledger import DepositLedger, SlotLedger
from wattmarket.queue.requests import NO_SITE, OUTSIDE, Filing, Reason, Requests, Stage
from wattmarket.queue.resale import SlotSupply
from wattmarket.queue.rule import QueueRule, StudyDeposit
from wattmarket.queue.turns import Turns
from wattmarket.queue.waits import Waits
from wattmarket.queue.zones import QueueZones

__all__ = [
    "NO_SITE",
    "OUTSIDE",
    "DepositLedger",
    "Filing",
    "InterconnectionQueue",
    "QueueRule",
    "QueueZones",
    "Reason",
    "Requests",
    "SlotLedger",
    "SlotSupply",
    "Stage",
    "StudyDeposit",
    "Turns",
    "Waits",
]
