"""A world of two parts that nothing joins: what happens in one leaves the other as it was, to the bit."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from importlib.resources import files
from pathlib import Path

import polars as pl
import pytest

import wattmarket
from wattmarket.record import Run
from wattmarket.world import World, WorldConfig, build_world

EAST, WEST = "CN", "US"
"""Players of China build in China, and the others elsewhere."""

MOST_SITES = 40
WORKLOADS = ("voice", "chat", "copilot", "batch", "training", "non_ai")

CHANGE = (
    "zone.west.generation_scale=0.3",
    "zone.west.marginal_cost_scale=2.0",
    "zone.west.slot_release_scale=0.2",
    "zone.west.counterparty_risk=0.5",
)
FORK = "2023-07"

# How rents split into silicon and watt depends on the world's poorest ground, wherever it lies.
SPLIT = ("silicon_rent_usd_per_mw_month", "watt_rent_usd_per_mw_month", "label")
NUMBERED = ("contract", "award", "bid")
BY_PLACE = {
    "sites": "site_id",
    "flows": "site_id",
    "metros": "metro_id",
    "zones": "zone_id",
    "queue": "zone_id",
    "bids": "site_id",
    "awards": "site_id",
    "contracts": "zone_id",
    "valuations": "site_id",
    "agents": "agent_id",
}


@cache
def two_parts() -> World:
    """China and the United States with up to 40 sites each, no line between them, and each a bloc of its own."""
    whole = build_world(WorldConfig(metros=120, sites=600))
    part = pl.col("country").replace_strict({EAST: "EAST", WEST: "WEST"}, default="")
    metros, zones = (
        table.with_columns(bloc=part).filter(pl.col("bloc") != "") for table in (whole.metros, whole.zones)
    )
    home = dict(zones.select("zone_id", "bloc").iter_rows())
    nearest = dict(metros.select("metro_id", "bloc").iter_rows())
    sites = whole.sites.with_columns(bloc=part).filter(
        pl.col("zone_id").replace_strict(home, default="") == pl.col("bloc"),
        pl.col("metro_id").replace_strict(nearest, default="") == pl.col("bloc"),
    )
    sites = pl.concat(
        sites.filter(pl.col("bloc") == bloc).gather_every(2).head(MOST_SITES) for bloc in ("EAST", "WEST")
    )
    ends = [pl.col(name).replace_strict(home, default="") for name in ("from_zone_id", "to_zone_id")]
    return replace(
        whole,
        metros=metros,
        zones=zones,
        generators=whole.generators.filter(pl.col("zone_id").is_in(list(home))),
        links=whole.links.filter((ends[0] == ends[1]) & (ends[0] != "")),
        sites=sites,
    )


def places() -> set[str]:
    """Names of what is in the east: sites, metros, zones and players."""
    world = two_parts()
    found = set()
    for table, name in ((world.sites, "site_id"), (world.metros, "metro_id"), (world.zones, "zone_id")):
        found |= set(table.filter(pl.col("bloc") == "EAST")[name])
    players = pl.read_csv(str(files("wattmarket.agents").joinpath("data/agents.csv")))
    return found | set(players.filter(pl.col("country") == EAST)["agent_id"])


def scenario(folder: Path, mode: str, months: int, *lines: str) -> Path:
    two_parts().save(folder / "parts", format="parquet")
    west = sorted(two_parts().zones.filter(pl.col("bloc") == "WEST")["zone_id"])
    tables = '", "'.join(["ticks", *(name for name in BY_PLACE if mode == "agents" or name in BEFORE_AGENTS)])
    names = '", "'.join(west)
    text = (
        f'[run]\nmonths = {months}\n[world]\nfolder = "parts"\n[capacity]\nmode = "{mode}"\n'
        f'[demand]\nai_power_start_gw = 3.0\nnon_ai_power_start_gw = 8.0\n[output]\ntables = ["{tables}"]\n'
        f'[[zone]]\nname = "west"\nmatch = ["{names}"]\n'
    )
    text += "".join(f'[[workload]]\nname = "{name}"\nresidency = true\n' for name in WORKLOADS)
    path = folder / "parts.toml"
    path.write_text(text + "\n".join(lines), encoding="utf-8")
    return path


BEFORE_AGENTS = ("sites", "flows", "metros", "zones")


def rows(run: Run, table: str, *, east: bool) -> pl.DataFrame:
    """Rows of one part, without the numbers that are counted over both."""
    key = BY_PLACE[table]
    frame = getattr(run, table).drop(NUMBERED, strict=False)
    return frame.filter(pl.col(key).is_in(list(places())) == east)


def differing(run: Run, fork: Run, *, east: bool) -> dict[str, list[str]]:
    """Columns that differ in one part, by table; a table whose number of rows differs has all of its columns."""
    found: dict[str, list[str]] = {}
    for table in BY_PLACE:
        if table not in run.manifest.rows:
            continue
        one, other = (rows(each, table, east=east) for each in (run, fork))
        assert one.height > 0, table
        names = one.columns
        if one.height == other.height:
            names = [name for name in names if one[name].ne_missing(other[name]).any()]
        if names:
            found[table] = names
    return found


def test_entry_in_one_part_leaves_the_other_as_it_was(tmp_path: Path) -> None:
    run = wattmarket.run(scenario(tmp_path, "entry", 36), twin=False)
    fork = wattmarket.fork(run, at=FORK, set=CHANGE, twin=False)
    built = rows(run, "sites", east=True).group_by("tick").agg(pl.col("pool_kw").sum()).sort("tick")["pool_kw"]
    assert built[-1] > 1.2 * built[0]
    assert differing(run, fork, east=False).keys() == {"sites", "flows", "metros", "zones"}
    assert differing(run, fork, east=True) in ({"sites": list(SPLIT)}, {"sites": list(SPLIT[:2])})


def test_agents_of_one_part_leave_the_other_as_it_was_while_accelerators_are_not_scarce(tmp_path: Path) -> None:
    path = scenario(tmp_path, "agents", 36)
    # Accelerators are one market, and agents look at how all cohorts fare, wherever: both are shut off here.
    apart = ["contracts.chips_scale=100.0", "beliefs.review_probability=0.0"]
    run = wattmarket.run(path, set=apart, twin=False)
    fork = wattmarket.fork(run, at=FORK, set=CHANGE, twin=False)
    assert rows(run, "awards", east=True).height > 20
    assert rows(run, "awards", east=True)["tick"].max() > 12
    assert set(differing(run, fork, east=False)) == set(BY_PLACE)
    assert differing(run, fork, east=True) in ({"sites": list(SPLIT)}, {"sites": list(SPLIT[:2])})
    found = wattmarket.diff(run, fork)
    assert found.month == FORK
    west_only = two_parts().zones.height - sum(two_parts().zones["bloc"] == "EAST")
    assert 0 < found.spread["zones"].max() <= west_only


def test_what_is_shared_carries_a_difference_over(tmp_path: Path) -> None:
    run = wattmarket.run(scenario(tmp_path, "agents", 36), set=["contracts.chips_scale=0.5"], twin=False)
    fork = wattmarket.fork(run, at=FORK, set=CHANGE, twin=False)
    assert "agents" in differing(run, fork, east=True)


@pytest.mark.parametrize("mode", ["entry", "agents"])
def test_nothing_joins_the_parts(tmp_path: Path, mode: str) -> None:
    run = wattmarket.run(scenario(tmp_path, mode, 4), twin=False)
    world = run.world
    bloc = dict(world.zones.select("zone_id", "bloc").iter_rows())
    assert all(bloc[one] == bloc[other] for one, other in world.links.select("from_zone_id", "to_zone_id").iter_rows())
    where = {**dict(world.sites.select("site_id", "bloc").iter_rows())}
    at = {**dict(world.metros.select("metro_id", "bloc").iter_rows())}
    flows = run.flows.drop_nulls("metro_id")
    assert all(at[metro] == where[site] for metro, site in flows.select("metro_id", "site_id").iter_rows())
