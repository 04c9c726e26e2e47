"""The sections of a scenario about agents, their beliefs, the auction, queues and contracts; see `sections`."""

from __future__ import annotations

from typing import Annotated, Final, Literal, Self

from pydantic import model_validator

from wattmarket.scenario.fields import FromList, OptionalInteger, OptionalNumber, Section, key, wrong

__all__ = ["Agents", "Beliefs", "Contracts", "PriceLimits", "Queue"]

PUBLIC_PLAYERS: Final = 79
"""Rows of the shipped table of players."""


class Agents(Section):
    """Who takes part, with how much money, and how they bid."""

    file: str = key(
        "",
        "table of players beside or below this file, with the columns of agents.csv; none: the 79 public players",
        fixed=True,
        most=200,
    )
    count: OptionalInteger = key(
        "none",
        "agents: the players, and above their number clones of them; `none`: as many as there are players",
        source="agents.csv",
        low=1,
        high=5_000,
        fixed=True,
    )
    funding_scale: float = key(1.0, "multiplies new money for AI compute", source="assumption", low=0, high=100)
    sovereign_funding_scale: float = key(
        1.0, "multiplies new money of sovereign funds besides", source="assumption", low=0, high=100
    )
    funding_growth_per_year: float = key(
        1.05, "growth of new money after 2026", unit="x/year", source="assumption", low=0.5, high=3
    )
    payout_months: float = key(
        9.0,
        "cash beyond so many months of spending goes to shareholders",
        unit="months",
        source="assumption",
        low=1,
        high=1_000,
    )
    leverage_scale: float = key(1.0, "multiplies the leverage that agents may carry", low=0, high=2)
    private_value_sd: float = key(
        0.02,
        "spread of what sites are worth to different agents",
        unit="log points",
        source="assumption",
        low=0,
        high=1,
        fixed=True,
    )
    home_bias: float = key(
        0.05,
        "how much more a site in its home is worth to a sovereign fund or a telecom",
        unit="log points",
        source="assumption",
        low=0,
        high=1,
        fixed=True,
    )
    bid_cover: float = key(
        3.0, "lots that an agent bids on, as a multiple of its budget", source="assumption", low=1, high=100
    )
    bids_most: int = key(1_000, "most lots that one agent bids on in a month", low=1, high=10_000)
    land_growth_per_year: float = key(
        1.10,
        "growth of what could be built at core sites: campuses that nobody has drawn yet",
        unit="x/year",
        source="assumption: land without a grid is not scarce in the long run",
        low=1,
        high=2,
    )
    new_shells: bool = key(
        True, "whether shells may be started; otherwise (a moratorium) only those that stand or are begun are let"
    )
    letting_months: int = key(
        6,
        "a site is on the market once in so many months, with what has become free since",
        unit="months",
        source="assumption",
        low=1,
        high=60,
    )
    projects_cover: float = key(
        4.0,
        "grid connections that an agent keeps requests for, as a multiple of what it builds in its queueing time",
        source="I03, I28: 4-25 filed for each real",
        low=0,
        high=50,
    )

    @model_validator(mode="after")
    def _all_public_players_take_part(self) -> Self:
        if not self.file and self.count is not None and self.count < PUBLIC_PLAYERS:
            raise wrong(f"{self.count} is below {PUBLIC_PLAYERS}, the number of public players", "count")
        return self


class Beliefs(Section):
    """How agents forecast, and how often."""

    horizons: Annotated[tuple[int, ...], FromList] = key(
        (12, 36, 84), "horizons of the forecast networks, in order", unit="months", fixed=True, most=8
    )
    revaluation_months: int = key(
        6,
        "a cohort clears its forecast networks once in so many months; cohorts take turns",
        unit="months",
        source="assumption: half-yearly valuations",
        low=1,
        high=60,
        fixed=True,
    )
    everyone: Literal["own", "naive", "attentive", "extrapolator"] = key(
        "own", "cohort that all agents start in; `own`: that of their class", fixed=True
    )
    neglect_scale: float = key(
        1.0, "multiplies every cohort's competition neglect (0: rational about rivals)", low=0, high=5, fixed=True
    )
    attention_scale: float = key(1.0, "multiplies every cohort's attention to drift", low=0, high=10, fixed=True)
    switching_intensity: float = key(
        1.0, "intensity of choice between cohorts (Brock & Hommes)", source="assumption", low=0, high=100
    )
    review_probability: float = key(
        0.05, "chance that an agent reviews its cohort in a month", source="assumption", low=0, high=1
    )
    memory: float = key(
        0.9, "weight of the past in a cohort's forecast error", source="assumption", low=0, high=0.999, fixed=True
    )

    @model_validator(mode="after")
    def _horizons_rise(self) -> Self:
        if not self.horizons or any(
            later <= sooner for sooner, later in zip((0, *self.horizons[:-1]), self.horizons, strict=True)
        ):
            raise wrong("must be one or more months, each later than the one before", "horizons")
        if self.horizons[-1] > 240:
            raise wrong(f"{self.horizons[-1]} is more than 240 months", "horizons")
        return self


