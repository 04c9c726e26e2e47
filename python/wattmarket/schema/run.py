"""The tables that every run has: ticks, sites, metros, zones, flows, metro_values."""

from __future__ import annotations

from typing import Final

import polars as pl

from wattmarket.schema.table import Column, Table

__all__ = ["FLOWS", "METRO_VALUES", "RUN_METROS", "RUN_SITES", "RUN_TABLES", "RUN_ZONES", "TICKS"]

S: Final = pl.String()
F: Final = pl.Float64()
B: Final = pl.Boolean()
K: Final = pl.Int64()
T: Final = pl.Int32()
D: Final = pl.Date()

_TICK = Column("tick", T, "", "month since the start of the run, from 0")
_MONTH = Column("month", D, "", "first day of the month")

_FORWARD: Final = (
    Column("awarded_kw", K, "kW IT", "packages sold in the forward auction (0, as all about it, where nobody bids)"),
    Column("forward_payments_usd_per_month", K, "$/month", "what buyers pay for them"),
    Column("forward_receipts_usd_per_month", K, "$/month", "what sellers get, summed over products: the same"),
    Column(
        "forward_checked", K, "", "bids and asks held against the prices; the first that breaks a promise ends the run"
    ),
    Column("forward_surplus_usd_per_month", K, "$/month", "what they are worth to buyers less what sellers asked"),
    Column("forward_shortfall_kw", K, "kW IT", "wanted of capped products at the cap, and not there"),
    Column(
        "silicon_price_air_usd_per_kw_month", F, "$/kW-month", "price of air-cooled accelerators, last one if unsold"
    ),
    Column("silicon_width_air_usd_per_kw_month", F, "$/kW-month", "width of the interval of this month's price"),
    Column("silicon_price_liquid_usd_per_kw_month", F, "$/kW-month", "price of liquid-cooled accelerators, likewise"),
    Column("silicon_width_liquid_usd_per_kw_month", F, "$/kW-month", "width of the interval of this month's price"),
    Column(
        "binding_silicon_kw", K, "kW IT", "awards whose accelerators cost more than the dearest ask sold: they bind"
    ),
    Column("binding_land_kw", K, "kW IT", "awards whose land does"),
    Column("binding_slot_kw", K, "kW IT", "awards whose slot does"),
    Column("binding_energy_kw", K, "kW IT", "awards whose energy does"),
)

TICKS: Final = Table(
    "ticks",
    "One row per month: the market as a whole.",
    (
        _TICK,
        _MONTH,
        Column("batch_share", F, "", "share of inference demand at reference prices that tolerates any latency"),
        Column("demand_kw", K, "kW IT", "AI demand at reference prices"),
        Column("served_kw", K, "kW IT", "AI demand served"),
        Column("non_ai_served_kw", K, "kW IT", "cloud and enterprise load served"),
        Column("pool_kw", K, "kW IT", "accelerators standing"),
        Column("edge_pool_kw", K, "kW IT", "accelerators standing at edge kinds"),
        Column("core_pool_kw", K, "kW IT", "accelerators standing at core kinds"),
        Column("pipeline_kw", K, "kW IT", "accelerators ordered and not yet standing, this month's orders included"),
        Column("started_kw", K, "kW IT", "accelerators ordered this month, for new shells and for standing ones"),
        Column("edge_started_kw", K, "kW IT", "of which at edge kinds"),
        Column("completed_kw", K, "kW IT", "accelerators completed this month"),
        Column("retired_kw", K, "kW IT", "accelerators retired this month"),
        Column("objective_musd_per_hour", S, "micro-$/h", "objective of the clearing, exact (a decimal integer)"),
        Column(
            "edge_rent_usd_per_mwh", F, "$/MWh", "rent of edge pools, weighted by what stands; idle pools count as nil"
        ),
        Column("core_rent_usd_per_mwh", F, "$/MWh", "capacity-weighted rent of core pools"),
        Column("edge_latency_rent_usd_per_mwh", F, "$/MWh", "capacity-weighted latency rent of edge pools"),
        Column("edge_watt_rent_usd_per_mwh", F, "$/MWh", "capacity-weighted watt rent of edge pools"),
        Column("core_watt_rent_usd_per_mwh", F, "$/MWh", "capacity-weighted watt rent of core pools"),
        Column("silicon_rent_usd_per_mwh", F, "$/MWh", "capacity-weighted silicon rent of all used pools"),
        Column(
            "edge_entry_rent_usd_per_mwh",
            F,
            "$/MWh",
            "entry rent at edge kinds, weighted by the shell that could still be built (0 if capacity follows a table)",
        ),
        Column("latency_bound_kw", K, "kW IT", "used capacity whose location rent is latency rent above all"),
        Column("watt_bound_kw", K, "kW IT", "used capacity whose location rent is watt rent above all"),
        Column("edge_index", F, "", "Edge Valuation Index, 100 at the first tick, at settled prices"),
        Column("edge_index_low", F, "", "the same at the lowest optimal prices"),
        Column("edge_index_high", F, "", "the same at the highest optimal prices"),
        Column("core_index", F, "", "Core Valuation Index, 100 at the first tick, at settled prices"),
        Column("core_index_low", F, "", "the same at the lowest optimal prices"),
        Column("core_index_high", F, "", "the same at the highest optimal prices"),
        *_FORWARD,
        Column("price_width_usd_per_mwh", F, "$/MWh", "largest width of a settled price's interval"),
        Column("price_width_kw", K, "kW IT", "served demand whose price is not unique"),
        Column("pivots", K, "", "simplex pivots of the spot clearing (not part of the digest)"),
        Column("digest", S, "", "hash chain over the prices and flows up to this tick (hex SHA-256)"),
    ),
    ("tick",),
)

