"""The engine on any executor: a bounded number of runs in flight, deaths counted against whom they belong to."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from wattmarket.errors import InputError, WattmarketError
from wattmarket.sweep import Futures, Serial, load_sweep, run_sweep, scan
from wattmarket.sweep.engines import futures

QUICK = "sweep_runs:quick"


class WorkerLostError(Exception):
    """What the executor below says of a run whose worker died."""


class Colony(Executor):
    """Plays what it is given in pairs, like a worker that has one run to play and one to go on with; some are fatal.

    Parameters
    ----------
    fatal
        Which calls kill their worker, and with it the other run of the pair.
    """

    def __init__(self, fatal: Callable[[Any], bool]) -> None:
        self.fatal = fatal
        self.waiting: list[tuple[Future[Any], Callable[..., Any], tuple[Any, ...]]] = []
        self.most = self.largest = self.in_flight = 0

    def submit(self, function: Callable[..., Any], /, *told: Any, **_named: Any) -> Future[Any]:
        """Take a call; the pair before it is played then."""
        future: Future[Any] = Future()
        self.in_flight += 1
        self.most, self.largest = max(self.most, self.in_flight), max(self.largest, len(told[2]))
        self.waiting.append((future, function, told))
        return future

    def play(self) -> None:
        """Play the next two."""
        pair, self.waiting = self.waiting[:2], self.waiting[2:]
        deadly = any(self.fatal(told[2]) for _, _, told in pair)
        for future, function, told in pair:
            self.in_flight -= 1
            future.set_exception(WorkerLostError()) if deadly else future.set_result(function(*told))


def test_threads_play_the_same_bits(sixty_runs: Path, undisturbed: pl.DataFrame, tmp_path: Path) -> None:
    with ThreadPoolExecutor(3) as pool:
        found = run_sweep(load_sweep(sixty_runs), tmp_path / "store", engine=Futures(pool, 3, QUICK))
    assert (found.done, found.failed) == (60, 0)
    assert scan(tmp_path / "store").collect().equals(undisturbed)


def test_a_run_that_kills_its_workers_is_given_up_and_its_neighbours_are_not(
    sixty_runs: Path, undisturbed: pl.DataFrame, tmp_path: Path
) -> None:
    fatal = undisturbed["key"][17]
    colony = Colony(lambda jobs: fatal in [job.key for job in jobs])
    # Whenever the engine would wait for a row, the colony plays.
    places = Futures(colony, 4, QUICK, deaths=(WorkerLostError,), alive=colony.play)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(futures, "SECONDS_BETWEEN_LOOKS", 0.0)
        found = run_sweep(load_sweep(sixty_runs), tmp_path / "store", engine=places)
    assert (found.done, found.failed) == (59, 1)
    failed = scan(tmp_path / "store").filter(pl.col("status") == "failed").collect()
    assert failed.select("key", "error").row(0) == (
        fatal,
        "WorkerDied: given up 4 times because its workers died",
    )
    assert colony.most == 8, "two for each place, however many runs there are"
    assert colony.largest > 1, "short runs go together"
    run_sweep(load_sweep(sixty_runs), tmp_path / "store", engine=Serial(QUICK), retry_failed=True)
    assert scan(tmp_path / "store").collect().equals(undisturbed)


def test_an_executor_that_breaks_is_one_line_and_what_is_done_is_kept(
    sixty_runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(futures, "SECONDS_A_BUNDLE", 0.0)

    class Broken(ThreadPoolExecutor):
        left = 20

        def submit(self, *told: Any, **named: Any) -> Future[Any]:
            self.left -= 1
            if self.left < 0:
                raise BrokenProcessPool("a worker died")
            return super().submit(*told, **named)

    with Broken(2) as pool, pytest.raises(WattmarketError, match="takes no more runs: a worker died"):
        run_sweep(load_sweep(sixty_runs), tmp_path / "store", engine=Futures(pool, 2, QUICK))
    assert 10 < scan(tmp_path / "store").filter(pl.col("status") == "done").collect().height < 30


def test_workers_with_another_version_are_refused(
    sixty_runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    versions = iter(["0.1.0+driver"])
    monkeypatch.setattr(futures, "engine_version", lambda: next(versions, "0.1.0+worker"))
    with (
        ThreadPoolExecutor(1) as pool,
        pytest.raises(InputError, match=r"a worker has wattmarket 0\.1\.0\+worker, its driver 0\.1\.0\+driver"),
    ):
        run_sweep(load_sweep(sixty_runs), tmp_path / "store", engine=Futures(pool, 1, QUICK))
    assert scan(tmp_path / "store").filter(pl.col("status") != "missing").collect().height == 0


def test_a_pool_that_would_fork_is_refused(sixty_runs: Path, tmp_path: Path) -> None:
    sweep = load_sweep(sixty_runs)
    with (
        ProcessPoolExecutor(1, mp_context=get_context("fork")) as pool,
        pytest.raises(InputError, match=r'mp_context=multiprocessing\.get_context\("spawn"\)'),
    ):
        run_sweep(sweep, tmp_path / "store", engine=Futures(pool, 1, QUICK))
