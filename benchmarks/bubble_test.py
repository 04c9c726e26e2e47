"""``python -m benchmarks.bubble_test``: size and power of the bubble test, and how well it dates bubbles made to order.

Null paths are random walks with a drift of 1/T. Bubble paths are those of Phillips, Shi & Yu (2015): a random walk that
grows by a share of itself for a while, and falls back in one month to where it began to; with one such stretch or two.
No draw is shared with those behind the critical values.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.machine import describe_machine
from wattmarket import numeric
from wattmarket.findings import compare_episodes
from wattmarket.findings.explosive import (
    LEVELS,
    Critical,
    Episode,
    critical_values,
    date_stamp,
    explosive,
    least_window,
)

__all__ = ["Bubbly", "bubble_paths", "main", "mean_in_words", "null_paths", "report", "share_in_words"]

RESULTS = Path(__file__).resolve().parent / "results"
START, STEP = 100.0, 6.79
"""First value and deviation of a step of the bubble paths."""

LEVEL = 0.95

Paths = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True, slots=True)
class Bubbly:
    """Where the paths explode: first month and first month after, shares of T."""

    name: str
    stretches: tuple[tuple[float, float], ...]

    def episodes(self, months: int) -> tuple[Episode, ...]:
        """The true dates; the peak is the last month."""
        ends = [(int(first * months), int(after * months)) for first, after in self.stretches]
        return tuple(Episode(first, after - 1, after) for first, after in ends)


CASES = (
    Bubbly("one bubble, 0.15 T", ((0.40, 0.55),)),
    Bubbly("two bubbles, 0.20 T and 0.10 T", ((0.20, 0.40), (0.60, 0.70))),
)


def steps(purpose: str, count: int, months: int, seed: int) -> Paths:
    """Normal draws, float64 [count, T], of a purpose of their own."""
    paths = np.arange(count, dtype=np.uint64)
    return np.stack([numeric.normal(seed, purpose, paths, tick) for tick in range(months)], axis=1)


def null_paths(count: int, months: int, seed: int) -> Paths:
    """Random walks with a drift of 1/T, float64 [count, T]."""
    return np.asarray(np.cumsum(steps("null path", count, months, seed) + 1.0 / months, axis=1))


def bubble_paths(bubbly: Bubbly, count: int, months: int, seed: int) -> Paths:
    """Paths with bubbles, float64 [count, T]: growth of T^(-0.6) a month (c = 1, α = 0.6) in the true stretches."""
    shocks = STEP * steps(f"bubble path, {bubbly.name}", count, months, seed)
    growth = 1.0 + months**-0.6
    path = np.full(count, START)
    found, before = [path], path
    episodes = bubbly.episodes(months)
    for month in range(1, months):
        if any(month == one.start for one in episodes):
            before = path
        if any(one.start <= month < (one.end or months) for one in episodes):
            path = growth * path + shocks[:, month]
        elif any(month == one.end for one in episodes):
            path = before + shocks[:, month]
        else:
            path = path + shocks[:, month]
        found.append(path)
    return np.stack(found, axis=1)


def share_in_words(count: int, of: int) -> str:
    """A share with its 95 % interval (Wilson)."""
    if of == 0:
        return "–"
    z2, share = 1.96**2, count / of
    middle = (share + z2 / (2 * of)) / (1 + z2 / of)
    half = np.sqrt(z2 * (share * (1 - share) / of + z2 / (4 * of * of))) / (1 + z2 / of)
    return f"{share:.1%} ({middle - half:.1%} to {middle + half:.1%})"


def mean_in_words(values: Sequence[float]) -> str:
    """A mean with its 95 % interval, as far as more than one value tells."""
    if len(values) == 0:
        return "–"
    mean = float(np.mean(values))
    if len(values) == 1:
        return f"{mean:+.1f} (one only)"
    half = 1.96 * float(np.std(values, ddof=1)) / np.sqrt(len(values))
    return f"{mean:+.1f} ± {half:.1f}"


def size_rows(months: int, critical: Critical, count: int, seed: int) -> list[str]:
    """How often null paths are called bubbles."""
    found = explosive(null_paths(count, months, seed))
    rows = []
    for level in LEVELS:
        row = critical.level(level)
        called = [share_in_words(int((one > value[row]).sum()), count) for one, value in _statistics(found, critical)]
        stamps = [date_stamp(bsadf, critical.bsadf[row]) for bsadf in found.bsadf]
        stamped = sum(bool(own) for own in stamps)
        both = sum(bool(own) and gsadf > critical.gsadf[row] for own, gsadf in zip(stamps, found.gsadf, strict=True))
        cells = [*called, share_in_words(stamped, count), share_in_words(both, count)]
        rows.append(f"| {months} | {1 - level:.0%} | {' | '.join(cells)} |")
    return rows


def _statistics(found: Any, critical: Critical) -> list[tuple[Paths, Paths]]:
    return [(found.sadf, critical.sadf), (found.gsadf, critical.gsadf)]


def power_row(bubbly: Bubbly, months: int, critical: Critical, count: int, seed: int) -> str:
    """How often bubbles are found, and when."""
    found = explosive(bubble_paths(bubbly, count, months, seed))
    row, true = critical.level(LEVEL), bubbly.episodes(months)
    called = [share_in_words(int((one > value[row]).sum()), count) for one, value in _statistics(found, critical)]
    rejected = found.gsadf > critical.gsadf[row]
    dated = [
        compare_episodes(true, date_stamp(bsadf, critical.bsadf[row]) if yes else (), months)
        for bsadf, yes in zip(found.bsadf, rejected, strict=True)
    ]
    met = [one for dating in dated for one in dating.met]
    starts = [one.start_delay_months for one in met if one.start_delay_months is not None]
    ends = [one.end_delay_months for one in met if one.end_delay_months is not None]
    cells = [
        str(months),
        bubbly.name,
        *called,
        share_in_words(sum(one.found for one in met), len(met)),
        mean_in_words(starts),
        mean_in_words(ends),
        mean_in_words([len(dating.false) for dating in dated]),
    ]
    return f"| {' | '.join(cells)} |"


def report(lengths: Sequence[int], count: int, draws: int, seed: int) -> str:
    """Simulate, and write what was found."""
    critical = {months: critical_values(months, draws=draws) for months in lengths}
    windows = ", ".join(f"{least_window(months)} months of {months}" for months in lengths)
    lines = [
        f"## Size and power of the bubble test, measured {datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        "",
        *(f"- {key}: {value}" for key, value in describe_machine().items()),
        "",
        f"{count:,} paths in each row, critical values of {draws:,} other random walks, no lagged changes, windows of "
        f"at least {windows}. Intervals: 95 %, of the paths alone; critical values are themselves known to about 0.05.",
        "",
        "| T | level | SADF | GSADF |",
        "|---:|---:|---:|---:|",
    ]
    for months, values in critical.items():
        for place, level in enumerate(LEVELS):
            lines.append(f"| {months} | {level:.0%} | {values.sadf[place]:.2f} | {values.gsadf[place]:.2f} |")
    lines += [
        "",
        "**Size.** Null paths called bubbles. *Stamped*: with an episode of at least ln T months in which BSADF lies "
        "above its critical value; *and rejected*: where GSADF rejects too, which our findings ask for.",
        "",
        "| T | nominal | SADF | GSADF | stamped | stamped and rejected |",
        "|---:|---:|---:|---:|---:|---:|",
    ]
    for months, values in critical.items():
        lines += size_rows(months, values, count, seed)
    lines += [
        "",
        f"**Power** at {1 - LEVEL:.0%}, growth of T^(-0.6) a month. *Found*: GSADF rejects, and a stamped episode "
        "shares a month with the true one; delays are those of bubbles found, in months.",
        "",
        "| T | paths | SADF | GSADF | bubbles found | start, late | end, late | false episodes a path |",
        "|---:|---|---:|---:|---:|---:|---:|---:|",
    ]
    lines += [power_row(one, months, critical[months], count, seed) for months in lengths for one in CASES]
    return "\n".join([*lines, ""])


def main(arguments: Sequence[str] | None = None) -> int:
    """Simulate, report, write."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bubble_test", description=__doc__)
    parser.add_argument("--lengths", type=int, nargs="+", default=[100, 156])
    parser.add_argument("--paths", type=int, default=1_000)
    parser.add_argument("--draws", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=RESULTS / "bubble_test.md")
    options = parser.parse_args(arguments)
    text = report(options.lengths, options.paths, options.draws, options.seed)
    options.out.write_text(text, encoding="utf-8")
    print(text)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
