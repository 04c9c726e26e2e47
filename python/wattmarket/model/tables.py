"""A month as rows of the run's tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from wattmarket.capacity.sites import SiteColumns
from wattmarket.demand import MonthDemand
from wattmarket.model.quotes import Quotes
from wattmarket.numeric import group_total, sum_by, to_integer, weighted_mean
from wattmarket.scenario import Workload
from wattmarket.spot import (
    BINDING,
    LABELS,
    LATENCY_BOUND,
    SILICON_CLASSES,
    WATT_BOUND,
    SpotClearing,
    SpotLayout,
    SpotState,
    latency_premium,
    marginal_step,
    price_width,
    usd_per_mw_month,
    usd_per_mwh,
)
from wattmarket.tick import Names, TickRecord
from wattmarket.world import World

__all__ = ["NO_AUCTION", "MonthResult", "record_of"]

Integer = NDArray[np.int64]
Columns = dict[str, "NDArray[Any] | Names"]

NO_AUCTION: Final[dict[str, float | int]] = {
    "awarded_kw": 0,
    "forward_payments_usd_per_month": 0,
    "forward_receipts_usd_per_month": 0,
    "forward_checked": 0,
    "forward_surplus_usd_per_month": 0,
    "forward_shortfall_kw": 0,
    **{f"silicon_{what}_{name}_usd_per_kw_month": 0.0 for what in ("price", "width") for name in SILICON_CLASSES},
    **{f"binding_{good}_kw": 0 for good in ("silicon", "land", "slot", "energy")},
}
"""The columns of ``ticks`` about the forward auction, in a month in which nothing is sold."""


@dataclass(frozen=True, slots=True)
class MonthResult:
    """Everything that one month came to; the parts say what each is.

    Parameters
    ----------
    tick
        Months since the start.
    layout
        Layout of the spot market.
    demand, state, clearing, quotes
        Demand, what stood, what cleared, and how its prices read.
    indices
        (``"edge"`` or ``"core"``, corner) to index.
    started_kw
        Accelerators ordered this month, int64 [S]; None if capacity follows a table.
    entry_rent
        What one more buildable kW would earn above its full cost, micro-$ per kWh, int64 [S], or None.
    completed_kw, retired_kw
        Accelerators completed and retired this month, int64 [S].
    pipeline_kw
        Accelerators ordered and not standing, int64 [S].
    slots_kw
        Slots released and not taken, int64 [Z].
    room_kw
        Shell that could still be built, int64 [S].
    forward
        Columns of the table ``ticks`` about the forward auction; empty where there is none.
    """

    tick: int
    layout: SpotLayout
    demand: MonthDemand
    state: SpotState
    clearing: SpotClearing
    quotes: Quotes
    indices: dict[tuple[str, int], float]
    started_kw: Integer | None
    entry_rent: Integer | None
    completed_kw: Integer
    retired_kw: Integer
    pipeline_kw: Integer
    slots_kw: Integer
    room_kw: Integer
    forward: Mapping[str, float | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ids:
    """The names of a world's rows, one list each, the same objects at every tick; technologies are those of steps."""

    metros: list[str]
    zones: list[str]
    sites: list[str]
    workloads: list[str]
    technologies: list[str]

    @classmethod
    def of(cls, world: World, workloads: tuple[Workload, ...]) -> Ids:
        """Read the ids of a world and of a scenario's workloads."""
        return cls(
            world.metros["metro_id"].to_list(),
            world.zones["zone_id"].to_list(),
            world.sites["site_id"].to_list(),
            [workload.name for workload in workloads],
            world.generators["technology"].to_list(),
        )


def record_of(
    month: MonthResult,
    ids: Ids,
    sites: SiteColumns,
    workloads: tuple[Workload, ...],
) -> TickRecord:
    """Write a month as rows of the tables of every run."""
    tables = {
        "ticks": _ticks(month, sites, workloads),
        "sites": _sites(month, ids),
        "metros": _metros(month, ids, workloads),
        "zones": _zones(month, ids, sites),
        "flows": _flows(month, ids),
        "metro_values": _metro_values(month, ids, sites),
    }
    clearing = month.clearing
    digest = [
        (name, np.ascontiguousarray(getattr(clearing, name)).ravel())
        for name in (
            *(
                f"{node}_price{corner}"
                for node in ("demand", "pool", "shell", "zone")
                for corner in ("", "_low", "_high")
            ),
            "served_kw",
            "pool_flow",
            "shell_flow",
            "grid_flow",
            "btm_flow",
            "step_flow",
            "link_flow",
            "route_metro",
            "route_workload",
            "route_site",
            "route_kw",
        )
    ]
    digest = [(name, column.astype(np.int64, copy=False)) for name, column in digest]
    if month.started_kw is not None:
        digest.append(("started_kw", month.started_kw))
    return TickRecord(month.tick, tables, digest)


