"""When a contract pays for a plant: the least strike at which its revenue recovers the capital."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wattmarket import numeric
from wattmarket.finance import annuity_factor
from wattmarket.numeric.growing import Integer
from wattmarket.units import HOURS_PER_MONTH, MONTHS_PER_YEAR, MUSD_PER_KWH_PER_USD_PER_MWH, MUSD_PER_USD

__all__ = [
    "CAPITAL_RATE",
    "CAPITAL_YEARS",
    "FIRM_SHARE",
    "RUNNING_USD_PER_MWH",
    "STANDARD_TENOR_MONTHS",
    "PlantCosts",
    "least_strike",
    "plant_costs",
]

Float = NDArray[np.float64]

CAPITAL_RATE: Final = 0.09
"""Real yearly rate at which plants recover their capital: that of the world's fixed costs (assumption)."""

CAPITAL_YEARS: Final = 25.0
"""Years over which the world's fixed costs are annuities (assumption)."""

STANDARD_TENOR_MONTHS: Final = 180
"""Tenor that a zone's prices are for (P38: 15 years, 10 to 25)."""

RUNNING_USD_PER_MWH: Final[Mapping[str, float]] = MappingProxyType(
    {
        "hydro": 3.0,
        "nuclear": 25.0,
        "wind": 3.0,
        "coal": 30.0,
        "geothermal": 5.0,
        "solar_storage": 3.0,
        "gas_ccgt": 30.0,
        "nuclear_restart": 35.0,
        "gas_turbine": 40.0,
        "fuel_cell": 40.0,
    }
)
"""Fuel and upkeep per MWh generated (assumption: gas at 3.5 $/MMBtu). Where a zone sells for less, its price."""

FIRM_SHARE: Final[Mapping[str, float]] = MappingProxyType({"solar_storage": 0.30, "wind": 0.40})
"""Firm-equivalent kW per kW of plant (assumption: what it generates on average); 1 where none is given."""


@dataclass(frozen=True, slots=True)
class PlantCosts:
    """What a kW of each of G steps costs, per kW of IT.

    Parameters
    ----------
    cost
        What the step sells for, micro-$ per kWh, int64 [G].
    running
        Fuel and upkeep in it, micro-$ per kWh, int64 [G], at most `cost`.
    fixed
        Annuity of the capital, micro-$ per kW-month, int64 [G].
    contains_capital
        Whether `cost` is a price of firm energy, which pays for the plant, and not what running it costs, bool [G].
    """

    cost: Integer
    running: Integer
    fixed: Integer
    contains_capital: NDArray[np.bool_]

    def of(self, step: Integer) -> PlantCosts:
        """Give the costs of some steps, int64 [N]."""
        return PlantCosts(self.cost[step], self.running[step], self.fixed[step], self.contains_capital[step])


def _months_of_revenue(tenor_months: Float) -> Float:
    """Present value of 1 a month over a tenor."""
    return MONTHS_PER_YEAR * annuity_factor(np.full_like(tenor_months, CAPITAL_RATE), tenor_months / MONTHS_PER_YEAR)


def least_strike(costs: PlantCosts, tenor_months: Integer | int) -> Integer:
    """Least strike at which a contract underwrites a new kW, micro-$ per kW-month, int64 [G].

    A contract underwrites a plant if what it pays above running cost, discounted over its tenor, is at least the
    capital to be recovered:

        (strike − running · 730 h) · A(tenor) ≥ capital,  A(n) = Σ 1.09^−year over n months.

    Capital is the annuity of the plant's fixed cost over 25 years. Where the step sells at a price of firm energy the
    capital is at most what that price pays for over the standard tenor: in a zone where power is cheap plants are
    cheap to build, and to ask for more would count capital twice.

    Parameters
    ----------
    costs
        G rows.
    tenor_months
        int64 [G] or one for all, at least 1.

    Examples
    --------
    A plant of 10 $ per kW-month that sells at 0.05 $/kWh (36.50 $ per kW-month), of which 0.03 are fuel:

    >>> costs = PlantCosts(np.array([50_000]), np.array([30_000]), np.array([10_000_000]), np.array([True]))
    >>> [int(least_strike(costs, months)[0]) for months in (120, 180, 300)]
    [37205552, 34085783, 31900000]
    """
    tenor = np.broadcast_to(np.asarray(tenor_months, dtype=np.float64), costs.cost.shape)
    capital = costs.fixed * _months_of_revenue(np.full(costs.cost.shape, CAPITAL_YEARS * MONTHS_PER_YEAR))
    margin = (costs.cost - costs.running) * HOURS_PER_MONTH
    in_price = margin * _months_of_revenue(np.full(costs.cost.shape, float(STANDARD_TENOR_MONTHS)))
    recovered = np.where(costs.contains_capital, np.minimum(capital, in_price), capital)
    return costs.running * HOURS_PER_MONTH + numeric.to_integer(recovered / _months_of_revenue(tenor), "fixed_cost")


def plant_costs(
    technology: list[str],
    *,
    cost_usd_per_mwh: Float,
    fixed_usd_per_kw_year: Float,
    pue: Float,
    contains_capital: NDArray[np.bool_],
    running_scale: Float,
) -> PlantCosts:
    """Turn the world's columns into costs per kW of IT, G rows.

    Parameters
    ----------
    technology
        G names.
    cost_usd_per_mwh
        What a step sells for now, $ per MWh of grid, float64 [G].
    fixed_usd_per_kw_year
        float64 [G], per kW of plant.
    pue
        Grid kW per kW of IT, float64 [G].
    contains_capital
        As in `PlantCosts`.
    running_scale
        What running costs are multiplied by, float64 [G].
    """
    running = np.array([RUNNING_USD_PER_MWH[name] for name in technology], dtype=np.float64) * running_scale
    firm = np.array([FIRM_SHARE.get(name, 1.0) for name in technology], dtype=np.float64)
    monthly = fixed_usd_per_kw_year / firm * pue * (MUSD_PER_USD / MONTHS_PER_YEAR)
    cost = numeric.to_integer(cost_usd_per_mwh * pue * MUSD_PER_KWH_PER_USD_PER_MWH, "marginal_cost_usd_per_mwh")
    return PlantCosts(
        cost,
        np.minimum(numeric.to_integer(running * pue * MUSD_PER_KWH_PER_USD_PER_MWH, "running_usd_per_mwh"), cost),
        numeric.to_integer(monthly, "fixed_cost_usd_per_kw_year"),
        contains_capital,
    )
