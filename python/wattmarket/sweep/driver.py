"""Driving a sweep: what is missing is played, and committed chunk by chunk."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic  # exact: says when to commit, never what
from typing import Final

from wattmarket.errors import InputError
from wattmarket.progress import progress_lines
from wattmarket.sweep.engines import Engine, Serial
from wattmarket.sweep.file import Sweep
from wattmarket.sweep.jobs import Job, Plan, plan_of
from wattmarket.sweep.play import DONE, FAILED, Row
from wattmarket.sweep.store import Store, Writer
from wattmarket.sweep.store.plans import write_plan
from wattmarket.sweep.store.recovery import recover

__all__ = ["MOST_CHUNKS", "Summary", "chunk_size", "run_sweep", "status"]

MOST_CHUNKS: Final = 4_000
"""A sweep's runs are spread over about so many files at most; every start of a driver may add one."""
SECONDS_BETWEEN_COMMITS: Final = 1.0
"""Short runs wait so long for each other: a commit costs more than they do."""


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
        Whether Ctrl-C ended it.
    repaired
        What was found wrong with the store and put right, one line each.
    """

    runs: int
    done: int
    failed: int
    played: int = 0
    interrupted: bool = False
    repaired: Sequence[str] = ()

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
        write_plan(place, sweep.name, plan.table, plan.work.outputs, writer.name)
        driver = _Driver(plan, place, writer, retry_failed)
        played, interrupted = driver.drive(engine or Serial(), shard, progress)
    finally:
        writer.close()
    done, failed = driver.count()
    return Summary(plan.table.height, done, failed, played, interrupted, repaired)


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
    plan = plan_of(sweep)
    known = _Known(place)
    known.refresh()
    keys = plan.table["key"].to_list()
    return Summary(len(keys), sum(key in known.done for key in keys), sum(known.has_failed(key) for key in keys))


class _Known:
    """Which runs a store holds; looks only at chunks that it hasn't seen."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.done: set[str] = set()
        self.failed: set[str] = set()
        self._seen: set[str] = set()
        self._sizes: dict[Path, int] = {}

    def has_failed(self, key: str) -> bool:
        """Whether a run has failed, and was never played to its end."""
        return key in self.failed and key not in self.done

    def refresh(self) -> None:
        """Read what has come since, if any manifest has grown."""
        sizes = {path: path.stat().st_size for path in sorted(self.store.manifests.glob("*.jsonl")) if path.exists()}
        if sizes == self._sizes:
            return
        self._sizes = sizes
        for frame in self.store.frames(but=self._seen):
            for key, state in zip(frame["key"], frame["status"], strict=True):
                (self.done if state == DONE else self.failed).add(key)


class _Driver:
    """One call of `run_sweep`: what is known, what waits to be committed."""

    def __init__(self, plan: Plan, store: Store, writer: Writer, retry_failed: bool) -> None:
        self.plan, self.store, self.writer, self.retry_failed = plan, store, writer, retry_failed
        self.known = _Known(store)
        self.known.refresh()
        self.failed_before = frozenset(self.known.failed)
        self.pending: list[Row] = []
        self.least = chunk_size(plan.table.height)
        self.committed_at = monotonic()

    def drive(self, engine: Engine, shard: tuple[int, int], progress: bool) -> tuple[int, bool]:
        """Play what is missing; how many runs that was, and whether Ctrl-C ended it."""
        todo = [row for row in range(shard[0], self.plan.table.height, shard[1]) if self._wanted(row)]
        if todo and self.store.others_at_work(self.writer.manifest):
            # Drivers that begin at different places meet late.
            start = int(self.writer.name, 16) % len(todo)
            todo = todo[start:] + todo[:start]
        played = 0
        rows = engine.rows(self.plan.work, self._jobs(todo))
        with progress_lines("sweep", len(todo), shown=progress, unit="run", every=max(len(todo) // 20, 1)) as advance:
            try:
                for row in rows:
                    played += 1
                    self.pending.append(row)
                    self._commit_if_due()
                    advance(f"seed {row['seed']} {row['status']}")
            except KeyboardInterrupt:
                return played, True
            finally:
                close = getattr(rows, "close", None)
                if close is not None:
                    close()
                self._commit()
        return played, False

    def count(self) -> tuple[int, int]:
        """How many runs of the plan are done, and how many have failed."""
        keys = self.plan.table["key"].to_list()
        return sum(key in self.known.done for key in keys), sum(self.known.has_failed(key) for key in keys)

    def _wanted(self, row: int) -> bool:
        key = self.plan.table["key"][row]
        if key in self.known.done:
            return False
        return key not in self.known.failed or (self.retry_failed and key in self.failed_before)

    def _jobs(self, todo: Sequence[int]) -> Iterator[Job]:
        """Give what is still missing when its turn comes: another driver may have played it, or another point."""
        given: set[str] = set()
        for job in self.plan.jobs(todo):
            if job.key in given or job.key in self.known.done:
                continue
            if self.known.has_failed(job.key) and job.key not in self.failed_before:
                continue
            given.add(job.key)
            yield job

    def _commit_if_due(self) -> None:
        if len(self.pending) >= self.least and monotonic() - self.committed_at >= SECONDS_BETWEEN_COMMITS:
            self._commit()
            self.known.refresh()

    def _commit(self) -> None:
        """Write what waits; it waits on if that fails."""
        if self.pending:
            self.writer.commit(self.pending)
            for row in self.pending:
                (self.known.failed if row["status"] == FAILED else self.known.done).add(row["key"])
            self.pending = []
        self.committed_at = monotonic()
