"""The engine on Dask's distributed scheduler: one that runs already, or one of its own on this machine.

Dask pickles what it sends between driver, scheduler and workers. Whoever can reach a scheduler can run code on it and
on its workers: here it listens on the loopback device alone, and TLS lets in only who has a certificate.
"""

from __future__ import annotations

import contextlib
import logging
import socket
from asyncio import CancelledError as AsyncCancelledError
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Executor, Future, InvalidStateError
from dataclasses import dataclass
from importlib import import_module
from itertools import chain
from pathlib import Path
from time import monotonic  # exact: says when to look, never what
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

from wattmarket.errors import InputError, WattmarketError
from wattmarket.sweep.engines.dask_local import OwnCluster, uninterrupted
from wattmarket.sweep.engines.futures import Futures
from wattmarket.sweep.jobs import Job, Work
from wattmarket.sweep.play import PLAY, Row

__all__ = ["Certificates", "Dask"]

T = TypeVar("T")

SECONDS_TO_CONNECT: Final = 5
PORT: Final = 8786
"""Of a scheduler whose address names none."""
SECONDS_BETWEEN_COUNTS: Final = 2.0
"""How often it is looked how many workers a cluster has."""
TRIES_ELSEWHERE: Final = 2
"""A scheduler that runs already tries again by itself, three times unless told otherwise, before it says that workers
died; a run has one more turn then, as one of few."""
GONE: Final = "sweep: the Dask scheduler is gone; what is committed stays, and the same command goes on from there"


@dataclass(frozen=True, slots=True)
class Certificates:
    """Files by which driver and scheduler know each other: of the authority, of the driver, and its private key."""

    authority: Path
    certificate: Path
    key: Path


@dataclass(frozen=True, slots=True)
class Dask:
    """Plays runs on a Dask cluster. Nothing of a run outlives it there: rows are committed here and released there.

    Parameters
    ----------
    workers
        Processes, with one thread each, of a cluster of its own on this machine, encrypted and out of reach from
        elsewhere; 0 with a `scheduler` or a `client`.
    scheduler
        Address of one that runs already: ``tls://host:8786`` or ``tcp://host:8786``.
    certificates
        For ``tls://``.
    client
        A `distributed.Client` instead, as of a cluster that was started in Python; it is left open.
    function
        Name of what plays a run.
    """

    workers: int = 0
    scheduler: str = ""
    certificates: Certificates | None = None
    client: Any = None
    function: str = PLAY

    def rows(self, work: Work, jobs: Iterator[Job]) -> Iterator[Row]:
        """Play runs, in the order in which they come back.

        Raises
        ------
        InputError
            If Dask isn't installed, an address or a certificate is wrong, or no scheduler answers.
        WattmarketError
            If the scheduler ends, or its workers never begin.
        """
        first = next(jobs, None)
        if first is None:
            return
        jobs = chain([first], jobs)
        distributed = _distributed()
        with contextlib.ExitStack() as stack:
            stack.enter_context(_silence())
            deaths = (distributed.scheduler.KilledWorker,)
            if self.scheduler or self.client is not None:
                client = self.client or stack.enter_context(_connected(distributed, self))
                yield from Futures(
                    _Executor(client), _Census(client), self.function, deaths, TRIES_ELSEWHERE, _watch(client), GONE
                ).rows(work, jobs)
                return
            cluster = stack.enter_context(_own(distributed, self.workers))
            executor = _Executor(cluster.client)
            for row in Futures(executor, self.workers, self.function, deaths, alive=cluster.tend).rows(work, jobs):
                cluster.played()
                yield row


def _distributed() -> Any:
    try:
        return import_module("distributed")
    except ModuleNotFoundError as error:
        raise InputError(f"{error.name} is not installed; it comes with: pip install 'wattmarket[dask]'") from error


