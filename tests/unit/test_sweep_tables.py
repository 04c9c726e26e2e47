"""Whole tables of runs in the store of a sweep: kept, read back, counted by the plan, checked like everything else."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from sweep_runs import SWEEP, sweep_file

from wattmarket import runner
from wattmarket.errors import DigestMismatchError, InputError
from wattmarket.sweep import Local, Serial, Sweep, driver, load_sweep, plan_of, run_sweep, scan, scan_table
from wattmarket.sweep.changes import changed
from wattmarket.sweep.estimate import estimate
from wattmarket.sweep.shape import Shape
from wattmarket.sweep.table_scan import shape_of

TABLES = SWEEP.replace("steps = 6", "steps = 2").replace("count = 5", "count = 1").replace(
    "findings = false", 'findings = true\ntables = ["ticks", "metro_values", "twin_metro_values"]'
)  # fmt: skip


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Sweep, Path]:
    folder = tmp_path_factory.mktemp("tables")
    sweep = load_sweep(sweep_file(folder / "files", TABLES))
    assert run_sweep(sweep, folder / "store", engine=Serial()).done == 4
    return sweep, folder / "store"


def test_a_table_comes_back_as_the_run_gave_it(played: tuple[Sweep, Path]) -> None:
    sweep, store = played
    read = scan_table(store, "metro_values").collect()
    assert read.columns[:3] == ["point", "seed", "key"]
    assert read["point"].unique(maintain_order=True).to_list() == [0, 1, 2, 3]
    scenario = changed(sweep.base, plan_of(sweep).changes(2), seed=0).with_settings(
        ['output.tables=["ticks","metro_values"]']
    )
    run = runner.run(scenario)
    mine = read.filter(pl.col("point") == 2).drop("point", "seed", "key")
    assert mine.equals(run.metro_values)
    twin = scan_table(store, "twin_metro_values").filter(pl.col("point") == 2).collect()
    assert twin.drop("point", "seed", "key").equals(run.twin("metro_values"))
    some = scan_table(store, "ticks").select("point", "edge_index")
    assert some.head(7).collect()["point"].to_list() == [0] * 6 + [1]
    assert some.filter(pl.col("point") > 2).collect().shape == (6, 2)


def test_the_table_of_results_is_no_larger_for_it(played: tuple[Sweep, Path]) -> None:
    _, store = played
    assert not [name for name, kind in scan(store).collect_schema().items() if kind == pl.Binary()]


def test_a_run_without_twin_has_no_table_of_it(tmp_path: Path) -> None:
    text = TABLES.replace("[0.1, 0.2]", "[0.1]").replace('mode = "entry"', 'mode = "entry"\ndrift.path = "flat"')
    sweep = load_sweep(sweep_file(tmp_path, text))
    assert run_sweep(sweep, tmp_path / "store", engine=Serial()).done == 2
    assert scan_table(tmp_path / "store", "ticks").collect()["point"].n_unique() == 2
    with pytest.raises(InputError, match="no run has the table 'twin_metro_values' yet"):
        scan_table(tmp_path / "store", "twin_metro_values")


def test_workers_keep_the_same_tables(played: tuple[Sweep, Path], tmp_path: Path) -> None:
    sweep, store = played
    run_sweep(sweep, tmp_path / "store", engine=Local(1))
    assert scan_table(tmp_path / "store", "ticks").collect().equals(scan_table(store, "ticks").collect())


def test_a_damaged_table_is_never_read(played: tuple[Sweep, Path], tmp_path: Path) -> None:
    sweep, _ = played
    run_sweep(sweep, tmp_path / "store", engine=Serial())
    chunk = max((tmp_path / "store" / "chunks").glob("*.parquet"), key=lambda path: path.stat().st_size)
    data = bytearray(chunk.read_bytes())
    data[len(data) // 2] ^= 1
    chunk.write_bytes(data)
    with pytest.raises(DigestMismatchError, match="damaged"):
        scan_table(tmp_path / "store", "ticks")


def test_what_is_asked_for_in_vain_is_named(played: tuple[Sweep, Path]) -> None:
    _, store = played
    with pytest.raises(InputError, match="the sweep keeps ticks, metro_values, twin_metro_values, not 'sites'"):
        scan_table(store, "sites")


def test_the_plan_counts_the_disk_of_tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # A chunk for each run, which is the most that there can be, and what the plan counts.
    monkeypatch.setattr(driver, "SECONDS_BETWEEN_COMMITS", 0.0)
    longer = TABLES.replace("months = 6", "months = 30").replace("[0.1, 0.2]", "[0.1]")
    sweep = load_sweep(sweep_file(tmp_path / "files", longer))
    run_sweep(sweep, tmp_path / "store", engine=Serial())
    needed = sum(path.stat().st_size for path in (tmp_path / "store" / "chunks").iterdir()) / 1e6
    assert 0.8 * needed < estimate(sweep).disk_mb < 1.5 * needed
    bare = load_sweep(sweep_file(tmp_path / "bare", longer.replace("tables =", "# tables =")))
    assert estimate(bare).disk_mb < 0.5 * needed


def test_a_sweep_without_tables_keeps_its_keys(tmp_path: Path) -> None:
    kept = load_sweep(sweep_file(tmp_path / "kept", TABLES))
    bare = load_sweep(sweep_file(tmp_path / "bare", TABLES.replace("tables =", "# tables =")))
    assert "tables" not in bare.outputs.table()
    assert not {*plan_of(kept).table["key"]} & {*plan_of(bare).table["key"]}


def test_a_store_says_how_its_points_were_chosen(played: tuple[Sweep, Path]) -> None:
    sweep, store = played
    assert shape_of(store) == Shape.of_sweep(sweep)
    assert (shape_of(store).design.kind, shape_of(store).parameters[0].steps) == ("grid", 2)


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        ('"ticks", ', '"tikcs", ', "outputs.tables: 'tikcs' is no table of a run; did you mean ticks?"),
        ('"ticks", ', '"ticks", "ticks", ', "outputs.tables: ticks appears twice"),
        ('"ticks", ', '"bids", ', 'outputs.tables: bids is only there with capacity.mode = "agents"'),
        ("findings = true", "findings = false", "twin_metro_values is only there with outputs.findings = true"),
    ],
)
def test_tables_that_no_run_has_are_refused(tmp_path: Path, before: str, after: str, line: str) -> None:
    with pytest.raises(InputError) as caught:
        load_sweep(sweep_file(tmp_path, TABLES.replace(before, after)))
    assert line in str(caught.value)
