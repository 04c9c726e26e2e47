"""Agents: who they are, what they know, what packages are worth to them, and the books they keep."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from wattmarket.agents.base import Desk, Landlord, MarketAgent
from wattmarket.agents.books import Account, Books, Outside
from wattmarket.agents.builders import Hyperscaler, InfrastructureFund, Neocloud, SovereignFund
from wattmarket.agents.owners import CLASSES, EdgeInvestor, Telecom, Utility
from wattmarket.agents.population import AGENT_CLASSES, Population
from wattmarket.agents.view import MarketView

__all__ = [
    "AGENT_CLASSES",
    "CLASSES",
    "Account",
    "Books",
    "Desk",
    "EdgeInvestor",
    "Hyperscaler",
    "InfrastructureFund",
    "Landlord",
    "MarketAgent",
    "MarketView",
    "Neocloud",
    "Outside",
    "Population",
    "SovereignFund",
    "Telecom",
    "Utility",
]

if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        """Find the model beside its agents, where Mesa's users look for it, though it is built on them."""
        if name != "WattMarketModel":
            raise AttributeError(f"module 'wattmarket.agents' has no attribute {name!r}")
        return import_module("wattmarket.living").WattMarketModel
