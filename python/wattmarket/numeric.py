"""Numbers with the same bits on every machine: portable functions, ordered sums, one rounding door, keyed draws.

NumPy's ``exp``, ``log``, ``power`` and ``sum`` differ in the last bit between processors (they choose their
instructions at run time), so nothing on the way to a result may use them. This module takes their place; its functions
come from Rust's portable ``libm``. Additions, products, square roots, comparisons and ``cumsum`` are fixed by IEEE 754
and may be NumPy's own.

Every random draw is a pure function of (seed, purpose, entity, tick), by Philox4x32-10 [1]_: two runs that differ in
one parameter share every other draw, and adding a site moves nobody else's luck.

References
----------
.. [1] J. K. Salmon, M. A. Moraes, R. O. Dror & D. E. Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC11, 2011.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, overload

import numpy as np
import numpy.typing as npt

from wattmarket import _core
from wattmarket.errors import InputError

__all__ = [
    "asin",
    "atan2",
    "cos",
    "entity_hash",
    "exp",
    "group_total",
    "log",
    "logistic",
    "normal",
    "power",
    "sin",
    "to_integer",
    "total",
    "uniform",
    "weighted_mean",
]

FloatArray = npt.NDArray[np.float64]
IntegerArray = npt.NDArray[np.int64]
HashArray = npt.NDArray[np.uint64]

_INT64_BOUND = 2.0**63


def _column(values: npt.ArrayLike) -> FloatArray:
    """Give the values as C-contiguous float64 of any shape."""
    return np.asarray(values, dtype=np.float64, order="C")


def _shaped(data: bytes, shape: tuple[int, ...]) -> Any:
    """Give the core's bytes as a read-only float64 array of this shape, or as a float if the shape is empty."""
    values = np.frombuffer(data, dtype=np.float64)
    return float(values[0]) if shape == () else values.reshape(shape)


def _map(function: Callable[[FloatArray], bytes], x: npt.ArrayLike) -> Any:
    """Apply a function of the core, which takes arrays of one dimension, to an array of any shape."""
    values = _column(x)
    return _shaped(function(values.reshape(-1)), values.shape)


def _map_pairs(function: Callable[[FloatArray, FloatArray], bytes], x: npt.ArrayLike, y: npt.ArrayLike) -> Any:
    first, second = np.broadcast_arrays(_column(x), _column(y))
    return _shaped(function(first.reshape(-1), second.reshape(-1)), first.shape)


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


@overload
def total(values: npt.ArrayLike) -> float: ...
@overload
def total(values: npt.ArrayLike, axis: int) -> FloatArray: ...
def total(values: npt.ArrayLike, axis: int | None = None) -> float | FloatArray:
    """Sum from left to right.

    Parameters
    ----------
    values
        Array of any shape; without `axis`, summed in the order of its rows (C order).
    axis
        The axis to sum over.

    Returns
    -------
    float, or with `axis` a read-only float64 array of the other axes

    Examples
    --------
    >>> total([1e16, 1.0, -1e16, 1.0])
    1.0
    >>> total([[1.0, 2.0], [3.0, 4.0]], axis=0).tolist()
    [4.0, 6.0]
    """
    array = _column(values)
    if axis is None:
        return float(np.frombuffer(_core.total(array.reshape(-1), array.size))[0]) if array.size else 0.0
    rows = np.moveaxis(array, axis, -1)
    if rows.size == 0:
        return np.zeros(rows.shape[:-1])
    data = _core.total(rows.reshape(-1), rows.shape[-1])
    return np.frombuffer(data, dtype=np.float64).reshape(rows.shape[:-1])


def group_total(values: npt.ArrayLike, group: npt.ArrayLike, groups: int) -> FloatArray:
    """Sum the values of each group, each added up in the order of the rows.

    Parameters
    ----------
    values
        float [N].
    group
        int [N]: the group of each row, in ``0..groups - 1``.
    groups
        Number of groups G.

    Returns
    -------
    read-only float64 [G]; 0 for a group without rows

    Raises
    ------
    InputError
        If a row's group is out of range.

    Examples
    --------
    >>> group_total([1.0, 2.0, 4.0], [1, 0, 1], 3).tolist()
    [2.0, 5.0, 0.0]
    """
    try:
        data = _core.group_total(_column(values), np.asarray(group, dtype=np.int64, order="C"), groups)
    except IndexError as error:
        row, value = error.args
        raise InputError(f"group[{row}] = {value}: is not in 0..{groups - 1}") from None
    return np.frombuffer(data, dtype=np.float64)


def weighted_mean(values: npt.ArrayLike, weights: npt.ArrayLike, *, empty: float | None = None) -> float:
    """Weighted mean, both sums from left to right.

    Parameters
    ----------
    values, weights
        float arrays of one shape; weights are not negative.
    empty
        What to return when the weights sum to zero; without it that is an error.

    Raises
    ------
    InputError
        If the weights sum to zero and `empty` is not given.

    Examples
    --------
    >>> weighted_mean([10.0, 20.0], [3.0, 1.0])
    12.5
    >>> weighted_mean([], [], empty=0.0)
    0.0
    """
    weight = _column(weights)
    weight_sum = total(weight)
    if weight_sum == 0.0:
        if empty is None:
            raise InputError("weights: sum to zero")
        return empty
    return total(_column(values) * weight) / weight_sum


