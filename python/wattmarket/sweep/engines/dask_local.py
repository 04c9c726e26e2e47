"""A Dask cluster of one's own on this machine: the scheduler in this process, each worker in one of its own.

The workers are started here rather than by Dask's nannies, whose processes get the driver's Ctrl-C, import its main
module again, and may outlive it.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from typing import Any, Final

from wattmarket.errors import WattmarketError
from wattmarket.threads import THREADS

__all__ = ["OwnCluster", "uninterrupted"]

HOST: Final = "127.0.0.1"
MOST_FAILED_STARTS: Final = 8
"""Workers that may die one after the other without a row between."""


@contextlib.contextmanager
def uninterrupted() -> Iterator[None]:
    """Put off Ctrl-C: what Dask has half built when an exception comes takes a minute to end."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class OwnCluster:
    """A scheduler that listens on the loopback device alone, with certificates that live as long, and its workers.

    Parameters
    ----------
    distributed
        The package.
    workers
        How many processes, with one thread each, in sessions of their own.
    """

    def __init__(self, distributed: Any, workers: int) -> None:
        self.workers, self.failed_starts = workers, 0
        self.processes: list[subprocess.Popen[bytes]] = []
        self._security = distributed.Security.temporary()
        # Each death is told, to be counted against one run.
        with uninterrupted(), import_module("dask").config.set({"distributed.scheduler.allowed-failures": 0}):
            self._cluster = distributed.LocalCluster(
                n_workers=0,
                host=HOST,
                protocol="tls://",
                security=self._security,
                dashboard_address=None,
                silence_logs=False,
            )
            self.client = distributed.Client(self._cluster, set_as_default=False)

    def tend(self) -> None:
        """Start workers that are missing.

        Raises
        ------
        WattmarketError
            If they die as soon as they are started.
        """
        for process in [process for process in self.processes if process.poll() is not None]:
            self.processes.remove(process)
            _close_pipe(process)
            self.failed_starts += 1
            if self.failed_starts > MOST_FAILED_STARTS:
                raise WattmarketError(f"sweep: workers die before they have played anything ({process.returncode})")
        while len(self.processes) < self.workers:
            self.processes.append(self._start())

    def played(self) -> None:
        """Note that workers play runs: the next that dies is no failed start."""
        self.failed_starts = 0

    def close(self) -> None:
        """End all workers, whatever they are doing, and the scheduler."""
        for process in self.processes:
            process.kill()
        for process in self.processes:
            process.wait()
            _close_pipe(process)
        for thing in (self.client, self._cluster):
            # Whether it ends in order tells nothing any more.
            with contextlib.suppress(Exception):
                thing.close(timeout=1)

    def _start(self) -> subprocess.Popen[bytes]:
        limits = {**dict.fromkeys(THREADS, "1"), "DASK_LOGGING__DISTRIBUTED": "critical"}
        process = subprocess.Popen(
            [sys.executable, "-m", "wattmarket.sweep.engines.dask_worker"],
            stdin=subprocess.PIPE,
            env={**os.environ, **limits},  # exact: passed on as it is; threads change no result
            start_new_session=True,
        )
        names = ("tls_ca_file", "tls_worker_cert", "tls_worker_key")
        told = {
            "scheduler": self._cluster.scheduler_address,
            "host": HOST,
            "security": {name: getattr(self._security, name) for name in names} | {"require_encryption": True},
        }
        assert process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(json.dumps(told).encode() + b"\n")
            process.stdin.flush()
        return process


def _close_pipe(process: subprocess.Popen[bytes]) -> None:
    assert process.stdin is not None
    with contextlib.suppress(BrokenPipeError):
        process.stdin.close()
