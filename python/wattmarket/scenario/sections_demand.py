"""The sections of a scenario about demand and the drift of its mix; see `sections` on how keys are declared."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import SerializerFunctionWrapHandler, model_serializer, model_validator

from wattmarket.scenario.fields import FromList, Month, MonthlyPath, Section, key, path_range, wrong

__all__ = ["Demand", "Drift", "Growth"]

SharePath = Annotated[MonthlyPath, path_range(0.0, 1.0)]


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
    growth: Annotated[tuple[Growth, ...], FromList] = key(
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
    on_device_share: Annotated[MonthlyPath, path_range(0.0, 0.99)] = key(
        {"2023-01": 0.0},
        "share of interactive inference that devices serve, which asks nothing of data centres",
        source="assumption",
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
    reaches: Literal["everyone", "demand", "agents"] = key(
        "everyone",
        "whom the drift reaches: `demand` alone (agents never hear of it), or what `agents` hear alone",
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

    def flat_share(self, first_month: int) -> float:
        """Batch share of the no-drift twin: the start's or, on a piecewise path, that of the first month."""
        return self.points.at(first_month) if self.path == "piecewise" else self.start

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
