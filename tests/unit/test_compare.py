"""Diff of two small runs made up for it: chains, inputs, rows that only one has, hindsight."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from small_model import SmallModel

import wattmarket
from wattmarket import runner
from wattmarket.cli import main
from wattmarket.compare.chain import parting_tick
from wattmarket.compare.course import COURSE, HINDSIGHT
from wattmarket.compare.rows import first_row
from wattmarket.compare.spread import spread_of
from wattmarket.errors import DigestMismatchError, InputError
from wattmarket.record import Run
from wattmarket.schema import RECORDED_TABLES

MONTHS = 8


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> wattmarket.Scenario:
    monkeypatch.setattr(runner, "Model", SmallModel)
    settings = [f"run.months={MONTHS}", "world.sites=50", "world.metros=5", "capacity.mode=entry"]
    return wattmarket.Scenario().with_settings(settings)


def patched(run: Run, name: str, frame: pl.DataFrame) -> Run:
    """A run in memory with another table."""
    return Run(run.scenario, run.manifest, None, {**run.tables, name: frame}, run.world)


def with_cell(frame: pl.DataFrame, row: int, column: str, value: object) -> pl.DataFrame:
    cells = frame[column].to_list()
    cells[row] = value
    return frame.with_columns(pl.Series(column, cells, dtype=frame.schema[column]))


def test_the_course_of_a_month_has_every_table_and_column() -> None:
    for table in RECORDED_TABLES:
        stages = [stage for stage in (*COURSE, *HINDSIGHT) if stage.table == table.name]
        assert stages, f"{table.name}: say in compare/course.py when a month makes it"
        assert not stages[-1].columns, f"{table.name}: the last stage takes all other columns"
        assert {name for stage in stages for name in stage.columns} <= set(table.names)


def test_bisection_finds_what_a_walk_finds() -> None:
    draws = np.random.default_rng(3)
    for _ in range(500):
        length = int(draws.integers(0, 40))
        common = int(draws.integers(0, length + 1))
        a = [f"same{tick}" for tick in range(common)] + [f"a{tick}" for tick in range(length - common)]
        b = [f"same{tick}" for tick in range(common)] + [f"b{tick}" for tick in range(int(draws.integers(0, 40)))]
        walk = next((tick for tick in range(max(len(a), len(b))) if a[tick : tick + 1] != b[tick : tick + 1]), None)
        assert parting_tick(a, b) == walk


def test_the_first_row_is_the_one_that_a_walk_finds() -> None:
    draws = np.random.default_rng(4)
    for _ in range(200):
        frame = pl.DataFrame(draws.integers(0, 9, (int(draws.integers(1, 8)), 3)), schema=["x", "y", "z"])
        other = pl.DataFrame(np.where(draws.random(frame.shape) < 0.1, 99, frame.to_numpy()), schema=["x", "y", "z"])
        walk = next(
            (
                (row, name)
                for row in range(frame.height)
                for name in frame.columns
                if frame[name][row] != other[name][row]
            ),
            None,
        )
        assert first_row(frame.lazy(), other.lazy(), frame.columns) == walk


@pytest.mark.parametrize("tick", range(MONTHS))
def test_a_cell_changed_in_any_month_is_named(small: wattmarket.Scenario, tick: int) -> None:
    run = wattmarket.run(small, twin=False)
    row = tick * 2 + 1
    # No column of the chain: the digests say nothing about it.
    other = patched(run, "zones", with_cell(run.zones, row, "slots_kw", -1))
    found = wattmarket.diff(run, other)
    assert found.parted is None
    assert found.first is not None
    assert (found.first.tick, found.first.table, found.first.row) == (tick, "zones", {"zone_id": "Z2"})
    assert (found.first.column, found.first.a, found.first.b) == ("slots_kw", run.zones["slots_kw"][row], -1)
    assert found.spread["zones"].to_list() == [1] + [0] * (MONTHS - tick - 1)
    assert found.spread["sites"].sum() == 0


def test_a_row_that_only_one_has_is_said_to_be(small: wattmarket.Scenario) -> None:
    run = wattmarket.run(small, twin=False)
    fewer = patched(run, "flows", run.flows.filter(~((pl.col("tick") == 4) & (pl.col("site_id") == "BETA"))))
    for one, other, side in ((run, fewer, "A"), (fewer, run, "B")):
        found = wattmarket.diff(one, other)
        assert found.first is not None
        assert (found.first.tick, found.first.table, found.first.column) == (4, "flows", "")
        assert found.first.row == {"metro_id": "M1", "workload": "voice", "site_id": "BETA"}
        assert f"site_id BETA: the row is only in {side}" in found.text()
    last = patched(run, "flows", run.flows.head(run.flows.height - 1))
    found = wattmarket.diff(run, last)
    assert found.first is not None
    assert (found.first.tick, found.first.row["site_id"], found.first.b) == (MONTHS - 1, "GAMMA", None)


def test_one_bit_of_a_float_counts_and_pivots_do_not(small: wattmarket.Scenario) -> None:
    run = wattmarket.run(small, twin=False)
    assert wattmarket.diff(run, patched(run, "ticks", with_cell(run.ticks, 2, "pivots", -1))).same
    cell = float(run.sites["value_usd_per_mw"][7])
    other = patched(run, "sites", with_cell(run.sites, 7, "value_usd_per_mw", float(np.nextafter(cell, 2.0 * cell))))
    found = wattmarket.diff(run, other)
    assert found.first is not None
    assert (found.first.tick, found.first.table, found.first.column) == (2, "sites", "value_usd_per_mw")


def test_seeds_worlds_and_lengths_are_named_first(small: wattmarket.Scenario) -> None:
    run = wattmarket.run(small, twin=False)
    other = wattmarket.run(small, set=["run.seed=5", "world.seed=5"], twin=False)
    found = wattmarket.diff(run, other)
    assert [change.text() for change in found.inputs[:2]] == [
        "scenario: run.seed: 0 | 5",
        "scenario: world.seed: 0 | 5",
    ]
    assert any(change.text().startswith("world: sites: site_id=") for change in found.inputs)
    assert found.first is not None
    assert (found.parted, found.first.tick, found.first.table) == (0, 0, "ticks")
    longer = wattmarket.run(small, set=["run.months=9"], twin=False)
    found = wattmarket.diff(run, longer)
    assert [change.text() for change in found.inputs] == ["scenario: run.months: 8 | 9"]
    assert found.first is not None
    assert (found.parted, found.first.tick, found.first.column, found.first.a) == (8, 8, "", None)
    assert found.spread.height == 0
    larger = wattmarket.diff(run, wattmarket.run(small, set=["world.sites=60"], twin=False))
    assert "world: sites: 50 rows | 60 rows" in [change.text() for change in larger.inputs]


def test_other_inputs_with_the_same_numbers_are_a_difference_too(small: wattmarket.Scenario) -> None:
    run, other = (wattmarket.run(small, set=[f"title='{title}'"], twin=False) for title in "ab")
    found = wattmarket.diff(run, other)
    assert not found.same
    assert found.text() == "scenario: title: a | b\nno recorded number differs"


def test_tables_that_one_lacks_are_left_out_and_named(small: wattmarket.Scenario) -> None:
    run = wattmarket.run(small, twin=False)
    less = wattmarket.run(small, set=['output.tables=["ticks", "zones"]'], twin=False)
    found = wattmarket.diff(run, less)
    assert found.left_out == ("sites", "metros", "flows", "metro_values")
    assert found.first is None
    thin = wattmarket.run(small, set=["output.flows_every_months=2"], twin=False)
    assert wattmarket.diff(run, thin).left_out == ("flows",)


def test_the_spread_counts_what_differs(small: wattmarket.Scenario) -> None:
    run = wattmarket.run(small, twin=False)
    sites = with_cell(with_cell(run.sites, 6, "pool_kw", -1), 8, "used_kw", -1)
    metros = with_cell(with_cell(run.metros, 4, "demand_kw", -1), 5, "served_kw", -1)
    other = Run(run.scenario, run.manifest, None, {**run.tables, "sites": sites, "metros": metros}, run.world)
    spread = spread_of(run, other, 1)
    assert spread.columns == [
        "tick", "month", "sites", "metros", "zones", "edge_index_change", "core_index_change",
    ]  # fmt: skip
    assert spread.row(1, named=True) | {"month": None} == {
        "tick": 2,
        "month": None,
        "sites": 2,
        "metros": 1,
        "zones": 0,
        "edge_index_change": 0.0,
        "core_index_change": 0.0,
    }
    assert spread["sites"].sum() == 2


def test_diff_reads_folders_and_says_so_by_its_exit_code(
    small: wattmarket.Scenario, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, seed in (("a", 0), ("b", 0), ("c", 1)):
        runner.run(small, set=[f"run.seed={seed}"], twin=False, out=tmp_path / name)
    a, b, c = (str(tmp_path / name) for name in "abc")
    assert main(["diff", a, b]) == 0
    assert capsys.readouterr().out == f"A {a}\nB {b}\nno recorded number differs\n"
    assert main(["diff", a, c]) == 1
    assert "scenario: run.seed: 0 | 1\n" in capsys.readouterr().out
    assert main(["diff", a, str(tmp_path)]) == 2
    path = tmp_path / "c" / "ticks.parquet"
    path.write_bytes(path.read_bytes()[:-1])
    assert main(["diff", a, c]) == 4
    with pytest.raises(DigestMismatchError, match="damaged"):
        wattmarket.diff(a, c)


REFUSED = [
    ("2023-05", ["run.months=9"], "--set: run.months: can't change during a run: start, length and seed are those of"),
    ("2023-05", ["world.sites=9"], "--set: world.sites: can't change during a run: the world is built before"),
    (
        "2023-05",
        ["drift.file=a.csv"],
        "--set: drift.file: can't change during a run: it is read before the first month",
    ),
    ("2023-05", ["agents.count=90"], "--set: agents.count: can't change during a run: it is read once, before"),
    ("2023-05", ["workload.chat.group=tolerant"], "--set: workload.chat.group: can't change during a run: the layout"),
    ("2023-05", ["drift.ceilin=0.8"], "--set: drift.ceilin: unknown key; did you mean drift.ceiling?"),
    ("2023-05", ["drift.ceiling=1.8"], "--set: drift.ceiling: 1.8 is above 0.99"),
    ("2023-05", ["workload.chatt.residency=true"], "there is no workload 'chatt'; did you mean chat?"),
    ("2023-05", [], "--set: fork: changes nothing; give at least one KEY=VALUE"),
    ("2023-05", ["drift.path=csv"], "--set: event of 2023-05: drift.file: is missing"),
    ("2023-01", ["drift.ceiling=0.8"], "--at: 2023-01: is not a month after 2023-01, which is the first, and up to"),
    ("2023-09", ["drift.ceiling=0.8"], "--at: 2023-09: is not a month after 2023-01, which is the first, and up to"),
    ("May", ["drift.ceiling=0.8"], "--at: May: is not a month; write YYYY-MM"),
]


@pytest.mark.parametrize(("at", "settings", "line"), REFUSED)
def test_a_fork_that_cannot_be_is_refused_in_one_line(
    small: wattmarket.Scenario, at: str, settings: list[str], line: str
) -> None:
    run = runner.run(small, twin=False)
    with pytest.raises(InputError) as caught:
        wattmarket.fork(run, at=at, set=settings)
    assert len(caught.value.problems) == 1
    assert line in caught.value.problems[0]


def test_a_fork_takes_the_name_of_its_run_and_month(
    small: wattmarket.Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("wattmarket.report.write_report", lambda run, folder: None)
    runner.run(small, twin=False, out=tmp_path / "base")
    assert main(["fork", str(tmp_path / "base"), "--at", "2023-05", "--set", "drift.ceiling=0.8", "--quiet"]) == 0
    assert capsys.readouterr().out == f"run      {tmp_path / 'base-fork-2023-05'}\n"
    assert Run.load(tmp_path / "base-fork-2023-05").manifest.forked_from is not None
    assert '"forked_from"' not in (tmp_path / "base" / "manifest.json").read_text()


def test_a_damaged_run_is_not_forked(small: wattmarket.Scenario, tmp_path: Path) -> None:
    runner.run(small, twin=False, out=tmp_path / "base")
    path = tmp_path / "base" / "zones.parquet"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(DigestMismatchError, match=r"zones\.parquet: damaged"):
        wattmarket.fork(tmp_path / "base", at="2023-05", set=["drift.ceiling=0.8"])
