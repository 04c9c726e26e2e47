"""Contracts and building: who owes what to whom, what is being built, and what becomes of both."""

from __future__ import annotations

from wattmarket.contracts.ledger import ContractLedger
from wattmarket.contracts.payments import Payments, whole_usd
from wattmarket.contracts.records import NONE, Kind, State

__all__ = [
    "NONE",
    "ContractLedger",
    "Kind",
    "Payments",
    "State",
    "whole_usd",
]
