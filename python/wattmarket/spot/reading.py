"""Reading the prices of a clearing: what silicon, watts and nearness to users each earn at every pool.

Ricardo's way: a pool's rent is what its output fetches less what running it costs. Part of it every pool of the class
earns, however poor its ground (silicon rent); part comes from cheap power (watt rent); the rest is what nearness adds
beyond serving the workloads that have no latency budget (latency rent). The three add up to the rent exactly, in whole
micro-dollars per kWh.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["IDLE", "LABELS", "LATENCY_BOUND", "MARGINAL", "WATT_BOUND", "RentReading", "percentile_by_kw", "read_rents"]

Integer = NDArray[np.int64]
Code = NDArray[np.int8]

LABELS = ("latency-bound", "watt-bound", "marginal", "idle")
LATENCY_BOUND, WATT_BOUND, MARGINAL, IDLE = range(4)

POOR_GROUND_PERCENT = 5
"""Rank, by kW, of the pool whose rent counts as what silicon earns on poor ground."""


@dataclass(frozen=True, slots=True)
class RentReading:
    """The rent of every pool and its exact split, micro-$ per kWh, int64 [P] each.

    Parameters
    ----------
    rent
        Sum of the shadow prices of pool, shell and grid connection: silicon + watt + latency. Zero where idle.
    silicon, watt, latency
        The parts. Zero where idle, since idle capacity has no parts.
    label
        int8 [P], positions in `LABELS`.
    silicon_by_class
        What each silicon class earns on poor ground, int64 [H].
    """

    rent: Integer
    silicon: Integer
    watt: Integer
    latency: Integer
    label: Code
    silicon_by_class: Integer


def percentile_by_kw(value: Integer, weight_kw: Integer, percent: int) -> int | None:
    """Smallest value at or below which at least `percent` per cent of the kilowatts lie; None without kilowatts.

    Examples
    --------
    >>> percentile_by_kw(np.array([30, 10, 20]), np.array([50, 4, 46]), 5)
    20
    >>> percentile_by_kw(np.array([30, 10]), np.array([0, 0]), 5) is None
    True
    """
    total = int(weight_kw.sum())
    if total == 0:
        return None
    # Of equal values it doesn't matter which comes first.
    order = np.argsort(value)
    reached = np.cumsum(weight_kw[order])
    # 100 · reached ≥ percent · total, in integers.
    position = int(np.searchsorted(100 * reached, percent * total, side="left"))
    return int(value[order[position]])


def read_rents(
    *,
    pool_price: Integer,
    running_cost: Integer,
    energy_cost: Integer,
    free_price: Integer,
    used_kw: Integer,
    free_kw: Integer,
    silicon_class: Integer,
    annualised_silicon: Integer,
) -> RentReading:
    """Split the rent of every pool into silicon, watt and latency rent.

    Parameters
    ----------
    pool_price
        Price that the pool's output fetches, micro-$ per kWh, int64 [P].
    running_cost
        Running cost of the pool, int64 [P].
    energy_cost
        Delivered cost of energy at the site, int64 [P].
    free_price
        p: best price among the budget-free workloads that the pool may serve, int64 [P].
    used_kw
        Flow through the pool, int64 [P].
    free_kw
        Of which for budget-free workloads, int64 [P].
    silicon_class
        Class of each pool, int64 [P], in 0 … H−1.
    annualised_silicon
        Annualised cost of each class, int64 [H]: its silicon rent where no pool of the class serves a budget-free
        workload.

    Notes
    -----
    With c = running + energy cost: rent = pool price − c; silicon rent r = the 5th percentile of the rents of the kW
    that serve budget-free workloads, by class; watt = max(0, p − c) − r; latency = rent − max(0, p − c). Latency rent
    is never negative: nothing stops a budget-free workload from using the pool, so its price is at least p, and a
    pool in use earns its cost.

    Examples
    --------
    One class, two pools of equal cost; the second sells nearness at 500 above the budget-free price of 900.

    >>> column = lambda *x: np.array(x)
    >>> reading = read_rents(pool_price=column(900, 1400), running_cost=column(20, 20), energy_cost=column(60, 100),
    ...     free_price=column(900, 900), used_kw=column(10, 10), free_kw=column(10, 0), silicon_class=column(0, 0),
    ...     annualised_silicon=column(540))
    >>> reading.rent.tolist(), reading.silicon.tolist(), reading.watt.tolist(), reading.latency.tolist()
    ([820, 1280], [820, 820], [0, -40], [0, 500])
    >>> [LABELS[code] for code in reading.label]
    ['marginal', 'latency-bound']
    """
    cost = running_cost + energy_cost
    used = used_kw > 0
    rent = np.where(used, pool_price - cost, 0)
    on_free_ground = np.where(used, np.maximum(0, free_price - cost), 0)
    serving = np.flatnonzero(free_kw > 0)
    by_class = np.zeros(len(annualised_silicon), dtype=np.int64)
    serving_class = silicon_class[serving]
    for h in range(len(annualised_silicon)):
        mine = serving[serving_class == h]
        found = percentile_by_kw(rent[mine], free_kw[mine], POOR_GROUND_PERCENT)
        by_class[h] = annualised_silicon[h] if found is None else found
    silicon = np.where(used, by_class[silicon_class], 0)
    watt = on_free_ground - silicon
    latency = rent - on_free_ground
    label = np.full(len(rent), MARGINAL, dtype=np.int8)
    label[watt > 0] = WATT_BOUND
    label[latency > np.maximum(0, watt)] = LATENCY_BOUND
    label[~used] = IDLE
    return RentReading(rent, silicon, watt, latency, label, by_class)