def _kw(column: Integer) -> int:
    """Total of whole kilowatts."""
    return int(column.sum())  # exact: integers


def _ticks(month: MonthResult, sites: SiteColumns, workloads: tuple[Workload, ...]) -> Columns:
    clearing, state, reading = month.clearing, month.state, month.quotes.rents.reading
    edge = sites.edge
    ai = np.array([workload.entry == "pool" for workload in workloads])
    pool = state.pool_kw
    used = clearing.pool_flow
    edge_pool, core_pool = np.where(edge, pool, 0), np.where(edge, 0, pool)
    width, uncertain = price_width(clearing)
    row: dict[str, float | int | str] = {
        "batch_share": month.demand.batch_share,
        "demand_kw": _kw(to_integer(month.demand.reference_kw[:, ai], "demand_kw")),
        "served_kw": _kw(clearing.served_kw[:, ai]),
        "non_ai_served_kw": _kw(clearing.served_kw[:, ~ai]),
        "pool_kw": _kw(pool),
        "edge_pool_kw": _kw(edge_pool),
        "core_pool_kw": _kw(core_pool),
        "pipeline_kw": _kw(month.pipeline_kw),
        "completed_kw": _kw(month.completed_kw),
        "retired_kw": _kw(month.retired_kw),
        "objective_musd_per_hour": str(clearing.objective),
        "edge_rent_usd_per_mwh": weighted_usd_per_mwh(reading.rent, edge_pool),
        "core_rent_usd_per_mwh": weighted_usd_per_mwh(reading.rent, core_pool),
        "edge_latency_rent_usd_per_mwh": weighted_usd_per_mwh(reading.latency, edge_pool),
        "edge_watt_rent_usd_per_mwh": weighted_usd_per_mwh(reading.watt, edge_pool),
        "core_watt_rent_usd_per_mwh": weighted_usd_per_mwh(reading.watt, core_pool),
        "silicon_rent_usd_per_mwh": weighted_usd_per_mwh(reading.silicon, used),
        "latency_bound_kw": _kw(used[reading.label == LATENCY_BOUND]),
        "watt_bound_kw": _kw(used[reading.label == WATT_BOUND]),
        "price_width_usd_per_mwh": width,
        "price_width_kw": uncertain,
        "pivots": clearing.pivots,
    }
    for (part, corner), level in month.indices.items():
        row[f"{part}_index{('', '_low', '_high')[corner]}"] = level
    row |= _building(month, edge)
    row |= NO_AUCTION | dict(month.forward)
    return {name: np.array([value]) for name, value in row.items()}


def _building(month: MonthResult, edge: NDArray[np.bool_]) -> dict[str, float | int | str]:
    none = np.zeros_like(month.room_kw)
    started = none if month.started_kw is None else month.started_kw
    entry_rent = none if month.entry_rent is None else month.entry_rent
    return {
        "started_kw": _kw(started),
        "edge_started_kw": _kw(started[edge]),
        "edge_entry_rent_usd_per_mwh": weighted_usd_per_mwh(entry_rent, np.where(edge, month.room_kw, 0)),
    }


def weighted_usd_per_mwh(musd_per_kwh: Integer, weight_kw: Integer) -> float:
    """Mean price in $/MWh weighted by kW; nil without any kW."""
    return weighted_mean(usd_per_mwh(musd_per_kwh), weight_kw.astype(np.float64), empty=0.0)


