"""Chipmakers: how many accelerators there are each month, and what they ask."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from wattmarket import numeric
from wattmarket.finance import annuity_factor, usd_per_mwh_of_capital
from wattmarket.scenario import Scenario
from wattmarket.spot import SILICON_CLASSES
from wattmarket.units import KW_PER_GW, MONTHS_PER_YEAR, MUSD_PER_KW_MONTH_PER_USD_PER_MWH

__all__ = ["BILL_OF_MATERIALS", "Chipmakers"]

Float = NDArray[np.float64]
Integer = NDArray[np.int64]

BILL_OF_MATERIALS: Final = {"accelerators": 0.65, "memory": 0.08, "storage": 0.04, "network": 0.05, "other": 0.18}
"""Shares of a server's price (N06)."""

STEPS: Final = ((0.80, 1.00), (0.12, 1.10), (0.08, 1.25))
"""Part of a month's supply, and its ask as a multiple of the list price (assumption: spot lots and overtime)."""

SOLD_OUT: Final = 0.90

FOLLOWING: Final = 0.10
"""How quickly output follows prices: part of a class's premium by which its share grows in a month (assumption)."""

LEAST_SHARE: Final = 0.05


class Chipmakers:
    """The world's supply of accelerators; it grows while it is sold out.

    Parameters
    ----------
    scenario
        Gives the first year's supply.
    standing_kw
        int64 [H]: accelerators standing at the start, whose mix the first supply has.

    Attributes
    ----------
    capacity_kw
        Accelerators that can be delivered this month, all classes together, float kW.

    share
        float64 [H]: each class's part of it.

    Notes
    -----
    Classes come off the same wafers, so that only their sum is scarce. Chipmakers move output month by month to the
    class that fetches more above its list price.
    """

    def __init__(self, scenario: Scenario, standing_kw: Integer) -> None:
        self.capacity_kw = scenario.contracts.chips_gw_per_year * KW_PER_GW / MONTHS_PER_YEAR
        self._listed: tuple[Scenario, Float, Float] | None = None
        self.share: Float = standing_kw / float(max(int(standing_kw.sum()), 1))  # exact: integers

    def list_price(self, scenario: Scenario) -> tuple[Float, Float]:
        """List prices by class, read-only float64 [H] each: $/MWh annualised, and how many months make up the price."""
        if self._listed is not None and self._listed[0] is scenario:
            return self._listed[1:]
        kinds = [getattr(scenario.silicon, name) for name in SILICON_CLASSES]
        rate, life = np.array([kind.wacc for kind in kinds]), np.array([float(kind.life_years) for kind in kinds])
        usd_per_mwh = usd_per_mwh_of_capital(np.array([kind.capex_usd_per_kw for kind in kinds]), rate, life)
        months = annuity_factor(rate, life) * MONTHS_PER_YEAR
        usd_per_mwh.setflags(write=False)
        months.setflags(write=False)
        # Parameters change with the scenario in force, and only so: a month asks five times.
        self._listed = scenario, usd_per_mwh, months
        return usd_per_mwh, months

    def offers(self, scenario: Scenario) -> tuple[Integer, Integer, Integer]:
        """What is on offer this month, by class and step.

        Parameters
        ----------
        scenario
            The parameters in force.

        Returns
        -------
        silicon, ask, kw
            int64 [N]: class, micro-$ per kW-month, kW of IT.
        """
        list_price, _ = self.list_price(scenario)
        supply = self.capacity_kw * scenario.contracts.chips_scale
        part, markup = (np.array(column) for column in zip(*STEPS, strict=True))
        kw = np.floor(supply * self.share[:, None] * part[None, :])
        ask = list_price[:, None] * markup[None, :] * MUSD_PER_KW_MONTH_PER_USD_PER_MWH
        silicon = np.repeat(np.arange(len(SILICON_CLASSES)), len(STEPS))
        return silicon, numeric.to_integer(ask, "silicon ask").ravel(), numeric.to_integer(kw, "silicon").ravel()

    def advance(self, scenario: Scenario, sold_kw: int, price_musd: Integer) -> None:
        """Grow by a month's growth if this month's supply was sold out, and follow the dearer class.

        Parameters
        ----------
        scenario
            The parameters in force.
        sold_kw
            Sold this month.
        price_musd
            int64 [H]: prices of this month, micro-$ per kW-month.
        """
        if sold_kw >= SOLD_OUT * self.capacity_kw * scenario.contracts.chips_scale:
            self.capacity_kw *= float(numeric.power(scenario.contracts.chips_growth_per_year, 1.0 / MONTHS_PER_YEAR))
        listed, _ = self.list_price(scenario)
        premium = np.clip(price_musd / (listed * MUSD_PER_KW_MONTH_PER_USD_PER_MWH), 0.5, 2.0)
        weight = np.maximum(self.share, LEAST_SHARE) * (1.0 + FOLLOWING * (premium - 1.0))
        self.share = weight / numeric.total(weight)
