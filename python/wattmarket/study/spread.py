"""What several seeds together say: a median and its interval by order statistics, with what lies beyond the range."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import comb, inf
from typing import Any

from wattmarket.errors import InputError
from wattmarket.findings.chance import CONFIDENCE

__all__ = ["Spread", "cell_text", "median_rank", "spread_of"]


@dataclass(frozen=True, slots=True)
class Spread:
    """Median over seeds, with its interval.

    Parameters
    ----------
    value
        Median; ∞ or −∞ if it lies beyond the range searched, None if seeds without an answer could decide it.
    low, high
        Ends of the interval; ∞ or −∞ where it is open.
    coverage
        Probability with which such an interval holds the median of all seeds.
    seeds
        How many seeds.
    above, below
        How many of them lie above, and below, the range searched. They count: they are the highest, and the lowest.
    open
        How many have no answer within the budget.
    """

    value: float | None
    low: float
    high: float
    coverage: float
    seeds: int
    above: int = 0
    below: int = 0
    open: int = 0

    def numbers(self) -> dict[str, Any]:
        """Give it for programs: None for what is infinite or not known, and where an infinite median lies."""
        ends = {name: _finite(getattr(self, name)) for name in ("value", "low", "high")}
        counts = {name: getattr(self, name) for name in ("coverage", "seeds", "above", "below", "open")}
        return ends | counts | {"beyond": {inf: "above", -inf: "below"}.get(self.value or 0.0)}

    def text(self, form: str, low: float = -inf, high: float = inf) -> str:
        """Write median and interval in a format of `format`; ends beyond the range as that of the range.

        Examples
        --------
        >>> Spread(0.3, 0.2, inf, 0.9375, 5, above=1).text(".2f", 0.1, 0.9)
        '0.30 (0.20 to above 0.90)'
        """

        def written(end: float) -> str:
            if end == inf:
                return f"above {high:{form}}" if high < inf else "beyond the range"
            if end == -inf:
                return f"below {low:{form}}" if low > -inf else "beyond the range"
            return f"{end:{form}}"

        value = "not known" if self.value is None else written(self.value)
        return f"{value} ({written(self.low)} to {written(self.high)})"


def cell_text(cell: Mapping[str, Any], form: str) -> str:
    """Write the median of a map's cell; where it lies beyond the range searched, on which side.

    Examples
    --------
    >>> cell_text({"value": None, "beyond": "below", "low": 0.15, "high": 0.2}, ".2f")
    '0.15 or less'
    """
    if cell["value"] is not None:
        return f"{cell['value']:{form}}"
    if cell["beyond"] is None:
        return "not known"
    return f"{cell['low']:{form}} or less" if cell["beyond"] == "below" else f"more than {cell['high']:{form}}"


def median_rank(seeds: int) -> tuple[int, float]:
    """Give the rank k, from 1, so that the k-th lowest and k-th highest hold the median often enough, and how often.

    Of n independent draws, the number below the median is binomial (n, ½), so these two hold it with probability
    1 − 2·P(fewer than k below) [1]_. The largest k is taken with which that is at least `CONFIDENCE`; below five seeds
    there is none, and the lowest and highest are taken, with the probability that they have.

    References
    ----------
    .. [1] H. A. David & H. N. Nagaraja, *Order Statistics*, 3rd edition, Wiley, 2003, section 7.1.

    Examples
    --------
    >>> median_rank(5), median_rank(3), median_rank(20)
    ((1, 0.9375), (1, 0.75), (6, 0.95861...))
    """
    coverage, below, best = 1.0, 0, (1, 0.0)
    for rank in range(1, seeds // 2 + 1):
        below += comb(seeds, rank - 1)
        coverage = 1.0 - 2.0 * below / float(1 << seeds)
        if rank == 1 or coverage >= CONFIDENCE:
            best = rank, coverage
    return best


def spread_of(values: Sequence[float | None], lows: Sequence[float], highs: Sequence[float]) -> Spread:
    """Median of what seeds found, with an interval from order statistics.

    Parameters
    ----------
    values
        One per seed: a number, ∞ or −∞ if it lies beyond the range, None if it was not found.
    lows, highs
        Between which each seed's value lies. The interval goes from the k-th lowest of the lows to the k-th highest of
        the highs (`median_rank`): what a seed's own search leaves open widens it.

    Raises
    ------
    InputError
        If there is no seed.

    Examples
    --------
    >>> spread_of([0.3, inf, 0.2], [0.29, 0.9, 0.19], [0.31, inf, 0.21])
    Spread(value=0.3, low=0.19, high=inf, coverage=0.75, seeds=3, above=1, below=0, open=0)
    """
    if not values:
        raise InputError("spread: there is no seed")
    rank, coverage = median_rank(len(values))
    lowest = _median([-inf if value is None else value for value in values])
    highest = _median([inf if value is None else value for value in values])
    unknown = lowest is None or lowest != highest
    return Spread(
        None if unknown else lowest,
        sorted(lows)[rank - 1],
        sorted(highs)[-rank],
        coverage,
        len(values),
        above=list(values).count(inf),
        below=list(values).count(-inf),
        open=list(values).count(None),
    )


def _median(values: Sequence[float]) -> float | None:
    """Middle of the values, None if it is that of −∞ and ∞."""
    ordered = sorted(values)
    one, other = ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2]
    if one == -inf and other == inf:
        return None
    return one if one == other else (one + other) / 2.0


def _finite(value: float | None) -> float | None:
    return value if value is not None and -inf < value < inf else None
