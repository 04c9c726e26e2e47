"""``python -m benchmarks.default_world``: what one clearing of the project's own world takes, warm and cold.

A scenario is played for some months on its world (120 metros, 5,000 sites unless it says otherwise), and what its two
markets are given to clear is kept: the spot market, and the forecast network with entry arcs by which builders decide.
Both are then cleared again, each step timed, beside a market of the benchmark's family of the same size, and the counts
that explain the difference stand next to the times.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np

from benchmarks.clearing.columns import spot_demand, spot_layout, spot_state
from benchmarks.clearing.drivers.driver import Solve
from benchmarks.clearing.drivers.wattmarket_spot import STEPS, clear_in_steps
from benchmarks.clearing.instance import COST_STEP, DEMAND_STEP, SIZES, Size, make_instance
from benchmarks.clearing.report import seconds
from benchmarks.machine import describe_machine
from wattmarket.model import Model
from wattmarket.scenario import load_scenario
from wattmarket.spot import NO_BUDGET, SpotClearing, SpotDemand, SpotLayout, SpotMarket, SpotState
from wattmarket.world import world_of

__all__ = ["MarketMonths", "MarketTimes", "main", "play", "time_market"]

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results"
SCENARIO = ROOT / "scenarios" / "agentic_batch_drift.toml"

Month = tuple[SpotDemand, SpotState]


@dataclass(frozen=True, slots=True)
class MarketMonths:
    """One market and what it is given to clear, month after month."""

    name: str
    layout: SpotLayout
    entry: bool
    months: Sequence[Month]


@dataclass(frozen=True, slots=True)
class MarketTimes:
    """Medians of one market.

    Attributes
    ----------
    counts
        What the market is made of, in words and numbers.
    warm_s, cold_s
        Processor seconds of each step; ``tick`` is update and optimise, ``all`` all four.
    """

    name: str
    counts: dict[str, str]
    warm_s: dict[str, float]
    cold_s: dict[str, float]


def play(scenario: Path, months: int) -> list[MarketMonths]:
    """Play a scenario and keep what its markets clear; months after a change of the network are left out."""
    calls: list[tuple[SpotMarket, bool, SpotDemand, SpotState]] = []

    class ListeningMarket(SpotMarket):
        def __init__(self, *arguments: Any, entry: bool = False) -> None:
            super().__init__(*arguments, entry=entry)
            self.has_entry = entry

        def clear(self, demand: SpotDemand, state: SpotState, **options: Any) -> SpotClearing:
            calls.append((self, self.has_entry, demand, state))
            return super().clear(demand, state, **options)

    with mock.patch("wattmarket.model.market.SpotMarket", ListeningMarket):
        asked = load_scenario(scenario)
        model = Model(asked, world_of(asked))
        for _ in range(months):
            model.step()
    found = []
    for name, entry in (("default world, spot market", False), ("default world, forecast network", True)):
        mine = [call for call in calls if call[1] == entry]
        same = [(demand, state) for market, _, demand, state in mine if market is mine[0][0]]
        if mine:
            found.append(MarketMonths(name, mine[0][0].layout, entry, same))
    return found


def family(name: str, size: Size, months: int) -> MarketMonths:
    """A market of the benchmark's family."""
    instance = make_instance(size, ticks=months - 1)
    states = [(spot_demand(instance, tick), spot_state(instance, tick)) for tick in range(months)]
    return MarketMonths(name, spot_layout(instance), False, states)


def stirred(market: MarketMonths, months: int) -> MarketMonths:
    """The same network, but its first month changed as the benchmark is from tick to tick."""
    random = np.random.default_rng(0)
    demand, state = market.months[0]
    found = [market.months[0]]
    pairs, pools = demand.quantity_kw.shape[:2], state.pool_cost.shape
    moved, dearer = np.zeros(pairs), np.zeros(pools)
    for _ in range(months - 1):
        moved += random.normal(0.0, DEMAND_STEP, pairs)
        dearer += random.normal(0.0, COST_STEP, pools)
        quantity = np.rint(demand.quantity_kw * np.exp(moved)[:, :, None]).astype(np.int64)
        cost = np.rint(state.pool_cost * np.exp(dearer)).astype(np.int64)
        found.append((replace(demand, quantity_kw=quantity), replace(state, pool_cost=cost)))
    return MarketMonths("the same, stirred as the benchmark", market.layout, market.entry, found)


def time_market(market: MarketMonths, cold: int = 3) -> MarketTimes:
    """Clear all months one after the other, and a few of them from nothing."""

    def fresh() -> SpotMarket:
        return SpotMarket(market.layout, entry=market.entry)

    going_on = fresh()
    warm = [
        clear_in_steps(going_on, *month, start="warm" if place else "cold", tick=place)
        for place, month in enumerate(market.months)
    ]
    from_nothing = [warm.pop(0)]
    from_nothing += [
        clear_in_steps(fresh(), *month, start="cold", tick=place)
        for place, month in enumerate(market.months[1:cold], start=1)
    ]
    counts = _shape(market) | _moves(market.months) | _effort("tick", warm) | _effort("cold", from_nothing)
    return MarketTimes(market.name, counts, _medians(warm), _medians(from_nothing))


def _medians(solves: Sequence[Solve]) -> dict[str, float]:
    def median(seconds_of: Callable[[Solve], float]) -> float:
        return statistics.median(seconds_of(one) for one in solves) if solves else float("nan")

    steps = {step: median(lambda one, step=step: one.beside[step]) for step in STEPS}  # type: ignore[misc]
    return {"tick": median(lambda one: one.cpu_s), **steps, "all": median(lambda one: sum(one.beside.values()))}