class Queue(Section):
    """How grid connections are given out."""

    mechanism: Literal["fcfs", "cluster", "auction"] = key(
        "fcfs", "first come first served, cluster studies, or slots sold in the joint auction"
    )
    filed_per_firm_kw: float = key(
        6.0, "filed at the start for each kW that will be built", source="I06", low=0, high=50, fixed=True
    )
    security_usd_per_kw: int = key(
        50,
        "security at the agreement (first come first served, auction)",
        unit="$/kW grid",
        source="I17",
        low=0,
        high=100_000,
    )
    resale: bool = key(True, "whether slots that are not energised yet may be sold on, where they are auctioned")
    minimum_take_share: float = key(
        0.0, "share of a connection that is paid for, used or not", source="I19 0.85 in Ohio", low=0, high=1
    )
    minimum_take_months: int = key(0, "for how long", unit="months", low=0, high=600)
    minimum_take_usd_per_kw_month: int = key(
        10,
        "what a month of it costs where it isn't used; requests reckon with all of it",
        unit="$/kW grid per month",
        source="assumption",
        low=0,
        high=100_000,
    )


class Contracts(Section):
    """Power purchase agreements, plants behind the meter, and the accelerators that chipmakers can deliver."""

    ppa_tenor_months: int = key(180, "tenor of a PPA", unit="months", source="P38", low=12, high=480)
    lease_months: int = key(
        120,
        "least term of a lease; neoclouds lease for the life of their accelerators",
        unit="months",
        source="assumption; C03: up to 15 years",
        low=1,
        high=480,
    )
    restart_scale: float = key(
        1.0,
        "multiplies dormant plants: 1 is the two restarts under way",
        source="P05, P06",
        low=0,
        high=100,
        fixed=True,
    )
    restarts_need_contracts: bool = key(
        False,
        "dormant plants restart for PPAs alone; else utilities restart them too, where the expected price pays for "
        "running them",
    )
    chips_gw_per_year: float = key(
        5.5,
        "accelerators that chipmakers can deliver in the first year",
        unit="GW IT/year",
        source="assumption after D06 and D41: growth of 4.4 GW, and replacement",
        low=0.01,
        high=1_000,
        fixed=True,
    )
    chips_growth_per_year: float = key(
        1.7, "growth of that while it is sold out", unit="x/year", source="assumption after D06", low=1, high=10
    )
    chips_scale: float = key(1.0, "multiplies what chipmakers deliver", low=0, high=100)
    distribution_share: float = key(
        0.25,
        "new load that distribution grids can take at metro sites, as a part of what is released to large loads",
        source="assumption",
        low=0,
        high=100,
    )
    turbine_usd_per_kw: float = key(
        2_200.0, "plant behind the meter, gas", unit="$/kW", source="P14-P19", low=0, high=100_000
    )
    turbine_fuel_usd_per_mwh: float = key(
        60.0, "fuel and upkeep of gas behind the meter", unit="$/MWh IT", source="P19: 95 all in", low=0, high=1_000
    )
    turbine_slots_gw_per_year: float = key(
        60.0, "turbines that the world delivers", unit="GW/year", source="P16", low=0.01, high=1_000
    )


class PriceLimits(Section):
    """Administrative caps on prices of the joint auction; what is short at a cap is rationed."""

    silicon_usd_per_kw_month: OptionalNumber = key(
        "none", "accelerators cost at most, everywhere; `none`: no cap", unit="$/kW-month IT", low=0, high=200_000
    )
    land_usd_per_kw_month: OptionalNumber = key(
        "none", "real estate of a lot costs at most; `none`: no cap", unit="$/kW-month IT", low=0, high=200_000
    )
    slot_usd_per_kw_month: OptionalNumber = key(
        "none", "an interconnection slot costs at most; `none`: no cap", unit="$/kW-month IT", low=0, high=200_000
    )
    ppa_usd_per_kw_month: OptionalNumber = key(
        "none", "firm energy of a PPA costs at most; `none`: no cap", unit="$/kW-month IT", low=0, high=200_000
    )
    zones: Annotated[tuple[str, ...], FromList] = key(
        (),
        "where caps on land, slots and PPAs hold: zone ids, whole or up to a hyphen; none: everywhere",
        most=200,
    )
