"""Rents where a site has a plant of its own beside the grid, and where budget-free work has to stay in its bloc."""

from __future__ import annotations

import numpy as np
import pytest

from wattmarket.model import opening_market
from wattmarket.scenario import Scenario
from wattmarket.spot import BINDING, NO_BUDGET, RentReader, SpotDemand, SpotLayout, SpotMarket, SpotState
from wattmarket.world import WorldConfig, build_world


def column(*values: int) -> np.ndarray:
    return np.array(values, np.int64)


def plant_beside_the_grid() -> SpotLayout:
    """One metro, one workload without a budget, one site with a plant of its own and a connection."""
    key, yes = np.zeros(1, np.uint64), np.ones(1, bool)
    return SpotLayout(
        rtt=np.zeros((1, 1), np.uint16),
        transport_rate=0,
        workload_budget=column(NO_BUDGET),
        workload_class=column(0),
        workload_masked=~yes,
        class_pool=yes[None],
        class_shell=~yes[None],
        metro_bloc=column(0),
        site_bloc=column(0),
        site_zone=column(0),
        site_btm=yes,
        pool_site=column(0),
        step_zone=column(0),
        link_tail=column(),
        link_head=column(),
        zone_key=key,
        metro_key=key,
        site_key=key,
        workload_key=key,
        pool_key=key,
        step_key=key,
        link_key=np.zeros(0, np.uint64),
    )


@pytest.mark.parametrize(
    ("pool_kw", "grid_kw", "rent", "binding"),
    [
        # 40 kW from the plant at $20, 40 from the grid at $50: the pool binds, energy costs what the grid asks.
        (80, 100, 900 - 10 - 50, "pool"),
        # The plant alone feeds the pool: energy costs what the plant costs.
        (30, 100, 900 - 10 - 20, "pool"),
        # Plant and connection both give all they can.
        (80, 20, 900 - 10 - 50, "grid"),
    ],
)
def test_a_full_plant_beside_the_grid_earns_a_margin_that_is_no_rent_of_the_pool(
    pool_kw: int, grid_kw: int, rent: int, binding: str
) -> None:
    layout = plant_beside_the_grid()
    state = SpotState(
        pool_kw=column(pool_kw),
        pool_cost=column(10_000),
        shell_kw=column(200),
        grid_kw=column(grid_kw),
        site_cost=column(0),
        btm_kw=column(40),
        btm_cost=column(20_000),
        step_kw=column(1_000),
        step_cost=column(50_000),
        link_kw=column(),
        link_cost=column(),
    )
    demand = SpotDemand(np.array([[[100]]]), np.array([[[900_000]]]))
    clearing = SpotMarket(layout).clear(demand, state)
    reader = RentReader(layout, column(0))
    reading = reader.read(clearing, state, column(540_000)).reading
    assert [BINDING[code] for code in reader.binding(clearing, state)] == [binding]
    assert reading.rent.tolist() == [rent * 1_000]
    assert (reading.silicon + reading.watt + reading.latency).tolist() == reading.rent.tolist()


def test_work_that_must_stay_in_its_bloc_leaves_no_latency_rent_below_nil() -> None:
    scenario = Scenario().with_settings(["workload.batch.residency=true", "workload.training.residency=true"])
    market, demand, state = opening_market(build_world(WorldConfig(metros=20, sites=50)), scenario)
    sites = market.read(market.clear(demand, state), demand, state).sites
    assert sites["latency_rent_usd_per_mw_month"].min() >= 0.0
    assert (sites["label"] == "latency-bound").any()
