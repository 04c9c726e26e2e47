"""The sections of a scenario about capacity, accelerators and their costs; see `sections` on how keys are declared."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from wattmarket.scenario.fields import Section, key, wrong

__all__ = ["AirSilicon", "Capacity", "Finance", "LiquidSilicon", "Silicon", "SiliconClass"]


class Capacity(Section):
    """How capacity comes to stand."""

    mode: Literal["agents", "entry", "path"] = key(
        "agents",
        "`agents`: they bid for what they build; `entry`: competitive builders follow forecast rents; `path`: "
        "capacities from a table",
        fixed=True,
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
    liquid_shell_discount: float = key(
        0.0,
        "what liquid-cooled shells cost less than the world says, as a share: their premium is 0.07-0.10",
        source="B03",
        low=0,
        high=0.9,
    )
    training_run_mw: float = key(
        0.0,
        "size of a frontier training run; campuses below it work with others over optical backbone",
        unit="MW IT",
        source="assumption; nil: no run needs more than one campus",
        low=0,
        high=1e5,
    )
    backbone_usd_per_mwh: float = key(
        10.0,
        "what that backbone costs a campus that holds next to nothing of a run; less the more it holds",
        unit="$/MWh IT",
        source="assumption: some $10 m per Tbps-route and year over 100 MW",
        low=0,
        high=1_000,
    )
    connection_usd_per_kw: float = key(
        100.0,
        "grid upgrade that a new connection pays, by its kW of grid",
        unit="$/kW grid",
        source="I08",
        low=0,
        high=10_000,
    )
