"""Settings from Python: one text or mapping alone is one setting, values may be Python's own, errors come once."""

from __future__ import annotations

import datetime
from typing import Any

import numpy as np
import pytest

import wattmarket
from wattmarket import Scenario, WattMarketModel
from wattmarket.errors import InputError

SMALL: dict[str, Any] = {"run.months": 2, "world.sites": 50, "world.metros": 5}


@pytest.mark.parametrize(
    "settings",
    [
        "drift.ceiling=0.5",
        {"drift.ceiling": 0.5},
        {"drift": {"ceiling": np.float64(0.5)}},
        ["drift.ceiling=0.4", {"drift.ceiling": 0.5}],
        ({"drift.ceiling": 0.4}, "drift.ceiling=0.5"),
    ],
    ids=["text", "mapping", "nested", "mapping last", "text last"],
)
def test_a_setting_may_come_alone_or_as_a_mapping(settings: Any) -> None:
    expected = Scenario().with_settings(["drift.ceiling=0.5"])
    assert Scenario().with_settings(settings) == expected
    assert Scenario().forked("2028-06", settings).event == Scenario().forked("2028-06", ["drift.ceiling=0.5"]).event


def test_values_are_those_of_python() -> None:
    found = Scenario().with_settings(
        {
            "title": "Two words",
            "drift.midpoint": datetime.date(2029, 5, 3),
            "run.months": np.int64(24),
            "output.tables": ("ticks", "sites"),
            "output.figures": False,
        }
    )
    assert (found.title, found.drift.midpoint, found.run.months) == ("Two words", "2029-05", 24)
    assert (found.output.tables, found.output.figures) == (("ticks", "sites"), False)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ("run.month=2", "--set: run.month: unknown key; did you mean run.months?"),
        ({"run.month": 2}, "--set: run.month: unknown key; did you mean run.months?"),
        ({"drift.ceiling": None}, "--set: drift.ceiling: NoneType is not a number"),
        ({5: 1}, "--set: 5: unknown key"),
        ([5], "--set: 5: is not KEY=VALUE"),
        (5, "--set: 5: must be KEY=VALUE, a mapping of keys to values, or a list of these"),
    ],
)
def test_what_is_wrong_is_one_line(settings: Any, said: str) -> None:
    with pytest.raises(InputError) as caught:
        wattmarket.run(Scenario(), set=settings)
    assert caught.value.problems == [said]
    with pytest.raises(InputError) as caught:
        WattMarketModel(settings=settings)
    assert caught.value.problems == [said]


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"drift__ceilin": 3}, "keyword drift__ceilin: drift.ceilin: unknown key; did you mean drift.ceiling?"),
        ({"months": 3}, "keyword months: months: unknown key; did you mean run.months?"),
        ({"drift__ceiling": 3}, "keyword drift__ceiling: drift.ceiling: 3 is above 0.99"),
        ({"drift__path": "a b"}, "keyword drift__path: 'drift.path=a b': the value is not TOML; text needs quotes"),
        ({"drift__ceiling": None}, "keyword drift__ceiling: drift.ceiling: NoneType is not a number"),
    ],
)
def test_a_wrong_keyword_of_the_model_is_named(keys: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError) as caught:
        WattMarketModel(settings=SMALL, **keys)
    assert caught.value.problems == [said]


def test_runs_and_forks_take_them_all() -> None:
    base = wattmarket.run(Scenario(), set={**SMALL, "run.months": 3, "capacity.mode": "entry"}, seed=4)
    assert (base.scenario.run.months, base.manifest.seed) == (3, 4)
    forks = [
        wattmarket.fork(base, at=at, set=changes).manifest.digest
        for at, changes in (
            ("2023-02", ["drift.ceiling=0.3"]),
            ("2023-02", "drift.ceiling=0.3"),
            (datetime.date(2023, 2, 9), {"drift.ceiling": 0.3}),
        )
    ]
    assert len(set(forks)) == 1
    with pytest.raises(InputError, match="month: 5: is not a month"):
        wattmarket.fork(base, at=5, set="drift.ceiling=0.3")  # type: ignore[arg-type]
