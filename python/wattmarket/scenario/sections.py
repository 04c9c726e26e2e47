"""The sections of a scenario, one class a table: every key with default, range, unit, meaning and source.

To add a key, add one line here: loader, errors, events, ``--set``, the resolved file and the reference all follow.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer, model_validator

from wattmarket.scenario.fields import Month, MonthlyPath, Section, Sequence, key, path_range, wrong

__all__ = [
    "AirSilicon",
    "Capacity",
    "Demand",
    "Drift",
    "Finance",
    "Findings",
    "Growth",
    "KindShares",
    "LiquidSilicon",
    "NetworkSection",
    "Output",
    "Prices",
    "RunSection",
    "Silicon",
    "SiliconClass",
    "Valuation",
    "WorldSection",
]

SharePath = Annotated[MonthlyPath, path_range(0.0, 1.0)]
TableName = Literal["ticks", "sites", "metros", "zones", "flows"]


class RunSection(Section):
    """When the run starts, how long it lasts, and its luck."""

    start: Month = key("2023-01", "first month", fixed=True)
    months: int = key(156, "length of the run; one tick is one month", unit="months", low=1, high=1_200, fixed=True)
    seed: int = key(0, "seed of every random draw of the run", low=0, high=2**63 - 1, fixed=True)


class KindShares(Section):
    """Share of each kind among the built sites, by number."""

    campus: float = key(0.08, "campuses of 100 to 1,000 MW", source="assumption", low=0, high=1, fixed=True)
    brownfield: float = key(
        0.03, "former smelters and mills with a connection", source="assumption", low=0, high=1, fixed=True
    )
    btm: float = key(0.03, "sites beside a plant", source="assumption", low=0, high=1, fixed=True)
    metro_dc: float = key(0.62, "metro data centres of 5 to 60 MW", source="assumption", low=0, high=1, fixed=True)
    central_office: float = key(
        0.16, "telecom exchanges of 0.2 to 3 MW", source="assumption", low=0, high=1, fixed=True
    )
    tower: float = key(
        0.08, "clusters of tower sites of 20 to 200 kW each", source="assumption, N09", low=0, high=1, fixed=True
    )

    @model_validator(mode="after")
    def _sum_to_one(self) -> Self:
        total = self.campus + self.brownfield + self.btm + self.metro_dc + self.central_office + self.tower
        if abs(total - 1.0) > 1e-9:
            raise wrong(f"the six shares sum to {total:.6g}, not to 1")
        return self


class WorldSection(Section):
    """The world: a folder of tables, or the parameters of the builder."""

    folder: str = key("", "folder with the five tables, beside or below this file; empty: build", fixed=True, most=200)
    metros: int = key(120, "demand metros of a built world", low=1, high=1_080, fixed=True)
    sites: int = key(5_000, "sites of a built world", low=50, high=50_000, fixed=True)
    seed: int = key(0, "seed of the builder", low=0, high=2**63 - 1, fixed=True)
    edge_share_start: float = key(
        0.30,
        "share of AI power that stands at edge kinds at the start: that of interactive inference",
        source="assumption after D01 and D24: .33 of inference, .90 of it interactive",
        low=0,
        high=1,
        fixed=True,
    )
    core_buildable_gw: float = key(
        220.0,
        "shell that could stand in all at core kinds, with 5,000 sites or fewer",
        unit="GW IT",
        source="assumption",
        low=1,
        high=10_000,
        fixed=True,
    )
    metro_buildable_gw: float = key(
        95.0,
        "shell that could stand in all at metro data centres, with 5,000 sites or fewer",
        unit="GW IT",
        source="assumption: half as much again as other load alone would fill by 2035 at its growth",
        low=1,
        high=10_000,
        fixed=True,
    )
    campus_cap_mw: float = key(
        1_000.0, "largest campus", unit="MW IT", source="s2; superseded, B26-B28", low=50, high=10_000, fixed=True
    )
    metro_zone_weight: float = key(
        0.0,
        "how readily built core sites go to zones around metros, against 1 for interior zones",
        source="assumption",
        low=0,
        high=100,
        fixed=True,
    )
    core_buildable_gw: float = key(
        220.0,
        "shell that could stand in all at core kinds, with 5,000 sites or fewer",
        unit="GW IT",
        source="assumption",
        low=0,
        high=10_000,
        fixed=True,
    )
    metro_buildable_gw: float = key(
        65.0,
        "shell that could stand in all at metro data centres, with 5,000 sites or fewer",
        unit="GW IT",
        source="assumption",
        low=0,
        high=10_000,
        fixed=True,
    )
    kinds: KindShares = Field(default_factory=KindShares)


class NetworkSection(Section):
    """How far light gets in a millisecond, and what carrying costs."""

    stretch_scale: float = key(
        1.0, "multiplies the fibre stretch of every metro", source="L03 2.1, L04 1.3", low=0.3, high=3
    )
    hollow_core_share: float = key(
        0.0, "share of every path that runs in hollow-core fibre", source="L04", low=0, high=1
    )
    silica_km_per_ms: float = key(
        204.2, "light in solid silica fibre", unit="km/ms", source="L01", low=150, high=299.7925
    )
    hollow_core_km_per_ms: float = key(
        299.4, "light in hollow-core fibre", unit="km/ms", source="L02", low=150, high=299.7925
    )
    transport_usd_per_mwh_per_ms: float = key(
        0.01,
        "cost of carrying a MWh of compute over a millisecond of round trip: next to nothing, but nearest comes first",
        unit="$/MWh per ms",
        source="assumption after N03",
        low=0,
        high=10,
    )


class Growth(Section):
    """One leg of the growth of demand."""

    until: Month | None = key(None, "last month of the leg; the last leg has none")
    per_year: float = key(..., "growth factor of potential AI demand", unit="x/year", low=0.5, high=10)

    @model_serializer(mode="wrap")
    def _leave_out_what_is_missing(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        # TOML has no null.
        return {name: value for name, value in write(self).items() if value is not None}


class Demand(Section):
    """How much compute the world wants at reference prices, and how it answers to price."""

    workloads: Literal["article", "measured", "custom"] = key(
        "article",
        "set of workloads to start from: `article` (thesis: inference is metro-bound), `measured` (evidence), or none",
        fixed=True,
    )
    ai_power_start_gw: float = key(
        7.4,
        "AI power at the start; sizes a built world too",
        unit="GW IT",
        source="D41",
        low=0.01,
        high=1_000,
        fixed=True,
    )
    growth: Annotated[tuple[Growth, ...], Sequence] = key(
        (
            {"until": "2025-12", "per_year": 1.59},
            {"until": "2028-12", "per_year": 1.40},
            {"until": "2031-12", "per_year": 1.25},
            {"per_year": 1.15},
        ),
        "legs of growth of potential AI demand at reference prices, in order of time",
        unit="x/year",
        source="D06 to 2025, then assumption",
        most=100,
    )
    inference_share: SharePath = key(
        {"2023-01": 0.33, "2025-01": 0.50, "2026-01": 0.67, "2030-01": 0.75},
        "share of inference in AI demand; training takes the rest",
        source="D01-D04",
    )
    elasticity: float = key(
        1.1, "own-price elasticity of demand, where a workload states none", source="D27", low=0.05, high=5
    )
    steps: int = key(12, "willingness-to-pay steps that each demand curve is cut into", low=10, high=16, fixed=True)
    step_low: float = key(
        0.25, "lowest step, as a multiple of the reference price", source="assumption", low=0.01, high=0.95
    )
    step_high: float = key(
        6.0, "highest step, as a multiple of the reference price", source="assumption", low=1.05, high=100
    )
    adoption_midpoint_years: float = key(
        2.0,
        "years after January 2023 at which the richest metro has adopted half-way",
        unit="years",
        source="assumption",
        low=-20,
        high=50,
    )
    adoption_lag_years: float = key(
        6.0, "how much later a metro without income would", unit="years", source="assumption", low=0, high=50
    )
    adoption_speed_per_year: float = key(
        0.8, "steepness of adoption", unit="1/year", source="assumption", above=0, high=20
    )
    non_ai_power_start_gw: float = key(
        26.0,
        "cloud and enterprise load of metro halls at the start; sizes a built world too",
        unit="GW IT",
        source="assumption: D07 less AI",
        low=0,
        high=1_000,
        fixed=True,
    )
    non_ai_growth_per_year: float = key(
        1.07, "growth factor of cloud and enterprise load", unit="x/year", source="assumption, D08", low=0.5, high=3
    )
    noise_sd: float = key(
        0.01,
        "standard deviation of monthly shocks to a metro's demand",
        unit="log points",
        source="assumption",
        low=0,
        high=1,
    )

    @model_validator(mode="after")
    def _legs_follow_each_other(self) -> Self:
        ends = [leg.until for leg in self.growth]
        if not ends or ends[-1] is not None:
            raise wrong("the last leg must have no `until`", "growth")
        before = ""
        for number, end in enumerate(ends[:-1], start=1):
            if end is None:
                raise wrong("is missing; only the last leg has none", f"growth[{number}].until")
            if end <= before:
                raise wrong(f"{end} is not after {before}, the end of the leg before", f"growth[{number}].until")
            before = end
        return self


class Drift(Section):
    """The batch share: how much of inference tolerates any latency, through time."""

    path: Literal["flat", "logistic", "piecewise", "csv"] = key(
        "logistic",
        "`flat` stays at start; `logistic` goes from start to ceiling; `piecewise` follows points; `csv` reads them",
    )
    start: float = key(0.10, "batch share long before the midpoint", source="D24", low=0, high=0.99)
    ceiling: float = key(0.75, "batch share long after the midpoint", source="assumption; D24, D21", low=0, high=0.99)
    midpoint: Month = key("2029-01", "month at which a logistic drift is half-way", source="assumption")
    speed_per_year: float = key(
        1.0, "steepness of a logistic drift", unit="1/year", source="assumption", above=0, high=50
    )
    points: Annotated[MonthlyPath, path_range(0.0, 0.99, may_be_empty=True)] = key(
        {}, "batch share by month for a piecewise drift"
    )
    file: str = key(
        "",
        "table with columns month and batch_share, beside or below this file; read into points",
        fixed=True,
        most=200,
    )
    noise_sd: float = key(
        0.0,
        "standard deviation of monthly noise in the batch share",
        source="assumption",
        low=0,
        high=0.5,
    )
    substitution_elasticity: float = key(
        0.0,
        "how strongly a gap between interactive and batch price moves work to batch",
        source="assumption",
        low=0,
        high=10,
    )

    @model_validator(mode="after")
    def _path_has_what_it_needs(self) -> Self:
        if self.path == "csv":
            # The loader has turned a csv drift whose file it could read into a piecewise one.
            if self.file:
                raise wrong("csv is for scenario files; elsewhere give points to a piecewise drift", "path")
            raise wrong("is missing; a csv drift reads its points from a file", "file")
        if self.path == "piecewise" and not self.points:
            raise wrong("is missing; a piecewise drift follows them", "points")
        return self


class Capacity(Section):
    """How capacity comes to stand."""

    mode: Literal["entry", "path"] = key(
        "entry", "`entry`: competitive builders follow forecast rents; `path`: capacities from a table", fixed=True
    )
    kappa: float = key(
        0.10,
        "part of the wanted entry that starts building in a month",
        unit="1/month",
        source="assumption",
        low=0,
        high=1,
    )
    lead_months: int = key(
        24,
        "how far ahead builders forecast: the time from start of building to operation, power at hand",
        unit="months",
        source="B22",
        low=1,
        high=60,
        fixed=True,
    )
    silicon_lead_months: int = key(
        6,
        "from order to operation of accelerators in a standing shell",
        unit="months",
        source="assumption",
        low=1,
        high=60,
        fixed=True,
    )
    trend: Literal["naive"] = key("naive", "how builders see demand: today's growth and mix go on")
    metro_limit_mw_per_month: float = key(
        60.0,
        "most that starts building around one metro in a month",
        unit="MW IT",
        source="assumption, R26-R29",
        low=0,
        high=1e6,
    )
    zone_limit_mw_per_month: float = key(
        200.0,
        "most that starts building at the core sites of one zone in a month",
        unit="MW IT",
        source="assumption, B21: a GW in one to three years",
        low=0,
        high=1e6,
    )
    file: str = key(
        "",
        "table for `path` with columns month, site_id, pool_mw, shell_mw, grid_mw, beside or below this file",
        fixed=True,
        most=200,
    )

    @model_validator(mode="after")
    def _path_needs_a_file(self) -> Self:
        if self.mode == "path" and not self.file:
            raise wrong("is missing; capacities by path come from a table", "file")
        return self


class SiliconClass(Section):
    """Accelerators of one class."""

    capex_usd_per_kw: float = key(
        18_000.0, "price of accelerators and servers", unit="$/kW IT", source="A1 14-30, B10 17", above=0, high=1e6
    )
    life_years: float = key(5.0, "economic life", unit="years", source="B17", low=0.5, high=30, fixed=True)
    running_usd_per_mwh: float = key(
        10.0, "staff, maintenance and spares, without energy", unit="$/MWh", source="assumption", low=0, high=10_000
    )
    efficiency_credit_usd_per_mwh: float = key(
        0.0,
        "what its work per MWh saves against the fleet's",
        unit="$/MWh",
        source="assumption",
        low=0,
        high=10_000,
    )
    wacc: float = key(0.10, "real cost of capital", unit="1/year", source="C01, C03", low=0.001, high=0.5)


class AirSilicon(SiliconClass):
    """Air-cooled accelerators, for inference."""


class LiquidSilicon(SiliconClass):
    """Liquid-cooled accelerators, for training and inference."""

    capex_usd_per_kw: float = key(
        24_000.0, "price of accelerators and servers", unit="$/kW IT", source="B08", above=0, high=1e6
    )
    efficiency_credit_usd_per_mwh: float = key(
        181.0,
        "what its work per MWh saves against the fleet's: as much as its dearer hardware costs, annualised",
        unit="$/MWh",
        source="assumption: competition between classes equalises the cost of a token",
        low=0,
        high=10_000,
    )


class Silicon(Section):
    """What accelerators cost, by class."""

    air: AirSilicon = Field(default_factory=AirSilicon)
    liquid: LiquidSilicon = Field(default_factory=LiquidSilicon)


class Finance(Section):
    """What shells and connections cost to own."""

    wacc_core: float = key(
        0.09, "real cost of capital of core shells", unit="1/year", source="C01", low=0.001, high=0.5
    )
    wacc_edge: float = key(
        0.10, "real cost of capital of edge shells", unit="1/year", source="C06", low=0.001, high=0.5
    )
    shell_life_years: float = key(18.0, "life of shells", unit="years", source="B18 15-30, A1", low=1, high=100)
    distribution_usd_per_mwh: float = key(
        15.0,
        "distribution charge of edge kinds on top of the zone's price",
        unit="$/MWh IT",
        source="assumption: delivered metro power of A1",
        low=0,
        high=1_000,
    )
    connection_usd_per_kw: float = key(
        100.0, "grid upgrade that a new connection pays", unit="$/kW grid", source="I08", low=0, high=10_000
    )


class Valuation(Section):
    """How rents become values."""

    horizon_years: float = key(
        15.0, "years of rent that are capitalised", unit="years", source="assumption", low=1, high=100
    )
    rate: float = key(0.0725, "rate at which they are", unit="1/year", source="R44", low=0.001, high=0.5)


class Prices(Section):
    """Which optimal price settles where more than one is."""

    corner: Literal["midpoint", "lowest", "highest"] = key(
        "midpoint", "midpoint of the lowest and the highest optimal price, or one of the two"
    )


class Findings(Section):
    """What counts as a break."""

    depth: float = key(0.10, "how far the edge index lies below the no-drift twin's", low=0.001, high=0.999, fixed=True)
    months: int = key(6, "for how many months in a row", unit="months", low=1, high=120, fixed=True)


class Output(Section):
    """What is written."""

    tables: Annotated[tuple[TableName, ...], Sequence] = key(
        ("ticks", "sites", "metros", "zones", "flows"), "tables to record", fixed=True, most=5
    )
    flows_every_months: int = key(
        1, "record the flows of one month in so many", unit="months", low=1, high=1_200, fixed=True
    )
    figures: bool = key(True, "whether to draw figures", fixed=True)

    @model_validator(mode="after")
    def _name_tables_once(self) -> Self:
        for number, name in enumerate(self.tables):
            if name in self.tables[:number]:
                raise wrong(f"{name} appears twice", "tables")
        return self
