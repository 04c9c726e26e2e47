"""The sections of a scenario about run, world, network, prices, findings and output.

One class a table: every key with default, range, unit, meaning and source. To add a key, add one line here or in
`sections_demand` or `sections_supply`: loader, errors, events, ``--set``, resolved file and reference all follow.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from wattmarket.scenario.fields import FromList, Month, Section, key, wrong

__all__ = [
    "Findings",
    "KindShares",
    "NetworkSection",
    "Output",
    "Prices",
    "RunSection",
    "Valuation",
    "WorldSection",
]

SpineTable = Literal["ticks", "sites", "metros", "zones", "flows", "metro_values"]
LivingTable = Literal[
    "agents", "awards", "bids", "contracts", "queue", "suppliers", "supply", "curves", "valuations", "bubble"
]
TableName = Literal[SpineTable, LivingTable]


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

    tables: Annotated[tuple[TableName, ...], FromList] = key(
        (
            *("ticks", "sites", "metros", "zones", "flows", "metro_values"),
            *("agents", "awards", "contracts", "queue", "suppliers", "supply", "curves"),
            *("valuations", "bubble"),
        ),
        "tables to record; those from `agents` on exist where agents build",
        fixed=True,
        most=16,
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
