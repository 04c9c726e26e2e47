"""The baseline keeps the orders of magnitude that the evidence gives (facts A1, B29, D06, R04)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from wattmarket.capacity.sites import SiteColumns, site_costs
from wattmarket.model import Model
from wattmarket.scenario import Scenario, load_scenario
from wattmarket.tick import Names
from wattmarket.world import World, WorldConfig, build_world

BASELINE = Path(__file__).parents[2] / "scenarios" / "baseline.toml"

Tables = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return load_scenario(BASELINE, ["world.sites=50", "world.metros=20", "run.months=24"])


@pytest.fixture(scope="module")
def world() -> World:
    return build_world(WorldConfig(metros=20, sites=50), 0)


@pytest.fixture(scope="module")
def months(scenario: Scenario, world: World) -> list[Tables]:
    """Tables of every month, text columns spelled out."""
    model = Model(scenario, world)
    records = [model.step() for _ in range(scenario.run.months)]
    return [
        {
            name: {
                column: np.array([*cells.names, ""])[cells.codes] if isinstance(cells, Names) else cells
                for column, cells in table.items()
            }
            for name, table in record.tables.items()
        }
        for record in records
    ]


def test_annualised_costs_are_those_of_the_evidence(scenario: Scenario, world: World) -> None:
    columns = SiteColumns.of(world)
    risk = world.zones["counterparty_risk"].to_numpy()
    costs = site_costs(world, columns, scenario, risk)
    safe = risk[columns.zone] <= 0.1
    # Accelerators 540-720 $/MWh (18-24 m$/MW over five years at 10 %), a little more with the hazard of the zone.
    assert (costs.silicon_usd_per_mwh[safe] > 530).all()
    assert (costs.silicon_usd_per_mwh[safe] < 790).all()
    # Shell 125-235 $/MWh (9-17 m$/MW over eighteen years); land and connection on top.
    assert 110 < np.median(costs.shell_usd_per_mwh[safe]) < 260


def test_delivered_prices_lie_around_the_revenue_of_ai_compute(months: list[Tables]) -> None:
    metros = months[0]["metros"]
    price, served = metros["price_usd_per_mwh"], metros["served_kw"]

    def mean(of: np.ndarray) -> float:
        return float((price * served)[of].sum() / served[of].sum())

    # 10-12 m$ per MW-year is 1,150-1,350 $/MWh (B29), for AI as a whole; batch sells below interactive work (D25).
    assert 850 < mean(metros["workload"] != "non_ai") < 1_400
    assert mean(metros["workload"] == "batch") < mean(metros["workload"] == "chat")
    # Rent of 185-195 $/kW-month is 255-265 $/MWh (R04, R05); energy comes on top.
    assert 230 < mean(metros["workload"] == "non_ai") < 420


def test_power_prices_lie_in_the_published_range(months: list[Tables]) -> None:
    zones = months[0]["zones"]
    lmp = zones["lmp_usd_per_mwh"][zones["load_kw"] > 0]
    assert 40 < np.median(lmp) < 140
    assert lmp.max() < 400


def test_ai_power_starts_at_seven_gigawatts_and_grows_like_the_fleet(months: list[Tables]) -> None:
    pool_gw = [month["ticks"]["pool_kw"][0] / 1e6 for month in months]
    assert pool_gw[0] == pytest.approx(7.4 * 1.03, rel=0.01)
    # D06: 1.59 a year.
    assert 1.4 < pool_gw[12] / pool_gw[0] < 2.2


def test_rents_split_exactly(months: list[Tables]) -> None:
    for month in months:
        sites = month["sites"]
        parts = sum(sites[f"{part}_rent_usd_per_mw_month"] for part in ("silicon", "watt", "latency"))
        assert np.abs(parts - sites["rent_usd_per_mw_month"]).max() < 1e-6
        assert sites["latency_rent_usd_per_mw_month"].min() >= 0


def test_what_is_served_fits_what_stands_and_flows_add_up(months: list[Tables]) -> None:
    for month in months:
        sites, flows, ticks, zones = (month[name] for name in ("sites", "flows", "ticks", "zones"))
        assert (sites["used_kw"] <= sites["pool_kw"]).all()
        assert (sites["used_kw"] + sites["non_ai_kw"] <= sites["shell_kw"]).all()
        total = ticks["served_kw"][0] + ticks["non_ai_served_kw"][0]
        assert flows["flow_kw"].sum() == total
        assert (sites["used_kw"] + sites["non_ai_kw"]).sum() == total
        assert zones["generation_kw"].sum() == zones["load_kw"].sum()
        assert (zones["generation_kw"] <= zones["generation_available_kw"]).all()


def test_value_intervals_contain_the_settled_value(months: list[Tables]) -> None:
    for month in months:
        sites = month["sites"]
        assert (sites["value_low_usd_per_mw"] <= sites["value_usd_per_mw"] + 1e-6).all()
        assert (sites["value_usd_per_mw"] <= sites["value_high_usd_per_mw"] + 1e-6).all()
