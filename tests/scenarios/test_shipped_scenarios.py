"""The scenarios that come with the project: what they are called, what they ask, and what sets them apart."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from wattmarket.scenario import Scenario, load_scenario, zone_factors
from wattmarket.world import WorldConfig, build_world

FOLDER = Path(__file__).parents[2] / "scenarios"
NAMES = sorted(path.stem for path in FOLDER.glob("*.toml"))


def load(name: str) -> Scenario:
    return load_scenario(FOLDER / f"{name}.toml")


def budgets(scenario: Scenario) -> dict[str, float | None]:
    return {workload.name: workload.network_budget_ms for workload in scenario.workload}


def test_the_docs_list_them_all() -> None:
    listed = re.findall(
        r"^\| `(\w+)` \| .*\?", (FOLDER.parent / "docs" / "scenarios.md").read_text("utf-8"), re.MULTILINE
    )
    assert sorted(listed) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_each_asks_its_question_in_its_first_line(name: str) -> None:
    scenario = load(name)
    first_line = (FOLDER / f"{name}.toml").read_text(encoding="utf-8").splitlines()[0]
    assert first_line == f"# {scenario.question}"
    assert scenario.question.endswith("?")
    assert scenario.title
    assert scenario.run.start == "2023-01"


@pytest.mark.parametrize("name", NAMES)
def test_each_states_the_claim_that_it_tests_and_what_would_refute_it(name: str) -> None:
    head = (FOLDER / f"{name}.toml").read_text(encoding="utf-8").partition("title =")[0]
    assert "# Claim: " in head
    assert "efuted if " in head.replace("\n# ", " ")


@pytest.mark.parametrize("name", NAMES)
def test_each_number_says_where_it_comes_from(name: str) -> None:
    text = (FOLDER / f"{name}.toml").read_text(encoding="utf-8")
    assert re.search(r"\b[A-Z]\d\d\b|assumption|table A2", text)


def test_baseline_is_the_default_world_without_drift() -> None:
    baseline = load("baseline")
    assert baseline.drift.path == "flat"
    settings = ["drift.path=flat", f"title='{baseline.title}'", f"question='{baseline.question}'"]
    assert baseline == Scenario().with_settings(settings)
    assert baseline.twin() == baseline


def test_the_drift_goes_from_a_tenth_to_three_quarters_around_2029() -> None:
    drift = load("agentic_batch_drift").drift
    assert (drift.path, drift.start, drift.ceiling, drift.midpoint) == ("logistic", 0.10, 0.75, "2029-01")
    assert load("agentic_batch_drift_measured").drift == drift


def test_the_two_sets_leave_the_network_what_the_evidence_says() -> None:
    assert budgets(load("agentic_batch_drift")) == {
        "voice": 15.0,
        "chat": 25.0,
        "copilot": 100.0,
        "batch": None,
        "training": None,
        "non_ai": 20.0,
    }
    assert budgets(load("agentic_batch_drift_measured")) == {
        "ar_robotics": 20.0,
        "copilot": 80.0,
        "voice": 100.0,
        "chat": 300.0,
        "foreground_agents": 1000.0,
        "batch": None,
        "training": None,
        "non_ai": 20.0,
    }


def test_measured_shares_are_those_of_table_a2() -> None:
    workloads = {workload.name: workload for workload in load("agentic_batch_drift_measured").workload}
    inference = [workload for workload in workloads.values() if workload.group in ("interactive", "tolerant")]
    for month, tolerant in (("2023-01", 0.10), ("2026-01", 0.50)):
        assert sum(workload.share[month] for workload in inference) == pytest.approx(1.0)
        assert sum(w.share[month] for w in inference if w.tolerant) == pytest.approx(tolerant)


def test_voice_everywhere_gets_impatient() -> None:
    scenario = load("voice_everywhere")
    assert dict(scenario.workload[0].share)["2031-01"] > 0.6
    assert budgets(scenario.at("2026-12"))["copilot"] == 100.0
    assert budgets(scenario.at("2027-01")) | {"voice": 15.0} == budgets(scenario.at("2027-01"))
    assert budgets(scenario.at("2027-01"))["chat"] == 20.0


def test_hollow_core_fibre_spreads() -> None:
    scenario = load("hollow_core_fibre")
    shares = [scenario.at(f"{year}-01").network.hollow_core_share for year in range(2023, 2036)]
    assert shares == sorted(shares)
    assert (shares[0], shares[7]) == (0.0, 0.20)


def test_the_gulf_opens_in_2027_and_residency_closes_in_2032() -> None:
    scenario = load("gulf_compute_export")
    world = build_world(WorldConfig(metros=20, sites=60), seed=0)
    zone_ids = world.zones["zone_id"].to_list()
    risk = world.zones["counterparty_risk"].to_numpy()
    before = zone_factors(scenario.at("2026-12").zone, zone_ids, risk)
    after = zone_factors(scenario.at("2027-01").zone, zone_ids, risk)
    assert (before.slot_release_scale == 1.0).all()
    assert (before.counterparty_risk == risk).all()
    assert sorted(zone for zone, scale in zip(zone_ids, after.slot_release_scale, strict=True) if scale == 4.0) == [
        "AE",
        "KW",
        "OM",
        "QA",
        "SA",
    ]
    assert not any(workload.residency for workload in scenario.at("2031-12").workload)
    assert [w.name for w in scenario.at("2032-01").workload if w.residency] == ["voice", "chat", "copilot"]
