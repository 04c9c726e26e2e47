"""A clearing read as tables says the same as its columns."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from wattmarket.errors import InputError
from wattmarket.model import opening_market
from wattmarket.scenario import Scenario
from wattmarket.spot import SpotMarket, spot_layout
from wattmarket.world import WorldConfig, build_world


@pytest.fixture(scope="module")
def world():
    return build_world(WorldConfig(metros=20, sites=50), 0)


@pytest.fixture(scope="module")
def opened(world):
    market, demand, state = opening_market(world)
    clearing = market.clear(demand, state)
    return market, demand, state, clearing, market.read(clearing, demand, state)


def test_flows_by_workload_add_up_to_what_is_served(opened):
    *_, clearing, view = opened
    by_workload = view.flows.group_by("workload").agg(pl.col("flow_kw").sum())
    served = view.metros.group_by("workload").agg(pl.col("served_kw").sum())
    assert dict(by_workload.iter_rows()) == {name: kw for name, kw in served.iter_rows() if kw}
    columns = [f"{workload.name}_kw" for workload in Scenario().workload if workload.name != "non_ai"]
    assert view.sites.select(pl.sum_horizontal(columns)).to_series().to_list() == view.sites["used_kw"].to_list()
    assert (view.sites["non_ai_kw"].to_numpy() == clearing.shell_entry_flow).all()


def test_rents_split_exactly_and_idle_sites_have_none(opened):
    view = opened[-1]
    parts = sum(view.sites[f"{part}_rent_usd_per_mw_month"] for part in ("silicon", "watt", "latency"))
    assert np.abs((parts - view.sites["rent_usd_per_mw_month"]).to_numpy()).max() < 1e-6
    idle = view.sites.filter(pl.col("label") == "idle")
    assert (idle["used_kw"] == 0).all()
    assert (idle["rent_usd_per_mw_month"] == 0).all()


def test_the_marginal_step_of_an_island_sets_its_price(opened, world):
    market, _, state, clearing, view = opened
    linked = {*world.links["from_zone_id"].to_list(), *world.links["to_zone_id"].to_list()}
    for row in view.zones.iter_rows(named=True):
        if row["zone_id"] in linked or row["marginal_technology"] is None:
            continue
        zone = world.zones["zone_id"].to_list().index(row["zone_id"])
        mine = (market.layout.step_zone == zone) & (clearing.step_flow > 0)
        partly = mine & (clearing.step_flow < state.step_kw)
        dearest = state.step_cost[mine].max()
        if partly.any():
            assert row["lmp_usd_per_mwh"] == dearest / 1_000
        else:
            assert row["lmp_usd_per_mwh"] >= dearest / 1_000


def test_a_market_made_from_a_layout_has_no_names_to_show(opened, world):
    _, demand, state, clearing, _ = opened
    bare = SpotMarket(spot_layout(world, Scenario()))
    with pytest.raises(InputError, match="made from a layout"):
        bare.read(clearing, demand, state)
