"""Arrays on their way to the core and back."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["FloatArray", "HashArray", "IntegerArray", "column", "shaped"]

FloatArray = npt.NDArray[np.float64]
IntegerArray = npt.NDArray[np.int64]
HashArray = npt.NDArray[np.uint64]


def column(values: npt.ArrayLike) -> FloatArray:
    """Give the values as C-contiguous float64 of any shape."""
    return np.asarray(values, dtype=np.float64, order="C")


def shaped(data: bytes, shape: tuple[int, ...]) -> Any:
    """Give the core's bytes as a read-only float64 array of this shape, or as a float if the shape is empty."""
    values = np.frombuffer(data, dtype=np.float64)
    return float(values[0]) if shape == () else values.reshape(shape)
