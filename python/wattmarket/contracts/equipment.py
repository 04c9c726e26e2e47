"""Makers of equipment that everybody waits for: the more is ordered, the longer it takes."""

from __future__ import annotations

from typing import Self

import numpy as np
import numpy.typing as npt

from wattmarket import numeric
from wattmarket.contracts.pipeline import Pipeline
from wattmarket.contracts.rows import LARGEST_KW, checked_rows
from wattmarket.errors import InputError, InvariantError
from wattmarket.units import KW_PER_GW, MONTHS_PER_YEAR

__all__ = ["EquipmentQueue"]

_NOWHERE = np.zeros(1, dtype=np.int64)


class EquipmentQueue:
    """The order book of one kind of equipment, in kW of grid.

    An order waits until its making begins, at so many kW a month, and is then made for the base lead time:

        lead = base + ⌊(backlog + order − 1) / delivery⌋ months.

    Parameters
    ----------
    name
        What it is.
    delivery_kw_per_month
        What all makers together can begin in a month, at least 1.
    base_lead_months
        Lead time without a backlog, at least 1.
    growth_per_year
        How fast delivery grows while the last of the backlog waits longer than the base lead; 0.1 is a tenth a year.
    price_usd_per_kw
        What a kW costs.
    outside_kw_per_month
        What others order every month.
    backlog_kw
        Orders of others that wait at the start.

    Attributes
    ----------
    backlog_kw
        Ordered, and its making not begun.
    delivery_kw_per_month
        As grown by now.
    ordered_kw, delivered_kw
        Since the start, the opening backlog included.

    Notes
    -----
    First come, first served; delivery never shrinks, so that nothing comes later than was said when it was ordered.
    Conservation is checked in every month: ordered = backlog + being made + delivered.

    Examples
    --------
    >>> makers = EquipmentQueue("turbines", 100, base_lead_months=15, growth_per_year=0.1, price_usd_per_kw=2_400)
    >>> makers.lead_months, makers.order(250, tick=0), makers.lead_months
    (15, 17, 17)
    """

    def __init__(
        self,
        name: str,
        delivery_kw_per_month: int,
        base_lead_months: int,
        growth_per_year: float,
        price_usd_per_kw: int,
        *,
        outside_kw_per_month: int = 0,
        backlog_kw: int = 0,
    ) -> None:
        given = {
            "delivery_kw_per_month": (delivery_kw_per_month, 1),
            "base_lead_months": (base_lead_months, 1),
            "growth_per_year": (growth_per_year, 0),
            "price_usd_per_kw": (price_usd_per_kw, 0),
            "outside_kw_per_month": (outside_kw_per_month, 0),
            "backlog_kw": (backlog_kw, 0),
        }
        wrong = [f"{name}: {key}: {value} is below {low}" for key, (value, low) in given.items() if not value >= low]
        if wrong:
            raise InputError(wrong)
        self.name = name
        self.base_lead_months = base_lead_months
        self.price_usd_per_kw = price_usd_per_kw
        self.outside_kw_per_month = outside_kw_per_month
        self.delivery_kw_per_month = delivery_kw_per_month
        self.backlog_kw = backlog_kw
        self.ordered_kw = backlog_kw
        self.delivered_kw = 0
        self.tick = 0
        self._capacity = float(delivery_kw_per_month)
        self._growth = numeric.power(1.0 + growth_per_year, 1.0 / MONTHS_PER_YEAR)
        self._making = Pipeline(1, base_lead_months)

    @classmethod
    def turbines(cls, gw_per_year: float = 60.0) -> Self:
        """Gas turbines: 60 GW a year in the world, of which others take 45 (assumptions); lead P17; price P14.

        Makers have sold out for years (P16) and grow by a tenth a year (assumption).
        """
        return cls("turbines", _monthly(gw_per_year), 15, 0.10, 2_400, outside_kw_per_month=_monthly(45.0))

    @classmethod
    def transformers(cls) -> Self:
        """Large power transformers: lead the low end of I36; 120 GW a year, others 100, 30 $/kW (assumptions)."""
        return cls("transformers", _monthly(120.0), 24, 0.10, 30, outside_kw_per_month=_monthly(100.0))

    @classmethod
    def fuel_cells(cls) -> Self:
        """Fuel cells: price P20, lead P21; 1 GW a year, others 0.3, growth of a half a year (assumptions; P22)."""
        return cls("fuel_cells", _monthly(1.0), 3, 0.50, 3_100, outside_kw_per_month=_monthly(0.3))

    def resize(self, gw_per_year: float) -> None:
        """Let makers begin so many GW a year from now on, at least a kW a month."""
        self.delivery_kw_per_month = max(_monthly(gw_per_year), 1)
        self._capacity = float(self.delivery_kw_per_month)

    @property
    def making_kw(self) -> int:
        """What is being made."""
        return int(self._making.total[0])

    @property
    def lead_months(self) -> int:
        """Lead time of one more kW ordered now."""
        return self.lead_of(1)

    def lead_of(self, kw: int) -> int:
        """Lead time of an order of this size now, for its last kW."""
        return self.base_lead_months + (self.backlog_kw + max(int(kw), 1) - 1) // self.delivery_kw_per_month

    def cost_usd(self, kw: int) -> int:
        """What an order costs, whole $."""
        return int(kw) * self.price_usd_per_kw

    def order(self, kw: npt.ArrayLike, tick: int) -> int:
        """Order equipment; orders of one call stand together, so that their order never matters.

        Parameters
        ----------
        kw
            One order or several, int64 [N], not negative.

        Returns
        -------
        int
            Months until the last of it comes.

        Raises
        ------
        InputError
            If an order is negative, or `tick` is not the one that `advance` has reached.
        """
        if tick != self.tick:
            raise InputError(f"tick: {tick} is not {self.tick}, which the {self.name} have reached")
        ordered_kw = int(checked_rows({"kw": kw}, {"kw": (0, LARGEST_KW)})["kw"].sum())
        lead = self.lead_of(ordered_kw)
        self.backlog_kw += ordered_kw
        self.ordered_kw += ordered_kw
        return lead

    def advance(self, tick: int) -> int:
        """Go to a tick: begin what there is capacity for, deliver what is made, and let others order.

        Returns
        -------
        int
            kW delivered.

        Raises
        ------
        InputError
            If the tick lies before the one reached.
        """
        if tick < self.tick:
            raise InputError(f"tick: {tick} is before {self.tick}, which the {self.name} have reached")
        before_kw = self.delivered_kw
        for month in range(self.tick + 1, tick + 1):
            self._month()
            self.tick = month
        if self.ordered_kw != self.backlog_kw + self.making_kw + self.delivered_kw or self.backlog_kw < 0:
            raise InvariantError(
                f"contracts: {self.name}: of {self.ordered_kw} kW ordered {self.backlog_kw} wait,"
                f" {self.making_kw} are being made and {self.delivered_kw} were delivered"
            )
        return self.delivered_kw - before_kw

    def _month(self) -> None:
        behind = self.backlog_kw > self.delivery_kw_per_month
        begun_kw = min(self.backlog_kw, self.delivery_kw_per_month)
        self.backlog_kw -= begun_kw
        self._making.add(_NOWHERE, np.array([begun_kw]), np.array([self.base_lead_months]))
        self.delivered_kw += int(self._making.advance()[0])
        if behind:
            self._capacity *= self._growth
            self.delivery_kw_per_month = int(numeric.to_integer(self._capacity, f"{self.name}: delivery_kw_per_month"))
        self.backlog_kw += self.outside_kw_per_month
        self.ordered_kw += self.outside_kw_per_month


def _monthly(gw_per_year: float) -> int:
    return int(numeric.to_integer(gw_per_year * KW_PER_GW / MONTHS_PER_YEAR, "gw_per_year"))