RUN_SITES: Final = Table(
    "sites",
    "One row per month and site.",
    (
        _TICK,
        Column("site_id", S, "", "site", key_of="sites"),
        Column("pool_kw", K, "kW IT", "accelerators standing"),
        Column("shell_kw", K, "kW IT", "shell standing"),
        Column("grid_kw", K, "kW IT", "grid connection, after PUE"),
        Column("used_kw", K, "kW IT", "accelerators in use"),
        Column("non_ai_kw", K, "kW IT", "cloud and enterprise load served"),
        Column("rent_usd_per_mw_month", F, "$/MW-month", "rent of the pool: silicon + watt + latency"),
        Column("silicon_rent_usd_per_mw_month", F, "$/MW-month", "silicon rent"),
        Column("watt_rent_usd_per_mw_month", F, "$/MW-month", "watt rent"),
        Column("latency_rent_usd_per_mw_month", F, "$/MW-month", "latency rent"),
        Column(
            "shell_rent_usd_per_mw_month", F, "$/MW-month", "rent of shell and connection alone, as other load pays it"
        ),
        Column("label", S, "", "reading", values=("latency-bound", "watt-bound", "marginal", "idle")),
        Column("binding", S, "", "capacity that binds", values=("pool", "shell", "grid", "none")),
        Column(
            "entry_rent_usd_per_mw_month",
            F,
            "$/MW-month",
            "what one more buildable MW earns above its full cost",
        ),
        Column("value_usd_per_mw", F, "$/MW", "market value"),
        Column(
            "value_low_usd_per_mw",
            F,
            "$/MW",
            "lowest of the market values at the settled, the lowest and the highest optimal prices",
        ),
        Column("value_high_usd_per_mw", F, "$/MW", "highest of the three"),
    ),
    ("tick", "site_id"),
)

RUN_METROS: Final = Table(
    "metros",
    "One row per month, metro and workload.",
    (
        _TICK,
        Column("metro_id", S, "", "metro", key_of="metros"),
        Column("workload", S, "", "workload"),
        Column("demand_kw", K, "kW IT", "demand at the reference price"),
        Column("served_kw", K, "kW IT", "demand served"),
        Column("served_share", F, "", "served over demand at the reference price"),
        Column("price_usd_per_mwh", F, "$/MWh", "delivered price"),
        Column("price_low_usd_per_mwh", F, "$/MWh", "lowest optimal price"),
        Column("price_high_usd_per_mwh", F, "$/MWh", "highest optimal price"),
        Column("latency_premium_usd_per_mwh", F, "$/MWh", "price above that of the budget-free workload"),
    ),
    ("tick", "metro_id", "workload"),
)

RUN_ZONES: Final = Table(
    "zones",
    "One row per month and zone.",
    (
        _TICK,
        Column("zone_id", S, "", "zone", key_of="zones"),
        Column("lmp_usd_per_mwh", F, "$/MWh IT", "locational marginal price per MWh of IT"),
        Column("lmp_low_usd_per_mwh", F, "$/MWh IT", "lowest optimal price"),
        Column("lmp_high_usd_per_mwh", F, "$/MWh IT", "highest optimal price"),
        Column("marginal_technology", S, "", "technology of the dearest step in use, or empty", optional=True),
        Column("generation_kw", K, "kW IT", "generated in the zone for compute"),
        Column("load_kw", K, "kW IT", "drawn in the zone by compute"),
        Column("generation_available_kw", K, "kW IT", "generation left for compute"),
        Column("slots_kw", K, "kW IT", "interconnection slots released and not yet taken by building that has started"),
    ),
    ("tick", "zone_id"),
)

FLOWS: Final = Table(
    "flows",
    "One row per month, metro, workload and site with a flow.",
    (
        _TICK,
        Column(
            "metro_id", S, "", "metro; empty for workloads without a latency budget", key_of="metros", optional=True
        ),
        Column("workload", S, "", "workload"),
        Column("site_id", S, "", "site", key_of="sites"),
        Column("flow_kw", K, "kW IT", "demand of the metro served at the site"),
    ),
    ("tick", "metro_id", "workload", "site_id"),
)

METRO_VALUES: Final = Table(
    "metro_values",
    "One row per month and metro where edge shells stood at the start: what those would fetch now.",
    (
        _TICK,
        Column("metro_id", S, "", "metro", key_of="metros"),
        Column("edge_pool_kw", K, "kW IT", "accelerators standing at its edge sites, later ones too"),
        Column(
            "edge_value_usd_per_mw",
            F,
            "$/MW",
            "market value of its edge sites, weighted by the shells of the start: new sites don't move it",
        ),
    ),
    ("tick", "metro_id"),
)

RUN_TABLES: Final = (TICKS, RUN_SITES, RUN_METROS, RUN_ZONES, FLOWS, METRO_VALUES)
