"""Runs with a stand-in for the model: folders, digests, replays, kills."""

from __future__ import annotations

import dataclasses
import os
import random
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from small_model import SmallModel, small_record

from wattmarket import history, runner
from wattmarket.errors import DigestMismatchError, InputError, InvariantError
from wattmarket.record import Run
from wattmarket.tick import TickRecord

SCENARIO = """
title = "small"
question = "Does the runner work?"
[run]
months = 3
[world]
sites = 50
metros = 5
[capacity]
mode = "entry"
"""

KILLED = """
import sys
from small_model import SmallModel
from wattmarket import runner
runner.Model = SmallModel
for number in range(1000):
    out = f"{sys.argv[2]}/run{number}"
    print(number, flush=True)
    runner.run(sys.argv[1], out=out)
"""


@pytest.fixture
def scenario(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(runner, "Model", SmallModel)
    path = tmp_path / "small.toml"
    path.write_text(SCENARIO)
    return path


def _bytes(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_run_in_memory_has_all_frames_and_writes_nothing(scenario: Path, tmp_path: Path) -> None:
    run = runner.run(scenario)
    assert run.path is None
    assert repr(run).startswith("Run('small', seed 0, 3 ticks from 2023-01, in memory; digest ")
    assert [run.ticks.height, run.sites.height, run.metros.height, run.zones.height, run.flows.height] == [
        3,
        9,
        6,
        6,
        9,
    ]
    assert run.twin_ticks is not None
    assert run.twin_ticks["digest"].to_list() != run.ticks["digest"].to_list()
    assert run.manifest.digest == run.ticks["digest"][-1]
    assert run.world.sites.height == 50
    assert [path.name for path in tmp_path.iterdir()] == ["small.toml"]


def test_a_run_folder_reads_back_as_the_run_in_memory(scenario: Path, tmp_path: Path) -> None:
    memory = runner.run(scenario)
    folder = runner.run(scenario, out=tmp_path / "deep" / "run")
    assert folder.path == tmp_path / "deep" / "run"
    again = Run.load(folder.path)
    for name in ("ticks", "sites", "metros", "zones", "flows", "twin_ticks"):
        assert getattr(again, name).equals(getattr(memory, name))
    assert again.scenario == memory.scenario
    assert again.world.digest == memory.world.digest
    assert dataclasses.replace(again).manifest.model_copy(update={"files": {}}) == memory.manifest


def test_two_runs_write_the_same_bytes(scenario: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        runner.run(scenario, out=tmp_path / name)
    assert _bytes(tmp_path / "a") == _bytes(tmp_path / "b")


def test_settings_and_seed_count_and_are_recorded(scenario: Path, tmp_path: Path) -> None:
    run = runner.run(scenario, seed=7, set=["run.months=2"], out=tmp_path / "run")
    assert (run.manifest.seed, run.manifest.ticks, run.scenario.run.months) == (7, 2, 2)
    assert runner.run(run.scenario, seed=0).manifest.seed == 0
    assert runner.run(tmp_path / "run" / "scenario.toml").manifest.digest == run.manifest.digest


def test_no_twin_where_none_is_asked_for_or_nothing_drifts(scenario: Path) -> None:
    assert runner.run(scenario, twin=False).twin_ticks is None
    assert runner.run(scenario, set=['drift.path="flat"']).twin_ticks is None


def test_tables_not_wanted_are_not_there_and_say_so(scenario: Path, tmp_path: Path) -> None:
    run = runner.run(scenario, set=['output.tables=["ticks", "zones"]'], out=tmp_path / "run")
    assert not (tmp_path / "run" / "sites.parquet").exists()
    with pytest.raises(InputError, match=r"table sites was not kept; output.tables: ticks, zones"):
        _ = run.sites
    assert history.replay(tmp_path / "run").ticks == 3


def test_what_finishes_a_run_is_part_of_the_folder(scenario: Path, tmp_path: Path) -> None:
    def finish(run: Run, folder: Path) -> None:
        assert run.ticks.height == 3
        assert not (tmp_path / "run").exists()
        (folder / "figures").mkdir()
        (folder / "figures" / "a.png").write_bytes(b"png")

    run = runner.run(scenario, out=tmp_path / "run", finish=finish)
    assert "figures/a.png" in run.manifest.files
    run.verify()


def test_replay_finds_the_same_bits(scenario: Path, tmp_path: Path) -> None:
    runner.run(scenario, out=tmp_path / "run")
    assert history.replay(tmp_path / "run") == history.Replay(3, 3)


def _model_with(change: Any) -> Any:
    class Changed(SmallModel):
        def step(self) -> TickRecord:
            return change(super().step())

    return Changed


def test_replay_names_the_first_tick_that_differs(
    scenario: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runner.run(scenario, out=tmp_path / "run")

    def change(record: TickRecord) -> TickRecord:
        return record if record.tick < 1 else small_record(record.tick, seed=99)

    monkeypatch.setattr(runner, "Model", _model_with(change))
    with pytest.raises(DigestMismatchError, match=r"run: tick 1 \(2023-02\): digest .* differs from the recorded"):
        history.replay(tmp_path / "run")


def test_replay_compares_what_the_chain_leaves_out(
    scenario: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runner.run(scenario, out=tmp_path / "run")

    def change(record: TickRecord) -> TickRecord:
        record.tables["ticks"]["pivots"][:] += 1  # how the optimum was found does not count
        if record.tick == 2:
            record.tables["sites"]["rent_usd_per_mw_month"][1] += 1e-9
        return record

    monkeypatch.setattr(runner, "Model", _model_with(change))
    with pytest.raises(DigestMismatchError, match=r"sites: tick 2: rent_usd_per_mw_month: .* instead of"):
        history.replay(tmp_path / "run")


def test_replay_compares_the_twin_too(scenario: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runner.run(scenario, out=tmp_path / "run")

    class Changed(SmallModel):
        def step(self) -> TickRecord:
            record = super().step()
            if self._seed and record.tick == 2:
                record.tables["ticks"]["batch_share"][:] += 1e-9
            return record

    monkeypatch.setattr(runner, "Model", Changed)
    with pytest.raises(DigestMismatchError, match=r"twin_ticks: tick 2: batch_share: .* instead of"):
        history.replay(tmp_path / "run")
    monkeypatch.setattr(
        runner, "Model", _model_with(lambda record: small_record(record.tick, seed=1) if record.tick else record)
    )
    with pytest.raises(DigestMismatchError, match=r"run: tick 1 \(2023-02\)"):
        history.replay(tmp_path / "run")


def test_a_damaged_file_is_named_and_never_read(scenario: Path, tmp_path: Path) -> None:
    runner.run(scenario, out=tmp_path / "run")
    path = tmp_path / "run" / "zones.parquet"
    damaged = bytearray(path.read_bytes())
    damaged[100] ^= 1
    path.write_bytes(bytes(damaged))
    run = Run.load(tmp_path / "run")
    assert run.ticks.height == 3
    for reads in (lambda: run.zones, run.verify, lambda: history.replay(tmp_path / "run")):
        with pytest.raises(DigestMismatchError, match=r"zones\.parquet: damaged"):
            reads()
    (tmp_path / "run" / "scenario.toml").write_text(SCENARIO)
    with pytest.raises(DigestMismatchError, match=r"scenario\.toml: damaged"):
        Run.load(tmp_path / "run")


def test_a_slip_of_the_model_leaves_no_folder(scenario: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def change(record: TickRecord) -> TickRecord:
        return TickRecord(record.tick, {}, record.digest_columns)

    monkeypatch.setattr(runner, "Model", _model_with(change))
    with pytest.raises(InvariantError, match="tick 0: ticks: table is missing"):
        runner.run(scenario, out=tmp_path / "run")
    assert [path.name for path in tmp_path.iterdir()] == ["small.toml"]


def test_an_existing_folder_is_refused_before_the_run(
    scenario: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "run").mkdir()
    monkeypatch.setattr(runner, "Model", None)
    with pytest.raises(InputError, match="run: exists already"):
        runner.run(scenario, out=tmp_path / "run")


def test_a_disk_that_fills_at_any_point_leaves_nothing(scenario: Path, tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    for limit in (0, 100, 500, 2000, 6000):
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
        try:
            with pytest.raises(InputError, match=r"run: cannot be written: File too large$"):
                runner.run(scenario, out=tmp_path / "run")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert [path.name for path in tmp_path.iterdir()] == ["small.toml"]


def test_kills_leave_no_folder_or_a_whole_one(scenario: Path, tmp_path: Path) -> None:
    draws = random.Random(4)
    partial = 0
    for number in range(8):
        place = tmp_path / f"kill{number}"
        place.mkdir()
        command = [sys.executable, "-c", KILLED, str(scenario), str(place)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, env=_environment()) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(draws.uniform(0, 0.5))
            process.send_signal(signal.SIGKILL)
            process.wait()
        for path in place.iterdir():
            if path.name.startswith("."):
                partial += 1
                assert ".partial-" in path.name
            else:
                run = Run.load(path)
                run.verify()
                assert run.flows.height == 9
    assert partial > 0, "no kill fell into a run"


def _environment() -> dict[str, str]:
    places = [str(Path(__file__).parent), str(Path(runner.__file__).parents[1])]
    return os.environ | {"PYTHONPATH": os.pathsep.join(places)}


def test_polars_reads_the_files_without_us(scenario: Path, tmp_path: Path) -> None:
    run = runner.run(scenario, out=tmp_path / "run")
    frame = pl.scan_parquet(tmp_path / "run" / "sites.parquet").filter(pl.col("tick") == 1).collect()
    assert frame.equals(run.sites.filter(pl.col("tick") == 1))
