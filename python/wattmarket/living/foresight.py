"""What cohorts expect rents to be, edge and core, horizon by horizon, as rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from wattmarket.numeric import products
from wattmarket.spot import SpotState
from wattmarket.tick import Names
from wattmarket.units import MUSD_PER_KWH_PER_USD_PER_MWH

if TYPE_CHECKING:
    from wattmarket.living.economy import Economy

__all__ = ["curve_columns", "part_means"]

Integer = NDArray[np.int64]
Float = NDArray[np.float64]

PARTS = ("edge", "core")


def curve_columns(economy: Economy, state: SpotState, cohorts: list[str]) -> dict[str, NDArray[Any] | Names]:
    """Rows of the table ``curves``: C cohorts × 2 parts × (H + 1) horizons.

    Parameters
    ----------
    economy
        At the end of the month.
    state
        What the month's spot market was cleared on.
    cohorts
        Names of the C cohorts.
    """
    curves, edge = economy.outlook.curves, economy.ground.sites.edge
    later = curves.price - curves.energy - economy.ground.costs.running_musd_per_kwh
    # [C, 2, H + 1], flattened cohort by cohort.
    shape = (len(cohorts), len(PARTS), 1 + len(curves.horizons))
    means, entered = np.zeros(shape), np.zeros(shape, dtype=np.int64)
    for place, mine in enumerate((edge, ~edge)):
        pool_kw = np.where(mine, state.pool_kw, 0)
        means[:, place, 0] = part_means(economy.today_musd_per_kwh, pool_kw)
        means[:, place, 1:] = part_means(later, pool_kw)
        entered[:, place, 1:] = _sums(curves.entry_kw, mine.astype(np.int64))
    horizons = np.array([0, *curves.horizons], dtype=np.int32)
    cohort, part, knot = np.indices(means.shape)
    return {
        "cohort": Names(cohort.ravel(), cohorts),
        "part": Names(part.ravel(), PARTS),
        "horizon_months": horizons[knot.ravel()],
        "rent_usd_per_mwh": means.ravel() / MUSD_PER_KWH_PER_USD_PER_MWH,
        "entry_kw": entered.ravel(),
    }


def part_means(value: Integer, weight: Integer) -> Float:
    """Means over sites, from sums of whole numbers.

    Parameters
    ----------
    value
        int64 [..., S].
    weight
        int64 [S], not negative. Where nothing weighs, the mean is nil.

    Returns
    -------
    float64 [...]

    Examples
    --------
    >>> part_means(np.array([[10, 40], [0, 8]]), np.array([1, 2])).round(3).tolist()
    [30.0, 5.333]
    """
    if not weight.any():
        return np.zeros(value.shape[:-1])
    return np.asarray(_sums(value, weight) / weight.sum())  # exact: integers


def _sums(value: Integer, weight: Integer) -> Integer:
    """Sums over sites of value times weight, int64 [...]; as for `part_means`."""
    sites = len(weight)
    return products(value.reshape(-1, sites), weight.reshape(1, sites)).reshape(value.shape[:-1])
