"""What `sweep plan` says a sweep will take, beside what it takes."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from sweep_drivers import below, drive, end, environment, wait_for
from sweep_runs import sweep_file

from wattmarket.sweep.play import PLAY

LIVING = """
base = "base.toml"
[settings]
world.sites = 50
world.metros = 12
run.months = 30
[parameters]
drift.ceiling = { low = 0.4, high = 0.9, steps = 6 }
"""
PLANNED = """
import json, sys
from wattmarket.sweep import load_sweep
from wattmarket.sweep.estimate import estimate
print(json.dumps([estimate(load_sweep(sys.argv[1])).memory_mb(workers) for workers in (1, 2)]))
"""


def peak_mb(process: int) -> float:
    """Peak memory of a process until now; 0 if it has ended."""
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return max((int(line.split()[1]) * 1024 / 1e6 for line in lines if line.startswith("VmHWM")), default=0.0)


GROWING = LIVING.replace("drift.ceiling = { low = 0.4, high = 0.9, steps = 6 }", "world.sites = [50, 2000]")
"""Each of two workers may come to play the larger runs."""


def planned_and_peak_mb(text: str, folder: Path, engines: tuple[str, ...]) -> Iterator[tuple[float, float]]:
    """Memory as planned, and as it was, for one worker in the driver's process or two beside it."""
    file = sweep_file(folder, text)
    words = [sys.executable, "-c", PLANNED, str(file)]
    told = subprocess.run(words, env=environment(), capture_output=True, text=True, check=True)
    planned = dict(zip(("serial", "local"), json.loads(told.stdout), strict=True))
    for engine in engines:
        driver = drive(file, folder / engine, engine, function=PLAY)
        peaks: dict[int, float] = {}

        def seen(driver: subprocess.Popen[bytes] = driver, peaks: dict[int, float] = peaks) -> bool:
            peaks.update({one: max(peaks.get(one, 0.0), peak_mb(one)) for one in [driver.pid, *below(driver.pid)]})
            return driver.poll() is not None

        wait_for("the end", seen, seconds=120.0)
        assert end(driver) == (0, "")
        yield planned[engine], sum(sorted(peaks.values()))


def test_the_planned_memory_is_at_most_a_quarter_above_the_peak(tmp_path: Path) -> None:
    for planned, peak in planned_and_peak_mb(LIVING, tmp_path, ("serial", "local")):
        assert peak < planned < 1.25 * peak


def test_the_largest_runs_decide_on_the_planned_memory(tmp_path: Path) -> None:
    ((planned, peak),) = planned_and_peak_mb(GROWING, tmp_path, ("local",))
    assert peak < planned < 2.0 * peak
