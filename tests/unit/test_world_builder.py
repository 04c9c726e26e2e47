"""What the builder promises: totals, determinism, orders of magnitude, and a place for every row."""

from __future__ import annotations

import time

import numpy as np
import polars as pl
import pytest

from wattmarket.errors import InputError
from wattmarket.schema.world import CORE_KINDS, EDGE_KINDS, SITE_KINDS
from wattmarket.world import World, WorldConfig, build_world
from wattmarket.world.commands import build, check, show
from wattmarket.world.land import is_in_country
from wattmarket.world.shipped import shipped
from wattmarket.world.sphere import distance_km, nearest


@pytest.fixture(scope="module")
def world() -> World:
    return build_world()


def of_kinds(world: World, kinds: tuple[str, ...]) -> pl.DataFrame:
    return world.sites.filter(pl.col("kind").is_in(list(kinds)))


def supply(world: World, state: str) -> pl.DataFrame:
    rows = world.generators.filter(pl.col("state") == state)
    return rows.group_by("zone_id").agg(
        pl.col("grid_mw").sum(),
        (pl.col("grid_mw") * pl.col("marginal_cost_usd_per_mwh")).sum().alias("spend"),
        pl.col("marginal_cost_usd_per_mwh").max().alias("dearest"),
    )


def test_default_world_has_the_size_it_should(world):
    assert (world.metros.height, world.zones.height, world.sites.height) == (120, 99, 5000)
    assert set(shipped("metros")["metro_id"]) <= set(world.metros["metro_id"])
    assert set(world.zones["zone_id"]) == set(shipped("zones")["zone_id"])


def test_same_seed_same_bits_and_another_seed_other_sites(world):
    assert build_world(WorldConfig(), seed=0).digest == world.digest
    other = build_world(WorldConfig(), seed=1)
    assert other.digest != world.digest
    assert other.metros.equals(world.metros)
    assert other.zones.equals(world.zones)


@pytest.mark.parametrize(("metros", "sites"), [(1, 50), (20, 50), (80, 500), (120, 5000), (400, 8000), (1080, 50000)])
def test_totals_at_the_start_do_not_depend_on_size(metros, sites):
    world = build_world(WorldConfig(metros=metros, sites=sites), seed=2)
    assert world.sites.height == sites
    assert world.metros.height == metros
    assert world.sites["pool_mw"].sum() == pytest.approx(7.4e3 * 1.03, rel=1e-4)
    edge = of_kinds(world, EDGE_KINDS)
    assert edge["pool_mw"].sum() == pytest.approx(0.30 * 7.4e3 * 1.03, rel=1e-4)
    occupied = 26e3 + edge["pool_mw"].sum()
    assert edge["shell_mw"].sum() == pytest.approx(occupied / (1 - 0.033), rel=1e-4)


def test_totals_follow_the_configuration():
    world = build_world(
        WorldConfig(sites=1000, ai_power_start_gw=10.0, edge_share_start=0.2, non_ai_power_start_gw=5.0)
    )
    assert world.sites["pool_mw"].sum() == pytest.approx(10.3e3, rel=1e-4)
    assert of_kinds(world, EDGE_KINDS)["pool_mw"].sum() == pytest.approx(2.06e3, rel=1e-4)
    assert of_kinds(world, EDGE_KINDS)["shell_mw"].sum() == pytest.approx(7.06e3 / 0.967, rel=1e-2)


@pytest.mark.parametrize("kinds", [("campus", "brownfield", "btm"), ("metro_dc", "central_office", "tower")])
def test_a_world_may_be_built_of_core_or_of_edge_kinds_alone(kinds):
    shares = dict.fromkeys(("campus", "brownfield", "btm", "metro_dc", "central_office", "tower"), 0.0)
    shares |= dict(zip(kinds, (0.5, 0.3, 0.2), strict=True))
    world = build_world(WorldConfig(metros=20, sites=50, kind_shares=shares))
    built = world.sites.filter(pl.col("site_id").str.starts_with("S0"))
    assert built.height > 0
    assert set(built["kind"]) == set(kinds)


