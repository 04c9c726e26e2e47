"""What agents believe of the future, what their forecasts make sites worth, and how they change their minds."""

from __future__ import annotations

from wattmarket.beliefs.cohorts import DEFAULT_COHORTS, Cohort
from wattmarket.beliefs.curves import Forecaster, ForwardCurves
from wattmarket.beliefs.filters import Beliefs, Outlook
from wattmarket.beliefs.standing import Standing
from wattmarket.beliefs.switching import Fitness, choose, switch_shares
from wattmarket.beliefs.valuation import LifeWeights, annuity_months, knot_table, knot_weights, site_value

__all__ = [
    "DEFAULT_COHORTS",
    "Beliefs",
    "Cohort",
    "Fitness",
    "Forecaster",
    "ForwardCurves",
    "LifeWeights",
    "Outlook",
    "Standing",
    "annuity_months",
    "choose",
    "knot_table",
    "knot_weights",
    "site_value",
    "switch_shares",
]
