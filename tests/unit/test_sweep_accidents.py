"""Accidents with real processes: drivers and workers killed at any moment, Ctrl-C, two drivers on one store."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest
from sweep_runs import sweep_file

from wattmarket.cli import main
from wattmarket.sweep import Serial, load_sweep, run_sweep, scan
from wattmarket.sweep.store import Store
from wattmarket.sweep.store.recovery import problems

DRIVER = """
import sys
from pathlib import Path
from wattmarket.sweep import Local, Serial, driver, load_sweep, run_sweep
driver.SECONDS_BETWEEN_COMMITS = 0.05
file, store, workers = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
engine = Serial("sweep_runs:slow") if workers == 0 else Local(workers, function="sweep_runs:slow")
print("ready", flush=True)
found = run_sweep(load_sweep(file), store, engine=engine)
sys.exit(130 if found.interrupted else 0)
"""
KILLS = int(os.environ.get("SWEEP_KILLS", "4"))
"""How many drivers are killed, and how many workers; `make kills` has more."""


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sweep_file(tmp_path_factory.mktemp("files"))


@pytest.fixture(scope="module")
def undisturbed(file: Path, tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    store = tmp_path_factory.mktemp("undisturbed")
    run_sweep(load_sweep(file), store, engine=Serial("sweep_runs:quick"))
    return scan(store).collect()


def drive(file: Path, store: Path, workers: int) -> subprocess.Popen[bytes]:
    """Start a driver in a process of its own."""
    paths = [str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")]
    return subprocess.Popen(
        [sys.executable, "-c", DRIVER, str(file), str(store), str(workers)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))},
        stdout=subprocess.PIPE,
        start_new_session=True,
    )


def wait_until_ready(driver: subprocess.Popen[bytes]) -> None:
    assert driver.stdout is not None
    assert driver.stdout.readline() == b"ready\n"


def end(driver: subprocess.Popen[bytes]) -> int:
    code = driver.wait(timeout=120)
    assert driver.stdout is not None
    driver.stdout.close()
    return code


def workers_of(driver: int) -> list[int]:
    """Children of a process that are workers."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(path.read_text().rpartition(")")[2].split()[1])
            words = path.with_name("cmdline").read_bytes()
        except (OSError, ValueError):
            continue
        if parent == driver and b"wattmarket.sweep.engines.worker" in words:
            found.append(int(path.parent.name))
    return found


def wait_for(what: str, holds: object, seconds: float = 60.0) -> None:
    begun = time.monotonic()
    while not holds():  # type: ignore[operator]
        assert time.monotonic() - begun < seconds, what
        time.sleep(0.01)


def test_drivers_killed_at_any_moment_lose_and_double_nothing(
    file: Path, undisturbed: pl.DataFrame, tmp_path: Path
) -> None:
    kills = stores = 0
    while kills < KILLS:
        store = tmp_path / str(stores)
        stores += 1
        while kills < KILLS:
            before = len(list(store.glob("chunks/*")))
            driver = drive(file, store, workers=0)
            wait_until_ready(driver)
            if kills % 4:
                # Into the sweep, to some point of a chunk's making; every fourth is killed while it starts.
                started = lambda: len(list(store.glob("chunks/*"))) > before or driver.poll() is not None  # noqa: B023, E731
                wait_for("a commit", started)
            time.sleep(0.08 * (kills * 0.618 % 1.0))
            driver.kill()
            kills += 1
            if end(driver) == 0:
                break  # it was quicker; go on with another store
        assert end(drive(file, store, workers=0)) == 0
        assert problems(Store(store)) == []
        assert scan(store).collect().equals(undisturbed)


def test_a_killed_worker_hangs_nothing_and_its_driver_leaves_no_orphans(
    file: Path, undisturbed: pl.DataFrame, tmp_path: Path
) -> None:
    store = tmp_path / "store"
    driver = drive(file, store, workers=2)
    wait_until_ready(driver)
    wait_for("workers that have committed", lambda: any((store / "chunks").glob("*.parquet")))
    for _ in range(max(KILLS // 4, 1)):
        running = workers_of(driver.pid)
        if not running:
            break
        os.kill(running[0], signal.SIGKILL)
        killed = running[0]
        wait_for("the death is noticed", lambda killed=killed: killed not in workers_of(driver.pid), seconds=2.0)
    assert end(driver) == 0
    assert scan(store).collect().equals(undisturbed)
    other = drive(file, tmp_path / "other", workers=2)
    wait_until_ready(other)
    wait_for("workers", lambda: len(workers_of(other.pid)) == 2)
    orphans = workers_of(other.pid)
    other.kill()
    assert end(other) == -signal.SIGKILL
    wait_for("orphans end by themselves", lambda: not any(_is_alive(worker) for worker in orphans), seconds=20.0)


def _is_alive(process: int) -> bool:
    stat = Path(f"/proc/{process}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z"


def test_ctrl_c_keeps_what_is_done(file: Path, undisturbed: pl.DataFrame, tmp_path: Path) -> None:
    store = tmp_path / "store"
    driver = drive(file, store, workers=0)
    wait_until_ready(driver)
    wait_for("a first commit", lambda: any((store / "chunks").glob("*.parquet")))
    begun = time.monotonic()
    os.kill(driver.pid, signal.SIGINT)
    assert end(driver) == 130
    assert time.monotonic() - begun < 5.0
    assert problems(Store(store)) == []
    kept = scan(store).filter(pl.col("status") == "done").collect()
    assert 0 < kept.height < 60
    assert end(drive(file, store, workers=0)) == 0
    assert scan(store).collect().equals(undisturbed)


def test_two_drivers_on_one_store(file: Path, undisturbed: pl.DataFrame, tmp_path: Path) -> None:
    drivers = [drive(file, tmp_path / "store", workers=0) for _ in range(2)]
    assert [end(driver) for driver in drivers] == [0, 0]
    assert problems(Store(tmp_path / "store")) == []
    assert scan(tmp_path / "store").collect().equals(undisturbed)


def test_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    text = (
        'base = "base.toml"\nsettings = { world.sites = 50, run.months = 3, capacity.mode = "entry" }\n'
        "[parameters]\nworkload.voice.service_ms = [1.0, 1e6]\n"
    )
    file = str(sweep_file(tmp_path, text))
    assert main(["sweep", "resume", file]) == 2
    assert "sweeps/map: is no store of a sweep" in capsys.readouterr().err
    assert main(["sweep", "plan", file, "--workers", "2"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("runs     2: 2 points, 1 seed each\n         1 points have values that don't go together")
    assert "2 workers of" in said
    assert main(["sweep", "run", file, "--quiet", "--shard", "0/2"]) == 0
    assert main(["sweep", "run", file, "--quiet"]) == 1
    assert "runs     2: 1 done, 1 failed, 0 missing; 1 played now" in capsys.readouterr().out
    assert main(["sweep", "resume", file, "--quiet", "--retry-failed"]) == 1
    assert main(["sweep", "status", file]) == 0
    assert capsys.readouterr().out.endswith("runs     2: 1 done, 1 failed, 0 missing\n")
    assert main(["sweep", "merge", "all", "sweeps/map"]) == 0
    assert main(["sweep", "check", "all"]) == 0
    next(Path("all/chunks").glob("*.parquet")).write_bytes(b"PAR1")
    capsys.readouterr()
    assert main(["sweep", "check", "all"]) == 4
    assert "damaged: its SHA-256 differs from its name" in capsys.readouterr().err
    assert main(["sweep", "run", file, "--shard", "2"]) == 2
    assert scan("sweeps/map").collect()["status"].to_list() == ["done", "failed"]
