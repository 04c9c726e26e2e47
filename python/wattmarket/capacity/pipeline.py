"""What was already under construction when the run begins."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wattmarket import numeric
from wattmarket.capacity.sites import SiteColumns
from wattmarket.capacity.stock import CapacityStock, Starts
from wattmarket.scenario import Scenario
from wattmarket.units import MONTHS_PER_YEAR

__all__ = ["initial_pipeline"]

Float = NDArray[np.float64]


def initial_pipeline(scenario: Scenario, sites: SiteColumns, stock: CapacityStock) -> list[Starts]:
    """Building under way at the start: capacity goes on growing at the first leg's rate until new starts complete.

    Each month's growth completes at sites that have room, edge and core kinds in proportion to what stands there,
    within each in proportion to room; what retires meanwhile is replaced where it stood. A world without a history of
    building would begin with two years of famine that nobody lived through.

    Returns
    -------
    list of Starts
        One per month until the lead time; `Starts.months` is the month of completion.

    Notes
    -----
    An assumption, in the order of magnitude of facts R26 (3.1 GW under construction in North America alone at the end
    of 2023) and D06 (growth of 1.59 a year).
    """
    # Where demand shrinks nothing was begun but what replaces the old.
    monthly = max(float(numeric.power(scenario.demand.growth[0].per_year, 1.0 / MONTHS_PER_YEAR)), 1.0)
    months = scenario.capacity.lead_months
    room = np.maximum(sites.buildable_kw - sites.shell_kw, 0).astype(np.float64)
    weight = np.zeros(len(room))
    pool = stock.pool_kw.astype(np.float64)
    for part in (sites.edge, ~sites.edge):
        in_part = np.where(part, room, 0.0)
        standing = numeric.total(np.where(part, pool, 0.0))
        total = numeric.total(in_part)
        if total > 0.0:
            weight += in_part * (standing / total)
    # A site can't get more than its room over the whole pipeline.
    growth = np.diff(np.cumprod(np.full(months, monthly)), prepend=1.0)
    fit = np.minimum(1.0, room / np.maximum(weight * numeric.total(growth), 1e-9))
    starts = []
    for month in range(1, months + 1):
        new = numeric.to_integer(np.floor(weight * fit * growth[month - 1]), "pipeline")
        replaced = stock.retiring_in(month)
        starts.append(Starts(new + replaced, new, np.full(len(room), month, dtype=np.int64)))
    return starts
