"""Dated events, the parameters in force in a month, the no-drift twin, and changes to zones."""

from __future__ import annotations

import datetime

import numpy as np
import pytest

from wattmarket.errors import InputError
from wattmarket.scenario import Event, Scenario, ZoneChange, zone_factors
from wattmarket.scenario.fields import is_fixed
from wattmarket.scenario.schema import SECTIONS, all_keys, find, may_change


def event(date: str, **changes: object) -> Event:
    return Event(date=date, set={key.replace("__", "."): value for key, value in changes.items()})


def test_events_hold_from_their_month_on() -> None:
    scenario = Scenario(event=[event("2028-06", drift__ceiling=0.5), event("2030-01", drift__ceiling=0.6)])
    assert [scenario.at(month).drift.ceiling for month in ("2028-05", "2028-06", "2029-12", "2030-01", "2035-12")] == [
        0.75,
        0.5,
        0.5,
        0.6,
        0.6,
    ]


def test_any_day_of_the_month_will_do() -> None:
    scenario = Scenario(event=[event("2028-06", drift__ceiling=0.5)])
    assert scenario.at(datetime.date(2028, 5, 31)).drift.ceiling == 0.75
    assert scenario.at(datetime.date(2028, 6, 1)).drift.ceiling == 0.5


def test_events_are_applied_in_order_of_time_and_then_of_the_file() -> None:
    scenario = Scenario(
        event=[
            event("2030-01", drift__ceiling=0.3),
            event("2028-01", drift__ceiling=0.4, drift__start=0.2),
            event("2030-01", drift__ceiling=0.5),
        ]
    )
    assert scenario.at("2028-01").drift.ceiling == 0.4
    assert scenario.at("2030-01").drift.ceiling == 0.5
    assert scenario.at("2030-01").drift.start == 0.2


def test_one_object_serves_all_months_between_two_events() -> None:
    scenario = Scenario(event=[event("2028-06", drift__ceiling=0.5)])
    assert scenario.at("2023-01") is scenario.at("2028-05")
    assert scenario.at("2028-06") is scenario.at("2035-12")
    assert scenario.at("2028-06").event == ()
    quiet = Scenario()
    assert quiet.at("2030-01") is quiet


def test_a_copy_forgets_the_events_of_the_original() -> None:
    scenario = Scenario(event=[event("2028-06", drift__ceiling=0.5)])
    assert scenario.at("2030-01").drift.ceiling == 0.5
    assert scenario.model_copy(update={"event": ()}).at("2030-01").drift.ceiling == 0.75


def test_events_change_workloads_and_zones_by_name_and_values_whole() -> None:
    scenario = Scenario(
        zone=[ZoneChange(name="gulf", match=("AE",))],
        event=[
            Event(
                date="2030-01",
                set={
                    "workload": {"chat": {"residency": True}},
                    "workload.voice.share": {"2030-01": 0.2, "2032-01": 0.4},
                    "zone.gulf.slot_release_scale": 4,
                    "demand": {"growth": [{"per_year": 1.1}]},
                },
            )
        ],
    )
    before, after = scenario.at("2029-12"), scenario.at("2030-01")
    assert [workload.residency for workload in after.workload] == [False, True, False, False, False, False]
    assert dict(after.workload[0].share) == {"2030-01": 0.2, "2032-01": 0.4}
    assert (before.zone[0].slot_release_scale, after.zone[0].slot_release_scale) == (1.0, 4.0)
    assert (len(before.demand.growth), len(after.demand.growth)) == (4, 1)


def test_only_what_must_stay_is_fixed() -> None:
    for section in ("run", "world", "findings", "output"):
        assert not any(may_change(key) for key in all_keys() if key[0] == section)
    for section in ("network", "finance", "valuation", "prices"):
        assert all(may_change(key) for key in all_keys() if key[0] == section)
    assert may_change(("workload", "chat", "residency"))
    assert not may_change(("workload", "chat", "group"))


def test_every_key_is_documented() -> None:
    assert len(all_keys()) > 60
    for key in all_keys():
        field = find(key)
        assert field is not None
        assert field.description, key
        assert isinstance(is_fixed(field), bool)
    assert all(section.__doc__ for section in SECTIONS.values())


def test_the_twin_does_not_drift() -> None:
    scenario = Scenario(
        run={"seed": 5},
        drift={"substitution_elasticity": 0.5, "noise_sd": 0.01},
        event=[
            event("2028-01", drift__ceiling=0.9),
            event("2029-01", drift__start=0.3, network__hollow_core_share=0.2),
            event("2030-01", network__hollow_core_share=0.4),
        ],
    )
    twin = scenario.twin()
    assert (twin.drift.path, twin.drift.substitution_elasticity) == ("flat", 0.0)
    assert (twin.drift.start, twin.drift.noise_sd, twin.run.seed) == (0.10, 0.01, 5)
    assert [(held.date, dict(held.set)) for held in twin.event] == [
        ("2029-01", {"network.hollow_core_share": 0.2}),
        ("2030-01", {"network.hollow_core_share": 0.4}),
    ]
    assert twin.at("2035-01").drift.start == 0.10
    assert twin.twin() == twin


def test_settings_on_a_scenario() -> None:
    scenario = Scenario(event=[event("2030-01", drift__ceiling=0.5)]).with_settings(
        ["run.months=3", "drift.ceiling=0.6"]
    )
    assert scenario.run.months == 3
    assert scenario.at("2029-12").drift.ceiling == 0.6
    assert scenario.at("2030-01").drift.ceiling == 0.5
    with pytest.raises(InputError) as caught:
        Scenario().with_settings(["run.month=3", "workload.vioce.share=1", "drift.path=piecewise"])
    assert caught.value.problems == [
        "--set: run.month: unknown key; did you mean run.months?",
        "--set: workload.vioce.share: there is no workload 'vioce'; did you mean voice?",
    ]
    with pytest.raises(InputError, match=r"^--set: drift\.points: is missing; a piecewise drift follows them$"):
        Scenario().with_settings(["drift.path=piecewise"])


def test_changes_to_zones_multiply_and_the_last_risk_holds() -> None:
    changes = [
        ZoneChange(
            name="west", match=("US", "CA"), slot_release_scale=2.0, marginal_cost_scale=0.5, counterparty_risk=0.5
        ),
        ZoneChange(name="texas", match=("US-ERCOT",), slot_release_scale=3.0, generation_scale=4.0),
        ZoneChange(name="north", match=("CA-QC",), counterparty_risk=0.0),
    ]
    zones = ["AE", "CA-QC", "US-ERCOT-N", "US-ERCOTX"]
    factors = zone_factors(changes, zones, np.array([0.1, 0.2, 0.3, 0.4]))
    assert factors.slot_release_scale.tolist() == [1.0, 2.0, 6.0, 2.0]
    assert factors.generation_scale.tolist() == [1.0, 1.0, 4.0, 1.0]
    assert factors.marginal_cost_scale.tolist() == [1.0, 0.5, 0.5, 0.5]
    assert factors.counterparty_risk.tolist() == [0.1, 0.0, 0.5, 0.5]


def test_a_change_that_fits_no_zone_is_refused() -> None:
    with pytest.raises(InputError, match=r"^zone\.gulf\.match: 'XX' is no zone of the world$"):
        zone_factors([ZoneChange(name="gulf", match=("AE", "XX"))], ["AE"], np.zeros(1))