def to_integer(values: npt.ArrayLike, where: str = "values") -> IntegerArray:
    """Round to the nearest integer, halves to even: the one door by which floats become the engine's integers.

    Parameters
    ----------
    values
        Numbers of any shape.
    where
        Name of the array for the error lines.

    Returns
    -------
    int64 array of the same shape

    Raises
    ------
    InputError
        Naming index and value of every entry (the first twenty) that is NaN, infinite or beyond 64 bits.

    Examples
    --------
    >>> to_integer([0.5, 1.5, -2.4]).tolist()
    [0, 2, -2]
    >>> to_integer([1.0, float("nan")], "pool_kw")
    Traceback (most recent call last):
    wattmarket.errors.InputError: pool_kw[1] = nan: is not a finite number
    """
    array = _column(values)
    # A comparison with NaN is false, so one test finds NaN, infinities and overflow alike. -2^63 itself fits.
    good = (array >= -_INT64_BOUND) & (array < _INT64_BOUND)
    if not good.all():
        problems = []
        for position in np.argwhere(~good)[:20]:
            value = array[tuple(position)]
            reason = "does not fit 64 bits" if np.isfinite(value) else "is not a finite number"
            problems.append(f"{where}[{', '.join(str(i) for i in position)}] = {value}: {reason}")
        raise InputError(problems)
    # Rounding cannot carry a value across the bounds: floats that large are integers already.
    return np.rint(array).astype(np.int64)


def entity_hash(ids: Iterable[str]) -> HashArray:
    """Hash stable ids to 64 bits (FNV-1a), to key draws by identity and not by position.

    Parameters
    ----------
    ids
        N texts.

    Returns
    -------
    read-only uint64 [N]

    Examples
    --------
    >>> [hex(value) for value in entity_hash(["a", "foobar"]).tolist()]
    ['0xaf63dc4c8601ec8c', '0x85944171f73967e8']
    """
    return np.frombuffer(_core.entity_hash(list(ids)), dtype=np.uint64)


def _draw(
    function: Callable[[int, str, HashArray, IntegerArray], bytes],
    seed: int,
    purpose: str,
    entity: npt.ArrayLike,
    tick: npt.ArrayLike,
) -> Any:
    """Broadcast entities against ticks and draw for each pair."""
    entities = np.asarray(entity)
    if entities.dtype.kind not in "iu" and entities.size:
        raise InputError(f"entity: expected integers, found {entities.dtype}")
    # Negative entities go by their two's complement.
    left, right = np.broadcast_arrays(entities.astype(np.uint64), np.asarray(tick, dtype=np.int64))
    return _shaped(function(seed, purpose, left.reshape(-1), right.reshape(-1)), left.shape)


@overload
def uniform(seed: int, purpose: str, entity: int, tick: int = 0) -> float: ...
@overload
def uniform(seed: int, purpose: str, entity: npt.NDArray[Any], tick: int | IntegerArray = 0) -> FloatArray: ...
@overload
def uniform(seed: int, purpose: str, entity: int, tick: IntegerArray) -> FloatArray: ...
def uniform(seed: int, purpose: str, entity: npt.ArrayLike, tick: npt.ArrayLike = 0) -> float | FloatArray:
    """Draw uniformly from [0, 1), keyed by (seed, purpose, entity, tick).

    Parameters
    ----------
    seed
        The run's seed, 0 to 2**64 - 1.
    purpose
        What is drawn; another purpose gives independent draws.
    entity
        For whom: integers of any shape, as a rule from `entity_hash`.
    tick
        When: integers that broadcast against `entity`.

    Returns
    -------
    float or read-only float64 array of the broadcast shape

    Notes
    -----
    Philox4x32-10 with key FNV-1a(seed, purpose) and counter (entity, tick); the first 53 bits, over 2**53.
    `uniform` and `normal` of one key share bits: give each its own purpose.

    Examples
    --------
    >>> draws = uniform(0, "site placement", entity_hash(["S00001", "S00002"]))
    >>> draws.shape, bool((0 <= draws).all() and (draws < 1).all())
    ((2,), True)
    >>> bool(draws[1] == uniform(0, "site placement", entity_hash(["S00002"]))[0])
    True
    """
    return _draw(_core.uniform, seed, purpose, entity, tick)  # type: ignore[no-any-return]


@overload
def normal(seed: int, purpose: str, entity: int, tick: int = 0) -> float: ...
@overload
def normal(seed: int, purpose: str, entity: npt.NDArray[Any], tick: int | IntegerArray = 0) -> FloatArray: ...
@overload
def normal(seed: int, purpose: str, entity: int, tick: IntegerArray) -> FloatArray: ...
def normal(seed: int, purpose: str, entity: npt.ArrayLike, tick: npt.ArrayLike = 0) -> float | FloatArray:
    """Draw from the standard normal distribution, keyed by (seed, purpose, entity, tick).

    Parameters
    ----------
    seed, purpose, entity, tick
        As for `uniform`.

    Returns
    -------
    float or read-only float64 array of the broadcast shape

    Notes
    -----
    Box and Muller (1958), the cosine branch, from the two 64-bit halves of one Philox block.

    Examples
    --------
    >>> normal(0, "demand noise", 1, tick=5) == normal(0, "demand noise", 1, tick=5)
    True
    >>> normal(0, "demand noise", 1, tick=5) == normal(0, "demand noise", 1, tick=6)
    False
    """
    return _draw(_core.normal, seed, purpose, entity, tick)  # type: ignore[no-any-return]
