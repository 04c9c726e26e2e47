"""The whole thing, small: same bits on one thread and two, twice in a row, and again from the run folder."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest
from interrupted import interrupt

import wattmarket
from wattmarket.cli import main
from wattmarket.history import Replay, replay

SCENARIO = """
title = "A small world that drifts"
question = "Are the bits the same?"
[run]
months = 24
seed = 11
[world]
sites = 50
metros = 12
[drift]
midpoint = "2024-01"
noise_sd = 0.05
"""


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("scenario") / "small.toml"
    path.write_text(SCENARIO)
    return path


@pytest.fixture(scope="module")
def folders(scenario: Path) -> dict[str, Path]:
    """Run folders written by processes of their own: two on one thread, one on two."""
    found = {}
    for name, threads in (("one", 1), ("again", 1), ("two", 2)):
        found[name] = scenario.parent / name
        command = ["run", str(scenario), "--out", str(found[name]), "--threads", str(threads), "--quiet"]
        done = subprocess.run(
            [sys.executable, "-m", "wattmarket", *command], capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, "")
    return found


def _bytes(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_twice_in_a_row_and_on_two_threads(folders: dict[str, Path]) -> None:
    one = _bytes(folders["one"])
    assert {"manifest.json", "ticks.parquet", "twin_ticks.parquet", "findings.txt", "figures/index.png"} <= one.keys()
    for other in ("again", "two"):
        assert [name for name, content in _bytes(folders[other]).items() if content != one[name]] == []


def test_the_run_replays_from_its_own_folder(folders: dict[str, Path]) -> None:
    assert replay(folders["one"]) == Replay(24, 24)


def test_a_run_in_memory_gives_the_same_tables(scenario: Path, folders: dict[str, Path]) -> None:
    memory = wattmarket.run(scenario)
    stored = wattmarket.Run.load(folders["one"])
    for name in ("ticks", "sites", "metros", "zones", "flows", "twin_ticks"):
        assert getattr(memory, name).equals(getattr(stored, name)), name


def test_the_resolved_scenario_runs_to_the_same_digest(folders: dict[str, Path]) -> None:
    stored = wattmarket.Run.load(folders["one"])
    again = wattmarket.run(folders["one"] / "scenario.toml", twin=False)
    assert again.manifest.digest == stored.manifest.digest


def test_another_seed_gives_other_bits(scenario: Path, folders: dict[str, Path]) -> None:
    other = wattmarket.run(scenario, seed=12, twin=False)
    assert other.manifest.digest != wattmarket.Run.load(folders["one"]).manifest.digest


def test_a_world_from_a_folder_and_capacity_by_path_are_copied(tmp_path: Path, scenario: Path) -> None:
    assert main(["world", "build", str(tmp_path / "mine"), "--sites", "50", "--metros", "5"]) == 0
    sites = pl.read_csv(tmp_path / "mine" / "sites.csv")
    rows = sites.select(
        month=pl.lit("2023-01"), site_id="site_id", pool_mw="pool_mw", shell_mw="shell_mw", grid_mw="grid_mw"
    )
    rows.write_csv(tmp_path / "capacity_2023.csv")
    path = tmp_path / "path.toml"
    path.write_text(
        '[run]\nmonths = 2\n[world]\nfolder = "mine"\n[capacity]\nmode = "path"\nfile = "capacity_2023.csv"\n'
        "[output]\nfigures = false\n"
    )
    run = wattmarket.run(path, out=tmp_path / "run")
    path.unlink()
    (tmp_path / "mine").rename(tmp_path / "gone")
    (tmp_path / "capacity_2023.csv").unlink()
    assert run.world.sites.height == 50
    assert replay(tmp_path / "run").ticks == 2
    fork = wattmarket.fork(tmp_path / "run", at="2023-02", set=["drift.start=0.4"], out=tmp_path / "fork")
    assert fork.ticks["digest"][0] == run.ticks["digest"][0]
    assert replay(tmp_path / "fork").ticks == 2


def test_ctrl_c_in_the_midst_of_a_large_run_is_quick_and_clean(tmp_path: Path) -> None:
    (tmp_path / "large.toml").write_text("[world]\nsites = 2000\n")
    command = [sys.executable, "-m", "wattmarket", "run", "large.toml", "--out", "here"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        while not list(tmp_path.glob(".here.partial-*")):
            time.sleep(0.05)
            assert process.poll() is None
        time.sleep(1.5)
        out, err, worked_s = interrupt(process)
    assert process.returncode == 130
    assert worked_s < 2
    assert out == ""
    assert len(err.splitlines()) <= 10
    assert "Traceback" not in err
    assert [path.name for path in tmp_path.iterdir()] == ["large.toml"]