def _sites(month: MonthResult, ids: Ids) -> Columns:
    clearing, state, quotes = month.clearing, month.state, month.quotes
    reading = quotes.rents.reading
    entry = np.zeros_like(state.pool_kw) if month.entry_rent is None else month.entry_rent
    lowest, highest = quotes.value_ends_usd_per_mw
    return {
        "site_id": Names(np.arange(len(ids.sites)), ids.sites),
        "pool_kw": state.pool_kw,
        "shell_kw": state.shell_kw,
        "grid_kw": state.grid_kw,
        "used_kw": clearing.pool_flow,
        "non_ai_kw": clearing.shell_entry_flow,
        "rent_usd_per_mw_month": usd_per_mw_month(reading.rent),
        "silicon_rent_usd_per_mw_month": usd_per_mw_month(reading.silicon),
        "watt_rent_usd_per_mw_month": usd_per_mw_month(reading.watt),
        "latency_rent_usd_per_mw_month": usd_per_mw_month(reading.latency),
        "shell_rent_usd_per_mw_month": usd_per_mw_month(quotes.rents.shell),
        "label": Names(reading.label, LABELS),
        "binding": Names(quotes.binding, BINDING),
        "entry_rent_usd_per_mw_month": usd_per_mw_month(entry),
        "value_usd_per_mw": quotes.value_usd_per_mw[0],
        "value_low_usd_per_mw": lowest,
        "value_high_usd_per_mw": highest,
    }


def _metros(month: MonthResult, ids: Ids, workloads: tuple[Workload, ...]) -> Columns:
    clearing = month.clearing
    metros, kinds = clearing.served_kw.shape
    reference = to_integer(month.demand.reference_kw, "demand_kw")
    share = np.divide(
        clearing.served_kw, reference, out=np.zeros(reference.shape, dtype=np.float64), where=reference > 0
    )
    return {
        "metro_id": Names(np.repeat(np.arange(metros), kinds), ids.metros),
        "workload": Names(np.tile(np.arange(kinds), metros), ids.workloads),
        "demand_kw": reference.ravel(),
        "served_kw": clearing.served_kw.ravel(),
        "served_share": share.ravel(),
        "price_usd_per_mwh": usd_per_mwh(clearing.demand_price).ravel(),
        "price_low_usd_per_mwh": usd_per_mwh(clearing.demand_price_low).ravel(),
        "price_high_usd_per_mwh": usd_per_mwh(clearing.demand_price_high).ravel(),
        "latency_premium_usd_per_mwh": usd_per_mwh(latency_premium(clearing, workloads)).ravel(),
    }


def _zones(month: MonthResult, ids: Ids, sites: SiteColumns) -> Columns:
    clearing, state = month.clearing, month.state
    zones = len(ids.zones)
    generation = sum_by(month.layout.step_zone, clearing.step_flow, zones)
    load = sum_by(sites.zone, clearing.grid_flow, zones)
    available = sum_by(month.layout.step_zone, state.step_kw, zones)
    return {
        "zone_id": Names(np.arange(zones), ids.zones),
        "lmp_usd_per_mwh": usd_per_mwh(clearing.zone_price),
        "lmp_low_usd_per_mwh": usd_per_mwh(clearing.zone_price_low),
        "lmp_high_usd_per_mwh": usd_per_mwh(clearing.zone_price_high),
        "marginal_technology": Names(marginal_step(clearing, state, month.layout), ids.technologies),
        "generation_kw": generation,
        "load_kw": load,
        "generation_available_kw": available,
        "slots_kw": month.slots_kw,
    }


def _flows(month: MonthResult, ids: Ids) -> Columns:
    clearing = month.clearing
    return {
        "metro_id": Names(clearing.route_metro, ids.metros),
        "workload": Names(clearing.route_workload, ids.workloads),
        "site_id": Names(clearing.route_site, ids.sites),
        "flow_kw": clearing.route_kw,
    }


def _metro_values(month: MonthResult, ids: Ids, sites: SiteColumns) -> Columns:
    """Edge values weighted by the shells of the start, where there were any."""
    metros = len(ids.metros)
    edge = np.flatnonzero(sites.edge)
    metro, weight_kw = sites.metro[edge], sites.shell_kw[edge].astype(np.float64)
    shell_kw = group_total(weight_kw, metro, metros)
    value = group_total(month.quotes.value_usd_per_mw[0][edge] * weight_kw, metro, metros)
    some = np.flatnonzero(shell_kw > 0.0)
    return {
        "metro_id": Names(some, ids.metros),
        "edge_pool_kw": sum_by(metro, month.state.pool_kw[edge], metros)[some],
        "edge_value_usd_per_mw": value[some] / shell_kw[some],
    }
