"""Accidents with real processes: drivers, workers and groups killed at any moment, Ctrl-C, full disks, two drivers.

After each, no run is lost and none counts twice: the table has the same bits as that of an undisturbed sweep. What
happens to Dask is in test_sweep_dask.py. ``make kills`` kills many more.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl
import pytest
from sweep_drivers import below, chunks, drive, end, is_alive, listening, wait_for, workers_of
from sweep_nursery import Nursery
from sweep_runs import sweep_file

from wattmarket.cli import main
from wattmarket.sweep import Serial, driver, load_sweep, run_sweep, scan
from wattmarket.sweep.play import Row
from wattmarket.sweep.store import Store, Writer
from wattmarket.sweep.store.recovery import problems

KILLS = int(os.environ.get("SWEEP_KILLS", "40"))
"""How many processes are killed, here and in test_sweep_dask.py; the moments are drawn anew for each number."""
DRIVERS, WORKERS, GROUPS = KILLS * 3 // 4, KILLS // 10, max(KILLS // 13, 1)
WRITE_POINTS = 20


@pytest.fixture(scope="module")
def nursery(sixty_runs: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    made = Nursery(sixty_runs, tmp_path_factory.mktemp("nursery"))
    yield made
    made.close()


def resumed(sixty_runs: Path, store: Path) -> pl.DataFrame:
    """Table of a sweep that is resumed here after an accident; its store is whole then."""
    assert run_sweep(load_sweep(sixty_runs), store, engine=Serial("sweep_runs:quick")).missing == 0
    assert problems(Store(store)) == []
    return scan(store).collect()


def test_drivers_killed_at_any_moment_lose_and_double_nothing(
    nursery: Nursery, sixty_runs: Path, undisturbed: pl.DataFrame, tmp_path: Path
) -> None:
    luck = random.Random(KILLS)
    killed = stores = 0
    while killed < DRIVERS:
        store, stores = tmp_path / str(stores), stores + 1
        finished = False
        while killed < DRIVERS and not finished:
            driver = nursery.drive(store)
            # Some commits later, at some point of the next one's making; every fourth is killed while it starts.
            enough = chunks(store) + (luck.randrange(1, 8) if killed % 4 else 0)
            wait_for(
                "commits",
                lambda store=store, driver=driver, enough=enough: chunks(store) >= enough or not is_alive(driver),
            )
            time.sleep(luck.random() * 0.03)
            os.kill(driver, signal.SIGKILL)
            finished = nursery.end(driver) == 0
            killed += not finished
        assert resumed(sixty_runs, store).equals(undisturbed)


def test_a_killed_worker_hangs_nothing(sixty_runs: Path, undisturbed: pl.DataFrame, tmp_path: Path) -> None:
    killed = stores = 0
    luck = random.Random(KILLS)
    while killed < WORKERS:
        store, stores = tmp_path / f"{stores}", stores + 1
        driver = drive(sixty_runs, store, "local")
        wait_for("workers that have committed", lambda store=store: chunks(store))
        while killed < WORKERS and driver.poll() is None and (running := workers_of(driver.pid)):
            os.kill(luck.choice(running), signal.SIGKILL)
            killed += 1
            wait_for(
                "the death is noticed",
                lambda driver=driver, running=running: set(workers_of(driver.pid)) != set(running),
                seconds=2.0,
            )
            # Four workers that die one after the other as soon as they begin are another matter, and end a sweep.
            enough = chunks(store) + 1
            wait_for(
                "another commit",
                lambda store=store, driver=driver, enough=enough: chunks(store) >= enough or driver.poll() is not None,
            )
            time.sleep(luck.random() * 0.2)
        assert end(driver) == (0, "")
        assert problems(Store(store)) == []
        assert scan(store).collect().equals(undisturbed)


def test_a_killed_group_leaves_no_orphans(
    nursery: Nursery, sixty_runs: Path, undisturbed: pl.DataFrame, tmp_path: Path
) -> None:
    luck = random.Random(KILLS)
    killed = stores = 0
    while killed < GROUPS:
        store, stores = tmp_path / str(stores), stores + 1
        driver = nursery.drive(store, workers=2, function="sweep_runs:slow")
        wait_for("workers", lambda driver=driver: len(workers_of(driver)) == 2 or not is_alive(driver))
        started = below(driver)
        assert listening([driver, *started]) == []
        time.sleep(luck.random() * 2.0)
        # Workers are in sessions of their own: the signal doesn't reach them, the end of their pipe does.
        os.killpg(driver, signal.SIGKILL)
        code = nursery.end(driver)
        assert code in {0, -signal.SIGKILL}
        killed += code != 0
        wait_for("orphans end by themselves", lambda started=started: not any(map(is_alive, started)), seconds=20.0)
        assert resumed(sixty_runs, store).equals(undisturbed)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_and_sigterm_keep_what_is_done(
    sixty_runs: Path, undisturbed: pl.DataFrame, tmp_path: Path, number: signal.Signals
) -> None:
    store = tmp_path / "store"
    driver = drive(sixty_runs, store, "local")
    wait_for("a first commit", lambda: chunks(store))
    started = below(driver.pid)
    begun = time.monotonic()
    # A terminal tells the whole group of the driver, a scheduler of a cluster the driver.
    (os.killpg if number == signal.SIGINT else os.kill)(driver.pid, number)
    assert end(driver) == (130, "")
    assert time.monotonic() - begun < 2.0
    assert not any(map(is_alive, started))
    assert problems(Store(store)) == []
    assert 0 < scan(store).filter(pl.col("status") == "done").collect().height < 60
    assert resumed(sixty_runs, store).equals(undisturbed)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_in_the_midst_of_a_commit_waits_for_its_end(
    sixty_runs: Path,
    undisturbed: pl.DataFrame,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    number: signal.Signals,
) -> None:
    commit, handler = Writer.commit, signal.getsignal(number)

    def interrupted(self: Writer, rows: list[Row]) -> None:
        signal.raise_signal(number)
        commit(self, rows)

    monkeypatch.setattr(driver, "SECONDS_BETWEEN_COMMITS", 0.0)
    monkeypatch.setattr(Writer, "commit", interrupted)
    summary = run_sweep(load_sweep(sixty_runs), tmp_path, engine=Serial("sweep_runs:quick"))
    monkeypatch.undo()
    assert signal.getsignal(number) is handler
    assert (summary.interrupted, summary.played, summary.done) == (True, 1, 1)
    assert resumed(sixty_runs, tmp_path).equals(undisturbed)


def test_two_drivers_on_one_store(
    nursery: Nursery, sixty_runs: Path, undisturbed: pl.DataFrame, tmp_path: Path
) -> None:
    for race in range(max(KILLS // 10, 1)):
        store = tmp_path / str(race)
        drivers = [nursery.drive(store) for _ in range(2 + race % 2)]
        # One of three is killed; the others don't notice.
        if race % 2:
            os.kill(drivers[0], signal.SIGKILL)
        codes = [nursery.end(driver) for driver in drivers]
        assert codes[race % 2 :] == [0, 0]
        assert scan(store).collect().equals(undisturbed)
        assert resumed(sixty_runs, store).equals(undisturbed)


@contextmanager
def disk(folder: Path, size: int) -> Iterator[Path]:
    """A file system of so many bytes, in memory."""
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def can_mount() -> bool:
    """Whether this process may mount file systems (CAP_SYS_ADMIN)."""
    told = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return bool(int(told["CapEff"], 16) >> 21 & 1)


def check_full(nursery: Nursery, store: Path, code: int) -> bool:
    """See what a driver left whose disk was full: one line, and nothing but whole files under final names."""
    if code == 0:
        return False
    assert code == 2
    said = nursery.said.read_text()
    assert said.count("\n") == 0
    assert str(store) in said
    assert [path.name for path in store.rglob("*") if path.name.startswith(".") and path.stat().st_size] == []
    # A manifest may end in half a line, which is known by its seal; a chunk may want its line.
    assert [line for line in problems(Store(store)) if "torn" not in line and "no manifest names it" not in line] == []
    return True


def test_a_limit_of_file_sizes(nursery: Nursery, sixty_runs: Path, undisturbed: pl.DataFrame, tmp_path: Path) -> None:
    full = 0
    for point in range(WRITE_POINTS):
        store = tmp_path / str(point)
        full += check_full(nursery, store, nursery.end(nursery.drive(store, chunk=7, limit=200 * point)))
        assert resumed(sixty_runs, store).equals(undisturbed)
    assert full > WRITE_POINTS // 2


@pytest.mark.needs_debian
def test_a_full_disk(nursery: Nursery, sixty_runs: Path, undisturbed: pl.DataFrame, tmp_path: Path) -> None:
    if not can_mount():
        # Where mounting is refused the limit of file sizes, above, stands for it.
        return
    full = 0
    for point in range(WRITE_POINTS):
        with disk(tmp_path / str(point), 4096 * (point + 1)) as folder:
            store = folder / "store"
            full += check_full(nursery, store, nursery.end(nursery.drive(store, chunk=7)))
            subprocess.run(["mount", "-o", "remount,size=4m", str(folder)], check=True)
            assert resumed(sixty_runs, store).equals(undisturbed)
    assert full > WRITE_POINTS // 2


def test_flipped_bits_and_cut_files_are_all_found(sixty_runs: Path, undisturbed: pl.DataFrame, tmp_path: Path) -> None:
    store = tmp_path / "store"
    run_sweep(load_sweep(sixty_runs), store, engine=Serial("sweep_runs:quick"))
    luck = random.Random(KILLS)
    files = sorted(path for path in store.rglob("*") if path.is_file())
    assert {path.parent.name for path in files} == {"chunks", "manifests", "plans"}
    for number in range(KILLS * 3):
        path = luck.choice(files)
        whole = path.read_bytes()
        data = bytearray(whole)
        if number % 6:
            data[luck.randrange(len(data))] ^= 1 << luck.randrange(8)
        else:
            del data[luck.randrange(len(data)) :]
        path.write_bytes(bytes(data))
        # A manifest that is cut to nothing is like none; the chunk that it named is found.
        found = problems(Store(store))
        assert [line for line in found if path.name in line or path.parent.name == "manifests"], (number, path.name)
        if number % 20 == 0:
            assert resumed(sixty_runs, store).equals(undisturbed)
            files = sorted(path for path in store.rglob("*") if path.is_file() and path.parent.name != "damaged")
        else:
            path.write_bytes(whole)
            assert problems(Store(store)) == []


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
