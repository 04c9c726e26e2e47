"""``python -m benchmarks.sweep``: what a sweep costs beside its runs, how it scales, how much memory its driver takes.

Overhead: the same function of ten milliseconds, many times in two processes, by each engine and by others' programs,
in turns, with all that each needs to begin. Ours plan, and commit every row to a store; the others keep lists. A sweep
of a tenth of the size tells what of it is the beginning. Scaling: real runs of a small world in one worker process and
in two. Memory: peak of the driver's process. The bars are printed beside the figures; nothing is asserted.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from benchmarks.machine import describe_machine
from benchmarks.sweep_runs import RUN_S, sweep_file, waste
from wattmarket.threads import THREADS

__all__ = ["main"]

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results"
WORKERS: Final = 2
OVERHEAD_BAR_MS, SCALING_BAR, MEMORY_BAR = 5.0, 1.8, 0.10

DRIVER: Final = """
import sys
from pathlib import Path
from wattmarket.sweep import Serial, load_sweep, run_sweep
found = run_sweep(load_sweep(sys.argv[1]), sys.argv[2], engine=Serial("benchmarks.sweep_runs:tiny"))
assert found.missing == found.failed == 0
print(next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")).split()[1])
"""


def engine(name: str, function: str = "benchmarks.sweep_runs:spin", workers: int = WORKERS) -> Any:
    """Give one of our engines."""
    from wattmarket.sweep import Dask, Local, Serial  # noqa: PLC0415 - seconds, which are not to be measured

    return {
        "serial": lambda: Serial(function),
        "local": lambda: Local(workers, function=function),
        "dask": lambda: Dask(workers, function=function),
    }[name]()


def sweep_with(name: str, runs: int) -> None:
    """Plan, play and keep a sweep."""
    from wattmarket.sweep import load_sweep, run_sweep  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as folder:
        found = run_sweep(load_sweep(sweep_file(Path(folder), runs)), Path(folder) / "store", engine=engine(name))
        assert found.done == runs


def with_mesa(runs: int) -> None:
    """Run the same function with Mesa's batch_run."""
    from mesa.batchrunner import batch_run  # noqa: PLC0415

    from benchmarks.sweep_mesa import Wasteful  # noqa: PLC0415

    told = batch_run(Wasteful, {"number": range(runs)}, number_processes=WORKERS, max_steps=1, display_progress=False)
    assert len(told) == runs


def with_joblib(runs: int) -> None:
    """Run the same function with joblib's processes."""
    from joblib import Parallel, delayed  # noqa: PLC0415
    from joblib.externals.loky import get_reusable_executor  # noqa: PLC0415

    assert len(Parallel(n_jobs=WORKERS)(delayed(waste)(number) for number in range(runs))) == runs
    # The next turn begins from nothing too.
    get_reusable_executor().shutdown(wait=True)


def with_dask(runs: int) -> None:
    """Run the same function with a Dask cluster's `map`, nothing else."""
    from distributed import Client, LocalCluster  # noqa: PLC0415

    with (
        LocalCluster(n_workers=WORKERS, threads_per_worker=1, dashboard_address=None, memory_limit=0) as cluster,
        Client(cluster) as client,
    ):
        assert len(client.gather(client.map(waste, range(runs), pure=False))) == runs


PROGRAMS: Final[dict[str, tuple[int, Callable[[int], None]]]] = {
    "wattmarket, serial": (1, lambda runs: sweep_with("serial", runs)),
    "wattmarket, local": (WORKERS, lambda runs: sweep_with("local", runs)),
    "wattmarket, dask": (WORKERS, lambda runs: sweep_with("dask", runs)),
    "Dask alone": (WORKERS, with_dask),
    "joblib": (WORKERS, with_joblib),
    "Mesa's batch_run": (WORKERS, with_mesa),
}


def measure_overhead(runs: int, rounds: int) -> list[dict[str, Any]]:
    """Measure each program in turns, at two sizes; milliseconds beyond the run's own ten, for each run of a worker."""
    seconds: dict[tuple[str, int], list[float]] = {}
    few = runs // 10
    for _ in range(rounds):
        for name, (_, play) in PROGRAMS.items():
            for size in (few, runs):
                begun = time.perf_counter()
                play(size)
                seconds.setdefault((name, size), []).append(time.perf_counter() - begun)
    found = []
    for name, (workers, _) in PROGRAMS.items():
        small, large = (statistics.median(seconds[name, size]) for size in (few, runs))
        found.append(
            {
                "program": name,
                "workers": workers,
                "seconds": large,
                "overhead_ms": 1e3 * (large * workers / runs - RUN_S),
                "overhead_after_start_ms": 1e3 * ((large - small) * workers / (runs - few) - RUN_S),
                "start_s": small - (large - small) * few / (runs - few),
            }
        )
        print(f"{name}: {found[-1]}", file=sys.stderr, flush=True)
    return found


def measure_scaling(runs: int, rounds: int) -> dict[str, Any]:
    """Play real runs in one worker and in two, in turns; from the first row to the last."""
    from wattmarket.sweep import load_sweep, plan_of  # noqa: PLC0415
    from wattmarket.sweep.play import PLAY  # noqa: PLC0415

    rates: dict[int, list[float]] = {1: [], WORKERS: []}
    with tempfile.TemporaryDirectory() as folder:
        plan = plan_of(load_sweep(sweep_file(Path(folder), runs)))
        for _ in range(rounds):
            for workers, found in rates.items():
                times = [
                    time.perf_counter()
                    for row in engine("local", PLAY, workers).rows(plan.work, plan.jobs(range(runs)))
                ]
                # While all workers play: from when each has played a run until there are none left to give out.
                begin, end = 2 * workers, runs - 2 * workers
                found.append((end - begin) / (times[end] - times[begin]))
    told = {workers: statistics.median(found) for workers, found in rates.items()}
    times_ = [two / one for one, two in zip(rates[1], rates[WORKERS], strict=True)]
    return {
        "runs": runs,
        "runs_per_second": told,
        "times": told[WORKERS] / told[1],
        "times_by_round": times_,
        "load_average": os.getloadavg()[0],
    }


def measure_memory(sizes: Sequence[int]) -> dict[int, float]:
    """Peak memory of a driver that plays so many runs of no time, MB."""
    found = {}
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            words = [sys.executable, "-c", DRIVER, str(sweep_file(Path(folder), size)), str(Path(folder) / "store")]
            done = subprocess.run(words, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
        found[size] = int(done.stdout) * 1024 / 1e6
        print(f"{size} runs: {found[size]:.0f} MB", file=sys.stderr, flush=True)
    return found


def page(told: dict[str, Any]) -> str:
    """Write what was measured as a page."""
    lines = [
        f"## Sweeps, measured {told['day']}",
        "",
        *(f"- {name}: {value}" for name, value in told["machine"].items()),
        "",
        f"{told['runs']:,} runs of 10 ms, medians of {told['rounds']} rounds; one thread a process. *Overhead* is what "
        f"a run takes of a worker beyond its 10 ms; the bar is {OVERHEAD_BAR_MS:.0f} ms.",
        "",
        "| program | workers | seconds in all | overhead, ms | of it after the start, ms | start, s |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    lines += [
        f"| {row['program']} | {row['workers']} | {row['seconds']:.2f} | {row['overhead_ms']:.2f} | "
        f"{row['overhead_after_start_ms']:.2f} | {row['start_s']:.1f} |"
        for row in told["overhead"]
    ]
    scaling, memory = told["scaling"], told["memory"]
    rates = ", ".join(f"{rate:.2f} a second in {workers}" for workers, rate in scaling["runs_per_second"].items())
    rounds = ", ".join(f"{times:.2f}" for times in scaling["times_by_round"])
    small, large = min(memory), max(memory)
    lines += [
        "",
        f"Real runs (50 sites, 24 months), while all workers play: {rates} workers: × {scaling['times']:.2f} (by round "
        f"{rounds}; load average {scaling['load_average']:.1f}); the bar is × {SCALING_BAR}.",
        "",
        "Peak memory of the driver: "
        + ", ".join(f"{mb:.0f} MB at {size:,} runs" for size, mb in memory.items())
        + f": {100 * (memory[large] / memory[small] - 1):+.1f} %; the bar is ± {100 * MEMORY_BAR:.0f} %.",
        "",
    ]
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print, and keep it where asked to."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sweep", description=__doc__)
    parser.add_argument("--runs", type=int, default=1_000)
    parser.add_argument("--real-runs", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--memory", type=int, nargs=2, default=[10_000, 100_000], metavar="RUNS")
    parser.add_argument("--keep", action="store_true", help="write benchmarks/results/sweep.md and .json")
    options = parser.parse_args(arguments)
    limits = dict.fromkeys(THREADS, "1")
    if limits.items() - os.environ.items():
        # Libraries read this when they are imported, which has happened.
        words = sys.argv[1:] if arguments is None else arguments
        os.execve(sys.executable, [sys.executable, "-m", "benchmarks.sweep", *words], {**os.environ, **limits})
    told = {
        "day": datetime.now(UTC).date().isoformat(),
        "machine": describe_machine(),
        "runs": options.runs,
        "rounds": options.rounds,
        "overhead": measure_overhead(options.runs, options.rounds),
        "scaling": measure_scaling(options.real_runs, options.rounds),
        "memory": measure_memory(options.memory),
    }
    text = page(told)
    print(text)
    if options.keep:
        (RESULTS / "sweep.json").write_text(json.dumps(told, indent=1) + "\n")
        (RESULTS / "sweep.md").write_text(text)


if __name__ == "__main__":
    main()
