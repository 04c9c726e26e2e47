"""Elastic demand, cut into willingness-to-pay steps: D(p) = D · (p / reference)^(−ε)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wattmarket import numeric
from wattmarket.units import MUSD_PER_KWH_PER_USD_PER_MWH

__all__ = ["DemandSteps", "demand_steps"]

Float = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class DemandSteps:
    """A demand curve as a staircase, the same shape for every month.

    Parameters
    ----------
    price_musd_per_kwh
        int64 [M, K, J]: willingness to pay of each step, falling along J.
    quantity_per_reference
        float64 [M, K, J]: quantity of each step for one kW of demand at the reference price.
    """

    price_musd_per_kwh: NDArray[np.int64]
    quantity_per_reference: Float

    def quantity_kw(self, reference_kw: Float) -> NDArray[np.int64]:
        """Quantities of the steps for demand at reference prices.

        Parameters
        ----------
        reference_kw
            float64 [M, K]: demand at the reference price, kW.

        Returns
        -------
        int64 [M, K, J]
        """
        return numeric.to_integer(reference_kw[:, :, None] * self.quantity_per_reference, "demand_kw")


def demand_steps(
    reference_usd_per_mwh: Float,
    elasticity: Float,
    *,
    steps: int,
    low: float,
    high: float,
    shift: Float,
) -> DemandSteps:
    """Cut D · (p / reference)^(−ε) into geometric steps between `low` and `high` times the reference price.

    A step bought at prices between its own and the next lower one carries the demand at the geometric mean of the two,
    so that the staircase crosses the curve in the middle of every tread. Below the lowest step nothing more is wanted,
    above the highest nobody buys.

    Parameters
    ----------
    reference_usd_per_mwh
        float64 [K]: reference price of each workload, $/MWh of IT.
    elasticity
        float64 [K]: ε, positive.
    steps
        Number of steps J.
    low, high
        Lowest and highest step as multiples of the reference price.
    shift
        float64 [M, K] in [0, 1): part of a tread by which each metro's staircase moves down its curve. Staggered
        staircases add up to a smooth demand of the world; aligned ones make prices jump from plateau to plateau.

    Returns
    -------
    DemandSteps
        Step prices round once to micro-$ per kWh.

    Examples
    --------
    >>> curve = demand_steps(np.array([1000.0]), np.array([1.1]), steps=12, low=0.25, high=6.0, shift=np.zeros((1, 1)))
    >>> curve.price_musd_per_kwh[0, 0, [0, -1]].tolist()
    [6000000, 250000]
    >>> bool((np.diff(curve.price_musd_per_kwh[0, 0]) < 0).all())
    True
    """
    ratio = numeric.power(high / low, 1.0 / (steps - 1))
    # Multiples of the reference price: high, high/ratio, …, low; a metro's staircase is moved down by part of a tread,
    # prices and quantities together, so that it stays on the curve.
    falling = np.arange(steps, dtype=np.float64)[None, None, :] + shift[:, :, None]
    multiple = high * numeric.power(ratio, -falling)
    price = numeric.to_integer(
        multiple * reference_usd_per_mwh[None, :, None] * MUSD_PER_KWH_PER_USD_PER_MWH, "step_price"
    )
    middle = high * numeric.power(ratio, -(falling + 0.5))
    quantity = np.diff(numeric.power(middle, -elasticity[None, :, None]), axis=2, prepend=0.0)
    return DemandSteps(price, quantity)
