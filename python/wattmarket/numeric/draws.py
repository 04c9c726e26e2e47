"""Random draws, each a pure function of (seed, purpose, entity, tick)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, overload

import numpy as np
import numpy.typing as npt

from wattmarket import _core
from wattmarket.errors import InputError
from wattmarket.numeric.columns import FloatArray, HashArray, IntegerArray, shaped

__all__ = ["entity_hash", "normal", "uniform"]


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
    return shaped(function(seed, purpose, left.reshape(-1), right.reshape(-1)), left.shape)


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
