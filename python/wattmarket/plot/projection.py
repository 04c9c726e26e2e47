"""The Equal Earth projection: areas stay true, and the world looks like a world."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["equal_earth"]

_A1: Final = 1.340264
_A2: Final = -0.081106
_A3: Final = 0.000893
_A4: Final = 0.003796
_M: Final = float(np.sqrt(3.0)) / 2.0


def equal_earth(lon: ArrayLike, lat: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Project longitude and latitude onto the plane (Šavrič, Patterson & Jenny 2018, equations 1 and 2; unit sphere).

    Parameters
    ----------
    lon, lat
        Degrees, east and north positive, any one shape.

    Returns
    -------
    tuple of float64 arrays
        x and y, of the same shape; x spans about ±2.71, y about ±1.32.

    Examples
    --------
    >>> x, y = equal_earth([0.0, 180.0], [0.0, 0.0])
    >>> float(x[0]), round(float(x[1]), 3), float(y[1])
    (0.0, 2.707, 0.0)
    """
    theta = np.arcsin(_M * np.sin(np.radians(np.asarray(lat, dtype=np.float64))))
    square = theta * theta
    sixth = square * square * square
    slope = _A1 + 3 * _A2 * square + sixth * (7 * _A3 + 9 * _A4 * square)
    x = np.radians(np.asarray(lon, dtype=np.float64)) * np.cos(theta) / (_M * slope)
    y = theta * (_A1 + _A2 * square + sixth * (_A3 + _A4 * square))
    return x, y
