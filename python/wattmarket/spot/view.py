"""A clearing as tables for people: sites, metros, zones and flows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from wattmarket import numeric
from wattmarket.finance import usd_per_mwh_of_capital
from wattmarket.scenario import Scenario, Workload
from wattmarket.spot.columns import SpotClearing, SpotDemand, SpotLayout, SpotState
from wattmarket.spot.reading import LABELS
from wattmarket.spot.rents import BINDING, RentReader
from wattmarket.units import MUSD_PER_KWH_PER_USD_PER_MWH, USD_PER_MW_MONTH_PER_MUSD_PER_KWH
from wattmarket.world import World

__all__ = [
    "SILICON_CLASSES",
    "SpotView",
    "latency_premium",
    "marginal_step",
    "price_width",
    "read_clearing",
    "silicon_codes",
    "usd_per_mw_month",
    "usd_per_mwh",
]

Float = NDArray[np.float64]
Integer = NDArray[np.int64]

SILICON_CLASSES = ("air", "liquid")
"""Silicon classes, in the order of their codes; a site's pool has the class of its cooling."""


def usd_per_mw_month(musd_per_kwh: Integer) -> Float:
    """Micro-$ per kWh to $ per MW-month of 730 hours.

    Examples
    --------
    >>> usd_per_mw_month(np.array([1_000_000])).tolist()
    [730000.0]
    """
    return np.asarray(musd_per_kwh * USD_PER_MW_MONTH_PER_MUSD_PER_KWH)


def usd_per_mwh(musd_per_kwh: Integer) -> Float:
    """Micro-$ per kWh to $ per MWh."""
    return np.asarray(musd_per_kwh / MUSD_PER_KWH_PER_USD_PER_MWH)


def silicon_codes(world: World) -> Integer:
    """Code of the silicon class of every site's pool, int64 [S]."""
    return np.array([SILICON_CLASSES.index(cooling) for cooling in world.sites["cooling"].to_list()], dtype=np.int64)


def latency_premium(clearing: SpotClearing, workloads: tuple[Workload, ...]) -> Integer:
    """Delivered price above that of the budget-free inference workload at the same metro, micro-$ per kWh, [M, K].

    Nil for training and for load that enters at the shell, and everywhere if all inference has a budget.
    """
    inference = np.array([workload.entry == "pool" and not workload.training for workload in workloads])
    free = [k for k, workload in enumerate(workloads) if inference[k] and workload.network_budget_ms is None]
    if not free:
        return np.zeros_like(clearing.demand_price)
    return np.where(inference[None, :], clearing.demand_price - clearing.demand_price[:, free[:1]], 0)


def marginal_step(clearing: SpotClearing, state: SpotState, layout: SpotLayout) -> Integer:
    """Dearest generation step in use of every zone, int64 [Z], -1 where none is; the later of two at one cost."""
    marginal = np.full(len(clearing.zone_price), -1, dtype=np.int64)
    in_use = np.flatnonzero(clearing.step_flow > 0)
    order = in_use[np.argsort(state.step_cost[in_use], kind="stable")]
    # Of assignments to one place the last stays, and the steps come in order of cost.
    marginal[layout.step_zone[order]] = order
    return marginal


def price_width(clearing: SpotClearing) -> tuple[float, int]:
    """Largest width of the price interval of demand that is served, $/MWh, and how many kW have any width."""
    width = np.where(clearing.served_kw > 0, clearing.demand_price_high - clearing.demand_price_low, 0)
    served = clearing.served_kw[width > 0]
    return float(width.max(initial=0)) / MUSD_PER_KWH_PER_USD_PER_MWH, int(served.sum())  # exact: integers


@dataclass(frozen=True, slots=True)
class SpotView:
    """A clearing as Polars frames.

    Parameters
    ----------
    sites
        One row per site: flow in all and by workload (``used_kw``, ``WORKLOAD_kw``), rent and its three parts ($ per
        MW-month), label, binding capacity.
    metros
        One row per metro and workload: demand wanted at any price, served, price with its interval, latency premium
        ($/MWh), served share.
    zones
        One row per zone: LMP with its interval ($/MWh of IT), technology of the marginal step.
    flows
        One row per metro, workload and site with a flow; metro empty for workloads without a latency budget.
    price_width_usd_per_mwh, price_width_kw
        Largest width of the price interval of served demand, and how much demand has any.
    """

    sites: pl.DataFrame
    metros: pl.DataFrame
    zones: pl.DataFrame
    flows: pl.DataFrame
    price_width_usd_per_mwh: float
    price_width_kw: int


def read_clearing(  # noqa: PLR0917
    world: World,
    scenario: Scenario,
    layout: SpotLayout,
    clearing: SpotClearing,
    demand: SpotDemand,
    state: SpotState,
) -> SpotView:
    """Read a clearing of a world's market.

    Parameters
    ----------
    world, scenario, layout
        The world, the scenario that it was laid out for, and the layout.
    clearing, demand, state
        The clearing, and what it cleared.
    """
    workloads = tuple(scenario.workload)
    width, wide_kw = price_width(clearing)
    return SpotView(
        _sites(world, scenario, layout, clearing, state),
        _metros(world, workloads, clearing, demand.quantity_kw),
        _zones(world, layout, clearing, state),
        _flows(world, workloads, clearing),
        width,
        wide_kw,
    )


