"""What the benchmark of sweeps plays: runs that take ten milliseconds and do nothing, and a sweep file for them."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path

from wattmarket.sweep.jobs import Job, Work
from wattmarket.sweep.play import Row

__all__ = ["RUN_S", "spin", "sweep_file", "tiny", "waste"]

RUN_S = 0.01
TINY = """
base = "base.toml"
settings = {{ world.sites = 50, run.months = 24, capacity.mode = "entry" }}
[design]
kind = "latin_hypercube"
points = {points}
[parameters]
drift.ceiling = {{ low = 0.4, high = 0.9 }}
drift.start = {{ low = 0.05, high = 0.2 }}
demand.elasticity = {{ low = 0.9, high = 1.3 }}
[outputs]
findings = false
series = [{{ column = "edge_index", months = ["last"] }}]
"""


def sweep_file(folder: Path, points: int) -> Path:
    """Write a sweep of so many points, one run each."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "base.toml").write_text('title = "base"\n')
    (folder / "sweep.toml").write_text(TINY.format(points=points))
    return folder / "sweep.toml"


def waste(number: int) -> int:
    """Keep a processor busy for ten milliseconds of the clock on the wall."""
    end = time.perf_counter() + RUN_S
    while time.perf_counter() < end:
        pass
    return number


def spin(work: Work, job: Job) -> Row:
    """A run of ten milliseconds, as a sweep plays it."""
    waste(0)
    return tiny(work, job)


def tiny(work: Work, job: Job) -> Row:
    """A run of no time at all."""
    bits = hashlib.sha256(f"{job.changes} {job.seed}".encode()).digest()
    return {"digest": bits.hex(), "edge_index@last": int.from_bytes(bits[:8], "big") / 3.0}
