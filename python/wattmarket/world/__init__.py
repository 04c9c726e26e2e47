"""The world: metros, zones, generators, links and sites, loaded from tables or built from a seed."""

from __future__ import annotations

from wattmarket.world.builder import build_world
from wattmarket.world.choice import world_of
from wattmarket.world.config import WorldConfig
from wattmarket.world.tables import World

__all__ = ["World", "WorldConfig", "build_world", "world_of"]
