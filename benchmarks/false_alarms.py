"""``python -m benchmarks.false_alarms``: how often the rule of the break speaks where nothing happened.

A run without drift and its twin are the same bits, so that no rule could ever be wrong about them. What can be wrong is
to take for a break what any change would do: building is lumpy, and a change that means nothing sends auctions down
other ways. So every seed is played twice: without drift, and with a *placebo*, a drift of a tenth of a percentage
point. The rule is then asked about each pair, and how far they part makes the band that findings carry. Beside it
stands the rule as those must use it who have no twin: each seed against the next one's run.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

import wattmarket
from benchmarks.machine import describe_machine
from wattmarket.findings import AlarmRate, find_break

__all__ = ["band_of", "main", "report"]

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results"
FINDINGS = ROOT / "python" / "wattmarket" / "findings"
"""Where findings read the band and the rates of false alarms."""

SCENARIO = ROOT / "scenarios" / "baseline.toml"
PLACEBO = ("drift.path=logistic", "drift.ceiling=0.101")
COLUMNS = ("edge_index", "core_index", "edge_rent_usd_per_mwh")
DEPTHS, MONTHS = (0.05, 0.075, 0.10, 0.15, 0.20), (3, 6, 12)
CONFIDENCE = 0.90
"""Part of the placebos that the band holds, month by month."""

WINDOW = 12
"""Months on either side whose placebos count for a month of the band."""

Runs = np.ndarray[Any, np.dtype[np.float64]]


def played(job: tuple[int, bool, int, int]) -> list[list[float]]:
    """Play one seed, with the placebo or without: three columns of the table ``ticks``."""
    seed, placebo, sites, months = job
    settings = [f"world.sites={sites}", f"run.months={months}", 'output.tables=["ticks"]', "output.figures=false"]
    run = wattmarket.run(SCENARIO, seed=seed, set=[*settings, *(PLACEBO if placebo else ())], twin=False)
    return [run.ticks[column].to_list() for column in COLUMNS]


def gaps(runs: Runs, twins: Runs) -> Runs:
    """How far runs lie from their twins, log points, [N, T]."""
    return np.log(runs / twins)


def band_of(parted: Runs) -> Runs:
    """Half-width of the band by month, [T]: the quantile of absolute gaps over seeds and the months around."""
    months = parted.shape[1]
    around = [np.abs(parted[:, max(t - WINDOW, 0) : t + WINDOW + 1]) for t in range(months)]
    return np.array([np.quantile(part, CONFIDENCE) for part in around])


def alarms(runs: Runs, twins: Runs, depth: float, months: int) -> int:
    """In how many pairs the rule finds a break."""
    pairs = zip(runs, twins, strict=True)
    return sum(find_break(run, twin, depth=depth, months=months) is not None for run, twin in pairs)


def report(plain: Runs, placebo: Runs, sites: int) -> str:
    """Write what was found; runs are [N, columns, T]."""
    count = len(plain)
    lines = [
        f"## False alarms of the break, measured {datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        "",
        *(f"- {key}: {value}" for key, value in describe_machine().items()),
        "",
        f"{count} seeds, {sites} sites, {plain.shape[2]} months, no drift; placebo: batch share from 0.100 to 0.101.",
        "",
        "| index at least so far below | for months in a row | alarms against the twin | rate, and at most (95 %) |"
        " against the next seed's run |",
        "|---:|---:|---:|---:|---:|",
    ]
    index, other = plain[:, 0], placebo[:, 0]
    for depth in DEPTHS:
        for months in MONTHS:
            found = alarms(other, index, depth, months)
            unpaired = alarms(index, np.roll(index, -1, axis=0), depth, months)
            most = AlarmRate(found, count, sites).at_most
            rates = f"{found} of {count} | {found / count:.1%}, {most:.1%} | {unpaired} of {count}"
            lines.append(f"| {depth:.1%} | {months} | {rates} |")
    band = band_of(gaps(other, index))
    years = ", ".join(f"{np.expm1(band[t]):.1%} after {t // 12} years" for t in range(24, len(band), 24))
    lines += ["", f"Nine twins in ten that differ in the placebo alone lie within: {years}."]
    return "\n".join([*lines, ""])


def main(arguments: Sequence[str] | None = None) -> int:
    """Play, report, write."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.false_alarms", description=__doc__)
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--sites", type=int, default=500)
    parser.add_argument("--months", type=int, default=156)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--out", type=Path, help="default: benchmarks/results/false_alarms_SITES.md")
    parser.add_argument(
        "--publish",
        action="store_true",
        help="also write what findings use for worlds of this size",
    )
    options = parser.parse_args(arguments)
    out: Path = options.out or RESULTS / f"false_alarms_{options.sites}.md"
    kept = out.with_suffix(".json")
    done: list[Any] = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else []
    jobs = [
        (seed, placebo, options.sites, options.months)
        for seed in range(len(done), options.seeds)
        for placebo in (False, True)
    ]
    with ProcessPoolExecutor(options.workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        pair: list[Any] = []
        for found in pool.map(played, jobs):
            pair.append(found)
            if len(pair) == 2:
                done.append(pair)
                pair = []
                print(f"seed {len(done) - 1}", flush=True)
                kept.write_text(json.dumps(done), encoding="utf-8")
    both = np.array(done[: options.seeds])
    text = report(both[:, 0], both[:, 1], options.sites)
    out.write_text(text, encoding="utf-8")
    if options.publish:
        publish(both[:, 0, 0], both[:, 1, 0], options.sites, FINDINGS)
    print(text)
    return 0


def publish(index: Runs, placebo: Runs, sites: int, folder: Path) -> None:
    """Write what worlds of one size do into ``placebo.csv``, by month, and ``false_alarms.csv``, by rule."""
    band = [f"{sites},{tick},{width:.5f}" for tick, width in enumerate(band_of(gaps(placebo, index)).tolist())]
    rates = [
        f"{sites},{depth},{months},{alarms(placebo, index, depth, months)},{len(index)}"
        for depth in DEPTHS
        for months in MONTHS
    ]
    for name, rows in (("placebo", band), ("false_alarms", rates)):
        path = folder / f"{name}.csv"
        head, *kept = path.read_text(encoding="utf-8").splitlines()
        # Other sizes stay as they are.
        lines = [line for line in kept if int(line.split(",")[0]) != sites] + rows
        lines.sort(key=lambda line: int(line.split(",")[0]))
        path.write_text("\n".join([head, *lines, ""]), encoding="utf-8")


if __name__ == "__main__":
    raise SystemExit(main())
