"""Agents: who they are, what they know, what packages are worth to them, and the books they keep."""

from __future__ import annotations

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
