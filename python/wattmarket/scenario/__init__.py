"""The scenario file: its schema, loading and inheritance, dated events."""

from __future__ import annotations

from wattmarket.scenario.events import Event
from wattmarket.scenario.fields import MonthlyPath
from wattmarket.scenario.load import load_scenario
from wattmarket.scenario.model import Scenario
from wattmarket.scenario.workloads import Workload
from wattmarket.scenario.zones import ZoneChange, ZoneFactors, zone_factors

__all__ = [
    "Event",
    "MonthlyPath",
    "Scenario",
    "Workload",
    "ZoneChange",
    "ZoneFactors",
    "load_scenario",
    "zone_factors",
]
