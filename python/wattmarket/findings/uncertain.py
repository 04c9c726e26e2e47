"""Numbers with what is not known about them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from wattmarket import numeric

__all__ = ["Uncertain", "shifted"]

Float = NDArray[np.float64]


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


def shifted(index: Float, log_points: Float) -> Float:
    """Move an index up by so many log points, month by month, float64 [T]."""
    return index * numeric.exp(log_points)
