"""Contracts and building: who owes what to whom, what is being built, and what becomes of both."""

from __future__ import annotations

from wattmarket.contracts.default import WindUp, wind_up
from wattmarket.contracts.equipment import EquipmentQueue
from wattmarket.contracts.fleet import AcceleratorFleet
from wattmarket.contracts.ledger import ContractLedger
from wattmarket.contracts.offers import FIRMING_USD_PER_MWH, MINIMUM_SHARE, PpaOffers
from wattmarket.contracts.payments import Payments, whole_usd
from wattmarket.contracts.plants import PlantFleet
from wattmarket.contracts.records import NONE, Kind, State
from wattmarket.contracts.shells import ShellStock
from wattmarket.contracts.tranches import Tranches, TrancheState
from wattmarket.contracts.underwriting import STANDARD_TENOR_MONTHS, PlantCosts, least_strike

__all__ = [
    "FIRMING_USD_PER_MWH",
    "MINIMUM_SHARE",
    "NONE",
    "STANDARD_TENOR_MONTHS",
    "AcceleratorFleet",
    "ContractLedger",
    "EquipmentQueue",
    "Kind",
    "Payments",
    "PlantCosts",
    "PlantFleet",
    "PpaOffers",
    "ShellStock",
    "State",
    "TrancheState",
    "Tranches",
    "WindUp",
    "least_strike",
    "whole_usd",
    "wind_up",
]
