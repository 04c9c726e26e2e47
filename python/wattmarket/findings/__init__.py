"""What runs show: when, where and how hard the edge reprices, who is exposed, who gains, and how sure that is."""

from __future__ import annotations

from wattmarket.findings.exposure import exposure_months, metro_exposure, site_exposure
from wattmarket.findings.find import TwinTables, find
from wattmarket.findings.findings import (
    AlarmRate,
    ExposedPlace,
    Findings,
    MetroBreak,
    PlayerChange,
    RentChange,
    Repricing,
)
from wattmarket.findings.metros import metro_breaks
from wattmarket.findings.players import profit_changes
from wattmarket.findings.power import ZonePower, time_to_power
from wattmarket.findings.repricing import Break, Course, course_of, find_break
from wattmarket.findings.uncertain import Uncertain, placebo_band

__all__ = [
    "AlarmRate",
    "Break",
    "Course",
    "ExposedPlace",
    "Findings",
    "MetroBreak",
    "PlayerChange",
    "RentChange",
    "Repricing",
    "TwinTables",
    "Uncertain",
    "ZonePower",
    "course_of",
    "exposure_months",
    "find",
    "find_break",
    "metro_breaks",
    "metro_exposure",
    "placebo_band",
    "profit_changes",
    "site_exposure",
    "time_to_power",
]
