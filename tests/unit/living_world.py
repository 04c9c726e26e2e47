"""A small living market for tests: a world of 60 sites, and models of it."""

from __future__ import annotations

from functools import cache
from typing import Any

from wattmarket.living import WattMarketModel
from wattmarket.world import World, WorldConfig, build_world

__all__ = ["model_of", "played", "small_world"]


@cache
def small_world() -> World:
    """A world of 20 metros and 60 sites."""
    return build_world(WorldConfig(metros=20, sites=60))


def model_of(months: int, *settings: str, **given: Any) -> WattMarketModel:
    """A model of the small world, before its first month."""
    return WattMarketModel(world=small_world(), settings=[f"run.months={months}", *settings], **given)


def played(months: int, *settings: str, **given: Any) -> WattMarketModel:
    """A model of the small world, played to its end."""
    model = model_of(months, *settings, **given)
    while model.running:
        model.step()
    return model
