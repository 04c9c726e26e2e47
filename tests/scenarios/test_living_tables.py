"""A small world of agents, recorded: its tables hang together, and the folder replays to the same bits."""

from __future__ import annotations

import shutil
from pathlib import Path

import polars as pl
import pytest

import wattmarket
from wattmarket.errors import InputError
from wattmarket.history import Replay, replay
from wattmarket.schema import LIVING_TABLES, SUPPLIER_PARTS
from wattmarket.stopwatch import Stopwatch

MONTHS, SITES = 24, 60
SETTINGS = [
    'capacity.mode="agents"',
    f"run.months={MONTHS}",
    f"world.sites={SITES}",
    "world.metros=20",
    "output.figures=false",
    'drift.path="flat"',
]
EVERY = 'output.tables=["ticks", "sites", "zones", ' + ", ".join(f'"{table.name}"' for table in LIVING_TABLES) + "]"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("living") / "run"
    wattmarket.run(wattmarket.Scenario(), set=[*SETTINGS, EVERY], out=path)
    return path


@pytest.fixture(scope="module")
def run(folder: Path) -> wattmarket.Run:
    return wattmarket.Run.load(folder)


def test_the_run_replays_from_its_own_folder(folder: Path) -> None:
    assert replay(folder) == Replay(MONTHS, 0)


def test_awards_and_books_are_in_the_chain(run: wattmarket.Run) -> None:
    assert {"award_agent", "award_site", "award_kw", "award_land", "balance"} <= set(run.manifest.digest_columns)


def test_a_stopwatch_changes_no_bit(run: wattmarket.Run) -> None:
    watch = Stopwatch()
    with watch.watching():
        again = wattmarket.run(wattmarket.Scenario(), set=SETTINGS, phases=watch)
    assert again.manifest.digest == run.manifest.digest
    phases = ["world", "model", "demand", "beliefs", "offers", "bids", "auction", "settlement", "queue", "building"]
    assert list(watch.seconds) == [*phases, "spot", "earnings", "record", "write"]
    assert watch.core_seconds["spot"] > 0.0
    assert 0.0 < watch.python_share() < 1.0
    assert 0.0 < watch.python_share_of_work() < 1.0
    assert watch.beside_seconds > 0.0
    assert "in Python" in watch.text()


def test_tables_have_the_rows_that_they_promise(run: wattmarket.Run) -> None:
    assert run.agents.height == 79 * MONTHS
    assert run.queue.height == run.zones.height
    assert run.suppliers.height == len(SUPPLIER_PARTS) * MONTHS
    assert run.valuations.height == SITES * MONTHS
    assert run.bubble["tick"].to_list() == list(range(MONTHS))
    for table in LIVING_TABLES:
        frame = getattr(run, table.name)
        assert frame.schema == {column.name: column.dtype for column in table.columns}
        assert frame["tick"].is_sorted()


def test_awards_add_up(run: wattmarket.Run) -> None:
    sold = run.awards.group_by("tick").agg(pl.col("kw").sum()).sort("tick")
    ticks = run.ticks.filter(pl.col("awarded_kw") > 0)
    assert sold["kw"].to_list() == ticks["awarded_kw"].to_list()
    paid = run.awards.group_by("tick").agg(usd=(pl.col("pays_usd_per_kw_month") * pl.col("kw")).sum()).sort("tick")
    assert (paid["usd"] - ticks["forward_payments_usd_per_month"]).abs().max() < 2.0
    assert ticks["forward_receipts_usd_per_month"].equals(ticks["forward_payments_usd_per_month"])
    assert ticks["forward_checked"].min() > 0
    prices = [f"{good}_usd_per_kw_month" for good in ("silicon", "land", "slot", "energy")]
    total = run.awards.select(pl.sum_horizontal(prices)).to_series()
    assert (total - run.awards["pays_usd_per_kw_month"]).abs().max() < 1e-6
    for good in ("silicon", "land", "slot", "energy"):
        assert (run.ticks[f"binding_{good}_kw"] <= run.ticks["awarded_kw"]).all()


