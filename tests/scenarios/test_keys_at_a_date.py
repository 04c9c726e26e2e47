"""Keys that may change at a date change what comes, and not a bit of what was."""

from __future__ import annotations

import pytest

import wattmarket
from wattmarket.record import Run
from wattmarket.schema import CLOSING_TABLES

MONTHS, AT, PAST = 8, "2023-05", 4
SETTINGS = (f"run.months={MONTHS}", "world.sites=60", "world.metros=20", "queue.mechanism=auction")

CHANGES = {
    "demand": [
        "demand.growth=[{per_year=2.0}]",
        "demand.inference_share=0.9",
        "demand.on_device_share=0.1",
        "demand.elasticity=0.6",
        "demand.step_low=0.5",
        "demand.step_high=4.0",
        "demand.adoption_midpoint_years=5.0",
        "demand.adoption_lag_years=1.0",
        "demand.adoption_speed_per_year=0.4",
        "demand.non_ai_growth_per_year=1.5",
        "demand.noise_sd=0.1",
    ],
    "drift": ["drift.path=piecewise", "drift.points={2023-01 = 0.5, 2024-01 = 0.2}", "drift.noise_sd=0.1"],
    "drift again": ["drift.start=0.2", "drift.ceiling=0.9", "drift.midpoint=2023-06", "drift.speed_per_year=4.0"],
    "substitution": ["drift.substitution_elasticity=2.0"],
    "network": [
        "network.stretch_scale=1.5",
        "network.hollow_core_share=0.5",
        "network.transport_usd_per_mwh_per_ms=0.02",
    ],
    "workloads": [
        "workload.chat.response_budget_ms=400.0",
        "workload.chat.silicon=['liquid']",
        "workload.copilot.residency=true",
        "workload.voice.share=0.9",
        "workload.batch.reference_usd_per_mwh=900.0",
    ],
    "money": [
        "agents.funding_scale=0.1",
        "agents.payout_months=2.0",
        "agents.leverage_scale=0.0",
        "agents.bid_cover=9.0",
        "agents.land_growth_per_year=2.0",
        "agents.letting_months=1",
        "beliefs.switching_intensity=50.0",
        "beliefs.review_probability=1.0",
        "finance.connection_usd_per_kw=2000.0",
        "valuation.rate=0.2",
    ],
    "queue": [
        "queue.mechanism=cluster",
        "queue.security_usd_per_kw=500",
        "queue.resale=false",
        "queue.minimum_take_share=0.9",
        "queue.minimum_take_months=60",
    ],
    "contracts": [
        "contracts.ppa_tenor_months=60",
        "contracts.lease_months=12",
        "contracts.chips_growth_per_year=5.0",
        "contracts.chips_scale=0.1",
        "contracts.distribution_share=5.0",
        "contracts.turbine_usd_per_kw=100.0",
        "caps.land_usd_per_kw_month=1.0",
        "caps.silicon_usd_per_kw_month=100.0",
    ],
}


@pytest.fixture(scope="module")
def runs() -> dict[str, Run]:
    modes = ("agents", "entry")
    return {
        mode: wattmarket.run(wattmarket.Scenario(), set=[*SETTINGS, f"capacity.mode={mode}"], twin=False)
        for mode in modes
    }


@pytest.mark.parametrize("kind", list(CHANGES))
def test_the_past_is_the_same_and_the_future_is_not(kind: str, runs: dict[str, Run]) -> None:
    run = runs["agents"]
    fork = wattmarket.fork(run, at=AT, set=CHANGES[kind], twin=False)
    for name in run.manifest.rows:
        if name not in CLOSING_TABLES:
            past = [getattr(each, name) for each in (run, fork)]
            past = [frame.filter(frame["tick"] < PAST) for frame in past]
            assert past[0].equals(past[1]), name
    found = wattmarket.diff(run, fork)
    assert found.first is not None
    assert found.first.tick >= PAST


@pytest.mark.parametrize("kind", ["demand", "drift", "drift again", "substitution", "network", "workloads"])
def test_likewise_where_entry_builds(kind: str, runs: dict[str, Run]) -> None:
    found = wattmarket.diff(runs["entry"], wattmarket.fork(runs["entry"], at=AT, set=CHANGES[kind], twin=False))
    assert found.first is not None
    assert found.first.tick >= PAST
