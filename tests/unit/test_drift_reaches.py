"""Whom the drift reaches, what a moratorium stops, and what metros' edge sites are worth."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import wattmarket
from tests.unit.living_world import model_of
from wattmarket.demand import DemandModel
from wattmarket.months import month_number
from wattmarket.scenario import Event, Scenario
from wattmarket.schema.world import EDGE_KINDS
from wattmarket.world import WorldConfig, build_world

DRIFT = ("drift.path=logistic", "drift.ceiling=0.8", "drift.midpoint=2024-01", "drift.speed_per_year=3")
REACHES = ("everyone", "demand", "agents")


def shares(reaches: str, months: int = 24) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Batch share in demand and as agents are told, [T, 2]."""
    scenario = Scenario().with_settings([*DRIFT, "drift.noise_sd=0.01", f"drift.reaches={reaches}"])
    model = DemandModel(build_world(WorldConfig(metros=20, sites=60)), 3)
    first = month_number("2023-01")
    found = [model.advance(scenario, first + tick, tick, None) for tick in range(months)]
    return np.array([(month.batch_share, month.told_batch_share) for month in found])


def test_what_does_not_reach_demand_is_told_all_the_same() -> None:
    everyone, demand, agents = (shares(reaches) for reaches in REACHES)
    assert (everyone[:, 0] == everyone[:, 1]).all()
    assert (demand[:, 0] == everyone[:, 0]).all()
    assert (agents[:, 1] == everyone[:, 0]).all()
    # Whom the drift doesn't reach sees the twin's share, with the same noise.
    assert (demand[:, 1] == agents[:, 0]).all()
    assert abs(agents[:, 0] - 0.1).max() < 0.05
    assert everyone[-1, 0] > 0.7


@pytest.mark.parametrize("reaches", REACHES)
def test_agents_believe_what_they_are_told(reaches: str) -> None:
    model = model_of(30, *DRIFT, f"drift.reaches={reaches}")
    while model.running:
        model.step()
    beliefs = model.economy.outlook.beliefs
    expected = max(beliefs.forecast(cohort, 12).batch_share for cohort in range(len(beliefs.cohorts)))
    assert (expected > 0.5) == (reaches != "demand")


def test_the_twin_is_the_same_whomever_the_drift_reaches() -> None:
    twins = {Scenario().with_settings([*DRIFT, f"drift.reaches={reaches}"]).twin() for reaches in REACHES}
    assert len(twins) == 1


def test_a_moratorium_stops_shells_and_not_letting() -> None:
    settings = ["world.metros=20", "world.sites=60", "run.months=30"]
    scenario = wattmarket.load_scenario("scenarios/baseline.toml", settings)
    stopped = scenario.model_copy(update={"event": (Event(date="2024-01", set={"agents.new_shells": False}),)})
    free, still = (wattmarket.run(played, twin=False) for played in (scenario, stopped))
    assert free.ticks["digest"][:12].to_list() == still.ticks["digest"][:12].to_list()
    begun, after = (run.awards.filter(run.awards["tick"] >= 12) for run in (free, still))
    assert not begun["standing"].all()
    assert after["standing"].all()
    assert after.height > 0


def test_metro_values_are_those_of_the_shells_of_the_start() -> None:
    settings = ["world.metros=20", "world.sites=60", "run.months=3"]
    run = wattmarket.run("scenarios/baseline.toml", set=settings, twin=False)
    edge = run.world.sites.filter(run.world.sites["kind"].is_in(EDGE_KINDS))
    weights = dict(zip(edge["site_id"], edge["shell_mw"], strict=True))
    last = run.sites.filter(run.sites["tick"] == 2)
    worth = dict(zip(last["site_id"], last["value_usd_per_mw"], strict=True))
    found = run.metro_values.filter(run.metro_values["tick"] == 2)
    for metro, value in zip(found["metro_id"], found["edge_value_usd_per_mw"], strict=True):
        mine = edge.filter(edge["metro_id"] == metro)["site_id"].to_list()
        expected = sum(worth[site] * weights[site] for site in mine) / sum(weights[site] for site in mine)
        # Shells of the world are rounded to whole kilowatts.
        assert value == pytest.approx(expected, rel=1e-3)
