"""The world that a scenario plays on."""

from __future__ import annotations

from wattmarket.scenario import Scenario
from wattmarket.world.builder import build_world
from wattmarket.world.config import WorldConfig
from wattmarket.world.tables import World

__all__ = ["config_of", "world_of"]


def world_of(scenario: Scenario) -> World:
    """Load the world that a scenario names, or build the one that it describes.

    Raises
    ------
    InputError
        If the folder named holds no sound world, or what is described can't be built.

    Examples
    --------
    >>> world_of(Scenario().with_settings(["world.sites=60", "world.metros=5"])).name
    'built-5-60-0'
    """
    wanted = scenario.world
    if wanted.folder:
        return World.load(scenario.file(wanted.folder))
    return build_world(config_of(scenario), wanted.seed)


def config_of(scenario: Scenario) -> WorldConfig:
    """Say what the builder is asked for by a scenario."""
    wanted = scenario.world
    return WorldConfig(
        metros=wanted.metros,
        sites=wanted.sites,
        kind_shares=wanted.kinds.model_dump(),
        ai_power_start_gw=scenario.demand.ai_power_start_gw,
        edge_share_start=wanted.edge_share_start,
        non_ai_power_start_gw=scenario.demand.non_ai_power_start_gw,
        campus_cap_mw=wanted.campus_cap_mw,
        metro_zone_weight=wanted.metro_zone_weight,
        core_buildable_gw=wanted.core_buildable_gw,
        metro_buildable_gw=wanted.metro_buildable_gw,
    )
