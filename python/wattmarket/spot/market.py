"""The spot market: this month's compute, sold from what stands.

A layered network (workload at a metro → pool of a site → shell → connection → zone → generation step) is cleared at
least cost. Columns in, columns out; the network itself is built and solved in the core. Power is kW of installed IT,
money micro-dollars per kWh, both integers, so that optimum, prices and certificate are exact.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from wattmarket import _core
from wattmarket.errors import InputError
from wattmarket.scenario import Scenario
from wattmarket.spot.columns import Corner, Integer, SpotClearing, SpotDemand, SpotLayout, SpotOptimum, SpotState
from wattmarket.spot.layout import spot_layout
from wattmarket.spot.view import SpotView, read_clearing
from wattmarket.world import World

__all__ = ["SpotMarket"]

_CORNERS: Final[Mapping[str, str]] = {"midpoint": "mid", "lowest": "low", "highest": "high"}


class SpotMarket:
    """The Watt-Latency network of one world, cleared again and again.

    Parameters
    ----------
    world
        A world, laid out for the workloads and the fibre of `scenario`; or a layout made by hand.
    scenario
        The scenario that a world is laid out for; by default one without changes.
    entry
        Whether the network has entry and refresh arcs: a forecast network.

    Attributes
    ----------
    layout : SpotLayout
        The columns that stand still.

    Raises
    ------
    InputError
        Naming array, index and value.

    Notes
    -----
    Every admissible (metro, workload, site) arc is priced from one dense matrix; the solver only ever holds the few
    that matter, and proves each time that the others do not [1]_. The basis is kept between calls. Results do not
    depend on it: a fresh market gives the same bits.

    References
    ----------
    .. [1] Ahuja, Magnanti & Orlin, *Network Flows* (1993), chapters 11 and 17 (network simplex, column generation).

    Examples
    --------
    One metro, one workload, one site; 80 of 100 kW can be powered, so the last 20 set the price at what they would pay.

    >>> import numpy as np
    >>> from wattmarket.spot import SpotLayout
    >>> one, key = np.zeros(1, np.int64), np.zeros(1, np.uint64)
    >>> yes, none = np.ones(1, bool), np.zeros(0, np.int64)
    >>> market = SpotMarket(SpotLayout(
    ...     rtt=np.array([[500]], np.uint16), transport_rate=0, workload_budget=np.array([750]), workload_class=one,
    ...     workload_masked=~yes, class_pool=yes[None], class_shell=~yes[None], metro_bloc=one, site_bloc=one,
    ...     site_zone=one, site_btm=~yes, pool_site=one, step_zone=one, link_tail=none, link_head=none, zone_key=key,
    ...     metro_key=key, site_key=key, workload_key=key, pool_key=key, step_key=key, link_key=none.astype(np.uint64)))
    >>> clearing = market.clear(
    ...     SpotDemand(np.array([[[60, 40]]]), np.array([[[900_000, 500_000]]])),
    ...     SpotState(pool_kw=one + 100, pool_cost=one + 10_000, shell_kw=one + 100, grid_kw=one + 80, site_cost=one,
    ...               btm_kw=one, btm_cost=one, step_kw=one + 1000, step_cost=one + 50_000, link_kw=none,
    ...               link_cost=none))
    >>> clearing.served_kw.tolist(), clearing.demand_price.tolist(), clearing.zone_price.tolist()
    ([[80]], [[500000]], [50000])
    """

    def __init__(self, world: World | SpotLayout, scenario: Scenario | None = None, *, entry: bool = False) -> None:
        layout = spot_layout(world, scenario or Scenario()) if isinstance(world, World) else world
        self.layout = layout
        self._world = (world, scenario or Scenario()) if isinstance(world, World) else None
        self._entry = entry
        self._shape = {
            "M": len(layout.metro_bloc),
            "K": len(layout.workload_budget),
            "S": len(layout.site_zone),
        }
        columns = {
            name: _flat(name, getattr(layout, name), dtype, shape)
            for name, (dtype, shape) in _layout_columns(layout).items()
        }
        self._core = _core.SpotCore(columns, int(layout.transport_rate), entry)

    def update(self, demand: SpotDemand, state: SpotState) -> None:
        """Take the columns of the next clearing.

        Parameters
        ----------
        demand, state
            The columns that change.

        Raises
        ------
        InputError
            Naming array, index and value.
        """
        pairs = (self._shape["M"], self._shape["K"])
        steps = np.asarray(demand.quantity_kw).shape[-1] if np.asarray(demand.quantity_kw).ndim else 0
        self._core.update(
            {
                field.name: _flat(field.name, getattr(demand, field.name), _INT, (*pairs, steps))
                for field in fields(demand)
            },
            steps,
            self._state_columns(state),
        )

    def optimise(self) -> SpotOptimum:
        """Find an optimum, warm from the last one, and prove it.

        Returns
        -------
        SpotOptimum
            The objective, which is settled by now; flows and prices may still be one of several optimal ones.

        Raises
        ------
        InputError
            If nothing was taken by `update`.
        InvariantError
            If the result breaks a law of the model: a bug.
        """
        return SpotOptimum(*self._core.optimise())

    def settle(self) -> None:
        """Settle flows and prices: the one optimal flow that the keys choose, lowest, settled and highest prices.

        Raises
        ------
        InputError
            If nothing was taken by `update`, or two arcs share a key and the flow depends on it.
        InvariantError
            If the result breaks a law of the model: a bug.
        """
        self._core.settle()

    def clearing(self, *, corner: Corner = "midpoint") -> SpotClearing:
        """Publish what was settled, proved optimal once more from the published columns alone.

        Parameters
        ----------
        corner
            Which optimal prices settle.

        Raises
        ------
        InputError
            If nothing was taken by `update`, or for an unknown corner.
        InvariantError
            If the result breaks a law of the model: a bug.
        """
        _check_corner(corner)
        return _clearing(self._core.clearing(), (self._shape["M"], self._shape["K"]), _CORNERS[corner])

    def clear(self, demand: SpotDemand, state: SpotState, *, corner: Corner = "midpoint") -> SpotClearing:
        """Clear the market at least cost: `update`, `optimise`, `settle` and `clearing` in one call.

        Parameters
        ----------
        demand, state
            The columns that change.
        corner
            Which optimal prices settle.

        Raises
        ------
        InputError
            Naming array, index and value. The market is then as good as new.
        InvariantError
            If the result breaks a law of the model: a bug.

        Notes
        -----
        The global interpreter lock is released, and Ctrl-C honoured, while the core works.
        """
        _check_corner(corner)
        self.update(demand, state)
        return self.clearing(corner=corner)

    def read(self, clearing: SpotClearing, demand: SpotDemand, state: SpotState) -> SpotView:
        """Read a clearing as tables: rents and their split by site, prices by metro and workload, LMPs by zone.

        Parameters
        ----------
        clearing
            A clearing of this market.
        demand, state
            What it cleared.

        Raises
        ------
        InputError
            If the market was made from a layout and not from a world: then there are no names to show.
        """
        if self._world is None:
            raise InputError("market: was made from a layout; only the market of a world has names to show")
        return read_clearing(*self._world, self.layout, clearing, demand, state)

    def _state_columns(self, state: SpotState) -> dict[str, npt.NDArray[Any]]:
        columns = {}
        for field in fields(state):
            value = getattr(state, field.name)
            if field.name in _FORECAST and (value is None) == self._entry:
                reason = "missing, but the market has entry" if self._entry else "given, but the market has no entry"
                raise InputError(f"{field.name}: {reason}")
            columns[field.name] = _flat(field.name, _NONE if value is None else value, _INT, (None,))
        return columns


_INT: Final = np.dtype(np.int64)
_KEY: Final = np.dtype(np.uint64)
_BOOL: Final = np.dtype(np.bool_)
_NONE: Final = np.zeros(0, np.int64)
_FORECAST: Final = frozenset({"entry_kw", "entry_cost", "slot_kw", "refresh_cost"})

_Spec = tuple[np.dtype[Any], tuple[int | None, ...]]


def _layout_columns(layout: SpotLayout) -> dict[str, _Spec]:
    """Type and shape of every column of a layout; None: any length, which the core checks."""
    metros, sites, pools = len(layout.metro_bloc), len(layout.site_zone), len(layout.pool_site)
    shaped: dict[str, _Spec] = {
        "rtt": (np.dtype(np.uint16), (metros, sites)),
        "class_pool": (_BOOL, (None, pools)),
        "class_shell": (_BOOL, (None, sites)),
        "workload_masked": (_BOOL, (None,)),
        "site_btm": (_BOOL, (None,)),
    }
    for field in fields(layout):
        if field.name not in shaped and field.name != "transport_rate":
            shaped[field.name] = (_KEY if field.name.endswith("_key") else _INT, (None,))
    return shaped


def _flat(name: str, values: npt.ArrayLike, dtype: np.dtype[Any], shape: tuple[int | None, ...]) -> npt.NDArray[Any]:
    """Check a column's type and shape, and lay it out flat; truth values as bytes."""
    column = np.asarray(values)
    if column.ndim != len(shape) or any(
        want is not None and want != found for want, found in zip(shape, column.shape, strict=True)
    ):
        expected = ", ".join("any" if want is None else str(want) for want in shape)
        raise InputError(f"{name}: expected shape [{expected}], found {list(column.shape)}")
    if column.dtype != dtype:
        integers = np.issubdtype(column.dtype, np.integer) and np.issubdtype(dtype, np.integer)
        if not integers or not np.can_cast(column.dtype, dtype, "safe"):
            raise InputError(f"{name}: expected an array of {dtype}, found {column.dtype}")
        column = column.astype(dtype)
    flat = np.ascontiguousarray(column).reshape(-1)
    return flat.view(np.uint8) if dtype == _BOOL else flat


def _check_corner(corner: str) -> None:
    if corner not in _CORNERS:
        raise InputError(f"corner: {corner!r}: must be one of {', '.join(_CORNERS)}")


def _clearing(result: dict[str, Any], pairs: tuple[int, int], corner: str) -> SpotClearing:
    """Name and shape the core's columns."""

    def column(name: str) -> Integer:
        values = np.frombuffer(result[name], dtype=np.int64)
        return values.reshape(pairs) if name == "served_kw" or name.startswith("demand_price") else values

    named: dict[str, Any] = {name: result[name] for name in ("objective", "pivots", "rounds", "active_arcs")}
    for field in fields(SpotClearing):
        if field.name.endswith("_price"):
            named[field.name] = column(f"{field.name}_{corner}")
        elif field.name != "certificate" and field.name not in named:
            named[field.name] = column(field.name)
    return SpotClearing(certificate=True, **named)