def _shape(market: MarketMonths) -> dict[str, str]:
    """What the network is made of."""
    layout, (demand, _) = market.layout, market.months[0]
    metros, sites = layout.rtt.shape
    budgeted = layout.workload_budget != NO_BUDGET
    kinds = list(zip(layout.workload_class.tolist(), layout.workload_masked.tolist(), strict=True))
    chains = {kind for kind, bound in zip(kinds, budgeted, strict=True) if bound}
    pool_of_class = np.asarray(layout.class_pool)[layout.workload_class].sum(axis=1)
    shell_of_class = np.asarray(layout.class_shell)[layout.workload_class].sum(axis=1)
    reached = [
        int((layout.rtt <= budget).sum()) if budget != NO_BUDGET else metros * sites
        for budget in layout.workload_budget.tolist()
    ]
    return {
        "metros × sites": f"{metros:,} × {sites:,}",
        "zones, links, generation steps": f"{len(layout.zone_key)}, {len(layout.link_tail)}, {len(layout.step_zone):,}",
        "workloads, with a budget": f"{len(kinds)}, {int(budgeted.sum())}",
        "rows of demand": f"{metros * len(kinds):,}",
        "steps of willingness to pay": f"{np.asarray(demand.quantity_kw).size:,}",
        "chains of budgets (passes over the matrix)": str(len(chains)),
        "ports, mean over workloads": f"{np.mean(pool_of_class + shell_of_class):,.0f}",
        "pairs of a row and a site in reach": f"{sum(reached):,}",
        "stages between port and zone": "pool, shell, grid, plant" if layout.site_btm.any() else "pool, shell, grid",
    }


def _moves(months: Sequence[Month]) -> dict[str, str]:
    """How much changes from one month to the next."""
    demand, state, entries = [], [], []
    for (before, stood), (after, stands) in pairwise(months):
        was, now = before.quantity_kw.sum(axis=2), after.quantity_kw.sum(axis=2)
        demand.append(float(np.mean(np.abs(now - was)[was > 0] / was[was > 0])))
        pairs = [(getattr(stood, field.name), getattr(stands, field.name)) for field in fields(SpotState)]
        columns = [(old, new) for old, new in pairs if old is not None and len(old)]
        state.append(sum(int((old != new).sum()) for old, new in columns))
        entries.append(sum(len(old) for old, _ in columns))
    if not demand:
        return {}
    return {
        "mean change of a row's demand": f"{statistics.median(demand):.2%}",
        "state values that change": f"{statistics.median(state):,.0f} of {statistics.median(entries):,.0f}",
    }


def _effort(start: str, solves: Sequence[Solve]) -> dict[str, str]:
    if not solves:
        return {}
    counts = [[int(part.split()[0]) for part in one.note.split(", ")] for one in solves]
    medians = [statistics.median(column) for column in zip(*counts, strict=True)]
    return {f"pivots, rounds, arcs held ({start})": ", ".join(f"{median:,.0f}" for median in medians)}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, keep."""
    options = _options(arguments)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {options.core})
    machine = describe_machine()
    print(f"playing {options.months} months ...", file=sys.stderr, flush=True)
    markets = play(options.scenario, options.months)
    metros, sites = markets[0].layout.rtt.shape
    alike = Size(metros, sites, len(markets[0].layout.zone_key))
    markets.insert(1, stirred(markets[0], options.months))
    markets += [family(f"benchmark, {metros} × {sites:,}", alike, options.months)]
    markets += [family(f"benchmark, {size}", SIZES[size], options.months) for size in options.beside]
    times = []
    for market in markets:
        print(f"{market.name} ...", file=sys.stderr, flush=True)
        times.append(time_market(market))
    text = "\n".join(_page(machine, times))
    print(text)
    if options.keep:
        options.keep.mkdir(parents=True, exist_ok=True)
        record = {"machine": machine, "markets": [asdict(one) for one in times]}
        (options.keep / "default_world.json").write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n")
        (options.keep / "default_world.md").write_text(text)
    return 0


def _page(machine: dict[str, str], times: Sequence[MarketTimes]) -> list[str]:
    lines = [f"## The default world beside the benchmark, measured {datetime.now(UTC):%Y-%m-%d %H:%M} UTC", ""]
    lines += [*(f"- {name}: {value}" for name, value in machine.items()), ""]
    lines += [f"| | {' | '.join(one.name for one in times)} |", f"|---|{'---:|' * len(times)}"]
    named = {"tick": "tick", **{step: f"– {step}" for step in STEPS}, "all": "all four steps"}
    for start in ("warm", "cold"):
        for key, name in named.items():
            cells = [seconds(one.warm_s[key] if start == "warm" else one.cold_s[key]) for one in times]
            lines.append(f"| {name}, {start} | {' | '.join(cells)} |")
    for count in dict.fromkeys(count for one in times for count in one.counts):
        lines.append(f"| {count} | {' | '.join(one.counts.get(count, '–') for one in times)} |")
    return [*lines, ""]


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.default_world", description=__doc__)
    parser.add_argument("scenario", type=Path, nargs="?", default=SCENARIO)
    parser.add_argument("--months", type=int, default=24)
    parser.add_argument("--beside", nargs="*", choices=SIZES, default=["S3"], help="sizes of the benchmark's family")
    parser.add_argument("--core", type=int, default=max(os.sched_getaffinity(0)), help="processor core to stay on")
    parser.add_argument("--keep", type=Path, nargs="?", const=RESULTS, help="folder for the results (JSON, markdown)")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
