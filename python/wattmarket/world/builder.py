"""The seeded world builder: thousands of sites from metros and zones, and the named ones."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from wattmarket import numeric
from wattmarket.errors import InputError
from wattmarket.schema.world import EDGE_KINDS, GENERATORS, LINKS, METROS, SITES, ZONES
from wattmarket.world.config import WorldConfig
from wattmarket.world.costs import add_costs
from wattmarket.world.generators import make_generators
from wattmarket.world.links import make_links
from wattmarket.world.markets import draft_markets
from wattmarket.world.metros import draft_metros, home_zones
from wattmarket.world.placement import counts_by_kind, place_core, place_edge
from wattmarket.world.shipped import shipped
from wattmarket.world.sphere import nearest
from wattmarket.world.stock import stock_core, stock_edge
from wattmarket.world.tables import World
from wattmarket.world.zones import draft_zones

__all__ = ["build_world"]

IntArray = npt.NDArray[np.int64]

ROWS_PER_NAMED_SITE: Final = 20
"""A small world has at most one named site in twenty rows."""


def build_world(config: WorldConfig | None = None, seed: int = 0) -> World:
    """Make a world from the shipped tables: same configuration and seed, same world, bit for bit.

    Parameters
    ----------
    config
        Counts and totals; the default world has 120 metros, 99 zones and 5,000 sites.
    seed
        Moves and resizes the built sites; totals do not depend on it.

    Returns
    -------
    World

    Raises
    ------
    InputError
        If none of the chosen metros has a zone to draw from.

    Notes
    -----
    O(sites x metros). Order: metros and zones; what each metro holds; named sites; edge kinds around metros and core
    kinds inside zones; costs; standing capacity; generators, which cover what the sites draw; links.

    Examples
    --------
    >>> world = build_world(WorldConfig(metros=20, sites=100), seed=1)
    >>> world.sites.height, world.zones.height, world.metros.height
    (100, 99, 20)
    """
    config = WorldConfig() if config is None else config
    metros, zones = draft_metros(config.metros), draft_zones()
    home = home_zones(metros, zones)
    if (home < 0).all():
        raise InputError("world: metros: none of the metros chosen has a zone to draw from")
    markets = draft_markets(metros, zones, home, config)
    named = _named_sites(metros, zones, home, config.sites // ROWS_PER_NAMED_SITE)
    counts = counts_by_kind(config, config.sites - named.height)
    edge = place_edge(metros, home, markets.buildable_mw, counts, seed)
    core = place_core(metros, zones, counts, config.metro_zone_weight, seed)
    sites = pl.concat([named, _named_after(edge, metros, "metro"), _named_after(core, zones, "zone")], how="diagonal")
    sites = add_costs(_with_context(sites, metros, zones), metros, zones, seed)
    is_edge = pl.col("kind").is_in(list(EDGE_KINDS))
    sites = pl.concat(
        [
            stock_edge(sites.filter(is_edge), markets, config, seed),
            stock_core(sites.filter(is_edge.not_()), config, seed),
        ]
    )
    # Supply is counted at the zone's PUE (a site's difference is a cost), so load is too.
    load_mw = numeric.group_total(sites["shell_mw"], sites["zone"], zones.height) * zones["pue"].to_numpy()
    return World(
        name=f"built-{config.metros}-{config.sites}-{seed}",
        metros=metros.select(METROS.names),
        zones=zones.select(ZONES.names),
        generators=make_generators(zones, load_mw).select(GENERATORS.names),
        links=make_links(zones).select(LINKS.names),
        sites=sites.select(SITES.names).sort("site_id"),
    )


def _named_sites(metros: pl.DataFrame, zones: pl.DataFrame, home: IntArray, most: int) -> pl.DataFrame:
    """Rows of the named sites, as many as a world of this size takes, in the order of their file."""
    named = shipped("named_sites").head(most)
    zone_rows = {zone: row for row, zone in enumerate(zones["zone_id"])}
    # An edge site belongs to one of the markets known by name, not to a suburb that a large world has as a city.
    served = np.flatnonzero((home >= 0) & metros["metro_id"].str.starts_with("M").to_numpy())
    lat, lon = (named[name].to_numpy() for name in ("lat", "lon"))
    metro, _ = nearest(lat, lon, metros["lat"].to_numpy()[served], metros["lon"].to_numpy()[served])
    return named.with_columns(
        pl.Series("metro", served[metro]),
        pl.Series("zone", [zone_rows[zone] for zone in named["zone_id"]], dtype=pl.Int64),
        pl.lit(True).alias("named"),
    ).drop("zone_id")


def _named_after(built: pl.DataFrame, places: pl.DataFrame, column: str) -> pl.DataFrame:
    """Give built sites the name of the metro or zone they were placed in, and say where they come from."""
    return built.with_columns(
        pl.format(
            "{} {} {}",
            places["name"].gather(built[column]),
            built["kind"].str.replace("_", " "),
            built["site_id"].str.slice(1),
        ).alias("name"),
        pl.lit(False).alias("named"),
        pl.lit("assumption").alias("basis"),
        pl.lit("made by the builder from the laws of its kind").alias("source"),
    )


def _with_context(sites: pl.DataFrame, metros: pl.DataFrame, zones: pl.DataFrame) -> pl.DataFrame:
    """Join ids, country and bloc, and the laws of the site's kind."""
    edge = sites["kind"].is_in(list(EDGE_KINDS))
    metro, zone = sites["metro"], sites["zone"]
    kinds = (
        shipped("kinds")
        .drop("basis", "source")
        .rename({name: f"kind_{name}" for name in ("shell_cost_usd_per_kw", "land_cost_usd_per_kw")})
    )
    countries = shipped("countries").select(
        "country", "bloc", pl.col("shell_cost_index").alias("country_shell_cost_index")
    )
    at_metro, at_zone = metros["country"].gather(metro), zones["country"].gather(zone)
    sites = sites.with_columns(
        metros["metro_id"].gather(metro),
        zones["zone_id"].gather(zone),
        pl.select(pl.when(edge).then(at_metro).otherwise(at_zone).alias("country")).to_series(),
    )
    sites = sites.join(countries, on="country", how="left", maintain_order="left")
    return sites.join(kinds, on="kind", how="left", maintain_order="left")
