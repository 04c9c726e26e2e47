"""``python -m benchmarks.run_time``: wall time and peak memory of whole simulations, and whose code takes it.

Each run is a child process, from start-up to the last figure; the build is not part of it. Where ``perf`` is installed,
one more run is sampled, and processor time of all threads is shared out by the library whose code was running. The bars
are printed beside the figures; nothing is asserted. A finished run is read too: its findings, and its whole page.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from benchmarks.machine import describe_machine

__all__ = ["Case", "Reading", "RunTime", "main", "measure_readings", "measure_run", "shares_by_library"]

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results"
SCENARIOS = ROOT / "scenarios"

WALL_BAR_S = 30.0
READING_BAR_S = 30.0
MEMORY_BAR_MB = 2048.0

RUN_PINNED = """
import os, sys
if sys.argv[1] != "any" and hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {int(sys.argv[1])})
del sys.argv[1]
from wattmarket.cli import main
main()
"""

LIBRARIES: Final = {
    "the core": ("_core.abi3",),
    "Python's interpreter": ("libpython", "python3"),
    "NumPy": ("_multiarray_umath", "openblas", "_umath"),
    "Polars": ("polars",),
    "the C library": ("libc.so", "libm.so"),
    "the kernel": ("[kernel",),
}
"""Parts of the names of shared objects; the first library that fits counts."""


@dataclass(frozen=True, slots=True)
class Case:
    """A run that is measured: the world is the default one, 156 months.

    Attributes
    ----------
    scenario
        Its name.
    one_core
        Whether it is pinned to one core.
    bar
        Whether the bars are about it.
    """

    scenario: str
    one_core: bool
    bar: bool

    def __str__(self) -> str:
        return f"`{self.scenario}`, {'one core' if self.one_core else 'all cores'}"


CASES: Final = (
    Case("baseline", one_core=False, bar=True),
    Case("baseline", one_core=True, bar=False),
    Case("agentic_batch_drift", one_core=False, bar=False),
)


@dataclass(frozen=True, slots=True)
class Reading:
    """What is read off a finished run, with the twin that lies beside it; further twins would be runs of their own.

    Attributes
    ----------
    command
        ``findings`` or ``report``.
    scenario
        Of the run.
    """

    command: str
    scenario: str

    def __str__(self) -> str:
        return f"`wattmarket {self.command} --twins 0` of a finished `{self.scenario}`"


READINGS: Final = (Reading("findings", "agentic_batch_drift"), Reading("report", "agentic_batch_drift"))


@dataclass(frozen=True, slots=True)
class RunTime:
    """What one run, or one reading of a finished one, took.

    Attributes
    ----------
    wall_s, cpu_s
        From the start of the process to its end; processor time of the process and its children.
    peak_mb
        Peak resident memory of the largest process.
    folder_mb
        What it left on disk.
    profile
        What ``--profile`` printed; nothing of a reading.
    """

    wall_s: float
    cpu_s: float
    peak_mb: float
    folder_mb: float
    profile: tuple[str, ...]


def measure_run(scenario: Path, *, core: int | None = None, sets: Sequence[str] = ()) -> RunTime:
    """Run a scenario once, with keys changed by ``sets``, into a folder that is thrown away.

    Raises
    ------
    CalledProcessError
        If the run fails.
    """
    with tempfile.TemporaryDirectory() as folder:
        out, printed = Path(folder) / "run", Path(folder) / "printed"
        taken = _timed(_command(scenario, out, core, sets), printed)
        lines = printed.read_text().splitlines()
        first = next(place for place, line in enumerate(lines) if line.startswith("phase "))
        last = next(place for place, line in enumerate(lines) if line.startswith("in Python"))
        return RunTime(*taken, folder_mb=_size_mb(out), profile=tuple(lines[first : last + 1]))


def measure_readings(
    readings: Sequence[Reading], repeats: int, sets: Sequence[str] = ()
) -> dict[Case | Reading, list[RunTime]]:
    """Play the runs that are read, and read each so many times.

    Raises
    ------
    CalledProcessError
        If a command fails.
    """
    taken: dict[Case | Reading, list[RunTime]] = {}
    with tempfile.TemporaryDirectory() as folder:
        printed = Path(folder) / "printed"
        for reading in readings:
            run = Path(folder) / reading.scenario
            if not run.exists():
                _timed(_command(SCENARIOS / f"{reading.scenario}.toml", run, None, sets), printed)
            command = [sys.executable, "-c", RUN_PINNED, "any", reading.command, str(run), "--twins", "0"]
            page = Path(folder) / "page.html"
            if reading.command == "report":
                command += ["--out", str(page)]
            written = page if reading.command == "report" else printed
            taken[reading] = [
                RunTime(*_timed(command, printed), folder_mb=written.stat().st_size / 2**20, profile=())
                for _ in range(repeats)
            ]
    return taken


def _timed(command: Sequence[str], printed: Path) -> tuple[float, float, float]:
    """Carry out a command, what it prints into a file; wall and processor time in seconds, peak memory in MB."""
    with printed.open("w") as stdout:
        begin = time.perf_counter()
        child = subprocess.Popen(command, cwd=ROOT, env=_environment(), stdout=stdout)
        _, status, usage = os.wait4(child.pid, 0)
        wall_s = time.perf_counter() - begin
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise subprocess.CalledProcessError(child.returncode, command)
    return wall_s, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def _size_mb(folder: Path) -> float:
    """What the files of a folder take."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 2**20


