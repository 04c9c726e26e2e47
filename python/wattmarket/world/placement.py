"""Where built sites lie: edge kinds around metros by a radial law, core kinds inside zones by area."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from wattmarket import numeric
from wattmarket.schema.world import CORE_KINDS, EDGE_KINDS
from wattmarket.world.apportion import largest_remainder
from wattmarket.world.config import WorldConfig
from wattmarket.world.land import is_in_country
from wattmarket.world.shipped import shipped
from wattmarket.world.sphere import destination, nearest

__all__ = ["counts_by_kind", "place_core", "place_edge"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

FARTHEST_RADII: Final = 4.0
"""The exponential radial law is cut at four times its mean."""

METRO_CLEARANCE_KM: Final = 150.0
"""Core sites keep this far from the centre of a metro where their zone allows (assumption: nearer is metro land)."""

ATTEMPTS: Final = 12

FIRM_TECHNOLOGIES: Final = ("hydro", "nuclear", "geothermal")
FIRM_SHARE: Final = 0.4
FIRM_PLANT_WEIGHT: Final = 0.5
"""A zone with so much firm clean generation has plants to build beside, at this weight against onsite gas of 1."""


def place_edge(
    metros: pl.DataFrame, home: IntArray, hall_mw: FloatArray, counts: dict[str, int], seed: int
) -> pl.DataFrame:
    """Place the edge kinds: metro halls by what a metro may hold, the small kinds by demand weight.

    Parameters
    ----------
    metros, home
        As drafted.
    hall_mw
        float64 [M], what the metro halls of each metro may come to.
    counts
        Sites per kind.
    seed
        The world's seed.

    Returns
    -------
    pl.DataFrame
        ``site_id``, ``kind``, ``metro`` (row), ``zone`` (row), ``lat``, ``lon``.

    Notes
    -----
    Distance from the centre: exponential with the mean of the kind's ``radius_km``, wider in larger metros with the
    cube root of their population over 5 million; bearing uniform.
    """
    users = np.where(home >= 0, metros["demand_weight"].to_numpy(), 0.0)
    weights = {"metro_dc": hall_mw, "central_office": users, "tower": users}
    metro = np.concatenate(
        [np.repeat(np.arange(metros.height), largest_remainder(counts[kind], weights[kind])) for kind in EDGE_KINDS]
    )
    kinds = np.repeat(np.arange(len(EDGE_KINDS)), [counts[kind] for kind in EDGE_KINDS])
    ids = _site_ids(1, len(metro))
    entity = numeric.entity_hash(ids)
    radius = _of_kind("radius_km", EDGE_KINDS)[kinds]
    people = metros["population_m"].to_numpy()[metro]
    reach = radius * numeric.power(np.maximum(people, 0.2) / 5.0, 1.0 / 3.0)
    depth = -numeric.log(1.0 - numeric.uniform(seed, "site distance", entity))
    lat, lon = destination(
        metros["lat"].to_numpy()[metro],
        metros["lon"].to_numpy()[metro],
        numeric.uniform(seed, "site bearing", entity),
        reach * np.minimum(depth, FARTHEST_RADII),
    )
    return _frame(ids, [EDGE_KINDS[kind] for kind in kinds], metro, home[metro], (lat, lon))


def place_core(
    metros: pl.DataFrame, zones: pl.DataFrame, counts: dict[str, int], metro_zone_weight: float, seed: int
) -> pl.DataFrame:
    """Place the core kinds inside the zones' discs, uniformly by area, in their country and clear of metros.

    Parameters
    ----------
    metros, zones
        As drafted.
    counts, seed
        As for `place_edge`.
    metro_zone_weight
        Weight of zones around metros, against 1 for interior ones.

    Returns
    -------
    pl.DataFrame
        As `place_edge`; ``metro`` is the nearest one.

    Notes
    -----
    Each site has up to twelve draws and keeps the first that is both in its country and clear of metros; failing that,
    the first in its country.
    """
    weights = _core_weights(zones, metro_zone_weight)
    zone = np.concatenate(
        [np.repeat(np.arange(zones.height), largest_remainder(counts[kind], weights[kind])) for kind in CORE_KINDS]
    )
    kinds = np.repeat(np.arange(len(CORE_KINDS)), [counts[kind] for kind in CORE_KINDS])
    ids = _site_ids(1 + sum(counts[kind] for kind in EDGE_KINDS), len(zone))  # exact: counts
    entity = numeric.entity_hash(ids)
    centre_lat, centre_lon = zones["lat"].to_numpy()[zone], zones["lon"].to_numpy()[zone]
    lat, lon, metro = centre_lat.copy(), centre_lon.copy(), np.zeros(len(zone), dtype=np.int64)
    merit = np.full(len(zone), -1)
    for attempt in range(ATTEMPTS):
        rows = np.flatnonzero(merit < 3)
        if len(rows) == 0:
            break
        bearing = numeric.uniform(seed, "site bearing", entity[rows], attempt)
        # The square root makes the draw uniform by area.
        share = np.sqrt(numeric.uniform(seed, "site distance", entity[rows], attempt))
        radius = zones["radius_km"].to_numpy()[zone[rows]]
        place = destination(centre_lat[rows], centre_lon[rows], bearing, radius * share)
        near, km = nearest(*place, metros["lat"].to_numpy(), metros["lon"].to_numpy())
        inside = is_in_country(*place, zones["country"].gather(zone[rows]))
        score = 2 * inside + (km >= METRO_CLEARANCE_KM)
        better = score > merit[rows]
        taken = rows[better]
        lat[taken], lon[taken], metro[taken] = place[0][better], place[1][better], near[better]
        merit[taken] = score[better]
    return _frame(ids, [CORE_KINDS[kind] for kind in kinds], metro, zone, (lat, lon))


def _core_weights(zones: pl.DataFrame, metro_zone_weight: float) -> dict[str, FloatArray]:
    """How many core sites a zone gets, by its size and spare capacity; plants of one's own where the zone allows."""
    radius = zones["radius_km"].to_numpy()
    spare = np.sqrt(zones["spare_gw_5y"].to_numpy())
    spare = spare * np.where((zones["surroundings"] == "metro").to_numpy(), metro_zone_weight, 1.0)
    firm = shipped("generation").filter(pl.col("technology").is_in(list(FIRM_TECHNOLOGIES)))
    firm = firm.group_by("zone_id", maintain_order=True).agg(pl.col("operating_share").max())  # exact: a maximum
    standing = zones.select("zone_id").join(firm, on="zone_id", how="left", maintain_order="left")
    beside_firm = standing["operating_share"].fill_null(0.0).to_numpy() >= FIRM_SHARE
    own_plant = zones["onsite_gas"].to_numpy() + FIRM_PLANT_WEIGHT * beside_firm
    return {"campus": radius * spare, "brownfield": np.sqrt(radius) * spare, "btm": radius * spare * own_plant}


def _of_kind(column: str, kinds: tuple[str, ...]) -> FloatArray:
    table = shipped("kinds")
    return np.array([table.filter(pl.col("kind") == kind)[column].item() for kind in kinds], dtype=np.float64)


def _site_ids(first: int, count: int) -> list[str]:
    return [f"S{number:05d}" for number in range(first, first + count)]


def _frame(
    ids: list[str], kinds: list[str], metro: IntArray, zone: IntArray, place: tuple[FloatArray, FloatArray]
) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "site_id": pl.Series(ids, dtype=pl.String),
            "kind": pl.Series(kinds, dtype=pl.String),
            "metro": metro,
            "zone": zone,
            "lat": np.rint(place[0] * 1e4) / 1e4,
            "lon": np.rint(place[1] * 1e4) / 1e4,
        }
    )


def counts_by_kind(config: WorldConfig, sites: int) -> dict[str, int]:
    """Built sites of each kind.

    Examples
    --------
    >>> counts_by_kind(WorldConfig(), 100)["metro_dc"]
    62
    """
    kinds = CORE_KINDS + EDGE_KINDS
    counts = largest_remainder(sites, np.array([config.kind_shares[kind] for kind in kinds]))
    return dict(zip(kinds, counts.tolist(), strict=True))
