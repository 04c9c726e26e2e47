"""Agents that own what others build on: telecoms, edge investors, utilities."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wattmarket.agents.base import Landlord, MarketAgent
from wattmarket.agents.builders import Hyperscaler, InfrastructureFund, Neocloud, SovereignFund
from wattmarket.agents.view import MarketView

__all__ = ["CLASSES", "EdgeInvestor", "Telecom", "Utility"]

Truth = NDArray[np.bool_]


class Telecom(Landlord):
    """Owns exchanges and towers; converts them when the rent beats waiting (a conversion option)."""

    attention = "naive"
    patience = 0.30

    def allowed(self, view: MarketView) -> Truth:
        """Only its own sites."""
        return np.asarray(self.desk.landlord[view.lots.site] == self.row)


class EdgeInvestor(Landlord):
    """A real-estate trust of metro sites: extrapolates, borrows, and buys at the edge alone; the bubble's buyer."""

    attention = "extrapolator"
    may_default = True
    cushion = 0.5
    patience = 0.20
    spend_months = 2.0

    def allowed(self, view: MarketView) -> Truth:
        """Only edge kinds."""
        return np.asarray(view.sites.edge[view.lots.site])


class Utility(MarketAgent):
    """Grid operator or power producer: sells slots, PPAs and new plants at what they cost, and buys nothing."""

    buys = False
    attention = "attentive"


CLASSES: dict[str, type[MarketAgent]] = {
    "hyperscaler": Hyperscaler,
    "neocloud": Neocloud,
    "sovereign_fund": SovereignFund,
    "infrastructure_fund": InfrastructureFund,
    "telecom": Telecom,
    "utility": Utility,
    "edge_investor": EdgeInvestor,
}
"""Class of each name in the population."""
