"""Positions on the globe: great circles, nearest points, and points at a bearing, all with portable functions."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from wattmarket import numeric

__all__ = ["EARTH_RADIUS_KM", "destination", "distance_km", "nearest", "unit_vectors"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

EARTH_RADIUS_KM: Final = 6371.0
_RADIANS: Final = 0.017453292519943295
_BLOCK: Final = 4_000_000


def unit_vectors(lat: FloatArray, lon: FloatArray) -> FloatArray:
    """Points of the unit sphere.

    Parameters
    ----------
    lat, lon
        float64 [N], degrees.

    Returns
    -------
    float64 [3, N]

    Examples
    --------
    >>> unit_vectors(np.array([90.0]), np.array([0.0])).round(12).T.tolist()
    [[0.0, 0.0, 1.0]]
    """
    up, along = numeric.sin(_RADIANS * lat), numeric.cos(_RADIANS * lat)
    return np.stack([along * numeric.cos(_RADIANS * lon), along * numeric.sin(_RADIANS * lon), up])


def distance_km(lat: FloatArray, lon: FloatArray, other_lat: FloatArray, other_lon: FloatArray) -> FloatArray:
    """Great-circle distance in km, pair by pair (from the chord, so that short distances keep their digits).

    Examples
    --------
    >>> zero = np.array([0.0])
    >>> distance_km(zero, zero, zero, np.array([90.0])).round(3).tolist()
    [10007.543]
    """
    gap = unit_vectors(lat, lon) - unit_vectors(other_lat, other_lon)
    half_chord = 0.5 * np.sqrt(gap[0] * gap[0] + gap[1] * gap[1] + gap[2] * gap[2])
    angle: FloatArray = 2.0 * numeric.asin(np.minimum(half_chord, 1.0))
    return EARTH_RADIUS_KM * angle


def nearest(
    lat: FloatArray, lon: FloatArray, other_lat: FloatArray, other_lon: FloatArray
) -> tuple[IntArray, FloatArray]:
    """Index of the nearest other point (the first among equals) and its distance in km.

    Parameters
    ----------
    lat, lon
        float64 [N], degrees.
    other_lat, other_lon
        float64 [M], degrees, at least one.

    Returns
    -------
    int64 [N], float64 [N]

    Notes
    -----
    O(N M), in blocks so that memory stays below some 100 MB. Products and sums are written out: a matrix product's
    order of addition depends on the machine.

    Examples
    --------
    >>> index, km = nearest(np.array([50.0]), np.array([8.0]), np.array([0.0, 50.1]), np.array([0.0, 8.6]))
    >>> index.tolist(), km.round(0).tolist()
    ([1], [44.0])
    """
    here, there = unit_vectors(lat, lon), unit_vectors(other_lat, other_lon)
    index = np.empty(len(lat), dtype=np.int64)
    rows = max(1, _BLOCK // len(other_lat))
    for start in range(0, len(lat), rows):
        x, y, z = here[:, start : start + rows, None]
        index[start : start + rows] = np.argmax(x * there[0] + y * there[1] + z * there[2], axis=1)
    return index, distance_km(lat, lon, other_lat[index], other_lon[index])


def destination(lat: FloatArray, lon: FloatArray, bearing: FloatArray, km: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Latitude and longitude reached from each point along a great circle.

    Parameters
    ----------
    lat, lon
        float64 [N], degrees.
    bearing
        float64 [N], turns clockwise from north, 0 to 1.
    km
        float64 [N], length of the way.

    Examples
    --------
    >>> zero = np.array([0.0])
    >>> lat, lon = destination(zero, zero, np.array([0.25]), np.array([10007.543398]))
    >>> lat.round(6).tolist(), lon.round(6).tolist()
    ([0.0], [90.0])
    """
    angle, heading = km / EARTH_RADIUS_KM, 360.0 * _RADIANS * bearing
    sin_lat, cos_lat = numeric.sin(_RADIANS * lat), numeric.cos(_RADIANS * lat)
    sin_angle, cos_angle = numeric.sin(angle), numeric.cos(angle)
    rise = sin_lat * cos_angle + cos_lat * sin_angle * numeric.cos(heading)
    new_lat = numeric.asin(np.clip(rise, -1.0, 1.0))
    east = numeric.atan2(numeric.sin(heading) * sin_angle * cos_lat, cos_angle - sin_lat * rise)
    new_lon = lon + east / _RADIANS
    # just under 180 the sum rounds up to a whole turn, and the difference would come out just under -180
    new_lon = np.maximum(new_lon - 360.0 * np.floor((new_lon + 180.0) / 360.0), -180.0)
    return new_lat / _RADIANS, new_lon
