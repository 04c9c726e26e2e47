"""Read the bubble off a run.

The engine knows what came. So the ratio of market to fundamental value says when there was a bubble, as far as the run
goes; and what the test of Phillips, Shi & Yu makes of the same months can be told apart from the truth.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final, Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray

from wattmarket import numeric
from wattmarket.errors import InputError
from wattmarket.findings.bubble import Bubble, BubbleEpisode, BubbleRule, EpisodeDates, ExplosiveTest, PartBubble, Span
from wattmarket.findings.bubble_months import NEEDED, PARTS, BubbleTables, bubble_months
from wattmarket.findings.dating import Dating, compare_episodes, sharing
from wattmarket.findings.explosive import LEVELS, Critical, Episode, critical_values, date_stamp, explosive
from wattmarket.findings.uncertain import Uncertain
from wattmarket.months import month_name, month_number

__all__ = ["SERIES", "bubble_test", "find_bubble", "stamped_episodes", "tested_series", "true_episodes"]

Float = NDArray[np.float64]

SERIES: Final = ("index", "ratio")
"""What is tested of a part: the logarithm of its index, and its ratio of market to fundamental value."""


class BubbleRun(BubbleTables, Protocol):
    """A run, as far as its bubble is read off it."""

    @property
    def scenario(self) -> Any:
        """The scenario, for the terms of the valuation and the first month."""
        ...

    @property
    def manifest(self) -> Any:
        """What was kept."""
        ...


@lru_cache(maxsize=4)
def _critical(months: int, draws: int) -> Critical:
    return critical_values(months, draws=draws)


def tested_series(months: pl.DataFrame, part: str, series: str) -> Float | None:
    """Series of a part that is tested, float64 [T]; None where it is nil in some month, or never changes."""
    column = months[f"{part}_{series}"].to_numpy()
    if not (column > 0.0).all() or column.min() == column.max():
        return None
    return np.asarray(numeric.log(column)) if series == "index" else column


def bubble_test(series: Float, rule: BubbleRule) -> tuple[float, Float, Critical] | None:
    """Test a series: GSADF, BSADF by month (float64 [T]), and critical values; None where it can't be tested."""
    if len(series) < rule.least_tested:
        return None
    try:
        found = explosive(series)
    except InputError:
        # Stretches without any change have no statistic.
        return None
    return float(found.gsadf), found.bsadf, _critical(len(series), rule.draws)


def stamped_episodes(gsadf: float, bsadf: Float, critical: Critical, level: float) -> tuple[Episode, ...]:
    """Dates of a series at a level; none unless the series as a whole explodes at that level."""
    row = critical.level(level)
    return date_stamp(bsadf, critical.bsadf[row]) if gsadf > critical.gsadf[row] else ()


def true_episodes(ratio: Float, rule: BubbleRule) -> tuple[Episode, ...]:
    """Months in a row in which a ratio lies above the margin, dated as a statistic above its critical value is.

    Examples
    --------
    >>> ratio = np.array([1.0, 1.3, 1.1, 1.3, 1.5, 1.4, 1.2, 1.3])
    >>> true_episodes(ratio, BubbleRule(months=3))
    (Episode(start=3, peak=4, end=6),)
    """
    return date_stamp(ratio, np.full(len(ratio), 1.0 + rule.margin), months=rule.months)


def find_bubble(run: BubbleRun, rule: BubbleRule | None = None) -> Bubble | None:
    """Read the bubble off a run.

    Parameters
    ----------
    run
        A run.
    rule
        What counts as a bubble; None: a `BubbleRule` as it comes.

    Returns
    -------
    Bubble or None
        None of runs that kept none of the tables (those without agents), or of which no month counts.
    """
    chosen = BubbleRule() if rule is None else rule
    if any(table not in run.manifest.rows for table in NEEDED):
        return None
    valuation = run.scenario.valuation
    every = bubble_months(run, rate=valuation.rate, years=valuation.horizon_years)
    months = every.filter(pl.col("realised_share") >= chosen.least_realised)
    if months.is_empty():
        return None
    start = month_number(run.scenario.run.start)
    parts = tuple(
        _part(months, part, chosen, start) for part in PARTS if (months[f"{part}_ratio"].to_numpy() > 0.0).any()
    )
    return Bubble(chosen, month_name(start), month_name(start + months.height - 1), every.height - months.height, parts)


