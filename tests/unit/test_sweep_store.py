"""Stores: the same table from every engine and after every accident; damage is found, and mended by resuming."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from sweep_runs import SWEEP, sweep_file

from wattmarket.errors import DigestMismatchError, InputError
from wattmarket.sweep import Local, Serial, Summary, Sweep, load_sweep, merge, run_sweep, scan, status
from wattmarket.sweep import driver as driver_module
from wattmarket.sweep.driver import chunk_size
from wattmarket.sweep.jobs import PIECE, Plan
from wattmarket.sweep.store import Store, Writer
from wattmarket.sweep.store.recovery import problems

QUICK = "sweep_runs:quick"


@pytest.fixture(autouse=True)
def several_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commit after every seven runs, however fast they are, and let workers find the stand-ins."""
    monkeypatch.setattr(driver_module, "SECONDS_BETWEEN_COMMITS", 0.0)
    monkeypatch.setattr(driver_module, "chunk_size", lambda runs: 7)
    paths = [str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, paths)))


@pytest.fixture
def sweep(tmp_path: Path) -> Sweep:
    return load_sweep(sweep_file(tmp_path / "files"))


@pytest.fixture
def played(sweep: Sweep, tmp_path: Path) -> Path:
    """A store whose sweep is played to its end."""
    store = tmp_path / "played"
    run_sweep(sweep, store, engine=Serial(QUICK))
    return store


def test_a_sweep_is_resumed_by_running_it_again(sweep: Sweep, undisturbed: pl.DataFrame, tmp_path: Path) -> None:
    store = tmp_path / "store"
    assert run_sweep(sweep, store, engine=Serial(QUICK), shard=(0, 2)) == Summary(60, 30, 0, played=30, repaired=[])
    assert scan(store).collect()["status"].value_counts(sort=True).rows() == [("done", 30), ("missing", 30)]
    assert run_sweep(sweep, store, engine=Serial(QUICK)).played == 30
    assert run_sweep(sweep, store, engine=Serial(QUICK)).played == 0
    assert status(sweep, store) == Summary(60, 60, 0)
    assert scan(store).collect().equals(undisturbed)
    assert undisturbed.select("point", "seed").rows() == [(point, seed) for point in range(12) for seed in range(5)]
    assert problems(Store(store)) == []


def test_added_points_run_only_what_is_new(sweep: Sweep, tmp_path: Path) -> None:
    store = tmp_path / "store"
    run_sweep(sweep, store, engine=Serial(QUICK))
    more = load_sweep(sweep_file(tmp_path / "files", SWEEP.replace("steps = 6", "steps = 11")))
    assert run_sweep(more, store, engine=Serial(QUICK)).played == 50
    assert scan(store).collect().height == 110


def test_shards_on_two_machines_merge_by_copying(sweep: Sweep, undisturbed: pl.DataFrame, tmp_path: Path) -> None:
    for shard in range(3):
        run_sweep(sweep, tmp_path / str(shard), engine=Serial(QUICK), shard=(shard, 3))
    assert merge(tmp_path / "all", [tmp_path / str(shard) for shard in range(3)]) == 9
    assert scan(tmp_path / "all").collect().equals(undisturbed)
    assert merge(tmp_path / "all", [tmp_path / "0"]) == 0
    assert problems(Store(tmp_path / "all")) == []
    with pytest.raises(InputError, match="is no store of a sweep"):
        merge(tmp_path / "all", [tmp_path / "files"])


def test_failures_are_recorded_and_do_not_stop_the_rest(
    sweep: Sweep, undisturbed: pl.DataFrame, tmp_path: Path
) -> None:
    store = tmp_path / "store"
    found = run_sweep(sweep, store, engine=Serial("sweep_runs:failing"))
    assert (found.done, found.failed, found.missing) == (24, 36, 0)
    errors = scan(store).filter(pl.col("status") == "failed").collect()
    assert sorted(set(errors["error"])) == [
        "InvariantError: seed 1: does not add up",
        "InvariantError: seed 3: does not add up",
        "MemoryError: not enough memory",
    ]
    assert run_sweep(sweep, store, engine=Serial(QUICK)).played == 0
    again = run_sweep(sweep, store, engine=Serial(QUICK), retry_failed=True)
    assert (again.played, again.done, again.failed) == (36, 60, 0)
    assert scan(store).collect().equals(undisturbed)


def test_worker_processes_give_the_same_bits_and_deaths_do_not_hang_them(
    sweep: Sweep, undisturbed: pl.DataFrame, tmp_path: Path
) -> None:
    store = tmp_path / "store"
    found = run_sweep(sweep, store, engine=Local(2, function="sweep_runs:deadly"))
    assert (found.done, found.failed) == (59, 1)
    lost = scan(store).filter(pl.col("status") == "failed").collect()
    assert lost["error"].to_list() == ["WorkerDied: its worker died 4 times (killed by signal 9)"]
    run_sweep(sweep, store, engine=Serial(QUICK), retry_failed=True)
    assert scan(store).collect().equals(undisturbed)


def test_real_runs_are_the_same_here_and_in_workers(tmp_path: Path) -> None:
    text = SWEEP.replace("steps = 6", "steps = 2").replace("count = 5", "count = 1").replace("findings = false", "")
    sweep = load_sweep(sweep_file(tmp_path, text))
    assert run_sweep(sweep, tmp_path / "here").done == 4
    assert run_sweep(sweep, tmp_path / "there", engine=Local(2)).done == 4
    here, there = (scan(tmp_path / name).collect() for name in ("here", "there"))
    assert here.equals(there)
    assert here["digest"].n_unique() == 4
    assert here["breaks"].to_list() == [False] * 4


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 4
    path.write_bytes(bytes(data))


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])


def cut_at_a_line(path: Path) -> None:
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-2]))


