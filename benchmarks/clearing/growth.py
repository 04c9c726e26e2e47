"""``python -m benchmarks.clearing.growth``: how the cost of a clearing grows with shocks, and with the market.

``SpotMarket`` alone, in this process, pinned to one core. A tick is ``update`` and ``optimise``, as everywhere.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.clearing.columns import spot_demand, spot_layout, spot_state
from benchmarks.clearing.drivers import SkippedError
from benchmarks.clearing.drivers.driver import Solve
from benchmarks.clearing.drivers.floor_pass import run_floor
from benchmarks.clearing.drivers.wattmarket_spot import clear_in_steps
from benchmarks.clearing.figures import draw
from benchmarks.clearing.instance import SIZES, Instance, Size, make_instance
from benchmarks.clearing.report import seconds
from benchmarks.machine import describe_machine
from wattmarket.spot import SpotMarket

__all__ = ["Scale", "Shock", "main", "shock_curve", "site_curve"]

RESULTS = Path(__file__).resolve().parents[1] / "results"

KINDS = ("demand", "cost", "capacity")
SHOCKS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 0.9)
SITES = (500, 1_000, 2_000, 5_000, 10_000, 20_000)
# Density stays: as many metros, and zones, per site in every market.
SITES_PER_METRO = 10
SITES_PER_ZONE = 40


@dataclass(frozen=True, slots=True)
class Shock:
    """Ticks of one kind and size.

    Attributes
    ----------
    kind
        What moves: demand, every cost, every capacity.
    spread
        Each value is multiplied by a factor drawn evenly from 1 ± spread.
    tick_s, pivots
        Medians.
    """

    kind: str
    spread: float
    tick_s: float
    pivots: float


@dataclass(frozen=True, slots=True)
class Scale:
    """Medians of one market of the family at fixed density."""

    metros: int
    sites: int
    zones: int
    arcs: int
    cold_s: float
    tick_s: float
    settle_s: float
    pivots: float
    floor_s: float | None


def shock_curve(size: str, repeats: int = 3, shocks: Sequence[float] = SHOCKS) -> Iterator[Shock]:
    """Shock a market that stands at its base, and let it go back, again and again."""
    base = make_instance(SIZES[size], ticks=0)
    market = SpotMarket(spot_layout(base))
    _clear(market, base, "cold")
    for kind in KINDS:
        for spread in shocks:
            solves = []
            for repeat in range(repeats):
                random = np.random.default_rng([KINDS.index(kind), round(1e6 * spread), repeat])
                solves.append(_clear(market, _shocked(base, kind, spread, random), "warm"))
                _clear(market, base, "warm")
            yield Shock(kind, spread, statistics.median(one.cpu_s for one in solves), _pivots(solves))


def site_curve(sites: Sequence[int] = SITES, ticks: int = 20, cold: int = 3) -> Iterator[Scale]:
    """Clear ever larger markets of the same density."""
    for count in sites:
        size = Size(max(count // SITES_PER_METRO, 2), count, max(count // SITES_PER_ZONE, 2))
        instance = make_instance(size, ticks=ticks)
        layout = spot_layout(instance)
        market = SpotMarket(layout)
        from_nothing = [_clear(market, instance, "cold")]
        warm = [_clear(market, instance, "warm", tick) for tick in range(1, ticks + 1)]
        from_nothing += [_clear(SpotMarket(layout), instance, "cold", tick) for tick in range(1, min(cold, ticks + 1))]
        yield Scale(
            metros=size.metros,
            sites=size.sites,
            zones=size.zones,
            arcs=instance.ring_arcs,
            cold_s=statistics.median(one.cpu_s for one in from_nothing),
            tick_s=statistics.median(one.cpu_s for one in warm),
            settle_s=statistics.median(one.beside["settle"] for one in warm),
            pivots=_pivots(warm),
            floor_s=_floor(instance),
        )


def _shocked(base: Instance, kind: str, spread: float, random: np.random.Generator) -> Instance:
    def drawn(values: NDArray[np.int64]) -> NDArray[np.int64]:
        factor = 1.0 + spread * random.uniform(-1.0, 1.0, values.shape)
        return np.maximum(np.rint(values * factor), 1).astype(np.int64)

    if kind == "demand":
        return replace(base, demand_kw=drawn(base.demand_kw))
    if kind == "cost":
        site, step = drawn(base.site_cost_musd_per_kwh), drawn(base.step_cost_musd_per_kwh)
        return replace(base, site_cost_musd_per_kwh=site, step_cost_musd_per_kwh=step)
    return replace(base, site_kw=drawn(base.site_kw), step_kw=drawn(base.step_kw))


def _clear(market: SpotMarket, instance: Instance, start: str, tick: int = 0) -> Solve:
    demand, state = spot_demand(instance, tick), spot_state(instance, tick)
    return clear_in_steps(market, demand, state, start=start, tick=tick)


def _pivots(solves: Sequence[Solve]) -> float:
    return statistics.median(int(one.note.partition(" pivots")[0]) for one in solves)


def _floor(instance: Instance) -> float | None:
    try:
        return statistics.median(run_floor(instance, 11).dense_s)
    except SkippedError:
        return None


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, keep."""
    options = _options(arguments)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {options.core})
    machine = describe_machine()
    base = make_instance(SIZES[options.size], ticks=0)
    cold_s = statistics.median(_clear(SpotMarket(spot_layout(base)), base, "cold").cpu_s for _ in range(3))
    shocks, scales = [], []
    for shock in shock_curve(options.size, options.repeats):
        print(f"{shock.kind} ±{shock.spread:.1%}: {seconds(shock.tick_s)}", file=sys.stderr, flush=True)
        shocks.append(shock)
    for scale in site_curve([count for count in SITES if count <= options.most_sites], options.ticks):
        print(f"{scale.sites} sites: {seconds(scale.tick_s)}", file=sys.stderr, flush=True)
        scales.append(scale)
    text = "\n".join([*_heading(machine), *_shock_table(options.size, cold_s, shocks), *_scale_table(scales)])
    print(text)
    if options.keep:
        options.keep.mkdir(parents=True, exist_ok=True)
        record = {
            "machine": machine,
            "size": options.size,
            "cold_s": cold_s,
            "shocks": [asdict(shock) for shock in shocks],
            "scales": [asdict(scale) for scale in scales],
        }
        (options.keep / "growth.json").write_text(json.dumps(record, indent=1) + "\n")
        (options.keep / "growth.md").write_text(text)
        draw(options.keep)
    return 0