def _part(months: pl.DataFrame, part: str, rule: BubbleRule, start: int) -> PartBubble:
    ratio, low, high = (months[f"{part}_ratio{end}"].to_numpy() for end in ("", "_low", "_high"))
    true = true_episodes(ratio, rule)
    at_ends = [true_episodes(end, rule) for end in (low, high)]
    episodes = []
    for one in true:
        own = _span([one], start)
        low_span, high_span = (
            _span(mine, start) if (mine := sharing(one, there, len(ratio))) else None for there in at_ends
        )
        ratio_share = _ratio_at(months, part, one.peak)
        episodes.append(BubbleEpisode(own.start, own.peak, own.end, *ratio_share, low_span, high_span))
    tests = (_test(tested_series(months, part, series), series, rule, true, start) for series in SERIES)
    peaks = [int(np.argmax(one)) for one in (ratio, low, high)]
    return PartBubble(
        part,
        month_name(start + peaks[0]),
        (month_name(start + min(peaks)), month_name(start + max(peaks))),
        *_ratio_at(months, part, peaks[0]),
        tuple(episodes),
        tuple(test for test in tests if test is not None),
    )


def _span(episodes: Sequence[Episode], start: int) -> Span:
    """Months from the first of some episodes to the last; the peak is that of the longest."""
    ends = [one.end for one in episodes]
    longest = max(episodes, key=lambda one: (np.inf if one.end is None else one.end) - one.start)
    last = None if None in ends else month_name(start + max(end for end in ends if end is not None))
    return Span(month_name(start + episodes[0].start), month_name(start + longest.peak), last)


def _ratio_at(months: pl.DataFrame, part: str, tick: int) -> tuple[Uncertain, Uncertain]:
    """Ratio of a month, and the share of value that is bubble then."""
    value, low, high = (float(months[f"{part}_ratio{end}"][tick]) for end in ("", "_low", "_high"))
    ratio = Uncertain.of(value, [low, high])
    share = Uncertain(*(max(0.0, 1.0 - 1.0 / x) if x > 0.0 else 0.0 for x in (ratio.value, ratio.low, ratio.high)))
    return ratio, share


def _test(
    column: Float | None, series: str, rule: BubbleRule, true: tuple[Episode, ...], start: int
) -> ExplosiveTest | None:
    tested = None if column is None else bubble_test(column, rule)
    if column is None or tested is None:
        return None
    gsadf, bsadf, critical = tested
    stamps = {level: stamped_episodes(gsadf, bsadf, critical, level) for level in LEVELS}
    dated = {level: compare_episodes(true, stamps[level], len(column)) for level in LEVELS}
    own = stamps[rule.level]
    return ExplosiveTest(
        series,
        gsadf,
        tuple(critical.gsadf.tolist()),
        tuple((month_name(start + one.start), None if one.end is None else month_name(start + one.end)) for one in own),
        tuple(_dates(place, dated, rule.level) for place in range(len(true))),
        Uncertain.of(float(len(dated[rule.level].false)), (float(len(one.false)) for one in dated.values())),
    )


def _dates(place: int, dated: dict[float, Dating], level: float) -> EpisodeDates:
    own, others = dated[level].met[place], [dating.met[place] for dating in dated.values()]

    def over_levels(delay: int | None, every: list[int | None]) -> Uncertain | None:
        if delay is None:
            return None
        return Uncertain.of(float(delay), (float(one) for one in every if one is not None))

    return EpisodeDates(
        own.found,
        over_levels(own.start_delay_months, [met.start_delay_months for met in others]),
        over_levels(own.end_delay_months, [met.end_delay_months for met in others]),
    )
