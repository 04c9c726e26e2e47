"""Driving a sweep: what is missing is played, and committed chunk by chunk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic  # exact: says when to commit, never what
from typing import Final

import numpy as np

from wattmarket.errors import InputError
from wattmarket.progress import progress_lines
from wattmarket.sweep.ctrl_c import CtrlC
from wattmarket.sweep.definition import Sweep
from wattmarket.sweep.engines import Engine, Serial
from wattmarket.sweep.jobs import Plan, plan_of
from wattmarket.sweep.known import Known
from wattmarket.sweep.play import Row
from wattmarket.sweep.shape import Shape
from wattmarket.sweep.store import Store, Writer
from wattmarket.sweep.store.plans import write_plan
from wattmarket.sweep.store.recovery import recover

__all__ = ["MOST_CHUNKS", "Summary", "chunk_size", "run_sweep", "status"]

MOST_CHUNKS: Final = 4_000
"""A sweep's runs are spread over about so many files at most; every start of a driver may add one."""
SECONDS_BETWEEN_COMMITS: Final = 1.0
"""Short runs wait so long for each other: a commit costs more than they do."""
MOST_WAITING: Final = 2_048
"""Runs that wait for a commit, unless a chunk has to have more: memory for rows is bounded."""


@dataclass(frozen=True, slots=True)
class Summary:
    """How a sweep stands.

    Parameters
    ----------
    runs, done, failed
        Runs of its plan, those played to their ends, and those that failed. The rest is missing.
    played
        Runs played just now.
    interrupted
        Whether Ctrl-C or SIGTERM ended it.
    failed_here
        Runs of the shard that was asked for that failed, now or before.
    repaired
        What was found wrong with the store and put right, one line each.
    """

    runs: int
    done: int
    failed: int
    played: int = 0
    interrupted: bool = False
    repaired: Sequence[str] = ()
    failed_here: int = 0

    @property
    def missing(self) -> int:
        """Runs that were not played yet."""
        return self.runs - self.done - self.failed


def chunk_size(runs: int) -> int:
    """Least number of runs in a chunk: so many that a million runs make some thousands of files.

    Examples
    --------
    >>> chunk_size(100), chunk_size(1_000_000)
    (1, 250)
    """
    return -(-runs // MOST_CHUNKS)


def run_sweep(
    sweep: Sweep,
    store: str | Path,
    *,
    engine: Engine | None = None,
    shard: tuple[int, int] = (0, 1),
    retry_failed: bool = False,
    progress: bool = False,
) -> Summary:
    """Play the runs of a sweep that its store doesn't hold yet. To resume is to call this again.

    Parameters
    ----------
    sweep
        What to run.
    store
        Folder of the store; made if it isn't there. Several drivers, and several sweeps, may share one.
    engine
        Where to play; None: in this process.
    shard
        (i, N): only the i-th of every N runs, from 0. The shards of 0 to N − 1 together are the whole sweep.
    retry_failed
        Whether runs that failed are played again.
    progress
        Whether to show progress on standard error.

    Raises
    ------
    InputError
        If the store can't be written. What was committed stays.
    """
    if not 0 <= shard[0] < shard[1]:
        raise InputError(f"shard: {shard[0]}/{shard[1]} is not i/N with i from 0 to N - 1")
    place = Store(store)
    place.make()
    plan = plan_of(sweep)
    writer = Writer(place.folder, sweep.outputs.schema())
    try:
        repaired = recover(place, writer)
        shape = Shape.of_sweep(sweep).table()
        write_plan(place, sweep.name, plan.pieces(), plan.work.outputs, writer.name, shape=shape)
        driver = _Driver(plan, place, writer, retry_failed)
        played, interrupted = driver.drive(engine or Serial(), shard, progress)
    finally:
        writer.close()
    _, failed_here = driver.known.count(shard)
    return Summary(len(plan.keys), *driver.known.count(), played, interrupted, repaired, failed_here)


def status(sweep: Sweep, store: str | Path) -> Summary:
    """Say how a sweep stands, from its store.

    Raises
    ------
    InputError
        If there is no store.
    DigestMismatchError
        If a chunk is damaged.
    """
    place = Store(store).open()
    known = Known(place, plan_of(sweep).keys)
    known.refresh()
    return Summary(sweep.runs, *known.count())


class _Driver:
    """One call of `run_sweep`: what is known, what waits to be committed."""

    def __init__(self, plan: Plan, store: Store, writer: Writer, retry_failed: bool) -> None:
        self.plan, self.store, self.writer, self.retry_failed = plan, store, writer, retry_failed
        self.known = Known(store, plan.keys)
        self.known.refresh()
        self.pending: list[Row] = []
        self.least = chunk_size(len(plan.keys))
        self.committed_at = monotonic()

    def drive(self, engine: Engine, shard: tuple[int, int], progress: bool) -> tuple[int, bool]:
        """Play what is missing; how many runs that was, and whether Ctrl-C ended it."""
        todo = self.known.wanted(shard, self.retry_failed)
        if len(todo) and self.store.others_at_work(self.writer.manifest):
            # Drivers that begin at different places meet late.
            todo = np.roll(todo, -(int(self.writer.name, 16) % len(todo)))
        played = 0
        given = (row for row in map(int, todo) if self.known.give(row))
        rows = engine.rows(self.plan.work, self.plan.jobs(given))
        interrupted = False
        with (
            CtrlC() as ctrl_c,
            progress_lines("sweep", len(todo), shown=progress, unit="run", every=max(len(todo) // 20, 1)) as advance,
        ):
            try:
                while True:
                    with ctrl_c.may_come():
                        row = next(rows, None)
                    if row is None:
                        break
                    played += 1
                    self.pending.append(row)
                    self._commit_if_due()
                    advance(f"seed {row['seed']} {row['status']}")
            except KeyboardInterrupt:
                interrupted = True
            finally:
                close = getattr(rows, "close", None)
                if close is not None:
                    close()
                self._commit()
        return played, interrupted

    def _commit_if_due(self) -> None:
        waited = monotonic() - self.committed_at >= SECONDS_BETWEEN_COMMITS or len(self.pending) >= MOST_WAITING
        if waited and len(self.pending) >= self.least:
            self._commit()
            self.known.refresh()

    def _commit(self) -> None:
        """Write what waits; it waits on if that fails."""
        if self.pending:
            self.writer.commit(self.pending)
            self.known.note([row["key"] for row in self.pending], [row["status"] for row in self.pending])
            self.pending = []
        self.committed_at = monotonic()
