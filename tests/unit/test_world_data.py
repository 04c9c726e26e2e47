"""The shipped tables fit together and keep the promises of their documentation."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from wattmarket.schema.world import BASES, SITE_KINDS, TECHNOLOGIES
from wattmarket.world.land import is_in_country
from wattmarket.world.markets import REGION_OF_BLOC
from wattmarket.world.shipped import shipped
from wattmarket.world.sphere import distance_km, nearest

ROOT = Path(__file__).parents[2]
TABLES = (
    "metros", "cities", "countries", "land", "zones", "generation", "technologies", "plants", "kinds", "named_sites",
)  # fmt: skip


def place(table: pl.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    return table["lat"].to_numpy(), table["lon"].to_numpy()


def test_every_place_has_its_country():
    known = set(shipped("countries")["country"])
    for name in ("metros", "cities", "zones"):
        assert set(shipped(name)["country"]) <= known, name


def test_every_country_has_a_bloc_with_a_region():
    assert set(shipped("countries")["bloc"]) == set(REGION_OF_BLOC)


def test_references_are_kept():
    zones = set(shipped("zones")["zone_id"])
    assert set(shipped("metros")["home_zone_id"]) <= zones
    for name in ("generation", "plants", "named_sites"):
        assert set(shipped(name)["zone_id"]) <= zones, name
    assert set(shipped("generation")["zone_id"]) == zones
    assert set(shipped("generation")["technology"]) <= set(TECHNOLOGIES)
    assert set(shipped("technologies")["technology"]) == set(TECHNOLOGIES)
    assert tuple(shipped("kinds")["kind"]) == SITE_KINDS
    assert set(shipped("named_sites")["kind"]) <= set(SITE_KINDS)


@pytest.mark.parametrize("column", ["operating_share", "candidate_share"])
def test_shares_of_technologies_add_up(column):
    totals = shipped("generation").group_by("zone_id").agg(pl.col(column).sum())[column]
    assert totals.to_numpy() == pytest.approx(np.ones(99), abs=1e-9)


@pytest.mark.parametrize("name", ["technologies", "plants", "kinds", "named_sites"])
def test_every_row_says_where_it_comes_from(name):
    table = shipped(name)
    assert set(table["basis"]) <= set(BASES)
    assert (table["source"].str.len_chars() >= 3).all()


def test_no_city_is_counted_twice():
    cities = shipped("cities")
    assert cities["geoname_id"].n_unique() == cities.height == 1000
    _, km = nearest(*place(cities), *place(shipped("metros")))
    assert km.min() > 55.0
    for row in range(0, cities.height, 37):
        others = cities.filter(pl.col("geoname_id") != cities["geoname_id"][row])
        _, km = nearest(*place(cities[row : row + 1]), *place(others))
        assert km[0] > 59.0


def test_metros_lie_in_their_country_or_on_its_coast():
    table = pl.concat([shipped(name).select("country", "lat", "lon") for name in ("metros", "cities")])
    inside = np.zeros(table.height, dtype=bool)
    for north in (-0.5, 0.0, 0.5):
        for east in (-0.5, 0.0, 0.5):
            lat, lon = place(table)
            inside |= is_in_country(lat + north, lon + east, table["country"])
    # Small islands are not on a half-degree grid.
    assert inside.mean() > 0.98


def test_named_sites_lie_near_the_zone_they_draw_on():
    named = shipped("named_sites").join(shipped("zones"), on="zone_id", suffix="_zone")
    km = distance_km(*(named[name].to_numpy() for name in ("lat", "lon", "lat_zone", "lon_zone")))
    assert (km < 3.0 * named["radius_km"].to_numpy()).all()
    assert (named["pool_mw"] <= named["shell_mw"]).all()
    assert (named["shell_mw"] <= named["shell_buildable_mw"]).all()


def test_bounds_of_prices_are_in_order():
    zones = shipped("zones")
    assert (zones["ppa_low_usd_mwh"] <= zones["ppa_usd_mwh"]).all()
    assert (zones["ppa_usd_mwh"] <= zones["ppa_high_usd_mwh"]).all()


def test_files_stay_small_and_are_all_licensed_and_documented():
    data = ROOT / "python/wattmarket/world/data"
    assert {path.stem for path in data.iterdir()} == set(TABLES)
    assert sum(path.stat().st_size for path in data.iterdir()) < 250_000
    documented = (ROOT / "docs/world.md").read_text(encoding="utf-8")
    for name in TABLES:
        rows = re.search(rf"`{name}\.csv` \| ([\d,]+) \|", documented)
        assert rows, f"{name}.csv is not in docs/world.md"
        assert int(rows.group(1).replace(",", "")) == shipped(name).height, name
    licences = (ROOT / "DATA_LICENSES.md").read_text(encoding="utf-8")
    for name in ("countries", "cities", "land"):
        assert f"{name}.csv" in licences
