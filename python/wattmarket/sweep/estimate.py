"""What a sweep will take, before anything runs: time, memory and disk, reckoned from some months of one run."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from wattmarket.errors import WattmarketError
from wattmarket.sweep.definition import Sweep
from wattmarket.sweep.driver import chunk_size
from wattmarket.sweep.jobs import Plan, plan_of
from wattmarket.sweep.probe import peak_mb
from wattmarket.sweep.store.writer import frame_of
from wattmarket.threads import THREADS

__all__ = ["Estimate", "estimate"]

PROBE_MONTHS: Final = (2, 6, 18)
"""How many months are played: the first go warms the process up, the other two are measured."""
MEMORY_MARGIN: Final = 1.15
"""Runs of other points, and a driver that has many to hand out, take a little more than what was measured."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """Size of a sweep and what it will take.

    Parameters
    ----------
    points, seeds, runs
        Points, runs of each, runs in all.
    impossible, looked_at
        Points whose values don't go together, among those that were looked at.
    seconds_per_run
        Of one run with its twin, as some months of one point suggest. Runs of other points, and later months, may take
        more or less: an order of size, no promise.
    worker_mb
        Peak memory of a worker, MB, likewise.
    driver_mb
        That of the process that plans, hands out runs and writes them, MB; a single worker is the driver itself.
    disk_mb
        What the store will take when all runs are done, MB.
    files
        Chunks at most, if no driver is ever started again.
    """

    points: int
    seeds: int
    runs: int
    impossible: int
    looked_at: int
    seconds_per_run: float
    worker_mb: float
    driver_mb: float
    disk_mb: float
    files: int

    def memory_mb(self, workers: int) -> float:
        """Peak memory of so many workers and what drives them, MB."""
        return self.worker_mb * workers + (self.driver_mb if workers > 1 else 0.0)

    def text(self, workers: int) -> str:
        """Write it in words, for so many workers.

        Examples
        --------
        >>> print(Estimate(12, 5, 60, 0, 12, 30.0, 300.0, 190.0, 0.4, 60).text(workers=2))
        runs     60: 12 points, 5 seeds each
        time     about 15 minutes on 2 workers (30 s a run)
        memory   about 790 MB: 2 workers of 300 MB and their driver of 190 MB
        disk     about 1 MB in at most 60 chunks
        """
        lines = [
            f"runs     {self.runs:,}: {self.points:,} points, {self.seeds:,} seed{'s' if self.seeds != 1 else ''} each"
        ]
        if self.impossible:
            among = f" of {self.looked_at:,} looked at" if self.looked_at < self.points else ""
            lines.append(
                f"         {self.impossible:,} points{among} have values that don't go together: they will fail"
            )
        spent = _duration(self.runs * self.seconds_per_run / workers)
        lines += [
            f"time     about {spent} on {_workers(workers)} ({self.seconds_per_run:.2g} s a run)",
            f"memory   about {self.memory_mb(workers):,.0f} MB: {_workers(workers)} of {self.worker_mb:,.0f} MB"
            + (f" and their driver of {self.driver_mb:,.0f} MB" if workers > 1 else ""),
            f"disk     about {max(self.disk_mb, 1):,.0f} MB in at most {self.files:,} chunks",
        ]
        return "\n".join(lines)


def estimate(sweep: Sweep) -> Estimate:
    """Play some months of the largest possible point in a process of its own, and reckon from there.

    Largest is the first with the most sites times months, among those that are looked at. Memory is its memory; time
    and tables go by the mean of sites times months.

    Raises
    ------
    WattmarketError
        If that run fails.
    """
    plan = plan_of(sweep)
    impossible, possible = plan.looked_at()
    seconds, worker_mb, table_bytes, row = _probed(plan, impossible, possible)
    runs, files = sweep.runs, -(-sweep.runs // chunk_size(sweep.runs))
    schema = sweep.outputs.schema(tables=False)
    buffer = io.BytesIO()
    frame_of([row], schema).write_parquet(buffer, compression="lz4", statistics=False)
    # A chunk of one run is nearly all frame; each run more adds its cells: digests as text, all else eight bytes.
    row_bytes = 2 * 64 + 8 * len(schema) + 16
    plan_bytes = 64 + 8 * (2 + len(sweep.parameters))
    disk = files * len(buffer.getvalue()) + runs * (row_bytes + plan_bytes + table_bytes)
    return Estimate(
        points=len(sweep.points),
        seeds=len(sweep.seeds),
        runs=runs,
        impossible=len(impossible),
        looked_at=len(impossible) + len(possible),
        seconds_per_run=seconds,
        worker_mb=worker_mb * MEMORY_MARGIN,
        driver_mb=peak_mb() * MEMORY_MARGIN,
        disk_mb=disk / 1e6,
        files=files,
    )


def _probed(
    plan: Plan, impossible: Mapping[int, str], possible: Mapping[int, tuple[int, int]]
) -> tuple[float, float, float, dict[str, Any]]:
    """Seconds and bytes of tables of a mean run, peak memory of the largest, and a row such as a run gives."""
    if not possible:
        reason = next(iter(impossible.values()), "there is none")
        raise WattmarketError(f"sweep: no point has values that go together: {reason}")
    sizes = {point: sites * months for point, (sites, months) in possible.items()}
    point = max(sizes, key=lambda point: sizes[point])
    mean = sum(sizes.values()) / len(sizes) / sizes[point]  # exact: integers; one division more
    _, total = possible[point]
    settings = [setting for since, settings in plan.changes(point) if not since for setting in settings]
    months = [month for month in PROBE_MONTHS if month < total] or [total]
    told = {"work": asdict(plan.work), "settings": settings, "months": months}
    done = subprocess.run(
        [sys.executable, "-m", "wattmarket.sweep.probe"],
        input=json.dumps(told).encode(),
        stdout=subprocess.PIPE,
        env={**os.environ, **dict.fromkeys(THREADS, "1")},  # exact: passed on as it is; threads change no result
        check=False,
    )
    if done.returncode:
        raise WattmarketError(f"sweep: the run to reckon from failed (exit code {done.returncode})")
    found = json.loads(done.stdout)
    if "error" in found:
        raise WattmarketError(f"sweep: the run to reckon from failed: {found['error']}")
    return (
        mean * _beyond(months, found["seconds"], total),
        _beyond(months, found["peak_mb"], total),
        mean * _beyond(months, found["table_bytes"], total),
        {"key": "0" * 64, "seed": 0, "status": "done", **found["row"]},
    )


def _beyond(months: list[int], measured: list[float], total: int) -> float:
    """Go on along the line of the last two measurements, never downwards."""
    if len(months) < 2:
        return measured[-1]
    slope = (measured[-1] - measured[-2]) / (months[-1] - months[-2])
    return measured[-1] + max(slope, 0.0) * (total - months[-1])


def _workers(workers: int) -> str:
    return f"{workers} worker" + ("s" if workers != 1 else "")


def _duration(seconds: float) -> str:
    for unit, length in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.0f} seconds"
