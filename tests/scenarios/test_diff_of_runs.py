"""Two runs of agents that part in one bid, and a run and its fork: diff names where, and shows how it spreads."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import wattmarket
from wattmarket.agents.bidding import BidColumns
from wattmarket.cli import main
from wattmarket.errors import DigestMismatchError
from wattmarket.history import Replay, replay
from wattmarket.living.desk import TradingDesk
from wattmarket.record import Run
from wattmarket.schema import RECORDED_TABLES

MONTHS = 12
EVERY = ", ".join(f'"{table.name}"' for table in RECORDED_TABLES)
SETTINGS = (
    f"run.months={MONTHS}",
    "world.sites=60",
    "world.metros=20",
    "output.figures=false",
    f"output.tables=[{EVERY}]",
)
TICK = 5


def played(out: Path | None = None) -> Run:
    return wattmarket.run(wattmarket.Scenario(), set=SETTINGS, out=out)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("diff") / "run"
    played(path)
    return path


@pytest.fixture(scope="module")
def run(folder: Path) -> Run:
    return Run.load(folder)


def change_one_bid(monkeypatch: pytest.MonkeyPatch, bid: int, value: int = 0, kw: int = 0) -> None:
    """From now on one bid of one month is worth so many micro-$ more, for so many kW more."""
    usual = TradingDesk.bids

    def bids(self: TradingDesk) -> BidColumns:
        columns = usual(self)
        if self.view.tick != TICK:
            return columns
        one = np.arange(len(columns.kw)) == bid
        return dataclasses.replace(columns, value=columns.value + value * one, kw=columns.kw + kw * one)

    monkeypatch.setattr(TradingDesk, "bids", bids)


def with_one_bid_changed(monkeypatch: pytest.MonkeyPatch, bid: int, value: int = 0, kw: int = 0) -> Run:
    """The same run with one other bid."""
    with monkeypatch.context() as patch:
        change_one_bid(patch, bid, value, kw)
        return played()


def bids_of(run: Run) -> pl.DataFrame:
    return run.bids.filter(pl.col("tick") == TICK)


def losing_bid(run: Run) -> int:
    losing = bids_of(run).join(run.awards, on=["tick", "agent_id", "site_id", "route"], how="anti")
    return int(losing.sort("value_usd_per_kw_month", "bid").row(0, named=True)["bid"])


def test_a_run_does_not_differ_from_itself(run: Run, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    again = played()
    found = wattmarket.diff(run, again)
    assert found.same
    assert (found.inputs, found.parted, found.first, found.left_out, found.spread.height) == ((), None, None, (), 0)
    assert found.text() == "no recorded number differs"
    assert main(["diff", str(folder), str(folder)]) == 0
    assert "no recorded number differs" in capsys.readouterr().out


def test_a_bid_that_wins_is_named_with_its_month_and_column(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    won = run.awards.filter(pl.col("tick") == TICK).sort("kw").row(-1, named=True)
    key = {name: won[name] for name in ("agent_id", "site_id", "route")}
    bid, wanted = bids_of(run).filter(**key).select("bid", "kw").row(0)
    # Half of what it won is all that it wants now.
    other = with_one_bid_changed(monkeypatch, bid, kw=won["kw"] // 2 - wanted)
    found = wattmarket.diff(run, other)
    assert (found.same, found.inputs, found.parted, found.month) == (False, (), TICK, "2023-06")
    first = found.first
    assert first is not None
    assert (first.tick, first.table, first.row, first.column) == (TICK, "bids", {"bid": bid}, "kw")
    assert (first.a, first.b) == (wanted, won["kw"] // 2)
    assert f"tick {TICK} (2023-06), table bids, bid {bid}, column kw: {first.a} | {first.b}" in found.text()
    spread = found.spread
    assert spread["tick"].to_list() == list(range(TICK, MONTHS))
    assert spread["agents"][0] > 0
    assert spread["contracts"].sum() > 0


def test_a_bid_that_changes_nothing_is_found_off_the_chain(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    bid = losing_bid(run)
    found = wattmarket.diff(run, with_one_bid_changed(monkeypatch, bid, value=1))
    assert found.parted is None
    assert found.first is not None
    assert (found.first.tick, found.first.table, found.first.row) == (TICK, "bids", {"bid": bid})
    assert found.first.column == "value_usd_per_kw_month"
    assert found.first.b - found.first.a == pytest.approx(1e-6)
    assert "the digests are the same at every tick" in found.text()
    counts = found.spread.select("sites", "metros", "zones", "agents", "contracts")
    assert counts.sum().row(0) == (0, 0, 0, 0, 0)


def test_a_replay_compares_the_tables_of_agents_too(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    change_one_bid(monkeypatch, losing_bid(run), value=1)
    with pytest.raises(DigestMismatchError, match=rf"bids: tick {TICK}: value_usd_per_kw_month: .* instead of"):
        replay(folder)


def test_a_fork_keeps_its_past_to_the_bit_and_nothing_of_its_future(folder: Path, run: Run, tmp_path: Path) -> None:
    out = tmp_path / "fork"
    command = ["fork", str(folder), "--at", "2023-07", "--set", "drift.ceiling=0.5", "--set", "drift.start=0.3"]
    assert main([*command, "--out", str(out), "--quiet", "--threads", "2"]) == 0
    fork = Run.load(out)
    told = fork.manifest.forked_from
    assert told is not None
    assert (told.digest, told.scenario_sha256, told.month) == (
        run.manifest.digest,
        run.manifest.scenario_sha256,
        "2023-07",
    )
    assert told.past_digest == run.ticks["digest"][5] == fork.ticks["digest"][5]
    for table in RECORDED_TABLES:
        if table.name in ("valuations", "bubble"):
            continue  # they look back from the end of the run
        past = [one.scan(table.name).filter(pl.col("tick") < 6).collect() for one in (run, fork)]
        assert past[0].height > 0
        assert past[0].equals(past[1]), table.name
    found = wattmarket.diff(folder, out)
    assert [change.key for change in found.inputs] == ["event[2023-07].drift.ceiling", "event[2023-07].drift.start"]
    assert found.first is not None
    assert (found.parted, found.month, found.first.table, found.first.column) == (6, "2023-07", "ticks", "batch_share")
    assert replay(out) == Replay(MONTHS, MONTHS)
    assert main(["diff", str(folder), str(out), "--every-month"]) == 1


def test_the_twin_of_a_fork_in_drift_is_that_of_its_run(run: Run) -> None:
    fork = wattmarket.fork(run, at="2023-07", set=["drift.ceiling=0.5"])
    assert run.twin_ticks is not None
    assert fork.twin_ticks is not None
    assert fork.twin_ticks.equals(run.twin_ticks)


def test_a_past_that_does_not_come_out_again_is_an_error(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    usual = TradingDesk.bids

    def bids(self: TradingDesk) -> BidColumns:
        columns = usual(self)
        return dataclasses.replace(columns, kw=columns.kw // 2) if self.view.tick == 2 else columns

    monkeypatch.setattr(TradingDesk, "bids", bids)
    with pytest.raises(DigestMismatchError, match=r"tick 2 \(2023-03\): digest \w+ differs from the recorded one"):
        wattmarket.fork(run, at="2023-07", set=["drift.ceiling=0.5"])


def test_a_fork_of_a_fork_names_its_parent(run: Run) -> None:
    first = wattmarket.fork(run, at="2023-07", set=["drift.ceiling=0.5"], twin=False)
    second = wattmarket.fork(first, at="2023-10", set=["contracts.chips_scale=0.1"], twin=False)
    assert second.manifest.forked_from is not None
    assert second.manifest.forked_from.digest == first.manifest.digest
    found = wattmarket.diff(first, second)
    assert found.month == "2023-10"
    assert found.left_out == ()
