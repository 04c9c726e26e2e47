"""A benchmark market in the columns of ``SpotMarket``: one pool per site, shell and connection slack, no links.

Distances stand in the place of round-trip times, in kilometres, and so do the budgets; a kilometre costs a
micro-dollar per kWh.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from benchmarks.clearing.instance import CLASSES, REACH_KM, WORTH_MUSD_PER_KWH, Instance
from wattmarket.spot import SpotDemand, SpotLayout, SpotState

__all__ = ["spot_demand", "spot_layout", "spot_state"]

# The market's transport cost is (distance * rate) >> 10.
ONE_MUSD_PER_KM = 1 << 10


def spot_layout(instance: Instance) -> SpotLayout:
    """Lay out what stands still: five budgeted workloads of one class, and a pool at every site."""
    metros, sites, zones, steps = instance.metros, instance.sites, instance.zones, len(instance.step_zone)
    none = np.zeros(0, dtype=np.int64)
    return SpotLayout(
        rtt=instance.distance_km,
        transport_rate=ONE_MUSD_PER_KM,
        workload_budget=REACH_KM,
        workload_class=np.zeros(CLASSES, dtype=np.int64),
        workload_masked=np.zeros(CLASSES, dtype=np.bool_),
        class_pool=np.ones((1, sites), dtype=np.bool_),
        class_shell=np.zeros((1, sites), dtype=np.bool_),
        metro_bloc=np.zeros(metros, dtype=np.int64),
        site_bloc=np.zeros(sites, dtype=np.int64),
        site_zone=instance.site_zone,
        site_btm=np.zeros(sites, dtype=np.bool_),
        pool_site=np.arange(sites),
        step_zone=instance.step_zone,
        link_tail=none,
        link_head=none,
        zone_key=_keys(zones, "zone"),
        metro_key=_keys(metros, "metro"),
        site_key=_keys(sites, "site"),
        workload_key=_keys(CLASSES, "workload"),
        pool_key=_keys(sites, "pool"),
        step_key=_keys(steps, "step"),
        link_key=_keys(0, "link"),
    )


def spot_demand(instance: Instance, tick: int) -> SpotDemand:
    """Demand of one tick and what it is worth."""
    quantity = instance.demand_steps_kw(tick)
    price = np.ascontiguousarray(np.broadcast_to(WORTH_MUSD_PER_KWH, quantity.shape))
    return SpotDemand(quantity_kw=quantity, price_musd_per_kwh=price)


def spot_state(instance: Instance, tick: int) -> SpotState:
    """Capacities and costs of one tick; a site's cost is its pool's."""
    nowhere, none = np.zeros(instance.sites, dtype=np.int64), np.zeros(0, dtype=np.int64)
    slack = 2 * instance.site_kw
    return SpotState(
        pool_kw=instance.site_kw,
        pool_cost=instance.site_cost_musd_per_kwh[tick],
        shell_kw=slack,
        grid_kw=slack,
        site_cost=nowhere,
        btm_kw=nowhere,
        btm_cost=nowhere,
        step_kw=instance.step_kw,
        step_cost=instance.step_cost_musd_per_kwh,
        link_kw=none,
        link_cost=none,
    )


def _keys(count: int, table: str) -> NDArray[np.uint64]:
    """Names of a table's rows: different ones in different tables, spread over 64 bits."""
    start = int.from_bytes(table.encode().ljust(8, b"\0")[:8], "little")
    golden = np.uint64(0x9E37_79B9_7F4A_7C15)
    return np.uint64(start) + golden * np.arange(1, count + 1, dtype=np.uint64)
