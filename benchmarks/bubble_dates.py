"""``python -m benchmarks.bubble_dates``: how well the test of Phillips, Shi & Yu dates the bubbles of our own market.

The engine knows the rents that came, so the months in which market value stood far above fundamental value are known,
as far as the run goes. The test is given the same months: the log of the index, which anybody could see, and the ratio
itself, which nobody could. What it stamps is set beside what was true.
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

import wattmarket
from benchmarks.bubble_test import mean_in_words, share_in_words
from benchmarks.machine import describe_machine
from wattmarket.findings import BubbleRule, find_bubble

__all__ = ["main", "report"]

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results"
SCENARIOS = ("baseline", "agentic_batch_drift", "edge_bubble")
SERIES = {"index": "log of the index", "ratio": "ratio"}

Found = dict[str, Any]


def played(job: tuple[str, int, int, int]) -> Found:
    """Play one seed of a scenario, and read its bubble: plain numbers and texts."""
    name, seed, sites, months = job
    settings = [
        f"world.sites={sites}",
        f"run.months={months}",
        'output.tables=["ticks", "sites", "valuations", "bubble"]',
        "output.figures=false",
    ]
    run = wattmarket.run(ROOT / "scenarios" / f"{name}.toml", seed=seed, set=settings, twin=False)
    bubble = find_bubble(run)
    if bubble is None:
        raise SystemExit(f"{name}: no agents build here, so that nothing can be said of a bubble")
    return {"scenario": name, "seed": seed, **bubble.to_dict()}


def report(runs: Sequence[Found], sites: int, months: int) -> str:
    """Write what was found."""
    rule = BubbleRule()
    first = runs[0]
    lines = [
        f"## How well our own bubbles are dated, measured {datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        "",
        *(f"- {key}: {value}" for key, value in describe_machine().items()),
        "",
        f"{len(runs)} runs of {months} months, {sites} sites. Months {first['first']} to {first['last']} count, in "
        f"which at least {rule.least_realised:.0%} of fundamental value rests on rents that came. A bubble: "
        f"{rule.months} months in a row more than {rule.margin:.0%} above fundamental value; *certain* where that "
        "holds too if rents after the run stay what the last year's market value makes of them. A bubble is found "
        f"where GSADF rejects at {rule.level:.0%} and a stamped episode meets it. Intervals: 95 %; the two parts and "
        "the scenarios of one seed share a world, and the intervals know nothing of that.",
        "",
        *_summary(runs),
        "",
        *_every_run(runs, rule),
    ]
    return "\n".join([*lines, ""])


def _summary(runs: Sequence[Found]) -> list[str]:
    """One row per scenario, part and series."""
    lines = [
        "| scenario | part | true bubbles, of which certain | tested | GSADF rejects | found | start, months late | "
        "end, months late | false episodes a run |",
        "|---|---|---:|---|---:|---:|---:|---:|---:|",
    ]
    for name in dict.fromkeys(run["scenario"] for run in runs):
        for part in ("edge", "core"):
            parts = [one for run in runs if run["scenario"] == name for one in run["parts"] if one["part"] == part]
            true = [episode for one in parts for episode in one["episodes"]]
            certain = sum(episode["low"] is not None for episode in true)
            for series, words in SERIES.items():
                tests = [test for one in parts for test in one["tests"] if test["series"] == series]
                dates = [date for test in tests for date in test["dates"]]
                rejected = sum(test["gsadf"] > test["critical"][1] for test in tests)
                row = [
                    name,
                    part,
                    f"{len(true)}, {certain}",
                    words,
                    share_in_words(rejected, len(tests)),
                    share_in_words(sum(date["found"] for date in dates), len(dates)),
                    mean_in_words([date["start_delay"]["value"] for date in dates if date["start_delay"]]),
                    mean_in_words([date["end_delay"]["value"] for date in dates if date["end_delay"]]),
                    mean_in_words([test["false"]["value"] for test in tests]),
                ]
                lines.append(f"| {' | '.join(row)} |")
    return lines


def _every_run(runs: Sequence[Found], rule: BubbleRule) -> list[str]:
    """One row per run and part: what was true, and what was stamped."""
    lines = [
        f"| scenario | seed | part | true bubbles (ratio at the peak, its ends) | stamped in the log of the index, "
        f"{rule.level:.0%} | stamped in the ratio |",
        "|---|---:|---|---|---|---|",
    ]
    for run in runs:
        for part in run["parts"]:
            true = "; ".join(
                f"{one['start']} to {one['end'] or '…'} ({one['ratio']['value']:.2f}, {one['ratio']['low']:.2f} to "
                f"{one['ratio']['high']:.2f}{', certain' if one['low'] else ''})"
                for one in part["episodes"]
            )
            cells = [true or f"none (at most {part['ratio']['value']:.2f})"]
            for series in SERIES:
                tests = [test for test in part["tests"] if test["series"] == series]
                cells += ["; ".join(_stamps(test) for test in tests) or "not tested"]
            lines.append(f"| {run['scenario']} | {run['seed']} | {part['part']} | {' | '.join(cells)} |")
    return lines


def _stamps(test: Found) -> str:
    stamps = ", ".join(f"{start} to {end or '…'}" for start, end in test["stamps"])
    return f"{stamps or 'none'} (GSADF {test['gsadf']:.2f}, {test['critical'][1]:.2f} needed)"


def main(arguments: Sequence[str] | None = None) -> int:
    """Play, report, write."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bubble_dates", description=__doc__)
    parser.add_argument("--seeds", type=int, default=4)
    parser.add_argument("--sites", type=int, default=200)
    parser.add_argument("--months", type=int, default=156)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--out", type=Path, default=RESULTS / "bubble_dates.md")
    options = parser.parse_args(arguments)
    jobs = [(name, seed, options.sites, options.months) for name in SCENARIOS for seed in range(options.seeds)]
    runs: list[Found] = []
    with ProcessPoolExecutor(options.workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        for found in pool.map(played, jobs):
            runs.append(json.loads(json.dumps(found)))
            print(f"{found['scenario']}, seed {found['seed']}", flush=True)
    text = report(runs, options.sites, options.months)
    options.out.write_text(text, encoding="utf-8")
    print(text)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
