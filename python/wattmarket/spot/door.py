"""The door to the core: columns are checked, laid flat and named on the way in, named and shaped on the way out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from wattmarket.errors import InputError
from wattmarket.spot.columns import SpotClearing, SpotDemand, SpotLayout, SpotState

__all__ = ["Flat", "Pairs", "demand_columns", "layout_columns", "spot_clearing", "state_columns", "suffix"]

Flat = dict[str, npt.NDArray[Any]]
"""Flat arrays by name."""

Pairs = tuple[int, int]
"""Metros and workloads."""

_CORNERS: Final[Mapping[str, str]] = {"midpoint": "mid", "lowest": "low", "highest": "high"}
_INT: Final = np.dtype(np.int64)
_KEY: Final = np.dtype(np.uint64)
_BOOL: Final = np.dtype(np.bool_)
_NONE: Final = np.zeros(0, np.int64)
_DEMAND: Final = tuple(field.name for field in fields(SpotDemand))
_STATE: Final = tuple(field.name for field in fields(SpotState))
_COUNTS: Final = ("objective", "pivots", "rounds", "active_arcs")
_RESULTS: Final = tuple(f.name for f in fields(SpotClearing) if f.name not in {"certificate", *_COUNTS})
_SETTLED: Final = frozenset(name for name in _RESULTS if name.endswith("_price"))
_BY_PAIR: Final = tuple(name for name in _RESULTS if name == "served_kw" or name.startswith("demand_price"))
_FORECAST: Final = frozenset({"entry_kw", "entry_cost", "slot_kw", "refresh_cost"})


def layout_columns(layout: SpotLayout) -> Flat:
    """Return the columns that stand still, of type and shape as the core expects them; lengths are its own to check."""
    metros, sites, pools = len(layout.metro_bloc), len(layout.site_zone), len(layout.pool_site)
    shaped: dict[str, tuple[np.dtype[Any], tuple[int | None, ...]]] = {
        "rtt": (np.dtype(np.uint16), (metros, sites)),
        "class_pool": (_BOOL, (None, pools)),
        "class_shell": (_BOOL, (None, sites)),
        "workload_masked": (_BOOL, (None,)),
        "site_btm": (_BOOL, (None,)),
    }
    for field in fields(layout):
        if field.name not in shaped and field.name != "transport_rate":
            shaped[field.name] = (_KEY if field.name.endswith("_key") else _INT, (None,))
    return {name: _flat(name, getattr(layout, name), dtype, shape) for name, (dtype, shape) in shaped.items()}


def demand_columns(demand: SpotDemand, pairs: Pairs) -> tuple[Flat, int]:
    """Return demand's columns and its number of willingness-to-pay steps."""
    quantity = np.asarray(demand.quantity_kw)
    steps = quantity.shape[-1] if quantity.ndim else 0
    shape = (*pairs, steps)
    return {name: _flat(name, getattr(demand, name), _INT, shape) for name in _DEMAND}, steps


def state_columns(state: SpotState, *, entry: bool) -> Flat:
    """Return a state's columns; those of forecast networks are empty without `entry`."""
    columns = {}
    for name in _STATE:
        value = getattr(state, name)
        if name in _FORECAST and (value is None) == entry:
            reason = "missing, but the market has entry" if entry else "given, but the market has no entry"
            raise InputError(f"{name}: {reason}")
        columns[name] = _flat(name, _NONE if value is None else value, _INT, (None,))
    return columns


def suffix(corner: str) -> str:
    """Return the end of the core's names for the prices of a corner."""
    if corner not in _CORNERS:
        raise InputError(f"corner: {corner!r}: must be one of {', '.join(_CORNERS)}")
    return _CORNERS[corner]


def spot_clearing(result: Mapping[str, Any], pairs: Pairs, settled: str) -> SpotClearing:
    """Name and shape the core's columns; the prices that end in `settled` are the settled ones."""
    named: dict[str, Any] = {name: result[name] for name in _COUNTS}
    named |= {
        name: np.frombuffer(result[f"{name}_{settled}" if name in _SETTLED else name], dtype=np.int64)
        for name in _RESULTS
    }
    named |= {name: named[name].reshape(pairs) for name in _BY_PAIR}
    return SpotClearing(certificate=True, **named)


def _flat(name: str, values: npt.ArrayLike, dtype: np.dtype[Any], shape: tuple[int | None, ...]) -> npt.NDArray[Any]:
    """Check a column's type and shape, and lay it out flat; truth values as bytes."""
    column = np.asarray(values)
    fits = column.ndim == len(shape)
    for want, found in zip(shape, column.shape, strict=False):
        fits &= want is None or want == found
    if not fits:
        expected = ", ".join("any" if want is None else str(want) for want in shape)
        raise InputError(f"{name}: expected shape [{expected}], found {list(column.shape)}")
    if column.dtype != dtype:
        integers = np.issubdtype(column.dtype, np.integer) and np.issubdtype(dtype, np.integer)
        if not integers or not np.can_cast(column.dtype, dtype, "safe"):
            raise InputError(f"{name}: expected an array of {dtype}, found {column.dtype}")
        column = column.astype(dtype)
    flat = column.ravel()
    return flat.view(np.uint8) if dtype == _BOOL else flat
