"""The bubble of a run as data: values far above what the rents that came were worth, and what a test makes of it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import polars as pl

from wattmarket.findings.uncertain import Uncertain

__all__ = ["Bubble", "BubbleEpisode", "BubbleRule", "EpisodeDates", "ExplosiveTest", "PartBubble"]


@dataclass(frozen=True, slots=True)
class BubbleRule:
    """What counts as a bubble, and how it is tested for; all of it assumed.

    Parameters
    ----------
    margin
        How far market value lies above fundamental value, a share of it.
    months
        For how many months in a row.
    least_realised
        Months are left out in which less than this share of fundamental value rests on rents that came in the run.
    level
        Level of the test that is reported.
    draws
        Random walks behind its critical values.
    least_tested
        Shortest series in months that is tested.
    """

    margin: float = 0.20
    months: int = 6
    least_realised: float = 0.5
    level: float = 0.95
    draws: int = 2_000
    least_tested: int = 36


@dataclass(frozen=True, slots=True)
class Span:
    """Months of an episode, ``YYYY-MM``, as in `BubbleEpisode`."""

    start: str
    peak: str
    end: str | None


@dataclass(frozen=True, slots=True)
class BubbleEpisode:
    """A stretch of months in which market value lies further above fundamental value than the margin.

    Parameters
    ----------
    start, peak, end
        First month, month of the highest ratio, first month back within the margin, ``YYYY-MM``; `end` is None where
        it goes on in the last month that counts.
    ratio, bubble_share
        Market over fundamental value at the peak, and the share of market value that is none of it, 1 − 1/ratio.
    low, high
        The months of the episodes at the low and at the high end of the ratio that share some with this one; None:
        there are none.
    """

    start: str
    peak: str
    end: str | None
    ratio: Uncertain
    bubble_share: Uncertain
    low: Span | None
    high: Span | None

    @property
    def certain(self) -> bool:
        """Whether some of these months make an episode at the low end of the ratio too."""
        return self.low is not None


@dataclass(frozen=True, slots=True)
class EpisodeDates:
    """What the test makes of an episode, in months, with the range over the levels at which it is found.

    Parameters
    ----------
    found
        At the level reported.
    start_delay, end_delay
        Stamped less true date; None: not found, or the end is not seen.
    """

    found: bool
    start_delay: Uncertain | None
    end_delay: Uncertain | None


@dataclass(frozen=True, slots=True)
class ExplosiveTest:
    """The test of one series.

    Parameters
    ----------
    series
        ``index`` (its logarithm) or ``ratio``.
    gsadf, critical
        The statistic, and its critical values at 90, 95 and 99 %.
    stamps
        Months of the stamped episodes at the level reported: start, and end or None. None at all unless `gsadf` exceeds
        its critical value.
    dates
        What it makes of each true episode.
    false
        Stamped episodes that meet no true one, with the range over levels.
    """

    series: str
    gsadf: float
    critical: tuple[float, ...]
    stamps: tuple[tuple[str, str | None], ...]
    dates: tuple[EpisodeDates, ...]
    false: Uncertain


@dataclass(frozen=True, slots=True)
class PartBubble:
    """Edge or core.

    Parameters
    ----------
    part
        ``edge`` or ``core``.
    peak, peak_range
        Month of the highest ratio of those that count, ``YYYY-MM``; the first and the last month in which the ratio or
        one of its ends is highest.
    ratio, bubble_share
        There, as in `BubbleEpisode`.
    episodes
        The true episodes.
    tests
        Of the two series; empty where the months are too few, or a series is nil or never changes.
    """

    part: str
    peak: str
    peak_range: tuple[str, str]
    ratio: Uncertain
    bubble_share: Uncertain
    episodes: tuple[BubbleEpisode, ...]
    tests: tuple[ExplosiveTest, ...]


@dataclass(frozen=True, slots=True)
class Bubble:
    """The bubble of a run.

    Parameters
    ----------
    rule
        What counts as one.
    first, last
        Months that count, ``YYYY-MM``.
    left_out
        Months after them.
    parts
        Edge and core, those of which shells stand.
    """

    rule: BubbleRule
    first: str
    last: str
    left_out: int
    parts: tuple[PartBubble, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers and texts, for JSON."""
        return asdict(self)

    def frame(self) -> pl.DataFrame:
        """One row per true episode and test: dates, ratio at the peak, whether it was found, delays in months."""
        rows = [
            {
                "part": part.part,
                "start": episode.start,
                "peak": episode.peak,
                "end": episode.end,
                "ratio": episode.ratio.value,
                "ratio_low": episode.ratio.low,
                "ratio_high": episode.ratio.high,
                "certain": episode.certain,
                "series": test.series,
                "found": test.dates[place].found,
                "start_delay_months": _value(test.dates[place].start_delay),
                "end_delay_months": _value(test.dates[place].end_delay),
            }
            for part in self.parts
            for place, episode in enumerate(part.episodes)
            for test in part.tests
        ]
        return pl.DataFrame(rows, schema=_EPISODE_COLUMNS)

    def text(self) -> str:
        """Write the finding in words."""
        from wattmarket.findings.bubble_words import bubble_in_words  # noqa: PLC0415 - words read the finding

        return "\n".join(bubble_in_words(self))


_EPISODE_COLUMNS = {
    **dict.fromkeys(("part", "start", "peak", "end"), pl.String),
    **dict.fromkeys(("ratio", "ratio_low", "ratio_high"), pl.Float64),
    "certain": pl.Boolean,
    "series": pl.String,
    "found": pl.Boolean,
    **dict.fromkeys(("start_delay_months", "end_delay_months"), pl.Float64),
}


def _value(number: Uncertain | None) -> float | None:
    return None if number is None else number.value
