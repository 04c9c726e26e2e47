"""Round-trip times between metros and sites."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from wattmarket import _core
from wattmarket.spot.columns import RTT_UNITS_PER_MS

__all__ = ["RTT_UNITS_PER_MS", "rtt_matrix"]


def rtt_matrix(
    *,
    metro_lat: npt.ArrayLike,
    metro_lon: npt.ArrayLike,
    metro_access_ms: npt.ArrayLike,
    metro_stretch: npt.ArrayLike,
    site_lat: npt.ArrayLike,
    site_lon: npt.ArrayLike,
    site_hop_ms: npt.ArrayLike,
    km_per_ms: float,
) -> npt.NDArray[np.uint16]:
    """Round-trip times between metros and sites: access + hop + 2 · stretch · great circle / speed.

    Parameters
    ----------
    metro_lat, metro_lon, site_lat, site_lon
        Degrees, north and east positive, float [M] and [S].
    metro_access_ms, site_hop_ms
        Round trip from the user to the metro's exchange; what the site's fibre adds (or, negative, removes), ms.
    metro_stretch
        Length of the fibre path over the great circle.
    km_per_ms
        Speed of light in the path: 204.2 in silica (fact L01), 299.4 in hollow core (L02).

    Returns
    -------
    uint16 [M, S], read-only, in units of 20 µs, rounded to the nearest and clamped to 0 … 65,535. The same bits
    on every machine.

    Raises
    ------
    InputError
        Naming array, index and value.

    Examples
    --------
    New York to London and back along the great circle: 54.6 ms.

    >>> rtt = rtt_matrix(metro_lat=[40.7128], metro_lon=[-74.006], metro_access_ms=[0.0], metro_stretch=[1.0],
    ...                  site_lat=[51.5074], site_lon=[-0.1278], site_hop_ms=[0.0], km_per_ms=204.2)
    >>> round(float(rtt[0, 0]) / RTT_UNITS_PER_MS, 1)
    54.6
    """
    places = {
        "metro_lat": metro_lat,
        "metro_lon": metro_lon,
        "metro_access_ms": metro_access_ms,
        "metro_stretch": metro_stretch,
        "site_lat": site_lat,
        "site_lon": site_lon,
        "site_hop_ms": site_hop_ms,
    }
    columns = {name: np.ascontiguousarray(values, dtype=np.float64) for name, values in places.items()}
    matrix = np.frombuffer(_core.rtt_matrix(columns, km_per_ms), dtype=np.uint16)
    return matrix.reshape(len(columns["metro_lat"]), len(columns["site_lat"]))
