"""Derive the map outlines that ship with the package from Natural Earth's 1:110m countries (public domain).

Get the source once, then run the script; it writes ``python/wattmarket/plot/data/outlines.csv``::

    pip download --no-deps geopandas==0.14.4 && unzip geopandas-0.14.4-*.whl -d natural_earth
    python tools/derive_outlines.py natural_earth/geopandas/datasets/naturalearth_lowres/naturalearth_lowres.shp
"""

from __future__ import annotations

import csv
import itertools
import sys
from pathlib import Path

from shapefile_polygons import Point, read_countries

TARGET = Path(__file__).parents[1] / "python/wattmarket/plot/data/outlines.csv"
UNITS_PER_DEGREE = 10


def main(source: Path) -> None:
    """Write one row per ring: country name, then its corners as differences in tenths of a degree."""
    rows = [
        (country.attributes["name"], " ".join(_deltas(ring)))
        for country in read_countries(source)
        if country.attributes["name"] != "Antarctica"
        for ring in country.rings
    ]
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    with TARGET.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("country", "ring_tenths_of_degree"))
        writer.writerows(row for row in rows if row[1])


def _deltas(ring: list[Point]) -> list[str]:
    """Round each corner, drop those that fall together, and write the first corner and then the steps.

    Rounding to a grid, unlike line simplification, keeps the shared borders of neighbours identical.
    """
    corners = [(round(lon * UNITS_PER_DEGREE), round(lat * UNITS_PER_DEGREE)) for lon, lat in ring]
    kept = [corner for corner, before in zip(corners, [None, *corners], strict=False) if corner != before]
    if len(kept) < 4:
        return []
    steps = [(b[0] - a[0], b[1] - a[1]) for a, b in itertools.pairwise(kept)]
    return [str(value) for pair in [kept[0], *steps] for value in pair]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
