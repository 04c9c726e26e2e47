"""The columns of a spot market: what stands still, what changes, and what a clearing gives back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

__all__ = [
    "NO_BUDGET",
    "POOLED",
    "RTT_UNITS_PER_MS",
    "Corner",
    "SpotClearing",
    "SpotDemand",
    "SpotLayout",
    "SpotOptimum",
    "SpotState",
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


@dataclass(frozen=True, slots=True)
class SpotOptimum:
    """A proved optimum, before flows and prices are settled.

    Parameters
    ----------
    objective
        Generation, running and transport cost and the willingness to pay of unserved demand, micro-$ per hour.
    pivots, rounds, active_arcs
        What it took; for diagnosis only, not part of the result.
    """

    objective: int
    pivots: int
    rounds: int
    active_arcs: int


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
