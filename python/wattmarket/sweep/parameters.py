"""What a sweep varies: a key of the scenario with the values that it takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from wattmarket.scenario.write import write_value

__all__ = ["Level", "Parameter", "column_of", "overlapping", "refused"]

_REFUSED: Final = {
    "run.seed": "is varied by [replications]",
    "title": "changes no result",
    "question": "changes no result",
}


def refused(key: str) -> str | None:
    """Why a key of the scenario is no parameter of a sweep, if it isn't.

    Examples
    --------
    >>> refused("run.seed"), refused("drift.ceiling")
    ('is varied by [replications]', None)
    """
    return _REFUSED.get(key, "is no matter of a sweep; see [outputs]" if key.startswith("output.") else None)


@dataclass(frozen=True, slots=True)
class Level:
    """One value of a parameter, and how tables show it: as itself, by its label, or as TOML where it is a list."""

    value: Any
    shown: bool | int | float | str

    @staticmethod
    def several(values: Sequence[Any], labels: Sequence[str | int | float] | None = None) -> tuple[Level, ...]:
        """Make the levels of a list, shown by their labels if there are any.

        Examples
        --------
        >>> [level.shown for level in Level.several([0.5, [1, 2]])]
        [0.5, '[1, 2]']
        """
        if labels is not None:
            return tuple(Level(value, label) for value, label in zip(values, labels, strict=True))
        plain = bool | int | float | str
        return tuple(Level(value, value if isinstance(value, plain) else write_value(value)) for value in values)


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
        return self.level(self.low + share * (self.high - self.low))

    def level(self, value: float) -> Level:
        """Give a value of a range as a scenario says it: 0.6, not 0.6000000000000001; whole if the key is.

        Examples
        --------
        >>> Parameter("drift.ceiling", low=0.4, high=0.8).level(0.1 + 0.5).value
        0.6
        """
        said = float(f"{value:.12g}")
        return Level(round(said), round(said)) if self.whole else Level(said, said)

    def ranged(self) -> Parameter:
        """Take a list of numbers for the range that they span.

        Examples
        --------
        >>> one = Parameter("drift.ceiling", Level.several([0.5, 0.9, 0.4])).ranged()
        >>> one.levels, one.low, one.high
        ((), 0.4, 0.9)
        """
        values = [level.value for level in self.levels]
        if not values or not all(isinstance(value, int | float) and not isinstance(value, bool) for value in values):
            return self
        whole = all(isinstance(value, int) for value in values)
        return Parameter(self.key, (), min(values), max(values), 0, whole, self.since)

    def setting(self, level: Level) -> str:
        """Write the setting ``key=value`` of a level.

        Examples
        --------
        >>> Parameter("drift.path").setting(Level("flat", "flat"))
        'drift.path="flat"'
        """
        return f"{self.key}={write_value(level.value)}"


def overlapping(parameters: Sequence[Parameter]) -> list[tuple[str, str]]:
    """Names of parameters that set what another sets from the same month on, each with that other.

    Examples
    --------
    >>> overlapping([Parameter("drift.ceiling"), Parameter("drift"), Parameter("drift.ceiling", since="2028-06")])
    [('drift.ceiling', 'drift')]
    """
    found = []
    for place, one in enumerate(parameters):
        for at, other in enumerate(parameters):
            twice = one.name == other.name and at < place
            if one.since == other.since and (twice or one.key.startswith(f"{other.key}.")):
                found.append((one.name, other.name))
    return found


def column_of(parameter: Parameter, levels: Sequence[Level]) -> pl.Series:
    """Give a part of a parameter's column: truth, whole numbers, numbers or text, whichever holds all its values.

    Examples
    --------
    >>> half = Level(0.5, 0.5)
    >>> column_of(Parameter("drift.ceiling", (Level(1, 1), half)), [half, Level(1, 1)]).to_list()
    [0.5, 1.0]
    """
    kind = _kind(parameter)
    values: list[bool | int | float | str] = [level.shown for level in levels]
    if kind == pl.Float64:
        values = [float(value) for value in values]
    elif kind == pl.String:
        values = [value if isinstance(value, str) else write_value(value) for value in values]
    return pl.Series(parameter.name, values, dtype=kind)


def _kind(parameter: Parameter) -> type[pl.DataType]:
    """Type of a parameter's column, the same for every part of it."""
    kinds = {type(level.shown) for level in parameter.levels} or {int if parameter.whole else float}
    if kinds <= {bool}:
        return pl.Boolean
    if kinds <= {int}:
        return pl.Int64
    return pl.Float64 if kinds <= {int, float} else pl.String
