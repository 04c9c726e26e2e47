"""The batch share: how much of inference tolerates any latency."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wattmarket import numeric
from wattmarket.demand.paths import logistic_path
from wattmarket.months import month_number

if TYPE_CHECKING:
    from wattmarket.demand.model import PriceSignal
    from wattmarket.scenario import Scenario

__all__ = ["batch_share"]


def batch_share(
    scenario: Scenario,
    month: int,
    tick: int,
    *,
    seed: int,
    prices: PriceSignal | None,
    reference: PriceSignal,
    drifts: bool = True,
) -> float:
    """Share of inference that tolerates any latency in a month.

    The path gives b. Noise is added to it; then its odds b / (1 − b) are multiplied by (relative price of interactive
    against tolerant work, last month, over the same ratio of reference prices) to the power σ, the substitution
    elasticity: dear interactive work pushes users to agents that can wait. Prices below the lowest step of demand count
    as that step: nobody's choice depends on them, and where capacity is idle they may even be negative.

    Parameters
    ----------
    scenario
        The parameters in force; section ``drift``.
    month, tick
        Month number, and months since the start (keys the noise).
    seed
        Seed of the keyed draws.
    prices
        Last month's prices, None in the first month.
    reference
        Reference prices of the two groups.
    drifts
        Whether the drift is felt; otherwise the share is that of the no-drift twin, noise included.

    Returns
    -------
    float
        Within [0.001, 0.999].
    """
    drift = scenario.drift
    share = drift_path(scenario, month) if drifts else drift.flat_share(month_number(scenario.run.start))
    if drift.noise_sd > 0.0:
        share += drift.noise_sd * numeric.normal(seed, "batch share", 0, tick)
    share = min(max(share, 0.001), 0.999)
    if drifts and drift.substitution_elasticity > 0.0 and prices is not None:
        lowest = scenario.demand.step_low
        ratio = max(prices.interactive_usd_per_mwh / reference.interactive_usd_per_mwh, lowest) / max(
            prices.tolerant_usd_per_mwh / reference.tolerant_usd_per_mwh, lowest
        )
        odds = share / (1.0 - share) * numeric.power(ratio, drift.substitution_elasticity)
        share = min(max(odds / (1.0 + odds), 0.001), 0.999)
    return share


def drift_path(scenario: Scenario, month: int) -> float:
    """Batch share on its path, without noise and substitution."""
    drift = scenario.drift
    if drift.path == "flat":
        return drift.start
    if drift.path == "logistic":
        return logistic_path(
            month,
            start=drift.start,
            ceiling=drift.ceiling,
            midpoint=month_number(drift.midpoint),
            speed_per_year=drift.speed_per_year,
        )
    return drift.points.at(month)