class _Executor(Executor):
    """A client as an executor.

    As `Client.get_executor`, whose futures fail with a `ValueError` if the worker of a run dies just after the run:
    there the outcome is told by a status that may have changed since (distributed 2026.8, ``_cascade_future``).
    """

    def __init__(self, client: Any) -> None:
        self.client = client

    def submit(self, function: Callable[..., T], /, *told: Any, **named: Any) -> Future[T]:
        """Send a call to a worker."""
        theirs = self.client.submit(function, *told, **named, pure=False)
        ours: Future[T] = Future()
        # What is released and hasn't begun is dropped there. To cancel it would wait for a scheduler that may be gone.
        ours.add_done_callback(lambda _: theirs.release())
        self.client.loop.add_callback(_hand_over, theirs, ours)
        return ours


async def _hand_over(theirs: Any, ours: Future[T]) -> None:
    """Wait for a future of Dask, on its own event loop, and hand its outcome to one of the standard library."""
    # Ours may be cancelled meanwhile, from another thread.
    with contextlib.suppress(InvalidStateError):
        try:
            ours.set_result(await theirs.result())
        except (CancelledError, AsyncCancelledError, OSError):
            # The connection is lost: no error of the run's is an error of its future.
            if ours.cancel():
                ours.set_running_or_notify_cancel()
        except Exception as error:
            ours.set_exception(error)


@contextlib.contextmanager
def _silence() -> Iterator[None]:
    """Keep Dask's own report of a lost connection, 68 lines, off the terminal: it is told in one line."""
    names = [name for name in logging.root.manager.loggerDict if name.split(".")[0] in {"distributed", "tornado"}]
    loggers = [logging.getLogger(name) for name in [*sorted(names), "distributed", "tornado", "asyncio"]]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


@contextlib.contextmanager
def _connected(distributed: Any, engine: Dask) -> Iterator[Any]:
    """Connect to a scheduler."""
    security = _security(distributed, engine)
    address = urlsplit(engine.scheduler)
    try:
        # Whether anything is there, while Ctrl-C still ends it.
        socket.create_connection((address.hostname, address.port or PORT), timeout=SECONDS_TO_CONNECT).close()
        with uninterrupted():
            client = distributed.Client(
                engine.scheduler, security=security, timeout=SECONDS_TO_CONNECT, set_as_default=False
            )
    except (OSError, ValueError) as error:
        raise InputError(f"{engine.scheduler}: no scheduler answers: {_first_line(error)}") from error
    try:
        yield client
    finally:
        with contextlib.suppress(Exception):
            client.close(timeout=1)


def _security(distributed: Any, engine: Dask) -> Any:
    address, told = engine.scheduler, engine.certificates
    if not address.startswith(("tcp://", "tls://")):
        raise InputError(f"{address}: is no address such as tls://host:8786 or tcp://host:8786")
    if address.startswith("tcp://"):
        if told is not None:
            raise InputError(f"{address}: certificates are for tls:// addresses")
        return distributed.Security()
    if told is None:
        raise InputError(f"{address}: needs --tls-ca, --tls-cert and --tls-key (`certificates`)")
    for path in (told.authority, told.certificate, told.key):
        if not path.is_file():
            raise InputError(f"{path}: is no file")
    return distributed.Security(
        tls_ca_file=str(told.authority),
        tls_client_cert=str(told.certificate),
        tls_client_key=str(told.key),
        require_encryption=True,
    )


@contextlib.contextmanager
def _own(distributed: Any, workers: int) -> Iterator[OwnCluster]:
    if workers < 1:
        raise InputError(f"workers: {workers} is below 1")
    cluster = OwnCluster(distributed, workers)
    try:
        cluster.tend()
        yield cluster
    finally:
        cluster.close()


class _Census:
    """Counts the threads of a cluster, which may grow and shrink meanwhile."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.threads, self.counted_at = 0, 0.0

    def __call__(self) -> int:
        """Threads that there are, or were a moment ago."""
        now = monotonic()
        if not self.threads or now - self.counted_at > SECONDS_BETWEEN_COUNTS:
            try:
                told: dict[str, int] = self.client.nthreads()
            except Exception as error:
                raise WattmarketError(GONE) from error
            self.threads, self.counted_at = sum(told.values()), now
        return self.threads


def _watch(client: Any) -> Callable[[], None]:
    def look() -> None:
        if client.status != "running":
            raise WattmarketError(GONE)

    return look


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
