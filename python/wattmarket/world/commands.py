"""What ``wattmarket world build``, ``show`` and ``check`` do."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import polars as pl

from wattmarket import numeric
from wattmarket.schema.world import SITE_KINDS
from wattmarket.world.builder import build_world
from wattmarket.world.config import WorldConfig
from wattmarket.world.tables import World

__all__ = ["build", "check", "show"]


def build(
    config: WorldConfig, seed: int, out: str | Path | None = None, format: Literal["csv", "parquet"] = "csv"
) -> World:
    """Build a world and, if asked to, save it.

    Parameters
    ----------
    config, seed
        As for `build_world`.
    out
        Folder to write, which must not exist; None writes nothing.
    format
        Of the files.

    Raises
    ------
    InputError
        If the configuration is out of range or the folder cannot be written.
    """
    world = build_world(config, seed)
    if out is not None:
        world.save(out, format)
    return world


def check(folder: str | Path) -> World:
    """Load a world and so check every table of it.

    Raises
    ------
    InputError
        With one line per problem, ``file: row N: column: reason``.
    """
    return World.load(folder)


def show(world: World) -> str:
    """Describe a world in a few lines: its size, what stands per kind of site, and the zones with most load.

    Examples
    --------
    >>> print(show(build_world(WorldConfig(metros=20, sites=100), seed=1)).splitlines()[0])
    built-20-100-1: 20 metros, 99 zones, ... generators, 178 links, 100 sites
    """
    counts = ", ".join(
        f"{frame.height} {name}"
        for name, frame in (
            ("metros", world.metros),
            ("zones", world.zones),
            ("generators", world.generators),
            ("links", world.links),
            ("sites", world.sites),
        )
    )
    lines = [f"{world.name}: {counts}", f"digest {world.digest}", "", *_kinds(world), "", *_zones(world)]
    return "\n".join(lines)


def _kinds(world: World) -> list[str]:
    lines = [f"{'kind':<16}{'sites':>7}{'pools GW':>10}{'shell GW':>10}{'land GW':>10}{'grid GW':>10}"]
    for kind in (*SITE_KINDS, "all"):
        rows = world.sites if kind == "all" else world.sites.filter(pl.col("kind") == kind)
        figures = (
            numeric.total(rows[column]) / 1000.0 for column in ("pool_mw", "shell_mw", "shell_buildable_mw", "grid_mw")
        )
        lines.append(f"{kind:<16}{rows.height:>7}" + "".join(f"{figure:>10.2f}" for figure in figures))
    return lines


def _zones(world: World, most: int = 10) -> list[str]:
    """Zones where most shell stands, with what their generators have for large loads and at what cost."""
    zone_row = {zone: row for row, zone in enumerate(world.zones["zone_id"])}
    site_zone = [zone_row[zone] for zone in world.sites["zone_id"]]
    shell = numeric.group_total(world.sites["shell_mw"], site_zone, len(zone_row))
    operating = world.generators.filter(pl.col("state") == "operating")
    supply_zone = [zone_row[zone] for zone in operating["zone_id"]]
    supply = numeric.group_total(operating["grid_mw"], supply_zone, len(zone_row))
    cost = numeric.group_total(
        operating["grid_mw"] * operating["marginal_cost_usd_per_mwh"], supply_zone, len(zone_row)
    )
    lines = [f"{'zone':<16}{'shell GW':>9}{'supply GW':>11}{'mean $/MWh':>12}{'slots MW/month':>16}"]
    largest = sorted(zone_row.items(), key=lambda item: (-shell[item[1]], item[0]))[:most]
    for zone, row in largest:
        mean = cost[row] / supply[row] if supply[row] > 0.0 else float("nan")
        slots = world.zones["slot_release_mw_per_month"][row]
        lines.append(f"{zone:<16}{shell[row] / 1000:>9.2f}{supply[row] / 1000:>11.2f}{mean:>12.1f}{slots:>16.1f}")
    return lines
