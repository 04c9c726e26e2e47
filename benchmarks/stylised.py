"""``python -m benchmarks.stylised``: what the living market shows over many seeds, whether or not it was expected.

Every scenario is played by agents over a number of seeds. A run that breaks an invariant stops everything. Of each run
a few figures are kept; the expectations of the model's reference are then held against them, with their spread.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import statistics
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import polars as pl

import wattmarket
from benchmarks.machine import describe_machine
from wattmarket.findings.repricing import find_break

__all__ = ["Expectation", "Figures", "figures_of", "main"]

ROOT = Path(__file__).resolve().parents[1]
SCENARIOS = sorted(path.stem for path in (ROOT / "scenarios").glob("*.toml"))
RESULTS = ROOT / "benchmarks" / "results"

DRIFT, FLAT = "agentic_batch_drift", "baseline"
MEASURED, MEASURED_FLAT = "agentic_batch_drift_measured", "measured_without_drift"
SETTINGS = {MEASURED_FLAT: (MEASURED, ("drift.path=flat",))}
"""Runs that are not a file of their own: the file, and what is set besides."""

BREAK_DEPTH, BREAK_MONTHS = 0.10, 6

Figures = dict[str, list[float]]
"""Columns of the table ``ticks`` that are kept of a run."""

KEPT = (
    "batch_share",
    "pool_kw",
    "edge_pool_kw",
    "edge_rent_usd_per_mwh",
    "core_rent_usd_per_mwh",
    "edge_latency_rent_usd_per_mwh",
    "edge_entry_rent_usd_per_mwh",
    "edge_started_kw",
    "edge_index",
    "core_index",
    "awarded_kw",
    "binding_silicon_kw",
    "binding_land_kw",
    "binding_slot_kw",
    "binding_energy_kw",
)


def figures_of(job: tuple[str, int, int, int]) -> tuple[str, int, Figures]:
    """Play a scenario (name, seed, sites, months) and keep its figures."""
    name, seed, sites, months = job
    file, besides = SETTINGS.get(name, (name, ()))
    run = wattmarket.run(
        ROOT / "scenarios" / f"{file}.toml",
        seed=seed,
        twin=False,
        set=(f"world.sites={sites}", f"run.months={months}", 'output.tables=["ticks"]', *besides),
    )
    return name, seed, {column: run.ticks[column].cast(pl.Float64).to_list() for column in KEPT}


@dataclass(frozen=True, slots=True)
class Expectation:
    """Something to be looked for.

    Parameters
    ----------
    text
        What is expected.
    measure
        A number of one seed's runs, by scenario; None where it has none (a break that never came).
    holds
        Whether the number is as expected.
    unit
        Unit of the number.
    """

    text: str
    measure: Callable[[dict[str, Figures]], float | None]
    holds: Callable[[float], bool]
    unit: str


def main(arguments: Sequence[str] | None = None) -> int:
    """Play, report, write."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.stylised", description=__doc__)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--sites", type=int, default=500)
    parser.add_argument("--months", type=int, default=156)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--scenarios", nargs="*", default=[*SCENARIOS, MEASURED_FLAT])
    parser.add_argument("--out", type=Path, default=RESULTS / "stylised.md")
    parser.add_argument("--resume", action="store_true", help="keep the seeds that the figures beside the report have")
    options = parser.parse_args(arguments)
    figures_file = options.out.with_suffix(".json")
    found = _kept(figures_file, options.scenarios) if options.resume else {}
    text = report(found, options.sites, options.months) if found else ""
    seeds = [seed for seed in range(options.first_seed, options.first_seed + options.seeds) if seed not in found]
    jobs = [(name, seed, options.sites, options.months) for seed in seeds for name in options.scenarios]
    for name, seed, figures in _played(jobs, options.workers):
        found.setdefault(seed, {})[name] = figures
        print(f"seed {seed}: {name}", flush=True)
        if len(found[seed]) == len(options.scenarios):
            # After every seed: an hour's work is not lost with the last run.
            text = report(found, options.sites, options.months)
            options.out.write_text(text, encoding="utf-8")
            figures_file.write_text(json.dumps(found), encoding="utf-8")
    print(text)
    return 0


