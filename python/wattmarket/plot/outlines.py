"""Outlines of the world's countries for maps, from Natural Earth's 1:110m table (public domain)."""

from __future__ import annotations

import csv
from importlib.resources import files
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Outline", "load_outlines"]

_UNITS_PER_DEGREE: Final = 10


class Outline(NamedTuple):
    """One closed ring of a country's border: longitudes and latitudes in degrees, float64, last corner = first."""

    country: str
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]


def load_outlines() -> list[Outline]:
    """Read the shipped outlines: 279 rings of 176 countries without Antarctica, to a tenth of a degree.

    Examples
    --------
    >>> outlines = load_outlines()
    >>> len(outlines), outlines[0].country
    (279, 'Fiji')
    """
    text = files("wattmarket.plot").joinpath("data/outlines.csv").read_text(encoding="utf-8")
    outlines = []
    for country, ring in csv.reader(text.splitlines()[1:]):
        # The first corner and then the steps from each corner to the next.
        corners = np.cumsum(np.array(ring.split(), dtype=np.int64).reshape(-1, 2), axis=0) / _UNITS_PER_DEGREE
        outlines.append(Outline(country, corners[:, 0], corners[:, 1]))
    return outlines
