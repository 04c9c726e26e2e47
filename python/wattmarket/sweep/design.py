"""Which combinations of values a sweep runs: a grid, a list, a Latin hypercube."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np

from wattmarket import numeric
from wattmarket.sweep.parameters import Level, Parameter

__all__ = ["grid", "latin_hypercube"]

Point = tuple[Level, ...]


def grid(parameters: Sequence[Parameter]) -> list[Point]:
    """Combine all values of all parameters; the last parameter changes fastest.

    Examples
    --------
    >>> a, b = (Parameter(key, tuple(Level(value, value) for value in (1, 2))) for key in "ab")
    >>> [[level.value for level in point] for point in grid([a, b])]
    [[1, 1], [1, 2], [2, 1], [2, 2]]
    """
    return list(product(*(parameter.grid() for parameter in parameters)))


def latin_hypercube(parameters: Sequence[Parameter], points: int, seed: int) -> list[Point]:
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
    list of points, in the order drawn

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
    columns = []
    for parameter in parameters:
        luck = numeric.uniform(seed, f"sweep order {parameter.name}", rows)
        within = numeric.uniform(seed, f"sweep place {parameter.name}", rows)
        part = np.empty(points)
        part[np.argsort(luck, kind="stable")] = rows
        columns.append([parameter.at(share) for share in ((part + within) / points).tolist()])
    return list(zip(*columns, strict=True))
