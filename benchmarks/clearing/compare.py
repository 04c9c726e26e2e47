"""Run every driver in a process of its own on the same market, and hold the answers against each other."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.clearing.drivers.driver import Form, Solve

__all__ = ["Measurement", "disagreements", "measure"]

ROOT = Path(__file__).resolve().parents[2]
GRACE_S = 600.0
"""A driver that is still busy this long after its limit is ended: no solve can be interrupted from inside."""

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
    warm_starts: bool = False
    solves: list[Solve] = field(default_factory=list)
    problem: str = ""

    def median(self, start: str, clock: str) -> float | None:
        """Median of ``build_s``, ``wall_s`` or ``cpu_s`` over the cold or the warm solves, if there are any."""
        seconds = [float(getattr(solve, clock)) for solve in self.solves if solve.start == start]
        return statistics.median(seconds) if seconds else None

    @property
    def peak_mb(self) -> float:
        """Most memory that the process held while it built and solved."""
        return max((solve.peak_mb for solve in self.solves), default=0.0)

    def tick(self, clock: str) -> float | None:
        """Median time of a tick: warm where the program can, else from nothing."""
        return self.median("warm" if self.warm_starts else "cold", clock)


def measure(
    driver: str,
    size: str,
    *,
    form: Form = "ring",
    ticks: int = 20,
    cold: int = 3,
    limit_s: float = 120.0,
    core: int | None = None,
    seed: int = 0,
    grain: int = 1,
) -> Measurement:
    """Run one driver on one market in a child process and read what it prints.

    What was measured before a failure, a time limit or an absent program is kept; ``problem`` says what happened.
    """
    result = Measurement(driver, size, form)
    command = [sys.executable, "-m", "benchmarks.clearing.drive", driver]
    options = {"size": size, "form": form, "ticks": ticks, "cold": cold, "limit": limit_s, "seed": seed, "grain": grain}
    for name, value in options.items():
        command += [f"--{name}", str(value)]
    if core is not None:
        command += ["--core", str(core)]
    paths = [str(ROOT), str(ROOT / "python"), os.environ.get("PYTHONPATH", "")]
    environment = (
        os.environ | dict.fromkeys(THREAD_LIMITS, "1") | {"PYTHONPATH": os.pathsep.join(path for path in paths if path)}
    )
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as child:
        stop = threading.Timer(limit_s + GRACE_S, child.kill)
        stop.start()
        try:
            assert child.stdout is not None
            assert child.stderr is not None
            for line in child.stdout:
                _note(result, json.loads(line))
            trouble = child.stderr.read()
        finally:
            stop.cancel()
    if child.returncode and not result.problem:
        last = trouble.strip().splitlines()[-1:] or ["no message"]
        result.problem = f"ended with {child.returncode}: {last[0]}"
    return result


def _note(result: Measurement, line: dict[str, object]) -> None:
    """Enter one line of the child's output."""
    kind = line.pop("kind")
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
            first, objective = objectives.setdefault((one.size, solve.tick), (one.driver, solve.objective))
            if objective != solve.objective:
                problems.append(
                    f"{one.size}: tick {solve.tick}: {one.driver} ({solve.start}) found {solve.objective}, "
                    f"{first} {objective}"
                )
    return problems