def lose_the_end(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


@pytest.mark.parametrize("kind", ["chunks/*.parquet", "manifests/*.jsonl", "plans/*.json", "plans/*.parquet"])
@pytest.mark.parametrize("damage", [flip, cut, cut_at_a_line, lose_the_end, Path.unlink])
def test_damage_is_found_and_mended_by_resuming(
    sweep: Sweep, undisturbed: pl.DataFrame, played: Path, kind: str, damage: Callable[[Path], None]
) -> None:
    path = sorted(played.glob(kind))[0]
    damage(path)
    # Without its plan a store is one in which the sweep was never run.
    assert bool(problems(Store(played))) != (kind == "plans/*.json" and damage is Path.unlink)
    if kind == "chunks/*.parquet":
        with pytest.raises(DigestMismatchError):
            scan(played)
    run_sweep(sweep, played, engine=Serial(QUICK))
    assert problems(Store(played)) == []
    assert scan(played).collect().equals(undisturbed)


def test_one_run_with_two_results_is_refused(sweep: Sweep, undisturbed: pl.DataFrame, played: Path) -> None:
    writer = Writer(played, sweep.outputs.schema())
    row = undisturbed.drop("point", "drift.ceiling", "drift.start").row(0, named=True)
    writer.commit([row])
    assert scan(played).collect().equals(undisturbed), "the same result twice counts once"
    writer.commit([{**row, "edge_index@last": 0.0}])
    writer.close()
    with pytest.raises(DigestMismatchError, match="is recorded with different results"):
        scan(played)


def test_a_table_is_read_when_it_is_collected(undisturbed: pl.DataFrame, played: Path, tmp_path: Path) -> None:
    table = scan(played)
    some = table.filter(pl.col("drift.start") == 0.2).select("key", "edge_index@last").collect()
    assert some.equals(undisturbed.filter(pl.col("drift.start") == 0.2).select("key", "edge_index@last"))
    assert table.head(7).collect().equals(undisturbed.head(7))
    assert table.select(pl.len()).collect().item() == 60
    table.sink_parquet(tmp_path / "all.parquet")
    assert pl.read_parquet(tmp_path / "all.parquet").equals(undisturbed)
    flip(sorted(played.glob("chunks/*.parquet"))[0])
    assert table.select("point", "drift.start").collect().height == 60, "nothing of the chunks is needed for that"
    with pytest.raises(DigestMismatchError, match="damaged: its SHA-256 differs from its name"):
        table.collect()


def test_a_plan_in_many_pieces(
    sweep: Sweep, undisturbed: pl.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Plan.pieces, "__defaults__", (11,))
    run_sweep(sweep, tmp_path / "store", engine=Serial(QUICK))
    assert len(list((tmp_path / "store" / "plans").glob("*.parquet"))) == 6
    table = scan(tmp_path / "store")
    assert table.collect().equals(undisturbed)
    assert table.head(25).filter(pl.col("seed") > 2).collect().equals(undisturbed.head(25).filter(pl.col("seed") > 2))
    assert table.filter(pl.col("seed") > 2).tail(9).collect().equals(undisturbed.filter(pl.col("seed") > 2).tail(9))


def test_points_that_come_to_the_same_scenario_share_their_runs(tmp_path: Path) -> None:
    text = SWEEP.replace("drift.start = [0.1, 0.2]", "drift.start = { labels = ['a', 'b'], values = [0.1, 0.1] }")
    sweep = load_sweep(sweep_file(tmp_path, text))
    found = run_sweep(sweep, tmp_path / "store", engine=Serial(QUICK))
    assert (found.runs, found.played, found.done) == (60, 30, 60)
    table = scan(tmp_path / "store").collect()
    same = [table.filter(pl.col("drift.start") == name).drop("point", "drift.start") for name in "ab"]
    assert same[0].equals(same[1])


def test_failures_of_one_run_that_differ_are_told_the_same_way_from_every_order(
    sweep: Sweep, undisturbed: pl.DataFrame, tmp_path: Path
) -> None:
    row = undisturbed.drop("point", "drift.ceiling", "drift.start").row(0, named=True)
    tables = []
    for order in (("B", "A", "A"), ("A", "A", "B")):
        store = tmp_path / "".join(order)
        run_sweep(sweep, store, engine=Serial(QUICK), shard=(59, 60))
        writer = Writer(store, sweep.outputs.schema())
        for error in order:
            failed = {name: row[name] for name in ("key", "seed")} | {"status": "failed", "error": error}
            writer.commit([failed, {**failed, "error": "C"}])
        writer.close()
        tables.append(scan(store).collect())
    assert tables[0].equals(tables[1])
    assert tables[0]["error"].to_list() == ["A"] + [None] * 59


def test_a_million_runs_are_some_thousands_of_files() -> None:
    runs = 1_000_000
    assert -(-runs // chunk_size(runs)) + -(-runs // PIECE) < 4_500


def test_a_full_disk_or_a_wrong_shard_is_one_line(sweep: Sweep, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="shard: 2/2 is not i/N"):
        run_sweep(sweep, tmp_path / "store", shard=(2, 2))
    (tmp_path / "store").write_text("a file")
    with pytest.raises(InputError, match=r"store: .*(exists|directory)"):
        run_sweep(sweep, tmp_path / "store")


def test_a_base_that_changed_meanwhile_is_not_run(sweep: Sweep, tmp_path: Path) -> None:
    (tmp_path / "files" / "base.toml").write_text("[drift]\nspeed_per_year = 3.0\n")
    renamed = dataclasses.replace(sweep, points=sweep.points[:1])
    assert run_sweep(renamed, tmp_path / "store").failed == 5
    assert "has changed since the sweep was planned" in scan(tmp_path / "store").collect()["error"][0]
