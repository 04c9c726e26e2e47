"""Contracts and building: who owes what to whom, what is being built, and what becomes of both."""

from __future__ import annotations

from wattmarket.contracts.fleet import AcceleratorFleet
from wattmarket.contracts.ledger import ContractLedger
from wattmarket.contracts.payments import Payments, whole_usd
from wattmarket.contracts.records import NONE, Kind, State
from wattmarket.contracts.shells import ShellStock
from wattmarket.contracts.tranches import Tranches, TrancheState

__all__ = [
    "NONE",
    "AcceleratorFleet",
    "ContractLedger",
    "Kind",
    "Payments",
    "ShellStock",
    "State",
    "TrancheState",
    "Tranches",
    "whole_usd",
]
