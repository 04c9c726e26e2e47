"""Read the polygons and attributes of an ESRI shapefile, just enough for Natural Earth's country table."""

from __future__ import annotations

import itertools
import struct
from pathlib import Path
from typing import NamedTuple

POLYGON = 5
Point = tuple[float, float]


class Country(NamedTuple):
    """One record: its attributes as text and its rings as (longitude, latitude) points."""

    attributes: dict[str, str]
    rings: list[list[Point]]


def read_countries(shp: Path) -> list[Country]:
    """Pair the geometry of ``shp`` with the rows of the ``.dbf`` beside it."""
    return [Country(*pair) for pair in zip(_rows(shp.with_suffix(".dbf")), _shapes(shp), strict=True)]


def _shapes(path: Path) -> list[list[list[Point]]]:
    """ESRI Shapefile Technical Description (1998), pages 4 and 8: big-endian headers, little-endian contents."""
    raw = path.read_bytes()
    shapes, at = [], 100
    while at < len(raw):
        (words,) = struct.unpack_from(">i", raw, at + 4)
        shapes.append(_rings(raw, at + 8))
        at += 8 + 2 * words
    return shapes


def _rings(raw: bytes, at: int) -> list[list[Point]]:
    (kind,) = struct.unpack_from("<i", raw, at)
    if kind != POLYGON:
        raise ValueError(f"shape type {kind} is not a polygon")
    parts, points = struct.unpack_from("<2i", raw, at + 36)
    starts = [*struct.unpack_from(f"<{parts}i", raw, at + 44), points]
    flat = struct.unpack_from(f"<{2 * points}d", raw, at + 44 + 4 * parts)
    pairs = list(zip(flat[::2], flat[1::2], strict=True))
    return [pairs[begin:end] for begin, end in itertools.pairwise(starts)]


def _rows(path: Path) -> list[dict[str, str]]:
    raw = path.read_bytes()
    count, header, width = struct.unpack_from("<IHH", raw, 4)
    fields, at = [], 32
    while raw[at] != 0x0D:
        fields.append((raw[at : at + 11].split(b"\0")[0].decode("ascii"), raw[at + 16]))
        at += 32
    rows = []
    for row in range(count):
        at, record = header + row * width + 1, {}
        for name, size in fields:
            record[name] = raw[at : at + size].decode("latin-1").strip(" \0")
            at += size
        rows.append(record)
    return rows
