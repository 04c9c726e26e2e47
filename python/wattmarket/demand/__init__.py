"""How much compute the world wants, where, of which kind, and how it answers to price."""

from __future__ import annotations

from wattmarket.demand.elastic import DemandSteps, demand_steps
from wattmarket.demand.model import DemandModel, MonthDemand, PriceSignal, growth_legs
from wattmarket.demand.paths import GrowthLegs

__all__ = ["DemandModel", "DemandSteps", "GrowthLegs", "MonthDemand", "PriceSignal", "demand_steps", "growth_legs"]
