"""Numbers with what is not known about them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from wattmarket import numeric

__all__ = ["Uncertain", "ranged", "said_once", "shifted"]

Float = NDArray[np.float64]

_ALIKE: Final = " (in every case)"


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

    def text(self, form: str, *, or_never: bool = False) -> str:
        """Write the number and, in brackets, its range, each in a format of `format`; with a case in which it has none.

        Examples
        --------
        >>> Uncertain(0.53, 0.531, 0.529).text(".2f"), Uncertain(0.5, 0.4, 0.5).text(".1f", or_never=True)
        ('0.53 (in every case)', '0.5 (0.4 to 0.5, or never)')
        """
        return ranged(*self.written(form), or_never=or_never)


def ranged(value: str, low: str, high: str, *, or_never: bool = False) -> str:
    """Write a number or a month with its range in brackets; where both ends are the same, so is every case."""
    if low == high == value:
        return f"{value} (or never)" if or_never else f"{value}{_ALIKE}"
    return f"{value} ({low} to {high}{', or never' if or_never else ''})"


def said_once(lines: Sequence[str]) -> list[str]:
    """Say of several numbers of a paragraph that are the same in every case so in its last line, once for all.

    Examples
    --------
    >>> said_once(["A is 4 (in every case).", "B is 5 (in every case)."])
    ['A is 4.', 'B is 5. Numbers without a range are the same in every case.']
    """
    if "\n".join(lines).count(_ALIKE) < 2:
        return list(lines)
    *first, last = (line.replace(_ALIKE, "") for line in lines)
    return [*first, f"{last} Numbers without a range are the same in every case."]


def _without_minus_nil(number: float, form: str) -> str:
    text = f"{number:{form}}"
    return text if any(digit in text for digit in "123456789") else f"{0.0:{form}}"


def shifted(index: Float, log_points: Float) -> Float:
    """Move an index up by so many log points, month by month, float64 [T]."""
    return index * numeric.exp(log_points)
