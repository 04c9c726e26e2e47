"""How much compute the world wants, where, of which kind, and how it answers to price."""

from __future__ import annotations

from wattmarket.demand.elastic import DemandSteps, demand_steps
from wattmarket.demand.model import DemandModel, MonthDemand, PriceSignal

__all__ = ["DemandModel", "DemandSteps", "MonthDemand", "PriceSignal", "demand_steps"]
