"""Which combinations of values a sweep runs: a grid, a list, a Latin hypercube; points are made when asked for."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import overload

import numpy as np
import numpy.typing as npt

from wattmarket import numeric
from wattmarket.sweep.parameters import Level, Parameter

__all__ = ["Point", "Points", "Shares", "grid", "latin_hypercube"]

Point = tuple[Level, ...]


class Points(Sequence[Point]):
    """Points of a design that are made one at a time: a million of them take no memory to speak of."""

    @overload
    def __getitem__(self, place: int) -> Point: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Point]: ...
    def __getitem__(self, place: int | slice) -> Point | Sequence[Point]:
        """Make a point, or a list of some."""
        if isinstance(place, slice):
            return [self._point(number) for number in range(*place.indices(len(self)))]
        number = place + len(self) if place < 0 else place
        if not 0 <= number < len(self):
            raise IndexError(f"point {place} of {len(self)}")
        return self._point(number)

    @abstractmethod
    def _point(self, number: int) -> Point:
        """Make the point of a number from 0."""


@dataclass(frozen=True, slots=True)
class Grid(Points):
    """All combinations of some levels; those of the last parameter change fastest."""

    levels: tuple[tuple[Level, ...], ...]

    def __len__(self) -> int:
        return prod(len(levels) for levels in self.levels)  # exact: integers

    def _point(self, number: int) -> Point:
        found = []
        for levels in reversed(self.levels):
            number, place = divmod(number, len(levels))
            found.append(levels[place])
        return tuple(reversed(found))


@dataclass(frozen=True, slots=True, eq=False)
class Shares(Points):
    """Points told by how far along each parameter's range they lie.

    Parameters
    ----------
    parameters
        What varies.
    shares
        (points, parameters) from 0 to 1; see `Parameter.at`.

    Examples
    --------
    >>> points = Shares((Parameter("drift.ceiling", low=0.4, high=0.8),), np.array([[0.0], [0.5]]))
    >>> len(points), points[1][0].value
    (2, 0.6)
    """

    parameters: tuple[Parameter, ...]
    shares: npt.NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.shares)

    def _point(self, number: int) -> Point:
        return tuple(
            parameter.at(share) for parameter, share in zip(self.parameters, self.shares[number].tolist(), strict=True)
        )


def grid(parameters: Sequence[Parameter]) -> Points:
    """Combine all values of all parameters; the last parameter changes fastest.

    Examples
    --------
    >>> a, b = (Parameter(key, tuple(Level(value, value) for value in (1, 2))) for key in "ab")
    >>> [[level.value for level in point] for point in grid([a, b])]
    [[1, 1], [1, 2], [2, 1], [2, 2]]
    """
    return Grid(tuple(parameter.grid() for parameter in parameters))


def latin_hypercube(parameters: Sequence[Parameter], points: int, seed: int) -> Points:
    """Draw points so that each of as many equal parts of every parameter's range holds one of them.

    Parameters
    ----------
    parameters
        What varies. A list is taken as a range that is divided equally among its values.
    points
        How many points.
    seed
        Seed of the design; it has nothing to do with the seeds of the runs.

    Returns
    -------
    Points
        In the order drawn.

    Notes
    -----
    M. D. McKay, R. J. Beckman & W. J. Conover, "A comparison of three methods for selecting values of input variables
    in the analysis of output from a computer code", Technometrics 21 (1979). Draws are keyed by the parameter's name:
    another parameter changes none of these columns.

    Examples
    --------
    >>> drawn = latin_hypercube([Parameter("drift.ceiling", low=0.0, high=1.0)], 4, seed=0)
    >>> sorted(int(level.value * 4) for level, in drawn)
    [0, 1, 2, 3]
    """
    rows = np.arange(points)
    shares = np.empty((points, len(parameters)))
    for column, parameter in enumerate(parameters):
        luck = numeric.uniform(seed, f"sweep order {parameter.name}", rows)
        within = numeric.uniform(seed, f"sweep place {parameter.name}", rows)
        part = np.empty(points)
        part[np.argsort(luck, kind="stable")] = rows
        shares[:, column] = (part + within) / points
    return Shares(tuple(parameters), shares)
