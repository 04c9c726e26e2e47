"""What every driver offers, and how a solve is timed."""

from __future__ import annotations

import contextlib
import resource
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

from benchmarks.clearing.arcs import Form
from benchmarks.clearing.instance import Instance

__all__ = ["Driver", "Form", "Role", "SkippedError", "Solve", "Stopwatch", "forget_peak"]

Role = Literal["ours", "peer", "restricted", "floor"]
"""``peer``: another program on the whole market. ``restricted``: on a part of it, without proof that the rest does not
matter. ``floor``: no solver at all, but work that no proof can do without."""


class SkippedError(Exception):
    """This program cannot be measured here; the message says why."""


@dataclass(frozen=True, slots=True)
class Solve:
    """One solve.

    Attributes
    ----------
    start
        ``cold`` or ``warm``.
    build_s
        Loading the data into the program (wall time); not part of any ratio. 0 on a warm solve.
    wall_s, cpu_s
        Solving, by the wall clock and in processor time.
    peak_mb
        Most memory that the process has held since it began to build, its input columns included.
    objective
        Micro-$ per hour; None where nothing is solved.
    note
        Whatever the program tells of its work (pivots, rounds), for the record.
    beside
        Processor seconds of the parts of this solve, or of what follows it, by name.
    """

    start: str
    tick: int
    build_s: float
    wall_s: float
    cpu_s: float
    peak_mb: float
    objective: int | None
    note: str = ""
    beside: dict[str, float] = field(default_factory=dict)


class Driver(Protocol):
    """A program under measurement."""

    role: Role
    forms: tuple[Form, ...]
    warm_starts: bool

    def version(self) -> str:
        """Name and version, as printed."""
        ...

    def cold(self, instance: Instance, form: Form, ticks: Sequence[int]) -> Iterator[Solve]:
        """Solve each tick from nothing."""
        ...

    def warm(self, instance: Instance, form: Form, ticks: int) -> Iterator[Solve]:
        """Solve the base from nothing, then ticks 1 .. ``ticks``, each from the one before."""
        ...


class Stopwatch:
    """Wall and processor seconds of a ``with`` block, and the process' peak memory at its end."""

    wall_s: float
    cpu_s: float
    peak_mb: float

    def __enter__(self) -> Stopwatch:
        self._wall, self._cpu = time.perf_counter(), time.process_time()
        return self

    def __exit__(self, *_: object) -> None:
        self.cpu_s = time.process_time() - self._cpu
        self.wall_s = time.perf_counter() - self._wall
        self.peak_mb = _peak_mb()


def forget_peak() -> None:
    """Let the process' peak memory start anew from what it holds now, so that making the market does not count."""
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def _peak_mb() -> float:
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))
