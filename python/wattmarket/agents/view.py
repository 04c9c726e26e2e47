"""What an agent sees when it bids: the lots, what packages cost, and what its cohort believes they will earn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wattmarket import _core
from wattmarket.agents.lots import LotColumns
from wattmarket.beliefs import knot_weights
from wattmarket.capacity.sites import SiteColumns
from wattmarket.finance import annuity_factor
from wattmarket.units import MONTHS_PER_YEAR, USD_PER_KW_MONTH_PER_MUSD_PER_KWH, USD_PER_KW_MONTH_PER_USD_PER_MWH

__all__ = ["Discounting", "MarketView", "excess_rents"]

Float = NDArray[np.float64]
Integer = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Discounting:
    """How each of A agents weighs what it will earn.

    Parameters
    ----------
    weight
        float64 [A, leads, H + 1]: weights of excess rents at the knots (today and the H horizons), by months to
        delivery, per month of the life of accelerators.
    advantage
        float64 [A]: how much cheaper than at the standard rate the agent finances accelerators, as a share.
    """

    weight: Float
    advantage: Float

    @classmethod
    def of(cls, wacc: Float, horizons: tuple[int, ...], life_years: float, standard_rate: float) -> Discounting:
        """Tabulate the weights of every agent and every lead time to the last horizon, and one beyond: nothing."""
        annuity = annuity_factor(wacc, life_years)
        standard = float(annuity_factor(np.array(standard_rate), life_years))
        leads = np.arange(horizons[-1] + 2)
        weight = knot_weights(wacc[:, None], horizons, leads[None, :])
        return cls(weight / (annuity * MONTHS_PER_YEAR)[:, None, None], annuity / standard - 1.0)


def excess_rents(rent_musd_per_kwh: Integer, capital_usd_per_mwh: Float) -> Float:
    """What a kW earns above its full cost: float64 [..., S] $/kW-month.

    Parameters
    ----------
    rent_musd_per_kwh
        int64 [..., S]: what a pool earns above running and energy cost, by the best bid where it is idle.
    capital_usd_per_mwh
        float64 [S]: annualised accelerators, shell and connection.

    Examples
    --------
    >>> excess_rents(np.array([[1_000_000], [500_000]]), np.array([500.0])).tolist()
    [[365.0], [0.0]]
    """
    capital = capital_usd_per_mwh * USD_PER_KW_MONTH_PER_USD_PER_MWH
    return rent_musd_per_kwh * USD_PER_KW_MONTH_PER_MUSD_PER_KWH - capital


@dataclass(frozen=True, slots=True)
class MarketView:
    """The market of one month as columns; all money is $ per kW-month.

    Parameters
    ----------
    tick
        Months since the start.
    sites
        The sites, S rows.
    lots
        The lots, L rows.
    silicon_cost, shell_cost
        float64 [L]: annualised accelerators; annualised shell, land and connection.
    energy_cost
        float64 [C, L]: what energy will cost there in the long run, by cohort.
    excess
        float64 [C, H + 1, L]: what a kW will earn above its full cost, by cohort and knot.
    price
        float64 [L]: the least that the package on each lot can cost: the sum of what sellers ask.
    premium
        float64 [L]: what accelerators are expected to cost above their list price.
    discounting
        How each agent weighs the future.
    cohort
        int64 [A]: cohort of each agent.
    upgrade
        float64 [L]: network upgrade that the holder of a turn pays besides.
    liking
        float64 [A, S]: what a site is worth to an agent, as a multiple of what it will earn.
    """

    tick: int
    sites: SiteColumns
    lots: LotColumns
    silicon_cost: Float
    shell_cost: Float
    energy_cost: Float
    excess: Float
    price: Float
    premium: Float
    discounting: Discounting
    cohort: Integer
    upgrade: Float
    liking: Float

    def value(self, agent: int) -> Float:
        """What a package on each lot is worth all in to an agent, float64 [L].

        Full cost, plus the discounted sum along its cohort's curve of what a kW earns above full cost from delivery to
        the last horizon (beyond it, rent is the cost of entry), plus what cheaper money than the standard saves.
        A month of delay loses that month's excess rent: that is the value of time-to-power.
        """
        cohort = int(self.cohort[agent])
        cost = self.silicon_cost * (1.0 + self.discounting.advantage[agent])
        cost += self.shell_cost
        cost += self.energy_cost[cohort]
        weight, excess = self.discounting.weight[agent], self.excess[cohort]
        data = _core.add_prospects(cost, weight.reshape(-1), excess.reshape(-1), self.lots.months)
        value = np.frombuffer(data, dtype=np.float64) * np.take(self.liking[agent], self.lots.site)
        value -= self.upgrade
        return np.asarray(value)

    def forward_land(self, owner: Integer) -> Float:
        """What its owner's cohort expects shell and land of each lot to earn, float64 [L].

        The discounted mean along the cohort's curve, delivered today.

        Parameters
        ----------
        owner
            int64 [L]: agents; a lot of anybody else earns what its shell costs.
        """
        weight = np.ascontiguousarray(self.discounting.weight[:, 0]).reshape(-1)
        data = _core.prospects_of_owners(owner, weight, self.cohort, self.excess.reshape(-1))
        return np.asarray(self.shell_cost + np.frombuffer(data, dtype=np.float64))
