"""The scenario file: its schema, loading and inheritance, dated events."""

from __future__ import annotations

from wattmarket.scenario.events import Event
from wattmarket.scenario.fields import MonthlyPath
from wattmarket.scenario.load import load_scenario
from wattmarket.scenario.model import Scenario
from wattmarket.scenario.sections_living import PriceLimits
from wattmarket.scenario.sets import Settings, each_setting
from wattmarket.scenario.workloads import Workload
from wattmarket.scenario.zones import ZoneChange, ZoneFactors, zone_factors, zones_named

__all__ = [
    "Event",
    "MonthlyPath",
    "PriceLimits",
    "Scenario",
    "Settings",
    "Workload",
    "ZoneChange",
    "ZoneFactors",
    "each_setting",
    "load_scenario",
    "zone_factors",
    "zones_named",
]