def _command(scenario: Path, out: Path, core: int | None, sets: Sequence[str]) -> list[str]:
    pin = "any" if core is None else str(core)
    command = [sys.executable, "-c", RUN_PINNED, pin, "run", str(scenario), "--out", str(out), "--profile"]
    return command + [word for change in sets for word in ("--set", change)]


def _environment() -> dict[str, str]:
    paths = [str(ROOT / "python"), os.environ.get("PYTHONPATH", "")]
    return os.environ | {"PYTHONPATH": os.pathsep.join(path for path in paths if path)}


def shares_by_library(scenario: Path, sets: Sequence[str] = ()) -> dict[str, float]:
    """Share out the processor time of a run by whose code was running, from samples; nothing without ``perf``."""
    perf = shutil.which("perf")
    if perf is None:
        return {}
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "samples"
        command = [perf, "record", "-q", "-F", "499", "-o", str(data), "--"]
        command += _command(scenario, Path(folder) / "run", None, sets)
        subprocess.run(command, cwd=ROOT, env=_environment(), stdout=subprocess.DEVNULL, check=True)
        report = [perf, "report", "-i", str(data), "--sort", "dso", "--stdio"]
        printed = subprocess.run(report, capture_output=True, text=True, check=True).stdout
    rows = [line.split() for line in printed.splitlines() if line.strip() and not line.startswith("#")]
    return by_library([(name, float(share.rstrip("%")) / 100.0) for share, name, *_ in rows])


def by_library(shares: Sequence[tuple[str, float]]) -> dict[str, float]:
    """Add shares of shared objects up by library; what belongs to none is other.

    Examples
    --------
    >>> found = by_library([("_core.abi3.so", 0.5), ("_umath.cpython-311.so", 0.25), ("libz.so.1", 0.25)])
    >>> found["NumPy"], found["Python's interpreter"], found["other"]
    (0.25, 0.0, 0.25)
    """
    found = dict.fromkeys([*LIBRARIES, "other"], 0.0)
    for name, share in shares:
        found[next((whose for whose, parts in LIBRARIES.items() if any(p in name for p in parts)), "other")] += share
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, keep."""
    options = _options(arguments)
    machine = describe_machine()
    taken: dict[Case | Reading, list[RunTime]] = {}
    for case in CASES:
        repeats = options.repeats if case.bar else 1
        core = options.core if case.one_core else None
        scenario = SCENARIOS / f"{case.scenario}.toml"
        taken[case] = [measure_run(scenario, core=core, sets=options.set) for _ in range(repeats)]
    taken |= measure_readings(READINGS, options.repeats, options.set)
    shares = shares_by_library(SCENARIOS / f"{CASES[0].scenario}.toml", options.set)
    lines = _report(machine, taken, shares, options.set)
    print("\n".join(lines))
    if options.keep:
        options.keep.mkdir(parents=True, exist_ok=True)
        runs = [{"case": str(case), **asdict(run)} for case, runs in taken.items() for run in runs]
        record = {"machine": machine, "set": options.set, "runs": runs, "shares": shares}
        (options.keep / "run_time.json").write_text(json.dumps(record, indent=1) + "\n")
        (options.keep / "run_time.md").write_text("\n".join(lines) + "\n")
    return 0


def _report(
    machine: dict[str, str],
    taken: dict[Case | Reading, list[RunTime]],
    shares: dict[str, float],
    sets: Sequence[str],
) -> list[str]:
    lines = [
        f"## Whole runs, measured {datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        "",
        *(f"- {name}: {value}" for name, value in machine.items()),
        *(f"- set: `{change}`" for change in sets),
        "",
        "| | runs | wall time (median) | bar | processor time | peak memory | bar | written |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for case, runs in taken.items():
        wall, cpu, peak, folder = (
            statistics.median(getattr(run, name) for run in runs)
            for name in ("wall_s", "cpu_s", "peak_mb", "folder_mb")
        )
        bars = _bars(case)
        cells = [str(case), str(len(runs)), f"{wall:.1f} s", bars[0], f"{cpu:.1f} s", f"{peak:.0f} MB", bars[1]]
        lines.append(f"| {' | '.join(cells)} | {folder:.{0 if folder >= 1 else 2}f} MB |")
    barred = next(case for case in CASES if case.bar)
    middle = sorted(taken[barred], key=lambda run: run.wall_s)[len(taken[barred]) // 2]
    lines += ["", f"Phases of the median run of {barred}:", "", "```text", *middle.profile, "```", ""]
    if shares:
        named = ", ".join(f"{whose} {share:.1%}" for whose, share in shares.items())
        lines += [f"Processor time of all threads by whose code was running (`perf`, 499 samples a second): {named}."]
    return lines


def _bars(case: Case | Reading) -> tuple[str, str]:
    """Bars of wall time and of peak memory."""
    if isinstance(case, Reading):
        return f"{READING_BAR_S:.0f} s", ""
    return (f"{WALL_BAR_S:.0f} s", f"{MEMORY_BAR_MB:.0f} MB") if case.bar else ("", "")


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run_time", description=__doc__)
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="as for `wattmarket run`")
    parser.add_argument("--repeats", type=int, default=3, help="runs of the case with bars, and readings")
    parser.add_argument("--core", type=int, default=max(os.sched_getaffinity(0)), help="processor core to stay on")
    parser.add_argument("--keep", type=Path, nargs="?", const=RESULTS, help="folder for the results (JSON, markdown)")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
