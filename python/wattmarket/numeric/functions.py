"""Exponential, logarithm and their kin, with the same bits on every machine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, overload

import numpy as np
import numpy.typing as npt

from wattmarket import _core
from wattmarket.numeric.columns import FloatArray, column, shaped

__all__ = ["asin", "atan2", "cos", "exp", "log", "logistic", "power", "sin"]


def _map(function: Callable[[FloatArray], bytes], x: npt.ArrayLike) -> Any:
    """Apply a function of the core, which takes arrays of one dimension, to an array of any shape."""
    values = column(x)
    return shaped(function(values.reshape(-1)), values.shape)


def _map_pairs(function: Callable[[FloatArray, FloatArray], bytes], x: npt.ArrayLike, y: npt.ArrayLike) -> Any:
    if isinstance(x, float) and isinstance(y, float):
        return shaped(function(np.array([x]), np.array([y])), ())
    first, second = np.broadcast_arrays(column(x), column(y))
    return shaped(function(first.reshape(-1), second.reshape(-1)), first.shape)


@overload
def exp(x: float) -> float: ...
@overload
def exp(x: FloatArray) -> FloatArray: ...
def exp(x: npt.ArrayLike) -> float | FloatArray:
    """Exponential function, elementwise.

    Parameters
    ----------
    x
        A number, or an array of any shape.

    Returns
    -------
    float or read-only float64 array of the shape of `x`

    Examples
    --------
    >>> exp(0.0)
    1.0
    """
    return _map(_core.exp, x)  # type: ignore[no-any-return]


@overload
def log(x: float) -> float: ...
@overload
def log(x: FloatArray) -> FloatArray: ...
def log(x: npt.ArrayLike) -> float | FloatArray:
    """Natural logarithm, elementwise; minus infinity at 0 and NaN below, as IEEE 754 has it.

    Parameters
    ----------
    x
        A number, or an array of any shape.

    Returns
    -------
    float or read-only float64 array of the shape of `x`

    Examples
    --------
    >>> log(1.0)
    0.0
    """
    return _map(_core.log, x)  # type: ignore[no-any-return]


@overload
def power(x: float, y: float) -> float: ...
@overload
def power(x: FloatArray, y: float | FloatArray) -> FloatArray: ...
@overload
def power(x: float, y: FloatArray) -> FloatArray: ...
def power(x: npt.ArrayLike, y: npt.ArrayLike) -> float | FloatArray:
    """`x` to the power `y`, elementwise under NumPy's broadcasting.

    Parameters
    ----------
    x, y
        Numbers, or arrays whose shapes broadcast.

    Returns
    -------
    float or read-only float64 array of the broadcast shape

    Examples
    --------
    >>> power(np.array([1.0, 4.0]), 0.5).tolist()
    [1.0, 2.0]
    """
    return _map_pairs(_core.power, x, y)  # type: ignore[no-any-return]


@overload
def sin(x: float) -> float: ...
@overload
def sin(x: FloatArray) -> FloatArray: ...
def sin(x: npt.ArrayLike) -> float | FloatArray:
    """Sine of an angle in radians, elementwise.

    Examples
    --------
    >>> sin(0.0)
    0.0
    """
    return _map(_core.sin, x)  # type: ignore[no-any-return]


@overload
def cos(x: float) -> float: ...
@overload
def cos(x: FloatArray) -> FloatArray: ...
def cos(x: npt.ArrayLike) -> float | FloatArray:
    """Cosine of an angle in radians, elementwise.

    Examples
    --------
    >>> cos(0.0)
    1.0
    """
    return _map(_core.cos, x)  # type: ignore[no-any-return]


@overload
def asin(x: float) -> float: ...
@overload
def asin(x: FloatArray) -> FloatArray: ...
def asin(x: npt.ArrayLike) -> float | FloatArray:
    """Angle in radians, in [-π/2, π/2], whose sine is `x`; NaN outside [-1, 1].

    Examples
    --------
    >>> asin(0.0)
    0.0
    """
    return _map(_core.asin, x)  # type: ignore[no-any-return]


@overload
def atan2(y: float, x: float) -> float: ...
@overload
def atan2(y: FloatArray, x: float | FloatArray) -> FloatArray: ...
@overload
def atan2(y: float, x: FloatArray) -> FloatArray: ...
def atan2(y: npt.ArrayLike, x: npt.ArrayLike) -> float | FloatArray:
    """Angle in radians, in [-π, π], of the point (`x`, `y`), elementwise under NumPy's broadcasting.

    Examples
    --------
    >>> atan2(0.0, 1.0)
    0.0
    """
    return _map_pairs(_core.atan2, y, x)  # type: ignore[no-any-return]


@overload
def logistic(x: float) -> float: ...
@overload
def logistic(x: FloatArray) -> FloatArray: ...
def logistic(x: npt.ArrayLike) -> float | FloatArray:
    """1 / (1 + e⁻ˣ), elementwise; never overflows.

    Examples
    --------
    >>> logistic(0.0)
    0.5
    >>> logistic(np.array([-800.0, 800.0])).tolist()
    [0.0, 1.0]
    """
    return _map(_core.logistic, x)  # type: ignore[no-any-return]