def _heading(machine: dict[str, str]) -> list[str]:
    lines = [f"- {name}: {value}" for name, value in machine.items()]
    return [f"## How the cost of a clearing grows, measured {datetime.now(UTC):%Y-%m-%d %H:%M} UTC", "", *lines, ""]


def _shock_table(size: str, cold_s: float, shocks: Sequence[Shock]) -> list[str]:
    spreads = sorted({shock.spread for shock in shocks})
    found = {(shock.kind, shock.spread): shock for shock in shocks}
    lines = [
        f"Tick after a shock at {size}, each value multiplied by a factor drawn evenly from 1 ± what is given, pivots",
        f"in brackets; from nothing it takes {seconds(cold_s)}:",
        "",
        f"| shock | {' | '.join(f'{spread:.1%}' for spread in spreads)} |",
        f"|---|{'---:|' * len(spreads)}",
    ]
    for kind in KINDS:
        points = [found[kind, spread] for spread in spreads]
        lines.append(f"| {kind} | {' | '.join(f'{seconds(p.tick_s)} ({p.pivots:,.0f})' for p in points)} |")
    return [*lines, ""]


def _scale_table(scales: Sequence[Scale]) -> list[str]:
    lines = [
        f"Cost at fixed density, {SITES_PER_METRO} sites to a metro and {SITES_PER_ZONE} to a zone:",
        "",
        "| metros × sites | arcs, ring form | cold | tick | settle | pivots of a tick | floor | tick / floor |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for one in scales:
        cells = [f"{one.metros:,} × {one.sites:,}", f"{one.arcs:,}"]
        cells += [seconds(time) for time in (one.cold_s, one.tick_s, one.settle_s)]
        ratio = "–" if one.floor_s is None else f"{one.tick_s / one.floor_s:.3g}"
        cells += [f"{one.pivots:,.0f}", seconds(one.floor_s), ratio]
        lines.append(f"| {' | '.join(cells)} |")
    return [*lines, ""]


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.clearing.growth", description=__doc__)
    parser.add_argument("--size", choices=SIZES, default="S3", help="market that is shocked")
    parser.add_argument("--repeats", type=int, default=3, help="shocks of each kind and size")
    parser.add_argument("--most-sites", type=int, default=SITES[-1], help="largest market of the other curve")
    parser.add_argument("--ticks", type=int, default=20, help="ticks of each of its markets")
    parser.add_argument("--core", type=int, default=max(os.sched_getaffinity(0)), help="processor core to stay on")
    parser.add_argument("--keep", type=Path, nargs="?", const=RESULTS, help="folder for the results (JSON, markdown)")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
