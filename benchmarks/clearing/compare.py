"""Run every driver in a process of its own on the same market, and hold the answers against each other."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.clearing.drivers.driver import Form, Role, Solve

__all__ = ["Measurement", "disagreements", "measure"]

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 4.0
"""A driver that has not ended after this many times its limit by the wall clock is ended from outside."""
WATCH_S = 0.5

THREAD_LIMITS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "RAYON_NUM_THREADS",
    "POLARS_MAX_THREADS",
)


@dataclass(slots=True)
class Measurement:
    """What one driver did on one market."""

    driver: str
    size: str
    form: Form
    version: str = ""
    digest: str = ""
    arcs: int = 0
    role: Role = "peer"
    warm_starts: bool = False
    solves: list[Solve] = field(default_factory=list)
    problem: str = ""

    def median(self, start: str, clock: str) -> float | None:
        """Median of ``build_s``, ``wall_s`` or ``cpu_s`` over the cold or the warm solves, if there are any."""
        seconds = [float(getattr(solve, clock)) for solve in self.solves if solve.start == start]
        return statistics.median(seconds) if seconds else None

    def beside(self, part: str, start: str = "warm") -> float | None:
        """Median processor time of a part of a solve, or of what follows it, if the program tells."""
        seconds = [solve.beside[part] for solve in self.solves if solve.start == start and part in solve.beside]
        return statistics.median(seconds) if seconds else None

    @property
    def peak_mb(self) -> float:
        """Most memory that the process held while it built and solved."""
        return max((solve.peak_mb for solve in self.solves), default=0.0)

    def tick(self, clock: str) -> float | None:
        """Median time of a tick: warm where the program can, else from nothing."""
        return self.median(self._tick_start, clock)

    @property
    def ticks(self) -> int:
        """How many ticks that median is over."""
        return sum(solve.start == self._tick_start for solve in self.solves)

    @property
    def _tick_start(self) -> str:
        return "warm" if self.warm_starts else "cold"


def measure(
    driver: str,
    size: str,
    *,
    form: Form = "ring",
    ticks: int = 20,
    states: int | None = None,
    cold: int = 3,
    limit_s: float = 120.0,
    core: int | None = None,
    seed: int = 0,
    grain: int = 1,
) -> Measurement:
    """Run one driver on one market in a child process and read what it prints.

    A program that starts every state from nothing solves the first `states` of the market's ``ticks + 1``, or all.

    What was measured before a failure, a time limit or an absent program is kept; ``problem`` says what happened.
    The limit is one of processor time, counts from the moment the market is drawn, and includes the building of the
    program's own model.
    """
    result = Measurement(driver, size, form)
    command = [sys.executable, "-m", "benchmarks.clearing.drive", driver]
    options = {"size": size, "form": form, "ticks": ticks, "cold": cold, "limit": limit_s, "seed": seed, "grain": grain}
    for name, value in options.items():
        command += [f"--{name}", str(value)]
    command += [] if core is None else ["--core", str(core)]
    command += [] if states is None else ["--states", str(states)]
    with tempfile.TemporaryFile("w+") as trouble:
        # A session of its own, so that a program which the driver started ends with it.
        with subprocess.Popen(
            command,
            cwd=ROOT,
            env=_environment(),
            text=True,
            stdout=subprocess.PIPE,
            stderr=trouble,
            start_new_session=True,
        ) as child:
            _listen(child, result, limit_s)
        trouble.seek(0)
        last = trouble.read().strip().splitlines()[-1:] or ["no message"]
    if child.returncode == -signal.SIGKILL:
        result.problem = f"stopped after {limit_s:.0f} s, in its solve number {len(result.solves) + 1}"
    elif child.returncode and not result.problem:
        result.problem = f"ended with {child.returncode}: {last[0]}"
    return result


def _environment() -> dict[str, str]:
    paths = [str(ROOT), str(ROOT / "python"), os.environ.get("PYTHONPATH", "")]
    single = dict.fromkeys(THREAD_LIMITS, "1")
    return os.environ | single | {"PYTHONPATH": os.pathsep.join(path for path in paths if path)}


def _listen(child: subprocess.Popen[str], result: Measurement, limit_s: float) -> None:
    """Enter line after line of the child's output, while a watch stops a child that overruns."""
    ended, drawn = threading.Event(), threading.Event()
    watch = threading.Thread(target=_watch, args=(child, ended, drawn, limit_s))
    watch.start()
    try:
        assert child.stdout is not None
        for line in child.stdout:
            entry = _parsed(line)
            _note(result, entry)
            if entry.get("kind") == "instance":
                drawn.set()
    except BaseException:
        _stop(child)
        raise
    finally:
        ended.set()
        watch.join()


def _watch(child: subprocess.Popen[str], ended: threading.Event, drawn: threading.Event, limit_s: float) -> None:
    """Stop the child, and all that it started, in the middle of a solve that overruns.

    Not by a limit that the system enforces: once one is set, Linux gives a process' own time in steps of a timer tick.
    """
    begin, spent_s = time.monotonic(), 0.0
    while not ended.wait(WATCH_S):
        if not drawn.is_set():
            begin, spent_s = time.monotonic(), _processor_s(child.pid)
        over = time.monotonic() - begin > PATIENCE * limit_s or _processor_s(child.pid) - spent_s > limit_s
        if over:
            _stop(child)
            return


def _stop(child: subprocess.Popen[str]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)


def _processor_s(process: int) -> float:
    """Processor time of a process so far; 0 where the system does not tell."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _parsed(line: str) -> dict[str, object]:
    """An entry; empty where a program has printed something of its own."""
    try:
        entry = json.loads(line)
    except json.JSONDecodeError:
        return {}
    return entry if isinstance(entry, dict) and "kind" in entry else {}


def _note(result: Measurement, line: dict[str, object]) -> None:
    """Enter one line of the child's output."""
    kind = line.get("kind")
    line = {name: value for name, value in line.items() if name != "kind"}
    if kind == "solve":
        result.solves.append(Solve(**line))  # type: ignore[arg-type]
    elif kind == "skipped":
        result.problem = f"skipped: {line['reason']}"
    else:
        for name, value in line.items():
            setattr(result, name, value)


def disagreements(measurements: Iterable[Measurement]) -> Sequence[str]:
    """Name every solve whose market or objective differs from the first program's on the same size and tick."""
    digests: dict[str, tuple[str, str]] = {}
    objectives: dict[tuple[str, int], tuple[str, int]] = {}
    problems = []
    for one in measurements:
        if one.digest:
            first, digest = digests.setdefault(one.size, (one.driver, one.digest))
            if digest != one.digest:
                problems.append(f"{one.size}: {one.driver} and {first} were given different markets")
        for solve in one.solves:
            if solve.objective is None:
                continue
            first, objective = objectives.setdefault((one.size, solve.tick), (one.driver, solve.objective))
            if objective != solve.objective:
                problems.append(
                    f"{one.size}: tick {solve.tick}: {one.driver} ({solve.start}) found {solve.objective}, "
                    f"{first} {objective}"
                )
    return problems
