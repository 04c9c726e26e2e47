"""What runs show: when, where and how hard the edge reprices, who is exposed, who gains, and how sure that is."""

from __future__ import annotations

from wattmarket.findings.bubble import Bubble, BubbleEpisode, BubbleRule, EpisodeDates, ExplosiveTest, PartBubble, Span
from wattmarket.findings.bubble_months import bubble_months
from wattmarket.findings.bubble_search import find_bubble
from wattmarket.findings.chance import placebo_band
from wattmarket.findings.dating import Dating, Met, compare_episodes
from wattmarket.findings.explosive import Critical, Episode, Explosive, critical_values, date_stamp, explosive
from wattmarket.findings.exposure import exposure_months, metro_exposure, site_exposure
from wattmarket.findings.find import find
from wattmarket.findings.findings import (
    AlarmRate,
    ExposedPlace,
    Findings,
    MetroBreak,
    MetroCount,
    PlayerChange,
    RentChange,
    Repricing,
)
from wattmarket.findings.metros import metro_breaks
from wattmarket.findings.players import profit_changes
from wattmarket.findings.power import ZonePower, time_to_power
from wattmarket.findings.repricing import Break, Course, course_of, find_break
from wattmarket.findings.twins import TwinTables
from wattmarket.findings.uncertain import Uncertain

__all__ = [
    "AlarmRate",
    "Break",
    "Bubble",
    "BubbleEpisode",
    "BubbleRule",
    "Course",
    "Critical",
    "Dating",
    "Episode",
    "EpisodeDates",
    "Explosive",
    "ExplosiveTest",
    "ExposedPlace",
    "Findings",
    "Met",
    "MetroBreak",
    "MetroCount",
    "PartBubble",
    "PlayerChange",
    "RentChange",
    "Repricing",
    "Span",
    "TwinTables",
    "Uncertain",
    "ZonePower",
    "bubble_months",
    "compare_episodes",
    "course_of",
    "critical_values",
    "date_stamp",
    "explosive",
    "exposure_months",
    "find",
    "find_break",
    "find_bubble",
    "metro_breaks",
    "metro_exposure",
    "placebo_band",
    "profit_changes",
    "site_exposure",
    "time_to_power",
]
