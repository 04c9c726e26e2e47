"""The engine of worker processes on one machine."""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import subprocess
import sys
from collections import deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from wattmarket.errors import InputError, WattmarketError
from wattmarket.sweep.engines.protocol import RETRIES
from wattmarket.sweep.jobs import Job, Work
from wattmarket.sweep.play import PLAY, Row, failed_row
from wattmarket.threads import THREADS

__all__ = ["Local"]

AHEAD: Final = 2
"""Runs that a worker has at a time: one to play, one to go on with while its driver writes."""


@dataclass(slots=True)
class _Worker:
    process: subprocess.Popen[bytes]
    jobs: deque[Job] = field(default_factory=deque)
    text: bytes = b""
    ready: bool = False

    def send(self, told: dict[str, Any]) -> None:
        assert self.process.stdin is not None
        # A worker that has just died is noticed where its rows are read.
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.write(json.dumps(told).encode() + b"\n")
            self.process.stdin.flush()

    def end(self) -> str:
        """End the process, and say how it ended if it did so by itself."""
        self.process.kill()
        code = self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe is not None
            with contextlib.suppress(BrokenPipeError):
                pipe.close()
        return f"killed by signal {-code}" if code < 0 else f"exit code {code}"


@dataclass(frozen=True, slots=True)
class Local:
    """Plays runs in worker processes.

    A worker's end is noticed at once, by the end of its pipe; its run is given to another, up to `RETRIES` times.
    Ctrl-C reaches the driver alone: workers are in sessions of their own.

    Parameters
    ----------
    workers
        How many processes.
    threads
        Threads of each, for all libraries.
    function
        Name of what plays a run.
    """

    workers: int
    threads: int = 1
    function: str = PLAY

    def rows(self, work: Work, jobs: Iterator[Job]) -> Iterator[Row]:
        """Play runs, in the order in which workers finish them.

        Raises
        ------
        InputError
            If there are no workers to be.
        WattmarketError
            If workers die before they have played anything.
        """
        if self.workers < 1:
            raise InputError(f"workers: {self.workers} is below 1")
        pool = _Pool(self, work, jobs)
        try:
            yield from pool.rows()
        finally:
            pool.close()


class _Pool:
    """The workers of one sweep, and the runs that they have."""

    def __init__(self, engine: Local, work: Work, jobs: Iterator[Job]) -> None:
        self.engine, self.work, self.jobs = engine, work, jobs
        self.again: deque[Job] = deque()
        self.deaths: dict[str, int] = {}
        self.workers: dict[int, _Worker] = {}
        self.selector = selectors.DefaultSelector()
        self.failed_starts = 0

    def rows(self) -> Iterator[Row]:
        """Keep all workers at work until no run is left."""
        # One worker more only as long as there is a run for it.
        while len(self.workers) < self.engine.workers and (job := self._next()) is not None:
            self.again.appendleft(job)
            self._feed(self._start())
        while any(worker.jobs for worker in self.workers.values()):
            for event, _ in self.selector.select():
                worker = self.workers[event.fd]
                text = os.read(event.fd, 1 << 16)
                if text:
                    yield from self._received(worker, text)
                else:
                    yield from self._died(event.fd)

    def close(self) -> None:
        """End all workers, whatever they are doing."""
        for worker in self.workers.values():
            worker.end()
        self.workers.clear()
        self.selector.close()

    def _next(self) -> Job | None:
        return self.again.popleft() if self.again else next(self.jobs, None)

    def _start(self) -> _Worker:
        limits = dict.fromkeys(THREADS, str(self.engine.threads))
        process = subprocess.Popen(
            [sys.executable, "-m", "wattmarket.sweep.engines.worker", self.engine.function],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, **limits},  # exact: passed on as it is; threads change no result
            start_new_session=True,
        )
        worker = _Worker(process)
        assert process.stdout is not None
        self.workers[process.stdout.fileno()] = worker
        self.selector.register(process.stdout, selectors.EVENT_READ)
        worker.send(asdict(self.work))
        return worker

    def _feed(self, worker: _Worker) -> None:
        while len(worker.jobs) < (AHEAD if worker.ready else 1) and (job := self._next()) is not None:
            worker.jobs.append(job)
            worker.send(asdict(job))

    def _received(self, worker: _Worker, text: bytes) -> Iterator[Row]:
        *lines, worker.text = (worker.text + text).split(b"\n")
        for line in lines:
            row = json.loads(line)
            # As long as any worker plays, one that dies while it starts doesn't end the sweep.
            self.failed_starts = 0
            if row.keys() == {"ready"}:
                worker.ready = True
            else:
                worker.jobs.popleft()
                self._feed(worker)
                yield row
        self._feed(worker)

    def _died(self, number: int) -> Iterator[Row]:
        worker = self.workers.pop(number)
        assert worker.process.stdout is not None
        self.selector.unregister(worker.process.stdout)
        how = worker.end()
        if worker.ready:
            yield from self._blamed(worker, how)
        else:
            self.failed_starts += 1
            if self.failed_starts > RETRIES:
                raise WattmarketError(f"sweep: workers die before they have played anything ({how})")
        self.again.extend(worker.jobs)
        if (job := self._next()) is not None:
            self.again.appendleft(job)
            self._feed(self._start())

    def _blamed(self, worker: _Worker, how: str) -> Iterator[Row]:
        """Count a death against the run that was being played."""
        if not worker.jobs:
            return
        job = worker.jobs[0]
        self.deaths[job.key] = self.deaths.get(job.key, 0) + 1
        if self.deaths[job.key] > RETRIES:
            worker.jobs.popleft()
            yield failed_row(job, f"WorkerDied: its worker died {RETRIES + 1} times ({how})")
