"""The engine on any executor of `concurrent.futures`: a pool of processes or threads, or a cluster's."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from dataclasses import dataclass
from itertools import islice
from queue import Empty, SimpleQueue
from time import monotonic  # exact: says when to look and how many runs to hand over, never what comes of them
from typing import Final

from wattmarket.errors import InputError, WattmarketError
from wattmarket.sweep.engine_version import engine_version
from wattmarket.sweep.engines.protocol import RETRIES
from wattmarket.sweep.jobs import Job, Work
from wattmarket.sweep.play import PLAY, Row, attempt, failed_row, player

__all__ = ["Futures", "play_there"]

AHEAD: Final = 2
"""Bundles in flight for each place at an executor: one to play, one to go on with while its rows come here."""
SECONDS_A_BUNDLE: Final = 0.2
"""Short runs are handed over together, for about so long: a scheduler's own work is then shared by all of them."""
LARGEST_BUNDLE: Final = 64
SECONDS_BETWEEN_LOOKS: Final = 0.5
"""How often it is looked whether the executor still lives."""


def play_there(function: str, work: Work, jobs: Sequence[Job], version: str) -> tuple[list[Row], float]:
    """Play a bundle of runs in another process; give their rows, and the seconds that they took.

    Raises
    ------
    InputError
        If that process has another version of the engine: its results would stand under keys that aren't theirs.
    """
    if engine_version() != version:
        raise InputError(f"a worker has wattmarket {engine_version()}, its driver {version}: install the same on both")
    play = player(function)
    began = monotonic()
    rows = [attempt(play, work, job) for job in jobs]
    return rows, monotonic() - began


@dataclass(frozen=True, slots=True)
class Futures:
    """Plays runs on an executor, which is left open.

    A few runs are in flight at a time, whatever the sweep's size; short ones go together, in bundles. Where an executor
    says that the worker of a run died, and goes on, the run is given to another worker, up to `tries` times, as one of
    few and alone: no run is blamed for long for what was played beside it. Executors of the standard library don't go
    on; their end is the sweep's, and what is committed stays.

    Parameters
    ----------
    executor
        Where to play. What is handed over can be pickled, and is where the executor has other processes.
    places
        How many runs it plays at a time, or what tells.
    function
        Name of what plays a run.
    deaths
        Errors by which the executor says that a worker died.
    tries
        How often a run may be in such an error.
    alive
        What is called now and then, and raises `WattmarketError` if the executor is no more.
    gone
        What to say if it drops its runs.

    Examples
    --------
    >>> from concurrent.futures import ThreadPoolExecutor
    >>> with ThreadPoolExecutor(2) as pool:
    ...     list(Futures(pool, 2).rows(Work("", (), "", {}), iter([])))
    []
    """

    executor: Executor
    places: int | Callable[[], int]
    function: str = PLAY
    deaths: tuple[type[BaseException], ...] = ()
    tries: int = RETRIES + 1
    alive: Callable[[], None] = lambda: None
    gone: str = "sweep: the executor dropped its runs; what is committed stays"

    def rows(self, work: Work, jobs: Iterator[Job]) -> Iterator[Row]:
        """Play runs, in the order in which they come back.

        Raises
        ------
        WattmarketError
            If the executor ends.
        InputError
            If a worker has another version of the engine, or a pool would fork its processes: a forked process has
            locks of threads that it hasn't, and waits for them for ever.
        """
        _refuse_forks(self.executor)
        flight = _Flight(self, work, jobs)
        try:
            yield from flight.rows()
        finally:
            flight.cancel()


def _refuse_forks(executor: Executor) -> None:
    context = getattr(executor, "_mp_context", None) if isinstance(executor, ProcessPoolExecutor) else None
    if context is not None and context.get_start_method() == "fork":
        raise InputError(
            "executor: its processes would be forked, and hang: make it as "
            'ProcessPoolExecutor(N, mp_context=multiprocessing.get_context("spawn"))'
        )


Landed = tuple[list[Row], float]


class _Flight:
    """The runs of one sweep that are in flight."""

    def __init__(self, engine: Futures, work: Work, jobs: Iterator[Job]) -> None:
        self.engine, self.work, self.jobs = engine, work, jobs
        self.version = engine_version()
        self.flying: dict[Future[Landed], tuple[Job, ...]] = {}
        self.landed: SimpleQueue[Future[Landed]] = SimpleQueue()
        self.bundle = 1
        # Runs whose workers died, waiting to be tried again; and how often that has happened to each.
        self.again: deque[Job] = deque()
        self.deaths: dict[str, int] = {}

    def rows(self) -> Iterator[Row]:
        """Keep the executor busy until no run is left."""
        looked_at = monotonic()
        while True:
            self._fill()
            if not self.flying:
                return
            if monotonic() - looked_at >= SECONDS_BETWEEN_LOOKS:
                self.engine.alive()
                looked_at = monotonic()
            try:
                future = self.landed.get(timeout=SECONDS_BETWEEN_LOOKS)
            except Empty:
                continue
            yield from self._rows(self.flying.pop(future), future)

    def cancel(self) -> None:
        """Take back what has not begun."""
        for future in self.flying:
            future.cancel()
        self.flying.clear()

    def _fill(self) -> None:
        room = self._room()
        while len(self.flying) < room and (jobs := self._next()):
            try:
                future = self.engine.executor.submit(play_there, self.engine.function, self.work, jobs, self.version)
            except (BrokenExecutor, RuntimeError) as error:
                raise WattmarketError(f"sweep: the executor takes no more runs: {error}") from error
            self.flying[future] = jobs
            future.add_done_callback(self.landed.put)

    def _room(self) -> int:
        """Bundles to have in flight; one for each place while a run is suspected, so that none waits behind it."""
        places = self.engine.places if isinstance(self.engine.places, int) else self.engine.places()
        return max(places, 1) * (1 if self.deaths else AHEAD)

    def _next(self) -> tuple[Job, ...]:
        """Runs to hand over together; one whose worker died goes alone, and the others too while one is suspected."""
        if self.again:
            return (self.again.popleft(),)
        return tuple(islice(self.jobs, 1 if self.deaths else self.bundle))

    def _rows(self, jobs: tuple[Job, ...], future: Future[Landed]) -> list[Row]:
        """Rows of runs that have come back; none of those that have to be tried again."""
        if future.cancelled():
            raise WattmarketError(self.engine.gone)
        error = future.exception()
        if error is None:
            rows, seconds = future.result()
            for job in jobs:
                self.deaths.pop(job.key, None)
            self.bundle = min(max(int(SECONDS_A_BUNDLE * len(jobs) / max(seconds, 1e-3)), 1), LARGEST_BUNDLE)
            return rows
        if isinstance(error, self.engine.deaths):
            return self._died(jobs)
        if isinstance(error, InputError):
            raise error
        raise WattmarketError(f"sweep: the executor failed: {type(error).__name__}: {error}") from error

    def _died(self, jobs: tuple[Job, ...]) -> list[Row]:
        """Try runs again whose worker died: all of a bundle, one by one, and none of them is to blame yet."""
        if len(jobs) > 1:
            self.again.extend(jobs)
            return []
        (job,) = jobs
        self.deaths[job.key] = self.deaths.get(job.key, 0) + 1
        if self.deaths[job.key] < self.engine.tries:
            self.again.append(job)
            return []
        return [failed_row(job, f"WorkerDied: given up {self.deaths.pop(job.key)} times because its workers died")]
