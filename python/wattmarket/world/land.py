"""Which country a place is in, to half a degree, from Natural Earth's 1:110m countries (public domain)."""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from wattmarket.world.shipped import shipped

__all__ = ["is_in_country"]

FloatArray = npt.NDArray[np.float64]

_CELLS_PER_DEGREE: Final = 2
_SEA: Final = "-"


@cache
def _grid() -> tuple[npt.NDArray[np.int64], dict[str, int]]:
    """Country numbers of the cells [360, 720] from the south-west corner, and each country's number; 0 is sea."""
    numbers = {_SEA: 0}
    grid = np.zeros((180 * _CELLS_PER_DEGREE, 360 * _CELLS_PER_DEGREE), dtype=np.int64)
    for south, runs in shipped("land").iter_rows():
        pairs = [run.split(":") for run in runs.split(" ")]
        codes = [numbers.setdefault(code, len(numbers)) for code, _ in pairs]
        grid[round((south + 90.0) * _CELLS_PER_DEGREE)] = np.repeat(codes, [int(cells) for _, cells in pairs])
    return grid, numbers


def is_in_country(lat: FloatArray, lon: FloatArray, country: pl.Series) -> npt.NDArray[np.bool_]:
    """Whether each place lies in the country asked for; always true for a country too small for the grid.

    Parameters
    ----------
    lat, lon
        float64 [N], degrees.
    country
        [N], ISO 3166 alpha-2 codes.

    Examples
    --------
    >>> place = np.array([48.9]), np.array([2.3])
    >>> is_in_country(*place, pl.Series(["FR"])).tolist(), is_in_country(*place, pl.Series(["DE"])).tolist()
    ([True], [False])
    """
    grid, numbers = _grid()
    row = np.clip(np.floor((lat + 90.0) * _CELLS_PER_DEGREE), 0, grid.shape[0] - 1).astype(np.int64)
    column = np.clip(np.floor((lon + 180.0) * _CELLS_PER_DEGREE), 0, grid.shape[1] - 1).astype(np.int64)
    wanted = country.replace_strict(numbers, default=-1, return_dtype=pl.Int64).to_numpy()
    inside: npt.NDArray[np.bool_] = (wanted < 0) | (grid[row, column] == wanted)
    return inside
