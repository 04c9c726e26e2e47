"""Tables of a comparison, in markdown."""

from __future__ import annotations

import re
import statistics
from collections.abc import Sequence

from benchmarks.clearing.bars import BARS, best_peer, measured
from benchmarks.clearing.compare import Measurement

__all__ = ["bar_table", "comparison_tables", "factor", "machine_lines", "seconds"]


def machine_lines(machine: dict[str, str], measurements: Sequence[Measurement]) -> list[str]:
    """The machine and the versions of all that was measured."""
    versions = sorted({one.version for one in measurements if one.version and one.role in ("ours", "peer")})
    return [*(f"- {name}: {value}" for name, value in machine.items()), f"- measured: {'; '.join(versions)}"]


def bar_table(measurements: Sequence[Measurement]) -> list[str]:
    """Every ratio that has a bar, size by size, with the bar beside it."""
    runs = measured(measurements)
    lines = [
        f"| ratio of processor times | {' | '.join(runs)} |",
        f"|---|{'---:|' * len(runs)}",
    ]
    for bar in BARS:
        cells = []
        for size, run in runs.items():
            value = bar.ratio(run)
            cell = factor(value)
            if value is not None and size in bar.asked:
                cell = f"**{cell}** ({bar.sign} {bar.asked[size]:,g}: {'yes' if bar.held(size, value) else 'no'})"
            cells.append(cell)
        lines.append(f"| {bar.what} | {' | '.join(cells)} |")
    peers = []
    for size, run in runs.items():
        tick = best_peer(run, lambda one: one.tick("cpu_s"))
        cold = best_peer(run, lambda one: one.median("cold", "cpu_s"))
        if tick and cold:
            peers.append(f"{size} {tick[0]} (tick), {cold[0]} (cold)")
    return [*lines, "", *([f"Best full-model peer: {'; '.join(peers)}.", ""] if peers else [])]


def comparison_tables(measurements: Sequence[Measurement]) -> list[str]:
    """Two tables per size: all programs, then the steps of our own clearing."""
    lines: list[str] = []
    for size, run in measured(measurements).items():
        group = list(run.values())
        lines += [f"### {size}", "", *_times(group), "", *_steps(group), *_problems(group)]
    return lines


def _times(group: Sequence[Measurement]) -> list[str]:
    own = next((one.tick("cpu_s") for one in group if one.driver == "spot"), None)
    rows = [
        "| program | build | cold | tick | ticks measured | tick / SpotMarket's | peak memory |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for one in group:
        if one.solves:
            tick = one.tick("cpu_s")
            cells = [
                seconds(one.median("cold", "build_s")),
                seconds(one.median("cold", "cpu_s")),
                seconds(tick) + ("" if one.warm_starts else "\N{NO-BREAK SPACE}(cold)"),
                str(one.ticks),
                factor(tick / own if tick and own else None),
                f"{one.peak_mb:.0f}\N{NO-BREAK SPACE}MB" if one.peak_mb else "–",
            ]
            form = f", {one.form} form" if one.driver == "flow" or one.role == "peer" else ""
            rows.append(f"| {one.version}{form} | {' | '.join(cells)} |")
    return rows


def _steps(group: Sequence[Measurement]) -> list[str]:
    """The steps of a clearing, what one took, and what the restricted programs and the floor tell."""
    spot = next((one for one in group if one.driver == "spot" and one.solves), None)
    lines = []
    if spot is not None:
        names = ("update", "optimise", "settle", "clearing")
        lines += [
            f"| SpotMarket | {' | '.join(names)} | all four | pivots | rounds | arcs held |",
            f"|---|{'---:|' * (len(names) + 4)}",
        ]
        for start in ("warm", "cold"):
            steps = [spot.beside(name, start) for name in names]
            if None not in steps:
                total = statistics.median(sum(one.beside.values()) for one in spot.solves if one.start == start)
                cells = [*(seconds(step) for step in steps), seconds(total), *_counts(spot, start)]
                lines.append(f"| {start} | {' | '.join(cells)} |")
        lines.append("")
    notes = [one for one in group if one.role in ("restricted", "floor") and one.solves]
    for one in notes:
        pruned = one.beside("pruned")
        what = f"{one.solves[-1].note.split('; ', 1)[-1]}" if pruned is None else one.solves[-1].note
        lines.append(f"- {one.version}: {what}{f': {seconds(pruned)}' if pruned is not None else ''}")
    return [*lines, ""] if notes else lines


def _counts(one: Measurement, start: str) -> list[str]:
    """Medians of the numbers in the notes."""
    notes = [re.findall(r"\d+", solve.note) for solve in one.solves if solve.start == start]
    return [f"{statistics.median(int(number) for number in column):,.0f}" for column in zip(*notes, strict=True)]


def _problems(group: Sequence[Measurement]) -> list[str]:
    lines = [f"- {one.driver}: {one.problem}" for one in group if one.problem]
    return [*lines, ""] if lines else []


def factor(value: float | None) -> str:
    """A ratio in three digits.

    >>> factor(1234.5), factor(0.01234), factor(None)
    ('1,230', '0.0123', '–')
    """
    if value is None:
        return "–"
    return f"{float(f'{value:.3g}'):,g}"


def seconds(value: float | None) -> str:
    """A time with a unit that reads well, and that no line break parts from it.

    >>> seconds(0.0000123), seconds(0.00123), seconds(12.3), seconds(None)
    ('12.3\xa0µs', '1.23\xa0ms', '12.3\xa0s', '–')
    """
    if value is None:
        return "–"
    unit, scale = next((pair for pair in (("s", 1.0), ("ms", 1e-3)) if value >= pair[1]), ("µs", 1e-6))
    return f"{value / scale:.3g}\N{NO-BREAK SPACE}{unit}"
