"""A scenario and the builder of worlds have the same keys and the same defaults."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from wattmarket.scenario import Scenario
from wattmarket.world import WorldConfig, build_world, world_of
from wattmarket.world.choice import config_of


def test_a_scenario_without_a_word_on_the_world_asks_for_the_default_one() -> None:
    assert config_of(Scenario()) == WorldConfig()


@pytest.mark.parametrize("name", [field.name for field in fields(WorldConfig) if field.name != "kind_shares"])
def test_every_parameter_of_the_builder_can_be_set(name: str) -> None:
    section = "demand" if name in ("ai_power_start_gw", "non_ai_power_start_gw") else "world"
    other = {"edge_share_start": 0.25, "metros": 7, "sites": 60}.get(name, 51.0)
    assert getattr(config_of(Scenario().with_settings([f"{section}.{name}={other}"])), name) == other


def test_a_folder_comes_before_the_builder(tmp_path: Path) -> None:
    saved = build_world(WorldConfig(sites=50, metros=4), seed=3)
    saved.save(tmp_path / "mine", format="parquet")
    scenario = Scenario().with_settings(["world.sites=60"])
    scenario._folder = tmp_path
    assert world_of(scenario.with_settings(["world.folder=mine"])).digest == saved.digest
