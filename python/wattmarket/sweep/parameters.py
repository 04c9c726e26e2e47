"""What a sweep varies: a key of the scenario with the values that it takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from wattmarket.scenario.write import write_value

__all__ = ["Level", "Parameter", "column_of"]


@dataclass(frozen=True, slots=True)
class Level:
    """One value of a parameter, and how tables show it: as itself, by its label, or as TOML where it is a list."""

    value: Any
    shown: bool | int | float | str


@dataclass(frozen=True, slots=True)
class Parameter:
    """A key of the scenario that a sweep varies: over a list of values, or over a range.

    Parameters
    ----------
    key
        Dotted key of the scenario.
    levels
        The values of a list; empty for a range.
    low, high
        Ends of a range, both included.
    steps
        How many values a grid takes from a range.
    whole
        Whether the values of a range are whole numbers.
    since
        First month in which the value holds, ``YYYY-MM``; empty: from the start.
    """

    key: str
    levels: tuple[Level, ...] = ()
    low: float = 0.0
    high: float = 0.0
    steps: int = 0
    whole: bool = False
    since: str = ""

    @property
    def name(self) -> str:
        """Name of its column: the key, with the month from which it holds if there is one."""
        return f"{self.key}@{self.since}" if self.since else self.key

    def grid(self) -> tuple[Level, ...]:
        """Give the values of a grid: the list, or as many as `steps` evenly over the range.

        Examples
        --------
        >>> [level.value for level in Parameter("drift.ceiling", low=0.4, high=0.8, steps=3).grid()]
        [0.4, 0.6, 0.8]
        """
        if self.levels:
            return self.levels
        return tuple(self.at(place / (self.steps - 1)) for place in range(self.steps))

    def at(self, share: float) -> Level:
        """Give the value so far along the range, or in the list, from 0 to 1.

        Examples
        --------
        >>> Parameter("world.sites", low=50, high=100, whole=True).at(0.5).value
        75
        >>> Parameter("drift.path", levels=(Level("flat", "flat"), Level("logistic", "logistic"))).at(0.5).value
        'logistic'
        """
        if self.levels:
            return self.levels[min(int(share * len(self.levels)), len(self.levels) - 1)]
        # Twelve digits: a scenario says 0.6, not 0.6000000000000001.
        value = float(f"{self.low + share * (self.high - self.low):.12g}")
        return Level(round(value), round(value)) if self.whole else Level(value, value)

    def setting(self, level: Level) -> str:
        """Write the setting ``key=value`` of a level.

        Examples
        --------
        >>> Parameter("drift.path").setting(Level("flat", "flat"))
        'drift.path="flat"'
        """
        return f"{self.key}={write_value(level.value)}"


def column_of(name: str, levels: Sequence[Level]) -> pl.Series:
    """Give the column of a parameter: truth, whole numbers, numbers or text, whichever holds all its values.

    Examples
    --------
    >>> column_of("drift.ceiling", [Level(1, 1), Level(0.5, 0.5)]).to_list()
    [1.0, 0.5]
    """
    values = [level.shown for level in levels]
    if all(isinstance(value, bool) for value in values):
        return pl.Series(name, values, dtype=pl.Boolean)
    if all(isinstance(value, int) and not isinstance(value, bool) for value in values):
        return pl.Series(name, values, dtype=pl.Int64)
    if all(isinstance(value, int | float) and not isinstance(value, bool) for value in values):
        return pl.Series(name, [float(value) for value in values], dtype=pl.Float64)
    texts = [value if isinstance(value, str) else write_value(value) for value in values]
    return pl.Series(name, texts, dtype=pl.String)
