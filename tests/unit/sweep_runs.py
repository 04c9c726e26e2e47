"""Stand-ins for what plays a run of a sweep, by name: quick, brisk, slow, failing, deadly; and a sweep file."""

from __future__ import annotations

import hashlib
import os
import signal
import time
from pathlib import Path

from wattmarket.errors import InvariantError
from wattmarket.sweep.jobs import Job, Work
from wattmarket.sweep.play import Row

SWEEP = """
base = "base.toml"
[settings]
world.sites = 50
run.months = 6
capacity.mode = "entry"
[parameters]
drift.ceiling = { low = 0.4, high = 0.9, steps = 6 }
drift.start = [0.1, 0.2]
[replications]
count = 5
[outputs]
findings = false
series = [{ column = "edge_index", months = ["2023-03", "last"] }]
"""


def sweep_file(folder: Path, text: str = SWEEP) -> Path:
    """Write a sweep of 60 runs and its base scenario."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "base.toml").write_text('title = "base"\n')
    (folder / "map.toml").write_text(text)
    return folder / "map.toml"


def quick(work: Work, job: Job) -> Row:
    """Numbers that depend on the run alone."""
    bits = hashlib.sha256(f"{job.changes} {job.seed}".encode()).digest()
    number = int.from_bytes(bits[:8], "big") / 3.0
    return {"digest": bits.hex(), "edge_index@2023-03": number, "edge_index@last": 1.0 / number}


def slow(work: Work, job: Job) -> Row:
    """The same, in twenty milliseconds."""
    time.sleep(0.02)
    return quick(work, job)


def brisk(work: Work, job: Job) -> Row:
    """The same, in two milliseconds."""
    time.sleep(0.002)
    return quick(work, job)


def failing(work: Work, job: Job) -> Row:
    """Every second seed fails."""
    if job.seed % 2:
        raise InvariantError(f"seed {job.seed}: does not add up\nsecond line")
    if job.seed == 4:
        raise MemoryError
    return quick(work, job)


def deadly(work: Work, job: Job) -> Row:
    """Seed 3 of one point kills its worker."""
    if job.seed == 3 and "drift.ceiling=0.5" in job.changes[0][1] and "drift.start=0.1" in job.changes[0][1]:
        os.kill(os.getpid(), signal.SIGKILL)
    return quick(work, job)
