"""What agents believe of the future, what their forecasts make sites worth, and how they change their minds."""

from __future__ import annotations

from wattmarket.beliefs.cohorts import DEFAULT_COHORTS, Cohort
from wattmarket.beliefs.filters import Beliefs, Outlook
from wattmarket.beliefs.switching import Fitness, choose, switch_shares

__all__ = [
    "DEFAULT_COHORTS",
    "Beliefs",
    "Cohort",
    "Fitness",
    "Outlook",
    "choose",
    "switch_shares",
]