def _kept(figures_file: Path, scenarios: Sequence[str]) -> dict[int, dict[str, Figures]]:
    """Seeds that were played in full before, by the same code on the same world: that is for the user to know."""
    if not figures_file.exists():
        return {}
    figures = {int(seed): runs for seed, runs in json.loads(figures_file.read_text(encoding="utf-8")).items()}
    return {seed: runs for seed, runs in figures.items() if runs.keys() >= set(scenarios)}


def _played(jobs: list[tuple[str, int, int, int]], workers: int) -> Iterable[tuple[str, int, Figures]]:
    if workers == 1:
        yield from map(figures_of, jobs)
        return
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield from pool.map(figures_of, jobs)


# -- measures ----------------------------------------------------------------------------------------------------------


def column(runs: dict[str, Figures], name: str, key: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """One column of a run."""
    return np.array(runs[name][key])


def at_share(runs: dict[str, Figures], key: str, share: float) -> float | None:
    """A figure of the drifting run in the first month with a batch share."""
    reached = np.flatnonzero(column(runs, DRIFT, "batch_share") >= share)
    return float(column(runs, DRIFT, key)[reached[0]]) if len(reached) else None


def break_of(runs: dict[str, Figures], key: str) -> int | None:
    """First month in which a figure breaks away from the run without drift."""
    found = find_break(column(runs, DRIFT, key), column(runs, FLAT, key), depth=BREAK_DEPTH, months=BREAK_MONTHS)
    return None if found is None else found.tick


def lead_of_values(runs: dict[str, Figures]) -> float | None:
    """Months by which the edge index breaks before the edge's rent does."""
    value, rent = break_of(runs, "edge_index"), break_of(runs, "edge_rent_usd_per_mwh")
    return None if value is None or rent is None else float(rent - value)


def share_at_break(runs: dict[str, Figures]) -> float | None:
    """Batch share in the month in which the edge index breaks."""
    month = break_of(runs, "edge_index")
    return None if month is None else float(column(runs, DRIFT, "batch_share")[month])


def mean_from(runs: dict[str, Figures], name: str, key: str, first: int, last: int) -> float:
    """Mean of a figure over some months."""
    return float(column(runs, name, key)[first:last].mean())


def edge_share(runs: dict[str, Figures], name: str) -> float:
    """Share of accelerators that stand at the edge in the last month."""
    return float(column(runs, name, "edge_pool_kw")[-1] / column(runs, name, "pool_kw")[-1])


EXPECTATIONS = (
    Expectation(
        "article, no drift: mean edge latency rent 2024-33 is 200-900 $/MWh",
        lambda runs: mean_from(runs, FLAT, "edge_latency_rent_usd_per_mwh", 12, 132),
        lambda value: 200 <= value <= 900,
        "$/MWh",
    ),
    Expectation(
        "article, no drift: the edge grows to about 30 % of capacity (25-35)",
        lambda runs: edge_share(runs, FLAT),
        lambda value: 0.25 <= value <= 0.35,
        "share",
    ),
    Expectation(
        "article, drift: latency rent when the batch share passes 0.24 (310 expected)",
        lambda runs: at_share(runs, "edge_latency_rent_usd_per_mwh", 0.24),
        lambda value: 150 <= value <= 600,
        "$/MWh",
    ),
    Expectation(
        "article, drift: latency rent when it passes 0.61 (under 10 expected)",
        lambda runs: at_share(runs, "edge_latency_rent_usd_per_mwh", 0.61),
        lambda value: value < 10,
        "$/MWh",
    ),
    Expectation(
        "article: drift ends with less latency rent than no drift, last year (ratio below 0.5)",
        lambda runs: (
            mean_from(runs, DRIFT, "edge_latency_rent_usd_per_mwh", -12, 156)
            / max(mean_from(runs, FLAT, "edge_latency_rent_usd_per_mwh", -12, 156), 1.0)
        ),
        lambda value: value < 0.5,
        "ratio",
    ),
    Expectation(
        "article: less edge is started with drift than without, 2029-35 (ratio below 0.5)",
        lambda runs: (
            mean_from(runs, DRIFT, "edge_started_kw", 72, 156)
            / max(mean_from(runs, FLAT, "edge_started_kw", 72, 156), 1.0)
        ),
        lambda value: value < 0.5,
        "ratio",
    ),
    Expectation(
        "article, drift: edge rent ends below core rent (last year, edge less core)",
        lambda runs: (
            mean_from(runs, DRIFT, "edge_rent_usd_per_mwh", -12, 156)
            - mean_from(runs, DRIFT, "core_rent_usd_per_mwh", -12, 156)
        ),
        lambda value: value < 0,
        "$/MWh",
    ),
    Expectation(
        "article: core rent hardly moves with the drift (ratio to no drift 2029-35 within a tenth)",
        lambda runs: (
            mean_from(runs, DRIFT, "core_rent_usd_per_mwh", 72, 156)
            / mean_from(runs, FLAT, "core_rent_usd_per_mwh", 72, 156)
        ),
        lambda value: abs(value - 1.0) <= 0.1,
        "ratio",
    ),
    Expectation(
        "measured budgets: latency rent stays under 60 with drift (largest month)",
        lambda runs: float(column(runs, MEASURED, "edge_latency_rent_usd_per_mwh").max()),
        lambda value: value < 60,
        "$/MWh",
    ),
    Expectation(
        "measured budgets: and without (largest month)",
        lambda runs: float(column(runs, MEASURED_FLAT, "edge_latency_rent_usd_per_mwh").max()),
        lambda value: value < 60,
        "$/MWh",
    ),
    Expectation(
        "values break before rents do (months; about 12 expected)",
        lead_of_values,
        lambda value: value >= 6,
        "months",
    ),
    Expectation(
        "the edge index breaks away from no drift (batch share in that month; no single one expected)",
        share_at_break,
        lambda value: True,
        "share",
    ),
)


# -- report ------------------------------------------------------------------------------------------------------------


def report(found: dict[int, dict[str, Figures]], sites: int, months: int) -> str:
    """What was found, as a page."""
    played = sum(len(runs) for runs in found.values())
    lines = [
        f"## What the living market shows, measured {datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        "",
        *(f"- {name}: {value}" for name, value in describe_machine().items()),
        "",
        f"{played} runs of {months} months on {sites} sites, {len(found)} seeds; none broke an invariant.",
        "",
        "| looked for | holds in | median | lowest | highest |",
        "|---|---:|---:|---:|---:|",
    ]
    for expectation in EXPECTATIONS:
        values = [_measured(expectation, runs) for runs in found.values()]
        known = [value for value in values if value is not None]
        held = sum(expectation.holds(value) for value in known)
        spread = f"{statistics.median(known):.3g} | {min(known):.3g} | {max(known):.3g}" if known else "never | | "
        lines.append(f"| {expectation.text}, {expectation.unit} | {held} of {len(values)} | {spread} |")
    lines += ["", *binding_table(found), ""]
    return "\n".join(lines)


def _measured(expectation: Expectation, runs: dict[str, Figures]) -> float | None:
    try:
        return expectation.measure(runs)
    except KeyError:
        return None


def binding_table(found: dict[int, dict[str, Figures]]) -> list[str]:
    """Which good binds, by year, in the drifting scenario: share of the megawatts that were bought, mean over seeds."""
    goods = ("silicon", "land", "slot", "energy")
    lines = ["Share of megawatts bought that each good binds, `agentic_batch_drift`, mean over seeds:", ""]
    lines += ["| year | " + " | ".join(goods) + " |", "|---|" + "---:|" * len(goods)]
    runs = [by_name[DRIFT] for by_name in found.values() if DRIFT in by_name]
    if not runs:
        return lines
    for first in range(0, len(runs[0]["awarded_kw"]), 12):
        cells = []
        for good in goods:
            shares = [
                sum(run[f"binding_{good}_kw"][first : first + 12])
                / max(sum(run["awarded_kw"][first : first + 12]), 1.0)
                for run in runs
            ]
            cells.append(f"{100 * statistics.mean(shares):.0f} %")
        lines.append(f"| {2023 + first // 12} | " + " | ".join(cells) + " |")
    return lines


if __name__ == "__main__":
    raise SystemExit(main())