def test_what_binds_an_award_binds_in_the_market(run: wattmarket.Run) -> None:
    kw = run.awards.pivot("binding", index="tick", values="kw", aggregate_function="sum", sort_columns=True)
    both = run.ticks.join(kw, on="tick", suffix="_award").fill_null(0)
    found = [good for good in ("silicon", "land", "slot", "energy") if good in kw.columns]
    assert found
    for good in found:
        assert (both[good] <= both[f"binding_{good}_kw"]).all()
    # An award that nothing binds is in none of the four sums.
    if "none" in kw.columns:
        most = both.select(pl.max_horizontal([f"binding_{good}_kw" for good in found])).to_series()
        assert (both["none"] + most <= both["awarded_kw"]).all()


def test_supply_is_what_zones_can_generate(run: wattmarket.Run) -> None:
    steps = run.supply.join(run.world.generators.select("generator_id", "zone_id"), on="generator_id")
    available = steps.group_by("tick", "zone_id").agg(pl.col("available_kw").sum())
    both = run.zones.join(available, on=["tick", "zone_id"], how="left").fill_null(0)
    assert both["available_kw"].to_list() == both["generation_available_kw"].to_list()
    assert run.supply["contracted_kw"].sum() > 0


def test_every_award_is_a_bid_that_was_made(run: wattmarket.Run) -> None:
    key = ["tick", "agent_id", "site_id", "route", "value_usd_per_kw_month"]
    assert run.awards.join(run.bids, on=key, how="anti").height == 0


def test_contracts_are_signed_once_and_end_at_most_once(run: wattmarket.Run) -> None:
    signed = run.contracts.filter(pl.col("event") == "signed")
    ended = run.contracts.filter(pl.col("event") != "signed")
    assert signed["contract"].sort().to_list() == list(range(signed.height))
    assert ended["contract"].is_unique().all()
    assert signed.filter(pl.col("kind") == "lease")["site_id"].null_count() == 0
    assert signed.filter(pl.col("kind") == "ppa")["generator_id"].null_count() == 0
    leased = signed.filter((pl.col("kind") == "lease") & (pl.col("seller") != "plant_vendors") & (pl.col("tick") > 0))
    won = run.awards.filter(pl.col("tick") > 0)
    assert leased["kw"].sum() == won["kw"].sum()


def test_values_are_those_of_the_sites(run: wattmarket.Run) -> None:
    both = run.valuations.join(run.sites, on=["tick", "site_id"], suffix="_site")
    assert both.height == run.sites.height
    assert (both["value_usd_per_mw"] - both["value_usd_per_mw_site"].cast(pl.Float32)).abs().max() == 0.0
    traded = run.awards.select("tick", "site_id").unique()
    named = run.valuations.filter(pl.col("price_kind") == "traded").select("tick", "site_id")
    assert traded.sort("tick", "site_id").equals(named.sort("tick", "site_id"))
    ratio = run.valuations["value_usd_per_mw"] / run.valuations["fundamental_usd_per_mw"]
    assert (ratio - run.valuations["bubble_ratio"]).abs().max() < 1e-3


def test_operating_accelerators_are_those_that_stand(run: wattmarket.Run) -> None:
    by_agent = run.agents.group_by("tick").agg(pl.col("operating_kw").sum(), pl.col("pipeline_kw").sum()).sort("tick")
    if not run.agents["defaulted"].any():
        assert by_agent["operating_kw"].to_list() == run.ticks["pool_kw"].to_list()
    assert by_agent["pipeline_kw"].to_list() == run.ticks["pipeline_kw"].to_list()


def test_bids_are_kept_only_where_they_are_asked_for() -> None:
    run = wattmarket.run(wattmarket.Scenario(), set=[*SETTINGS, "run.months=2"])
    assert run.agents.height == 2 * 79
    with pytest.raises(InputError, match="table bids was not kept"):
        _ = run.bids


def test_other_modes_have_no_tables_of_agents(tmp_path: Path) -> None:
    settings = [*SETTINGS, 'capacity.mode="entry"', "run.months=2"]
    run = wattmarket.run(wattmarket.Scenario(), set=settings, out=tmp_path / "run")
    assert not (tmp_path / "run" / "agents.parquet").exists()
    with pytest.raises(InputError, match="table agents was not kept"):
        _ = run.agents
    assert run.ticks["awarded_kw"].to_list() == [0, 0]
    assert replay(tmp_path / "run") == Replay(2, 0)
    shutil.rmtree(tmp_path / "run")
