"""``SpotMarket`` against foreign solvers that see every arc of the same market written out (raw form).

The referees run in processes of their own: highspy and ortools cannot be imported into one.
"""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from benchmarks.clearing.arcs import FORMS, explicit_arcs
from benchmarks.clearing.columns import spot_demand, spot_layout, spot_state
from benchmarks.clearing.compare import measure
from benchmarks.clearing.instance import REACH_KM, SIZES, WORTH_MUSD_PER_KWH, Instance, make_instance
from wattmarket.clearing import FlowNetwork
from wattmarket.spot import SpotClearing, SpotMarket

ROOT = Path(__file__).resolve().parents[2]

MARKETS = [
    pytest.param("S0", 0, 1, 11, id="small"),
    pytest.param("S0", 1, 1_000, 11, id="small-degenerate"),
    pytest.param("S0", 2, 250_000, 11, id="small-all-ties"),
    pytest.param("S1", 0, 1, 2, id="benchmark"),
    pytest.param("S1", 3, 1_000, 2, id="benchmark-degenerate"),
]


@pytest.mark.parametrize("referee", ["ortools", "highs"])
@pytest.mark.parametrize(("size", "seed", "grain", "ticks"), MARKETS)
def test_objectives_equal_the_referees(referee: str, size: str, seed: int, grain: int, ticks: int) -> None:
    found = measure(referee, size, form="raw", ticks=ticks, cold=ticks + 1, seed=seed, grain=grain)
    instance = make_instance(SIZES[size], ticks=ticks, seed=seed, grain=grain)
    market = SpotMarket(spot_layout(instance))

    ours = [
        market.clear(spot_demand(instance, tick), spot_state(instance, tick)).objective for tick in range(ticks + 1)
    ]

    assert found.problem == ""
    assert found.digest == instance.digest()
    assert {solve.tick: solve.objective for solve in found.solves} == dict(enumerate(ours))


@pytest.mark.parametrize(("size", "seed", "grain", "ticks"), MARKETS)
def test_both_forms_through_the_generic_engine(size: str, seed: int, grain: int, ticks: int) -> None:
    instance = make_instance(SIZES[size], ticks=ticks, seed=seed, grain=grain)
    spot = SpotMarket(spot_layout(instance)).clear(spot_demand(instance, ticks), spot_state(instance, ticks))

    for form in FORMS:
        arcs = explicit_arcs(instance, form)
        supply, capacity, cost = arcs.at(ticks)
        flow = FlowNetwork(supply, arcs.tail.astype(np.int64), arcs.head.astype(np.int64), capacity, cost).clear()

        assert flow.certificate
        assert flow.objective == spot.objective
        # Prices are a property of the market, not of the form it is written in nor of the way it was solved. Where the
        # market sets no end, the spot market quotes the other one.
        low = np.where(flow.low_unbounded, flow.price_high, flow.price_low)
        high = np.where(flow.high_unbounded, flow.price_low, flow.price_high)
        rows, zones = spot.demand_price.size, slice(arcs.nodes - 1 - instance.zones, arcs.nodes - 1)
        np.testing.assert_array_equal(spot.demand_price_low.ravel(), low[:rows])
        np.testing.assert_array_equal(spot.demand_price_high.ravel(), high[:rows])
        np.testing.assert_array_equal(spot.zone_price_low, low[zones])
        np.testing.assert_array_equal(spot.zone_price_high, high[zones])


HIGHS_DUALS = """
import json, sys
import numpy as np
from benchmarks.clearing.arcs import explicit_arcs
from benchmarks.clearing.drivers.highs_simplex import load
from benchmarks.clearing.instance import SIZES, make_instance
size, seed, grain, ticks = sys.argv[1], *map(int, sys.argv[2:])
highs = load(explicit_arcs(make_instance(SIZES[size], ticks=ticks, seed=seed, grain=grain), "raw"), ticks)
highs.run()
duals = np.asarray(highs.getSolution().row_dual)
print(json.dumps((duals - duals[-1]).tolist()))
"""


@pytest.mark.parametrize(("size", "seed", "grain", "ticks"), MARKETS)
def test_foreign_prices_lie_within_the_interval(size: str, seed: int, grain: int, ticks: int) -> None:
    instance = make_instance(SIZES[size], ticks=ticks, seed=seed, grain=grain)
    spot = SpotMarket(spot_layout(instance)).clear(spot_demand(instance, ticks), spot_state(instance, ticks))
    command = [sys.executable, "-c", HIGHS_DUALS, size, *map(str, (seed, grain, ticks))]
    foreign = np.rint(json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout))

    rows, zone0 = spot.demand_price.size, spot.demand_price.size + instance.sites
    served = spot.served_kw.ravel() > 0  # the price of demand that gets nothing has no upper end
    assert (spot.demand_price_low.ravel() <= foreign[:rows]).all()
    assert (foreign[:rows] <= spot.demand_price_high.ravel())[served].all()
    zone = foreign[zone0:-1]
    assert (spot.zone_price_low <= zone).all()
    assert (zone <= spot.zone_price_high).all()


@pytest.mark.parametrize(("size", "seed", "grain", "ticks"), MARKETS)
def test_routes_keep_budgets_and_add_up(size: str, seed: int, grain: int, ticks: int) -> None:
    instance = make_instance(SIZES[size], ticks=ticks, seed=seed, grain=grain)
    clearing = SpotMarket(spot_layout(instance)).clear(spot_demand(instance, ticks), spot_state(instance, ticks))

    reached = instance.distance_km[clearing.route_metro, clearing.route_site]
    assert (reached <= REACH_KM[clearing.route_workload]).all()
    assert (clearing.route_kw > 0).all()
    by_site = np.zeros(instance.sites, dtype=np.int64)
    np.add.at(by_site, clearing.route_site, clearing.route_kw)
    np.testing.assert_array_equal(by_site, clearing.pool_flow)
    by_demand = np.zeros_like(clearing.served_kw)
    np.add.at(by_demand, (clearing.route_metro, clearing.route_workload), clearing.route_kw)
    np.testing.assert_array_equal(by_demand, clearing.served_kw)
    assert clearing.objective == _cost_of_routes(instance, ticks, clearing)


def _cost_of_routes(instance: Instance, tick: int, clearing: SpotClearing) -> int:
    """The objective from the results alone: transport, sites, generation, and the worth of what went unserved."""
    distance = instance.distance_km[clearing.route_metro, clearing.route_site].astype(np.int64)
    cost = int(distance @ clearing.route_kw)
    cost += int(instance.site_cost_musd_per_kwh[tick] @ clearing.pool_flow)
    cost += int(instance.step_cost_musd_per_kwh @ clearing.step_flow)
    unserved = instance.demand_kw[tick] - clearing.served_kw
    steps = instance.demand_steps_kw(tick)
    for j, (below, upto) in enumerate(pairwise(np.cumsum(np.pad(steps, ((0, 0), (0, 0), (1, 0))), axis=2).T)):
        on_step = np.clip(unserved - below.T, 0, (upto - below).T)
        cost += int((on_step * WORTH_MUSD_PER_KWH[:, j]).sum())
    return cost
