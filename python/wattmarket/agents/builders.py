"""Agents that build to run accelerators themselves: hyperscalers, neoclouds, sovereign and infrastructure funds."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wattmarket.agents.base import Landlord, MarketAgent
from wattmarket.agents.view import MarketView

__all__ = ["Hyperscaler", "InfrastructureFund", "Neocloud", "SovereignFund"]

Truth = NDArray[np.bool_]


class Hyperscaler(MarketAgent):
    """Wants campuses for training and edge capacity for its users; decides by NPV per MW at its WACC, and buys speed.

    Speed needs no rule of its own: a month of delay loses that month's rent (`MarketView.value`).
    """

    files = True
    spend_months = 2.0


class Neocloud(MarketAgent):
    """Venture-funded: dear money, leverage, leased space that is there soon; can default."""

    attention = "extrapolator"
    files = True
    may_default = True
    cushion = 0.5
    short_leases = True
    spend_months = 1.5
    soon_months = 24

    def allowed(self, view: MarketView) -> Truth:
        """Only what is delivered soon: its lenders don't wait."""
        return np.asarray(view.lots.months <= self.soon_months)


class SovereignFund(MarketAgent):
    """Cheap money, long horizon, home bias (which is in its taste for sites)."""

    attention = "naive"
    files = True
    spend_months = 6.0


class InfrastructureFund(Landlord):
    """Financed campuses and what stands beside them; a yield target, hence no bid below it."""

    attention = "naive"
    files = True
    may_default = True
    cushion = 0.5
    spend_months = 4.0
    patience = 0.10