def test_buildable_land(world):
    assert of_kinds(world, CORE_KINDS)["shell_buildable_mw"].sum() == pytest.approx(220e3, rel=1e-3)
    halls = of_kinds(world, ("metro_dc",))
    assert halls["shell_buildable_mw"].sum() == pytest.approx(95e3, rel=0.03)
    doubled = build_world(WorldConfig(sites=10_000))
    assert of_kinds(doubled, CORE_KINDS)["shell_buildable_mw"].sum() == pytest.approx(440e3, rel=1e-3)


def test_a_row_of_a_small_world_stands_for_several_sites(world):
    small = build_world(WorldConfig(sites=500))
    assert small.sites.height == 500
    typical = of_kinds(world, ("central_office",))["shell_buildable_mw"].median()
    assert of_kinds(small, ("central_office",))["shell_buildable_mw"].median() == pytest.approx(10 * typical, rel=0.3)


def test_kinds_have_the_sizes_of_their_laws(world):
    built = world.sites.filter(pl.col("site_id").str.contains(r"^S\d"))
    for kind, low, high in (
        ("campus", 80, 1000),
        ("metro_dc", 3, 110),
        ("central_office", 0.2, 3.0),
        ("tower", 0.02, 0.2),
    ):
        size = built.filter(pl.col("kind") == kind)["shell_buildable_mw"]
        assert low <= size.min() <= size.max() <= high, kind
    assert of_kinds(world, CORE_KINDS)["shell_buildable_mw"].max() <= 1000.0


def test_shares_of_kinds(world):
    counts = dict(world.sites["kind"].value_counts().iter_rows())
    for kind, share in WorldConfig().kind_shares.items():
        assert counts[kind] == pytest.approx(5000 * share, abs=45), kind
    only = build_world(
        WorldConfig(sites=200, kind_shares=dict.fromkeys(SITE_KINDS, 0.0) | {"tower": 0.5, "campus": 0.5})
    )
    built = only.sites.filter(pl.col("site_id").str.contains(r"^S\d"))
    assert set(built["kind"]) == {"tower", "campus"}


def test_edge_sites_lie_around_their_metro_and_draw_on_one_zone(world):
    edge = of_kinds(world, EDGE_KINDS).filter(pl.col("site_id").str.contains(r"^S\d"))
    edge = edge.join(world.metros.select("metro_id", "lat", "lon"), on="metro_id", suffix="_metro")
    km = distance_km(*(edge[name].to_numpy() for name in ("lat", "lon", "lat_metro", "lon_metro")))
    assert km.max() < 210
    assert np.median(km) < 30
    assert edge.group_by("metro_id").agg(pl.col("zone_id").n_unique())["zone_id"].max() == 1


def test_core_sites_lie_in_interior_zones_inside_their_country(world):
    core = of_kinds(world, CORE_KINDS).filter(pl.col("site_id").str.contains(r"^S\d"))
    zones = shipped("zones").select("zone_id", "surroundings", "radius_km", "lat", "lon")
    core = core.join(zones, on="zone_id", suffix="_zone")
    assert set(core["surroundings"]) == {"interior"}
    km = distance_km(*(core[name].to_numpy() for name in ("lat", "lon", "lat_zone", "lon_zone")))
    assert (km <= core["radius_km"].to_numpy() + 0.1).all()
    assert is_in_country(core["lat"].to_numpy(), core["lon"].to_numpy(), core["country"]).mean() > 0.97
    with_metros = build_world(WorldConfig(metro_zone_weight=1.0))
    assert "US-ERCOT-N" in set(of_kinds(with_metros, CORE_KINDS)["zone_id"])


def test_reach_of_interior_zones_is_what_the_model_page_says(world):
    """Share of people whose nearest built core site is within the budget, site hop included."""
    core = of_kinds(world, CORE_KINDS).filter(pl.col("site_id").str.contains(r"^S\d"))
    place = (world.metros[name].to_numpy() for name in ("lat", "lon"))
    _, km = nearest(*place, core["lat"].to_numpy(), core["lon"].to_numpy())
    rtt = world.metros["access_rtt_ms"].to_numpy() + 1.5 + 2 * world.metros["stretch"].to_numpy() * km / 204.2
    people = world.metros["population_m"].to_numpy()
    for budget, low, high in ((20, 0.2, 0.45), (25, 0.38, 0.6), (30, 0.5, 0.72), (50, 0.8, 0.95), (80, 0.94, 1.0)):
        assert low <= people[rtt <= budget].sum() / people.sum() <= high, budget


