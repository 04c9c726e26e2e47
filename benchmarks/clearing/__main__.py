"""``python -m benchmarks.clearing``: clear the benchmark family with wattmarket and its peers, side by side."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.clearing.arcs import FORMS
from benchmarks.clearing.compare import Measurement, disagreements, measure
from benchmarks.clearing.drivers import DRIVERS
from benchmarks.clearing.figures import draw
from benchmarks.clearing.instance import SIZES
from benchmarks.clearing.report import bar_table, comparison_tables, machine_lines, seconds
from benchmarks.machine import describe_machine

RESULTS = Path(__file__).resolve().parents[1] / "results"

# States solved from nothing by programs that can start warm.
COLD = {"S0": 5, "S1": 5, "S2": 5, "S3": 3, "S4": 3}
# HiGHS takes a minute and a half for one.
MOST_COLD = {("highs", "S3"): 1}
# A state of S4 takes half a minute from nothing.
MOST_STATES = {("lemon", "S4"): 4, ("ortools", "S4"): 4}
# Two that are held against each other and take moments: a machine changes its pace within a minute, so they take turns.
TURNS = 3
TAKING_TURNS = ("spot", "floor")


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, keep; 1 where two programs disagree about an optimum."""
    options = _options(arguments)
    machine = describe_machine()
    measurements: list[Measurement] = []
    for size in options.sizes:
        here: dict[str, Measurement] = {}
        for driver in _turns(options.drivers or tuple(DRIVERS)):
            print(f"{size}: {driver} ...", end=" ", file=sys.stderr, flush=True)
            one = measure(
                driver,
                size,
                form=options.form,
                ticks=options.ticks,
                states=MOST_STATES.get((driver, size)),
                cold=options.cold or MOST_COLD.get((driver, size), COLD[size]),
                limit_s=options.limit,
                core=options.core,
                seed=options.seed,
                grain=options.grain,
            )
            if driver in here:
                here[driver].solves += one.solves
            else:
                here[driver] = one
                measurements.append(one)
            print(one.problem or f"tick {seconds(one.tick('cpu_s'))}", file=sys.stderr, flush=True)
            if options.keep:  # After each, so that what was measured outlives an interruption.
                _keep(options.keep, machine, measurements)
    print(_page(machine, measurements))
    if options.keep:
        draw(options.keep)
    return 1 if disagreements(measurements) else 0


def _turns(drivers: Sequence[str]) -> Sequence[str]:
    """Put the programs that take turns first."""
    turns = [driver for driver in TAKING_TURNS if driver in drivers]
    return [*(turns * TURNS if len(turns) > 1 else turns), *(driver for driver in drivers if driver not in turns)]


def _page(machine: dict[str, str], measurements: Sequence[Measurement]) -> str:
    solved = [(one.size, solve.tick) for one in measurements for solve in one.solves if solve.objective is not None]
    verdict = disagreements(measurements) or [
        f"{len(solved)} solves of {len(set(solved))} markets: equal objectives, to the last unit."
    ]
    return "\n".join(
        [
            f"## Clearing, measured {datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
            "",
            *machine_lines(machine, measurements),
            "",
            *bar_table(measurements),
            *verdict,
            "",
            *comparison_tables(measurements),
        ]
    )


def _keep(folder: Path, machine: dict[str, str], measurements: Sequence[Measurement]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    lines = ",\n".join(json.dumps(asdict(one), ensure_ascii=False) for one in measurements)  # one line per program
    text = f'{{"machine": {json.dumps(machine)},\n"measurements": [\n{lines}\n]}}\n'
    (folder / "clearing.json").write_text(text)
    (folder / "clearing.md").write_text(_page(machine, measurements))


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.clearing", description=__doc__)
    parser.add_argument("sizes", nargs="*", type=_size, default=["S1", "S2", "S3", "S4"], help="default: S1 S2 S3 S4")
    parser.add_argument("--drivers", nargs="+", choices=DRIVERS, help="default: all")
    parser.add_argument("--form", choices=FORMS, default="ring", help="how arcs are written out for the peers")
    parser.add_argument("--ticks", type=int, default=20, help="ticks after the base")
    parser.add_argument(
        "--cold",
        type=int,
        help="states solved from nothing by programs that can start warm; default depends on the size",
    )
    parser.add_argument("--limit", type=float, default=300.0, help="seconds of processor time per program and size")
    parser.add_argument("--core", type=int, default=_last_core(), help="processor core that everything runs on")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--grain", type=int, default=1, help="round all quantities and costs to multiples of this")
    parser.add_argument("--keep", type=Path, nargs="?", const=RESULTS, help="folder for the results (JSON, markdown)")
    return parser.parse_args(arguments)


def _size(name: str) -> str:
    if name not in SIZES:
        raise argparse.ArgumentTypeError(f"{name} is not one of {', '.join(SIZES)}")
    return name


def _last_core() -> int | None:
    return max(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else None


if __name__ == "__main__":
    sys.exit(main())