def _annualised_silicon(scenario: Scenario) -> Integer:
    """Annualised cost of each silicon class, micro-$ per kWh, int64 [H]."""
    classes = [getattr(scenario.silicon, name) for name in SILICON_CLASSES]
    usd = [
        usd_per_mwh_of_capital(np.array([silicon.capex_usd_per_kw]), np.array([silicon.wacc]), silicon.life_years)[0]
        for silicon in classes
    ]
    return numeric.to_integer(np.array(usd) * MUSD_PER_KWH_PER_USD_PER_MWH, "silicon")


def _sites(
    world: World, scenario: Scenario, layout: SpotLayout, clearing: SpotClearing, state: SpotState
) -> pl.DataFrame:
    reader = RentReader(layout, silicon_codes(world))
    rents = reader.read(clearing, state, _annualised_silicon(scenario))
    reading = rents.reading
    by_workload = {}
    for k, workload in enumerate(scenario.workload):
        kw = np.zeros(world.sites.height, dtype=np.int64)
        rows = clearing.route_workload == k
        np.add.at(kw, clearing.route_site[rows], clearing.route_kw[rows])
        by_workload[f"{workload.name}_kw"] = kw
    return pl.DataFrame(
        {
            "site_id": world.sites["site_id"],
            "kind": world.sites["kind"],
            "used_kw": clearing.pool_flow.copy(),
            **by_workload,
            "rent_usd_per_mw_month": usd_per_mw_month(reading.rent),
            "silicon_rent_usd_per_mw_month": usd_per_mw_month(reading.silicon),
            "watt_rent_usd_per_mw_month": usd_per_mw_month(reading.watt),
            "latency_rent_usd_per_mw_month": usd_per_mw_month(reading.latency),
            "shell_rent_usd_per_mw_month": usd_per_mw_month(rents.shell),
            "label": [LABELS[code] for code in reading.label.tolist()],
            "binding": [BINDING[code] for code in reader.binding(clearing, state).tolist()],
        }
    )


def _metros(
    world: World, workloads: tuple[Workload, ...], clearing: SpotClearing, quantity_kw: Integer
) -> pl.DataFrame:
    metros, kinds = clearing.served_kw.shape
    wanted = quantity_kw.sum(axis=2)  # exact: integers
    share = np.divide(clearing.served_kw, wanted, out=np.zeros(wanted.shape, dtype=np.float64), where=wanted > 0)
    return pl.DataFrame(
        {
            "metro_id": np.repeat(world.metros["metro_id"].to_numpy(), kinds),
            "workload": [workload.name for workload in workloads] * metros,
            "wanted_kw": wanted.ravel(),
            "served_kw": clearing.served_kw.ravel().copy(),
            "served_share": share.ravel(),
            "price_usd_per_mwh": usd_per_mwh(clearing.demand_price).ravel(),
            "price_low_usd_per_mwh": usd_per_mwh(clearing.demand_price_low).ravel(),
            "price_high_usd_per_mwh": usd_per_mwh(clearing.demand_price_high).ravel(),
            "latency_premium_usd_per_mwh": usd_per_mwh(latency_premium(clearing, workloads)).ravel(),
        }
    )


def _zones(world: World, layout: SpotLayout, clearing: SpotClearing, state: SpotState) -> pl.DataFrame:
    technologies = world.generators["technology"].to_list()
    marginal = marginal_step(clearing, state, layout).tolist()
    return pl.DataFrame(
        {
            "zone_id": world.zones["zone_id"],
            "lmp_usd_per_mwh": usd_per_mwh(clearing.zone_price),
            "lmp_low_usd_per_mwh": usd_per_mwh(clearing.zone_price_low),
            "lmp_high_usd_per_mwh": usd_per_mwh(clearing.zone_price_high),
            "marginal_technology": pl.Series(
                [technologies[step] if step >= 0 else None for step in marginal], dtype=pl.String
            ),
        }
    )


def _flows(world: World, workloads: tuple[Workload, ...], clearing: SpotClearing) -> pl.DataFrame:
    metros = [*world.metros["metro_id"].to_list(), None]
    sites = world.sites["site_id"].to_list()
    return pl.DataFrame(
        {
            "metro_id": pl.Series([metros[m] for m in clearing.route_metro.tolist()], dtype=pl.String),
            "workload": pl.Series([workloads[k].name for k in clearing.route_workload.tolist()], dtype=pl.String),
            "site_id": pl.Series([sites[s] for s in clearing.route_site.tolist()], dtype=pl.String),
            "flow_kw": clearing.route_kw.copy(),
        }
    )
