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
from wattmarket.world.shipped import shipped
from wattmarket.world.sphere import destination, nearest

__all__ = ["counts_by_kind", "place_core", "place_edge"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

FARTHEST_RADII: Final = 4.0
"""The exponential radial law is cut at four times its mean."""

METRO_CLEARANCE_KM: Final = 70.0
"""Core sites keep this far from the centre of a metro: land there is metro land (assumption)."""

ATTEMPTS: Final = 8

SMALLEST_CAMPUS_RADIUS_KM: Final = 40.0
CAMPUS_WEIGHT_BY_SURROUNDINGS: Final = {"interior": 1.0, "metro": 0.4}


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


def place_core(metros: pl.DataFrame, zones: pl.DataFrame, counts: dict[str, int], seed: int) -> pl.DataFrame:
    """Place the core kinds inside the zones' discs, uniformly by area and clear of metros.

    Parameters
    ----------
    metros, zones
        As drafted.
    counts, seed
        As for `place_edge`.

    Returns
    -------
    pl.DataFrame
        As `place_edge`; ``metro`` is the nearest one.

    Notes
    -----
    Each site has up to eight draws and keeps the first that is clear of metros, else the last.
    """
    weights = _core_weights(zones)
    zone = np.concatenate(
        [np.repeat(np.arange(zones.height), largest_remainder(counts[kind], weights[kind])) for kind in CORE_KINDS]
    )
    kinds = np.repeat(np.arange(len(CORE_KINDS)), [counts[kind] for kind in CORE_KINDS])
    ids = _site_ids(1 + sum(counts[kind] for kind in EDGE_KINDS), len(zone))  # exact: counts
    entity = numeric.entity_hash(ids)
    lat, lon = np.zeros(len(zone)), np.zeros(len(zone))
    metro = np.zeros(len(zone), dtype=np.int64)
    centre_lat, centre_lon = zones["lat"].to_numpy()[zone], zones["lon"].to_numpy()[zone]
    radius = zones["radius_km"].to_numpy()[zone]
    open_rows = np.arange(len(zone))
    for attempt in range(ATTEMPTS):
        if len(open_rows) == 0:
            break
        bearing = numeric.uniform(seed, "site bearing", entity[open_rows], attempt)
        # The square root makes the draw uniform by area.
        share = np.sqrt(numeric.uniform(seed, "site distance", entity[open_rows], attempt))
        place = destination(centre_lat[open_rows], centre_lon[open_rows], bearing, radius[open_rows] * share)
        lat[open_rows], lon[open_rows] = place
        metro[open_rows], km = nearest(*place, metros["lat"].to_numpy(), metros["lon"].to_numpy())
        open_rows = open_rows[km < METRO_CLEARANCE_KM]
    return _frame(ids, [CORE_KINDS[kind] for kind in kinds], metro, zone, (lat, lon))


def _core_weights(zones: pl.DataFrame) -> dict[str, FloatArray]:
    """How many core sites a zone gets, by its area and spare capacity; plants of one's own where the zone allows."""
    radius = zones["radius_km"].to_numpy()
    spare = np.sqrt(zones["spare_gw_5y"].to_numpy())
    surroundings = zones["surroundings"].replace_strict(CAMPUS_WEIGHT_BY_SURROUNDINGS).to_numpy()
    campus = np.where(radius >= SMALLEST_CAMPUS_RADIUS_KM, radius * spare * surroundings, 0.0)
    firm = shipped("generation").filter(pl.col("technology").is_in(["hydro", "nuclear", "geothermal"]))
    firm = firm.group_by("zone_id", maintain_order=True).agg(pl.col("operating_share").max())
    standing = zones.select("zone_id").join(firm, on="zone_id", how="left", maintain_order="left")
    beside_firm = (standing["operating_share"].fill_null(0.0).to_numpy() >= 0.4).astype(np.float64)
    own_plant = zones["onsite_gas"].to_numpy() + 0.5 * beside_firm
    return {"campus": campus, "brownfield": spare * np.sqrt(radius), "btm": radius * spare * own_plant}


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
            "site_id": ids,
            "kind": kinds,
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
    50
    """
    kinds = CORE_KINDS + EDGE_KINDS
    counts = largest_remainder(sites, np.array([config.kind_shares[kind] for kind in kinds]))
    return dict(zip(kinds, counts.tolist(), strict=True))
