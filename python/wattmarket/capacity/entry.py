"""Competitive entry: each month a forecast network at the lead time says what builders want net of all pipeline.

Builders are naive: they extrapolate today's demand at today's growth and mix. The forecast network carries entry arcs
at the cost of new entry (CONE), as far as land and slots allow, and refresh arcs (accelerators alone, into a standing
shell). A part κ of what it wants starts building, at most so much per metro and month.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from wattmarket import numeric
from wattmarket.capacity.cost import SiteCosts
from wattmarket.capacity.sites import SiteColumns
from wattmarket.capacity.stock import CapacityStock, Starts
from wattmarket.scenario import Scenario
from wattmarket.spot import SpotClearing, SpotDemand, SpotMarket, SpotState
from wattmarket.units import KW_PER_MW, MONTHS_PER_YEAR

__all__ = ["EntryDecision", "decide_entry", "forecast_demand"]

Float = NDArray[np.float64]
Integer = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class EntryDecision:
    """What builders start this month.

    Parameters
    ----------
    build
        New shells with their accelerators and connections.
    refresh
        Accelerators alone, into standing shells.
    entry_rent
        What one more buildable megawatt would earn above its full cost, micro-$ per kWh, int64 [S].
    """

    build: Starts
    refresh: Starts
    entry_rent: Integer


def forecast_demand(reference_kw: Float, growth_per_year: Float, months: int) -> Float:
    """Extrapolate demand at the growth in force; the mix of today stays.

    Parameters
    ----------
    reference_kw
        float64 [M, K].
    growth_per_year
        float64 [K], yearly factors.
    months
        How far ahead.

    Examples
    --------
    >>> forecast_demand(np.array([[100.0]]), np.array([1.44]), 6).tolist()
    [[120.0]]
    """
    factor = numeric.power(growth_per_year, np.full_like(growth_per_year, months / MONTHS_PER_YEAR))
    return np.asarray(reference_kw * factor[None, :])


def decide_entry(
    market: SpotMarket,
    demand: SpotDemand,
    scenario: Scenario,
    *,
    state: SpotState,
    slots_kw: Integer,
    columns: SiteColumns,
    costs: SiteCosts,
    stock: CapacityStock,
) -> EntryDecision:
    """Clear the forecast network and turn what it wants into starts.

    Parameters
    ----------
    market
        A forecast market (``entry=True``) of the same layout as the spot market; keeps its basis from month to month.
    demand
        Forecast demand at the lead time.
    scenario
        The parameters in force.
    state
        What will stand at the lead time if nothing more is started.
    slots_kw
        Slots that will have been released by then and are not taken, kW of IT, int64 [Z].
    columns, costs, stock
        The sites, their costs, what stands and is under way.
    """
    forecast = replace(
        state,
        entry_kw=np.maximum(columns.buildable_kw - state.shell_kw, 0),
        entry_cost=costs.entry_musd_per_kwh,
        slot_kw=slots_kw,
        refresh_cost=costs.refresh_musd_per_kwh,
    )
    clearing = market.clear(demand, forecast, corner=scenario.prices.corner)
    return EntryDecision(
        _new_sites(clearing, scenario, columns),
        _refreshed(clearing, scenario, columns, stock),
        clearing.land_price,
    )


def _new_sites(clearing: SpotClearing, scenario: Scenario, columns: SiteColumns) -> Starts:
    """A part κ of the wanted entry, cut where a metro's or a zone's monthly limit binds."""
    wanted = _part(clearing.entry_flow, scenario.capacity.kappa)
    limit_kw = scenario.capacity.metro_limit_mw_per_month * KW_PER_MW
    starts = _cut_to_limit(wanted, columns.edge, columns.metro, limit_kw)
    limit_kw = scenario.capacity.zone_limit_mw_per_month * KW_PER_MW
    starts = _cut_to_limit(starts, ~columns.edge, columns.zone, limit_kw)
    # What is wanted at the lead time is delivered for it: a site that builds faster breaks ground later.
    return Starts(starts, starts, np.maximum(columns.build_months, scenario.capacity.lead_months))


def _refreshed(clearing: SpotClearing, scenario: Scenario, columns: SiteColumns, stock: CapacityStock) -> Starts:
    """A part κ of the wanted refresh, at most what the standing shell has room for when it is delivered."""
    lead = scenario.capacity.silicon_lead_months
    pool_kw, shell_kw, _ = stock.at_horizon(lead)
    room = np.maximum(shell_kw - pool_kw, 0)
    starts = np.minimum(_part(clearing.refresh_flow, scenario.capacity.kappa), room)
    none = np.zeros_like(starts)
    return Starts(starts, none, np.full_like(columns.build_months, lead))


def _part(flow_kw: Integer, kappa: float) -> Integer:
    return numeric.to_integer(np.floor(flow_kw * kappa), "entry")


def _cut_to_limit(starts: Integer, applies: NDArray[np.bool_], group: Integer, limit_kw: float) -> Integer:
    """Scale the starts of every group that exceeds the limit down to it, in proportion, rounding down."""
    sums = np.zeros(int(group.max(initial=0)) + 1, dtype=np.int64)
    np.add.at(sums, group[applies], starts[applies])
    scale = np.minimum(1.0, limit_kw / np.maximum(sums, 1))
    cut = numeric.to_integer(np.floor(starts * scale[group]), "starts")
    return np.where(applies, cut, starts)
