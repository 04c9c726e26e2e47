"""``python -m benchmarks.run_time``: wall time and peak memory of a whole simulation on one core.

The run that ``make run`` makes, from start-up to the last figure, in a child process pinned to one core; the build is
not part of it. The bars are printed beside the figures; nothing is asserted.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.machine import describe_machine

__all__ = ["RunTime", "main", "measure_run"]

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results"
SCENARIO = Path("scenarios") / "agentic_batch_drift.toml"

WALL_BAR_S = 60.0
MEMORY_BAR_MB = 2048.0

RUN_PINNED = """
import os, sys
if sys.argv[1] != "any" and hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {int(sys.argv[1])})
del sys.argv[1]
from wattmarket.cli import main
main()
"""


@dataclass(frozen=True, slots=True)
class RunTime:
    """What one run took.

    Attributes
    ----------
    wall_s, cpu_s
        From the start of the process to its end; processor time of the process and its children.
    peak_mb
        Peak resident memory of the largest process.
    folder_mb
        What the run left on disk.
    exit_code
        0 where all went well.
    """

    scenario: str
    wall_s: float
    cpu_s: float
    peak_mb: float
    folder_mb: float
    exit_code: int


def measure_run(scenario: Path, *, core: int | None, sets: Sequence[str] = ()) -> RunTime:
    """Run a scenario once, with keys changed by ``sets``, into a folder that is thrown away."""
    paths = [str(ROOT / "python"), os.environ.get("PYTHONPATH", "")]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in paths if path)}
    pin = "any" if core is None else str(core)
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "run"
        command = [sys.executable, "-c", RUN_PINNED, pin, "run", str(scenario), "--out", str(out)]
        command += [word for change in sets for word in ("--set", change)]
        begin = time.perf_counter()
        child = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=sys.stderr)
        _, status, usage = os.wait4(child.pid, 0)
        wall_s = time.perf_counter() - begin
        child.returncode = os.waitstatus_to_exitcode(status)
        written = sum(file.stat().st_size for file in out.rglob("*") if file.is_file())
    return RunTime(
        scenario=scenario.stem,
        wall_s=wall_s,
        cpu_s=usage.ru_utime + usage.ru_stime,
        peak_mb=usage.ru_maxrss / 1024,
        folder_mb=written / 2**20,
        exit_code=child.returncode,
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, keep; the exit code is the run's own."""
    options = _options(arguments)
    machine = describe_machine()
    runs = [measure_run(options.scenario, core=options.core, sets=options.set) for _ in range(options.repeats)]
    if failed := next((run.exit_code for run in runs if run.exit_code), 0):
        return failed
    best = min(runs, key=lambda run: run.wall_s)
    lines = [
        f"## Whole run of `{best.scenario}` on one core, measured {datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        "",
        *(f"- {name}: {value}" for name, value in machine.items()),
        "",
        "| | measured | bar |",
        "|---|---:|---:|",
        f"| wall time (best of {len(runs)}) | {best.wall_s:.1f} s | {WALL_BAR_S:.0f} s |",
        f"| processor time | {best.cpu_s:.1f} s | |",
        f"| share of the core it was given | {best.cpu_s / best.wall_s:.0%} | |",
        f"| peak resident memory | {best.peak_mb:.0f} MB | {MEMORY_BAR_MB:.0f} MB |",
        f"| run folder | {best.folder_mb:.1f} MB | |",
        "",
    ]
    print("\n".join(lines))
    if options.keep:
        options.keep.mkdir(parents=True, exist_ok=True)
        record = {"machine": machine, "runs": [asdict(run) for run in runs]}
        (options.keep / "run_time.json").write_text(json.dumps(record, indent=1) + "\n")
        (options.keep / "run_time.md").write_text("\n".join(lines))
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run_time", description=__doc__)
    parser.add_argument("scenario", type=Path, nargs="?", default=SCENARIO)
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="as for `wattmarket run`")
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--core", type=int, default=max(os.sched_getaffinity(0)), help="processor core to stay on")
    parser.add_argument("--keep", type=Path, nargs="?", const=RESULTS, help="folder for the results (JSON, markdown)")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
