"""Problems whose critical dose is known: a map that loses stability, a market of two metros, a fold."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import test_spot_worked_example as two_metros

from wattmarket.beliefs import switch_shares
from wattmarket.spot import SpotDemand, SpotMarket

__all__ = ["brock_hommes_growth", "cubic_fold", "latency_rent_lost"]

DISCOUNT, TREND, COST = 1.1, 1.2, 1.0


def brock_hommes_growth(intensity: float, seed: int = 0) -> float:
    """Factor by which a tiny deviation from the fundamental grows a period, under an intensity of choice.

    The asset pricing map of Brock & Hommes (1998): fundamentalists pay `COST` and expect 0, trend followers expect
    `TREND` times the last deviation, and the market discounts the mean expectation at `DISCOUNT`. Near 0 profits are
    minus the cost and 0, so the factor is TREND / (DISCOUNT (1 + exp(−β COST))): it passes one at
    β* = ln(DISCOUNT / (TREND − DISCOUNT)) / COST. Simulated here, not computed from that.
    """
    path = [1e-9] * 3
    for _ in range(40):
        expected = np.array([0.0, TREND * path[-3]])
        profits = (path[-1] - DISCOUNT * path[-2]) * (expected - DISCOUNT * path[-2]) - np.array([COST, 0.0])
        path.append(float(switch_shares(profits, intensity)[1] * TREND * path[-1] / DISCOUNT))
    return abs(path[-1] / path[-2])


def latency_rent_lost(batch_share: float, seed: int = 0) -> float:
    """Part of its latency rent that site E of docs/worked_example.md has lost at a batch share.

    By hand: E holds 15 MW, and chat at A, which nothing else can serve, is three steps of 10 (1 − b) MW that pay
    $1,500, $900 and $500, less $5 of transport; batch pays 400 anywhere. With no drift E's latency rent is 895 − 400 =
    495. While E fills up within the second step, 20 (1 − b) > 15, nothing is lost; at b = 1/4 that step fits and the
    third sets the price: latency rent 95, so 81 % are lost. While chat exceeds the pool, 30 (1 − b) > 15, it stays;
    above b* = 1 − 15/30 = 1/2 the pool has room for batch, and all is lost.
    """
    moved = round(30_000 * batch_share)
    chat = (30_000 - moved) // 3
    quantity = [[[chat] * 3, [30_000 + moved, 30_000, 0]], [[12_000, 0, 0], [30_000, 30_000, 0]]]
    demand = SpotDemand(np.array(quantity, np.int64), two_metros.PRICE)
    reading = two_metros.rents(SpotMarket(two_metros.LAYOUT).clear(demand, two_metros.STATE))
    return 1.0 - two_metros.usd(reading.latency)[two_metros.EAST] / 495.0


def cubic_fold(start: float) -> Callable[[float, int], float]:
    """Where x' = r + x − x³/3 comes to rest, as 1 (upper branch) or 0, when it starts from x and r is the dose.

    The branches end where 1 = x²: the lower at r = 2/3, the upper at r = −2/3 (S. H. Strogatz, *Nonlinear Dynamics and
    Chaos*, section 7.5, the same cubic). Just beyond a fold
    the passage takes π/√(distance), so the dose is held for a time of 1,000.
    """

    def settled(dose: float, seed: int) -> float:
        x = start
        for _ in range(20_000):
            x += 0.05 * (dose + x - x * x * x / 3.0)
        return float(x > 0.0)

    return settled
