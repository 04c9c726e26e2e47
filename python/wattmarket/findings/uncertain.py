"""Numbers with what is not known about them."""

from __future__ import annotations

from collections.abc import Iterable
from csv import DictReader
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from wattmarket import numeric

__all__ = ["CONFIDENCE", "MEASURED_SITES", "Uncertain", "placebo_band"]

Float = NDArray[np.float64]

CONFIDENCE: Final = 0.90
"""Part of the placebos that the band holds."""

MEASURED_SITES: Final = 500
"""Sites of the worlds on which the band, and the false alarms of the rule, were measured."""

_BAND_FILE: Final = "placebo.csv"


@dataclass(frozen=True, slots=True)
class Uncertain:
    """A number, and the range in which it lies.

    Parameters
    ----------
    value
        As found.
    low, high
        Ends of the range; the value lies within.

    Examples
    --------
    >>> Uncertain.of(3.0, [2.0, 4.0, 3.5])
    Uncertain(value=3.0, low=2.0, high=4.0)
    >>> Uncertain.of(3.0, [2.0, 4.0, 3.5]).text(".1f")
    '3.0 (2.0 to 4.0)'
    """

    value: float
    low: float
    high: float

    @classmethod
    def of(cls, value: float, others: Iterable[float]) -> Self:
        """Range of a number and of what others found in its place."""
        every = [value, *others]
        return cls(value, min(every), max(every))

    def written(self, form: str) -> tuple[str, str, str]:
        """Write the number and the ends of its range, each in a format of `format`; what rounds to nil has no minus.

        Examples
        --------
        >>> Uncertain(-0.001, -0.04, 0.0).written("+.0%")
        ('+0%', '-4%', '+0%')
        """
        return (
            _without_minus_nil(self.value, form),
            _without_minus_nil(self.low, form),
            _without_minus_nil(self.high, form),
        )

    def text(self, form: str) -> str:
        """Write the number and, in brackets, its range, each in a format of `format`."""
        value, low, high = self.written(form)
        return f"{value} ({low} to {high})"


def _without_minus_nil(number: float, form: str) -> str:
    text = f"{number:{form}}"
    return text if any(digit in text for digit in "123456789") else f"{0.0:{form}}"


@cache
def _widths() -> Float:
    table = files("wattmarket.findings").joinpath(_BAND_FILE).read_text(encoding="utf-8")
    return np.array([float(row["log_points"]) for row in DictReader(table.splitlines())])


def placebo_band(months: int) -> Float:
    """How far the edge index of twins parts that differ in nothing that matters, float64 [T] log points.

    Nine in ten of 200 pairs of runs stayed this close in the months around: without drift, 500 sites, seeds 0 to 199,
    one of each pair with a drift from 0.100 to 0.101 (``python -m benchmarks.false_alarms``). Building is lumpy: what
    means nothing still sends auctions down other ways. Twins of larger worlds part by more, and of smaller ones by less
    (docs/findings.md).

    Parameters
    ----------
    months
        Length T of a run; beyond the 156 months that were measured the last width stands.

    Examples
    --------
    >>> band = placebo_band(156)
    >>> bool((band >= 0.0).all()), len(placebo_band(200))
    (True, 200)
    """
    widths = _widths()
    return np.concatenate([widths, np.full(max(months - len(widths), 0), widths[-1])])[:months]


def shifted(index: Float, log_points: Float) -> Float:
    """Move an index up by so many log points, month by month, float64 [T]."""
    return index * numeric.exp(log_points)
