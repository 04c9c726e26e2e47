"""Columns of the sites of a world as arrays: where they are, what may be built there, what it costs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from wattmarket import numeric
from wattmarket.capacity.cost import SiteCosts
from wattmarket.finance import hurdle_rate, usd_per_mwh_of_capital
from wattmarket.scenario import Scenario
from wattmarket.schema.world import EDGE_KINDS
from wattmarket.spot import SILICON_CLASSES, silicon_codes
from wattmarket.units import KW_PER_MW
from wattmarket.world import World

__all__ = ["SiteColumns", "site_costs"]

Float = NDArray[np.float64]
Integer = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class SiteColumns:
    """What the model reads of the table ``sites``, row by row in its order.

    Parameters
    ----------
    zone, metro
        Row of the site's zone and home metro, int64 [S].
    edge
        Whether the kind is an edge kind, bool [S].
    silicon
        Code of the site's silicon class, int64 [S].
    pool_kw, shell_kw, grid_kw
        What stands at the start, int64 [S]; the grid connection is divided by the site's PUE.
    buildable_kw
        Shell that could stand in all, int64 [S].
    btm_kw, btm_cost
        Plant behind the meter, kW of IT and micro-$ per kWh, int64 [S].
    build_months
        Months from start of building to operation, int64 [S], at least 1.
    """

    zone: Integer
    metro: Integer
    edge: NDArray[np.bool_]
    silicon: Integer
    pool_kw: Integer
    shell_kw: Integer
    grid_kw: Integer
    buildable_kw: Integer
    btm_kw: Integer
    btm_cost: Integer
    build_months: Integer

    @classmethod
    def of(cls, world: World) -> SiteColumns:
        """Read the columns of a world."""
        sites = world.sites
        zone_row = {zone: row for row, zone in enumerate(world.zones["zone_id"].to_list())}
        metro_row = {metro: row for row, metro in enumerate(world.metros["metro_id"].to_list())}

        def kw(column: str) -> Integer:
            return numeric.to_integer(sites[column].to_numpy() * KW_PER_MW, column)

        return cls(
            zone=np.array([zone_row[zone] for zone in sites["zone_id"].to_list()], dtype=np.int64),
            metro=np.array([metro_row[metro] for metro in sites["metro_id"].to_list()], dtype=np.int64),
            edge=np.isin(sites["kind"].to_numpy(), EDGE_KINDS),
            silicon=silicon_codes(world),
            pool_kw=kw("pool_mw"),
            shell_kw=kw("shell_mw"),
            grid_kw=numeric.to_integer(sites["grid_mw"].to_numpy() / sites["pue"].to_numpy() * KW_PER_MW, "grid_mw"),
            buildable_kw=kw("shell_buildable_mw"),
            btm_kw=kw("btm_mw"),
            btm_cost=numeric.to_integer(sites["btm_cost_usd_per_mwh"].to_numpy() * 1_000, "btm_cost_usd_per_mwh"),
            build_months=np.maximum(numeric.to_integer(sites["build_months"].to_numpy(), "build_months"), 1),
        )


def site_costs(world: World, columns: SiteColumns, scenario: Scenario, counterparty_risk: Float) -> SiteCosts:
    """Cost of capacity at every site under a scenario's prices and rates, $/MWh of IT.

    Accelerators are charged at the silicon class's own rate; shell, land and connection at the rate of the site's kind;
    both with the hazard of the zone added. Delivery on top of the zone's price is the difference in PUE at the zone's
    retail tariff, and for edge kinds a distribution charge.

    Parameters
    ----------
    world, columns
        The world and its sites.
    scenario
        The parameters in force.
    counterparty_risk
        Of every zone, float64 [Z].
    """
    zones = world.zones
    risk = counterparty_risk[columns.zone]
    tariff = zones["retail_tariff_usd_per_mwh"].to_numpy()[columns.zone]
    base = np.where(columns.edge, scenario.finance.wacc_edge, scenario.finance.wacc_core)
    rate = hurdle_rate(base, risk)
    silicon = np.zeros(len(columns.zone))
    running = np.zeros(len(columns.zone))
    for code, name in enumerate(SILICON_CLASSES):
        klass = getattr(scenario.silicon, name)
        at = columns.silicon == code
        silicon_rate = hurdle_rate(np.full(len(at), klass.wacc), risk)
        silicon[at] = usd_per_mwh_of_capital(np.full(len(at), klass.capex_usd_per_kw), silicon_rate, klass.life_years)[
            at
        ]
        running[at] = klass.running_usd_per_mwh - klass.efficiency_credit_usd_per_mwh
    sites = world.sites
    running = running + _backbone(sites, scenario)
    building = (
        sites["shell_cost_usd_per_kw"].to_numpy() * _liquid_factor(sites, scenario)
        + sites["land_cost_usd_per_kw"].to_numpy()
        + scenario.finance.connection_usd_per_kw * sites["pue"].to_numpy()
    )
    pue = sites["pue"].to_numpy() - zones["pue"].to_numpy()[columns.zone]
    delivery = np.where(columns.edge, scenario.finance.distribution_usd_per_mwh, 0.0)
    return SiteCosts(
        silicon_usd_per_mwh=silicon,
        shell_usd_per_mwh=usd_per_mwh_of_capital(building, rate, scenario.finance.shell_life_years),
        running_usd_per_mwh=running,
        site_usd_per_mwh=pue * tariff + delivery,
    )


def _liquid_factor(sites: pl.DataFrame, scenario: Scenario) -> Float:
    """What the cost of every shell is multiplied by: less than one where it is liquid-cooled and that got cheaper."""
    liquid = sites["cooling"].to_numpy() == "liquid"
    return np.where(liquid, 1.0 - scenario.finance.liquid_shell_discount, 1.0)


def _backbone(sites: pl.DataFrame, scenario: Scenario) -> Float:
    """What joining a campus to others for a training run costs, $/MWh: nothing where the run fits on it."""
    finance = scenario.finance
    if finance.training_run_mw == 0.0:
        return np.zeros(sites.height)
    share = np.minimum(sites["shell_buildable_mw"].to_numpy() / finance.training_run_mw, 1.0)
    return np.where(sites["backend"].to_numpy(), finance.backbone_usd_per_mwh * (1.0 - share), 0.0)