def test_generators_cover_the_load_and_candidates_the_release(world):
    shells = world.sites.join(world.zones.select("zone_id", pl.col("pue").alias("zone_pue")), on="zone_id")
    load = shells.select("zone_id", (pl.col("shell_mw") * pl.col("zone_pue")).alias("load"))
    load = load.group_by("zone_id").agg(pl.col("load").sum())
    both = supply(world, "operating").join(load, on="zone_id", how="left")
    assert both.height == 99
    assert (both["grid_mw"] >= 1.049 * both["load"].fill_null(0.0)).all()
    candidates = world.zones.join(supply(world, "candidate"), on="zone_id")
    assert candidates["grid_mw"].to_numpy() == pytest.approx(
        156 * candidates["slot_release_mw_per_month"].to_numpy(), rel=1e-3
    )
    assert world.generators.filter(pl.col("generator_id") == "CRANE-1").row(0, named=True)["state"] == "dormant"


def test_power_costs_what_the_model_page_says(world):
    zones = world.zones.join(supply(world, "operating"), on="zone_id").join(
        shipped("zones").select("zone_id", "surroundings"), on="zone_id"
    )
    zones = zones.with_columns((pl.col("dearest") * pl.col("pue")).alias("lmp"))
    american = zones.filter(pl.col("country") == "US")
    interior = american.filter(pl.col("surroundings") == "interior")["lmp"]
    metro = american.filter(pl.col("surroundings") == "metro")["lmp"]
    assert 50 <= interior.median() <= 66
    assert 75 <= metro.median() <= 140
    assert zones["lmp"].min() > 25
    assert zones["lmp"].max() < 260


def test_named_sites_are_there_with_what_stood_in_2023(world):
    named = {row["site_id"]: row for row in world.sites.iter_rows(named=True)}
    for site in ("MEMPHIS", "ABILENE", "ELLENDALE", "NEW_CARLISLE", "MOUNT_PLEASANT", "CRANE", "OLKARIA", "ABU_DHABI"):
        assert named[site]["shell_mw"] == 0.0, site
        assert named[site]["shell_buildable_mw"] > 0.0, site
    assert named["ASHBURN"]["shell_mw"] > 100.0
    assert named["ASHBURN"]["metro_id"] == "M002"
    small = build_world(WorldConfig(sites=100))
    assert small.sites.filter(~pl.col("site_id").str.contains(r"^S\d")).height == 5


def test_more_cities_join_at_the_end(world):
    larger = build_world(WorldConfig(metros=300, sites=200))
    assert set(world.metros["metro_id"]) < set(larger.metros["metro_id"])


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"sites": 49}, "world: sites: 49 is not in 50 to 50000"),
        ({"metros": 0}, "world: metros: 0 is not in 1 to 1080"),
        ({"edge_share_start": 1.5}, "world: edge_share_start: 1.5 is not in 0.0 to 1.0"),
        ({"ai_power_start_gw": float("nan")}, "world: ai_power_start_gw: nan is not in 0.01 to 1000.0"),
        ({"kind_shares": {"campus": 1.0}}, "world: kind_shares: brownfield: is missing"),
        ({"kind_shares": dict.fromkeys(SITE_KINDS, 0.2)}, "world: kind_shares: sum to 1.2, not to 1"),
    ],
)
def test_configuration_out_of_range(change, line):
    with pytest.raises(InputError) as caught:
        WorldConfig(**change)
    assert caught.value.problems[0] == line


def test_default_world_is_built_in_time(world):
    # Processor time: on a busy machine the wall clock says nothing.
    start = time.process_time()
    build_world(WorldConfig(), seed=9)
    assert time.process_time() - start < 2.0


def test_commands(tmp_path):
    made = build(WorldConfig(metros=10, sites=60), seed=4, out=tmp_path / "w", format="parquet")
    found = check(tmp_path / "w")
    assert found.digest == made.digest
    text = show(found)
    assert text.startswith("w: 10 metros, 99 zones, ")
    assert made.digest in text
    assert all(kind in text for kind in SITE_KINDS)
