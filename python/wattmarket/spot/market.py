"""The spot market: this month's compute, sold from what stands.

A layered network (workload at a metro → pool of a site → shell → connection → zone → generation step) is cleared at
least cost. Columns in, columns out; the network itself is built and solved in the core. Power is kW of installed IT,
money micro-dollars per kWh, both integers, so that optimum, prices and certificate are exact.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt

from wattmarket import _core
from wattmarket.errors import InputError

__all__ = [
    "NO_BUDGET",
    "POOLED",
    "RTT_UNITS_PER_MS",
    "Corner",
    "SpotClearing",
    "SpotDemand",
    "SpotLayout",
    "SpotMarket",
    "SpotState",
    "rtt_matrix",
]

Integer = npt.NDArray[np.int64]
Key = npt.NDArray[np.uint64]
Truth = npt.NDArray[np.bool_]
Corner = Literal["midpoint", "lowest", "highest"]

RTT_UNITS_PER_MS: Final = 50
"""Round-trip times are kept in units of 20 microseconds."""

NO_BUDGET: Final = -1
"""Budget of a workload without a latency budget; it has no distance term either."""

POOLED: Final = -1
"""Metro of a route that starts at a hub: distance means nothing to budget-free workloads."""

_CORNERS: Final[Mapping[str, str]] = {"midpoint": "mid", "lowest": "low", "highest": "high"}


@dataclass(frozen=True, slots=True)
class SpotLayout:
    """What stands still in a spot market: who is where, and who may run what.

    M metros, K workloads, C compatibility classes (workloads with the same admissible ports), S sites, P pools
    (accelerators of one silicon class at one site), Z zones, G generation steps, L links. Indices are positions in the
    tables. Keys are stable 64-bit names (hashes of ids): they settle ties between optimal flows, so that the order
    of rows never matters.

    Parameters
    ----------
    rtt
        uint16 [M, S]: round-trip times in units of 20 µs (see `rtt_matrix`), or any unit that budgets share.
    transport_rate
        Transport costs ``(rtt * transport_rate) >> 10`` micro-$ per kWh; below 65,536.
    workload_budget
        int [K]: latency budget in units of `rtt`, or `NO_BUDGET`.
    workload_class
        int [K]: class of each workload, numbered from 0.
    workload_masked
        bool [K]: whether the workload must stay in its metro's bloc.
    class_pool
        bool [C, P]: which pools a class may enter.
    class_shell
        bool [C, S]: at which sites a class enters at the shell, without any of the market's pools.
    metro_bloc, site_bloc
        int [M], [S]: bloc of data residency.
    site_zone
        int [S]: zone of each site.
    site_btm
        bool [S]: whether the site may have a plant behind its meter.
    pool_site
        int [P]: site of each pool.
    step_zone
        int [G]: zone of each generation step.
    link_tail, link_head
        int [L]: zone that draws over the link, and zone that it draws from.
    zone_key, metro_key, site_key, workload_key, pool_key, step_key, link_key
        uint64, one per row of each table.

    Raises
    ------
    InputError
        Naming array, index and value, if lengths, types or ranges are wrong (by `SpotMarket`, or here for types).
    """

    rtt: npt.NDArray[np.uint16]
    transport_rate: int
    workload_budget: Integer
    workload_class: Integer
    workload_masked: Truth
    class_pool: Truth
    class_shell: Truth
    metro_bloc: Integer
    site_bloc: Integer
    site_zone: Integer
    site_btm: Truth
    pool_site: Integer
    step_zone: Integer
    link_tail: Integer
    link_head: Integer
    zone_key: Key
    metro_key: Key
    site_key: Key
    workload_key: Key
    pool_key: Key
    step_key: Key
    link_key: Key


@dataclass(frozen=True, slots=True)
class SpotDemand:
    """Demand as willingness-to-pay steps.

    Parameters
    ----------
    quantity_kw
        int64 [M, K, J]: quantity of each step; their sum is the demand of the workload at the metro.
    price_musd_per_kwh
        int64 [M, K, J]: willingness to pay on each step.
    """

    quantity_kw: Integer
    price_musd_per_kwh: Integer


@dataclass(frozen=True, slots=True)
class SpotState:
    """What stands, and what it costs to run: int64 columns, kW of IT and micro-$ per kWh.

    Parameters
    ----------
    pool_kw, pool_cost
        [P]: accelerators, and their running cost.
    shell_kw, grid_kw, site_cost
        [S]: shell, grid connection, and what a kWh costs between zone and shell.
    btm_kw, btm_cost
        [S]: plant behind the meter.
    step_kw, step_cost
        [G]: generation steps.
    link_kw, link_cost
        [L]: transfer capacity and wheeling cost.
    entry_kw, entry_cost, slot_kw, refresh_cost
        [S], [P], [Z], [P]: forecast networks only. Land for new capacity; annualised cost of new capacity (running and
        delivery at the site included); connection slots; annualised cost of new silicon in a standing shell.
    """

    pool_kw: Integer
    pool_cost: Integer
    shell_kw: Integer
    grid_kw: Integer
    site_cost: Integer
    btm_kw: Integer
    btm_cost: Integer
    step_kw: Integer
    step_cost: Integer
    link_kw: Integer
    link_cost: Integer
    entry_kw: Integer | None = None
    entry_cost: Integer | None = None
    slot_kw: Integer | None = None
    refresh_cost: Integer | None = None


@dataclass(frozen=True, slots=True, eq=False)
class SpotClearing:
    """A cleared market. All arrays are int64 and read-only; prices are micro-$ per kWh, flows kW of IT.

    Every price comes as settled, lowest and highest optimal price. Settled prices are the midpoint of the other two,
    rounded down, or the corner asked for. Where one end does not exist (the price of a pool without capacity can be
    anything above its best bid) the price is quoted at the end that does.

    Parameters
    ----------
    objective
        Generation, running and transport cost and the willingness to pay of unserved demand, micro-$ per hour.
    demand_price
        [M, K]: delivered price.
    free_price
        [K]: what the workload's class would cost without any distance, at its dearest bloc if masked.
    pool_price
        [P]: what the pool's output fetches, at the pool's input.
    shell_price
        [S]: price at the shell's input.
    zone_price
        [Z]: locational marginal price.
    slot_price, land_price
        [Z], [S]: price of power with a slot, and shadow price of land; empty in a market without entry.
    served_kw
        [M, K]: demand served.
    pool_flow, refresh_flow, entry_flow
        [P]: through standing accelerators, new silicon in standing shells, new capacity.
    shell_flow, shell_entry_flow, grid_flow, btm_flow
        [S]: through the shell, of which entered at the shell; from the grid; from behind the meter.
    step_flow, link_flow
        [G], [L].
    route_metro, route_workload, route_site, route_pool, route_kw
        [R]: which workload runs where. Metro is `POOLED` for workloads without a budget, pool -1 for those that enter
        at the shell. Within a metro the tightest budget is served first, from the nearest site first, then by key.
    certificate
        True: the clearing was proved optimal from these columns alone before it was returned.
    pivots, rounds, active_arcs
        What it took; for diagnosis only, not part of the result.
    """

    objective: int
    demand_price: Integer
    demand_price_low: Integer
    demand_price_high: Integer
    free_price: Integer
    free_price_low: Integer
    free_price_high: Integer
    pool_price: Integer
    pool_price_low: Integer
    pool_price_high: Integer
    shell_price: Integer
    shell_price_low: Integer
    shell_price_high: Integer
    zone_price: Integer
    zone_price_low: Integer
    zone_price_high: Integer
    slot_price: Integer
    slot_price_low: Integer
    slot_price_high: Integer
    land_price: Integer
    land_price_low: Integer
    land_price_high: Integer
    served_kw: Integer
    pool_flow: Integer
    shell_flow: Integer
    shell_entry_flow: Integer
    grid_flow: Integer
    btm_flow: Integer
    step_flow: Integer
    link_flow: Integer
    entry_flow: Integer
    refresh_flow: Integer
    route_metro: Integer
    route_workload: Integer
    route_site: Integer
    route_pool: Integer
    route_kw: Integer
    certificate: bool
    pivots: int
    rounds: int
    active_arcs: int


class SpotMarket:
    """The Watt-Latency network of one world, cleared again and again.

    Parameters
    ----------
    layout
        The columns that stand still.
    entry
        Whether the network has entry and refresh arcs: a forecast network.

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

    def __init__(self, layout: SpotLayout, *, entry: bool = False) -> None:
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

    def clear(self, demand: SpotDemand, state: SpotState, *, corner: Corner = "midpoint") -> SpotClearing:
        """Clear the market at least cost.

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
        if corner not in _CORNERS:
            raise InputError(f"corner: {corner!r}: must be one of {', '.join(_CORNERS)}")
        pairs = (self._shape["M"], self._shape["K"])
        steps = np.asarray(demand.quantity_kw).shape[-1] if np.asarray(demand.quantity_kw).ndim else 0
        result = self._core.clear(
            {
                field.name: _flat(field.name, getattr(demand, field.name), _INT, (*pairs, steps))
                for field in fields(demand)
            },
            steps,
            self._state_columns(state),
        )
        return _clearing(result, pairs, _CORNERS[corner])

    def _state_columns(self, state: SpotState) -> dict[str, npt.NDArray[Any]]:
        columns = {}
        for field in fields(state):
            value = getattr(state, field.name)
            if field.name in _FORECAST and (value is None) == self._entry:
                reason = "missing, but the market has entry" if self._entry else "given, but the market has no entry"
                raise InputError(f"{field.name}: {reason}")
            columns[field.name] = _flat(field.name, _NONE if value is None else value, _INT, (None,))
        return columns


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
