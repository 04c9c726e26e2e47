"""``python -m benchmarks.names_by_chance``: how many agents and metros findings name where nothing happens.

Every seed is played without drift, and with placebos of one to five tenths of a percentage point. None of these
histories differs from another in anything that matters, so each in turn is taken for the run, and all the others, or
any three of them, for its twins. Findings are then asked whom they would name.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterator, Sequence
from itertools import combinations
from pathlib import Path

import numpy as np
import polars as pl

from wattmarket.findings.beyond import beyond_chance
from wattmarket.findings.metros import metros_beyond
from wattmarket.findings.players import class_sums
from wattmarket.record.run import TWIN_TABLES
from wattmarket.scenario import load_scenario
from wattmarket.study.placebos import placebo
from wattmarket.study.play import Played, play_all

ROOT = Path(__file__).resolve().parents[1]
NAMES = ROOT / "python" / "wattmarket" / "findings" / "names_by_chance.csv"
SCENARIO = ROOT / "scenarios" / "agentic_batch_drift.toml"
PLACEBOS = 5
TWINS = (3, PLACEBOS)


def histories(seed: int, sites: int, workers: int) -> list[Played]:
    """Play a seed without drift, and with every placebo."""
    scenario = load_scenario(SCENARIO, [f"world.sites={sites}", f"run.seed={seed}"])
    games = [scenario.twin(), *(placebo(scenario, number) for number in range(1, PLACEBOS + 1))]
    return list(play_all(games, TWIN_TABLES, workers=workers))


def named(played: Sequence[Played], twins: int) -> Iterator[tuple[int, int, int]]:
    """Count agents, classes and metros that are named, for every choice of a run and of so many twins."""
    ends = [_at_the_end(one.tables["agents"]) for one in played]
    classes = ends[0]["class"].to_list()
    profits = np.array([end["profit_usd"].to_numpy() / 1e6 for end in ends])
    names = sorted(set(classes))
    sums = np.array([class_sums(profit, classes, names) for profit in profits])
    values = [one.tables["metro_values"] for one in played]
    for run in range(len(played)):
        others = [place for place in range(len(played)) if place != run]
        for chosen in map(list, combinations(others, twins)):
            agents = beyond_chance(profits[run], profits[chosen], classes).told
            groups = beyond_chance(sums[run], sums[chosen], [""] * len(names)).told
            metros = metros_beyond(values[run], [values[twin] for twin in chosen], depth=0.1, months=6).told
            yield int(agents.sum()), int(groups.sum()), int(metros.sum())


def _at_the_end(agents: pl.DataFrame) -> pl.DataFrame:
    return agents.filter(pl.col("tick") == pl.col("tick").max()).sort("agent_id")


def main(arguments: Sequence[str] | None = None) -> int:
    """Play, count, print; write what findings say of themselves if asked to."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.names_by_chance", description=__doc__)
    parser.add_argument("--seeds", type=int, default=21)
    parser.add_argument("--sites", type=int, default=500)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--publish", action="store_true", help="also write what findings use")
    options = parser.parse_args(arguments)
    found: dict[int, list[tuple[int, int, int]]] = {twins: [] for twins in TWINS}
    metros = 0
    for seed in range(options.seeds):
        played = histories(seed, options.sites, options.workers)
        metros = played[0].tables["metro_values"]["metro_id"].n_unique()
        for twins in TWINS:
            found[twins] += named(played, twins)
        print(f"seed {seed}", flush=True)
    rows = [_row(options.sites, twins, counts, metros) for twins, counts in found.items()]
    for row in rows:
        print(row)
    if options.publish:
        with NAMES.open(encoding="utf-8", newline="") as stream:
            others = [row for row in csv.DictReader(stream) if int(row["sites"]) != options.sites]
        with NAMES.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            # Other sizes stay as they are.
            writer.writerows(sorted([*others, *rows], key=lambda row: int(row["sites"])))
    return 0


def _row(sites: int, twins: int, counts: Sequence[tuple[int, int, int]], metros: int) -> dict[str, int]:
    agents, classes, places = zip(*counts, strict=True)
    return {
        "sites": sites,
        "twins": twins,
        "runs": len(counts),
        "with_agents": sum(count > 0 for count in agents),
        "with_classes": sum(count > 0 for count in classes),
        "agents_named": sum(agents),
        "metros_named": sum(places),
        "metros": metros,
    }


if __name__ == "__main__":
    raise SystemExit(main())
