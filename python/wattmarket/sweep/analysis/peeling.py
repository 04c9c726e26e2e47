"""Peeling: boxes of parameters, each a slice smaller than the one before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["Box", "Limit", "peeled", "within"]

PEEL: Final = 0.05
"""Part of a box's points that a peel takes off, more where values are tied."""
LEAST_MASS: Final = 0.05
"""Peeling ends before a box would hold a smaller part of all points."""

Float = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Limit:
    """What a box says of one parameter: the range, or the values of a list without numbers, within it."""

    low: float
    high: float
    among: tuple[int, ...] = ()

    def holds(self, column: Float) -> Mask:
        """(points,) whether the value is within."""
        if self.among:
            return np.asarray(np.isin(column, self.among), dtype=np.bool_)
        return np.asarray((column >= self.low) & (column <= self.high), dtype=np.bool_)


Box = tuple[Limit, ...]
"""What a box says of every parameter."""


def peeled(values: Float, wanted: Mask, among: list[bool]) -> list[Box]:
    """Peel, slice by slice, so that the mean of what is left rises most for each point that is given up.

    By the mean alone, a parameter of few values would come first, since its slices are thick: J. H. Kwakkel & M.
    Jaxa-Rozen, "Improving scenario discovery for handling heterogeneous uncertainties and multinomial classified
    outcomes", Environmental Modelling & Software 79 (2016).

    Parameters
    ----------
    values
        (points, parameters)
    wanted
        (points,) which are of interest.
    among
        Of each parameter, whether its values are places in a list without order, of which any may go.

    Returns
    -------
    list of boxes, from the one that holds all points, each a peel smaller than the one before

    Examples
    --------
    >>> values = np.arange(100.0)[:, None] / 100
    >>> box = peeled(values, values[:, 0] >= 0.8, [False])[-1][0]
    >>> box.low, box.high
    (0.8, 0.99)
    """
    box = tuple(
        Limit(float(column.min()), float(column.max()), tuple(np.unique(column).astype(int).tolist()) if listed else ())
        for column, listed in zip(values.T, among, strict=True)
    )
    boxes, inside = [box], np.ones(len(values), dtype=np.bool_)
    while True:
        best: tuple[float, int, int, Limit] | None = None
        held, mean = int(inside.sum()), float(wanted[inside].mean())
        for place, limit in enumerate(box):
            for smaller in _smaller(values[inside, place], limit):
                rest = inside & smaller.holds(values[:, place])
                left = int(rest.sum())
                if LEAST_MASS * len(values) <= left < held:
                    # Of two alike, the box that keeps more, then the earlier parameter.
                    gain = (float(wanted[rest].mean()) - mean) / (held - left)
                    found = (gain, left, -place, smaller)
                    best = found if best is None or found[:3] > best[:3] else best
        if best is None or best[0] <= 0.0:
            return boxes
        place = -best[2]
        box = (*box[:place], best[3], *box[place + 1 :])
        inside &= best[3].holds(values[:, place])
        boxes.append(box)


def _smaller(column: Float, limit: Limit) -> list[Limit]:
    """Limits that a peel could leave of one."""
    if limit.among:
        return [
            Limit(limit.low, limit.high, tuple(other for other in limit.among if other != one))
            for one in limit.among
            if len(limit.among) > 1
        ]
    order = np.unique(column)
    if len(order) < 2:
        return []
    ranked = np.sort(column)
    few = max(int(PEEL * len(ranked)), 1)
    # What is kept begins at a value that is there: with ties a peel takes all that are tied.
    low, high = max(ranked[few], order[1]), min(ranked[-few - 1], order[-2])
    return [Limit(float(low), limit.high), Limit(limit.low, float(high))]


def within(box: Box, values: Float) -> Mask:
    """(points,) whether each is in a box."""
    found = np.ones(len(values), dtype=np.bool_)
    for limit, column in zip(box, values.T, strict=True):
        found &= limit.holds(column)
    return found
