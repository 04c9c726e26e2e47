"""Whole runs: dated events of every kind, other horizons, one thread or two, this process or another."""

from __future__ import annotations

import gc
import hashlib
import os
import subprocess
import sys
import weakref
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.unit.living_world import model_of, played, small_world
from wattmarket.living import Economy, WattMarketModel, play
from wattmarket.scenario import Event, Scenario, ZoneChange

ROOT = Path(__file__).parents[2]

CHANGES = {
    "workloads": {"workload.chat.response_budget_ms": 400.0, "workload.chat.reference_usd_per_mwh": 900.0},
    "network": {"network.stretch_scale": 0.7},
    "silicon": {"silicon.air.capex_usd_per_kw": 9_000.0, "silicon.liquid.capex_usd_per_kw": 12_000.0},
    "money": {"agents.funding_scale": 0.1, "agents.leverage_scale": 0.0, "agents.payout_months": 2.0},
    "chips": {"contracts.chips_scale": 0.05},
    "turbines": {"contracts.turbine_fuel_usd_per_mwh": 30.0, "contracts.turbine_usd_per_kw": 1_000.0},
    "drift": {"drift.start": 0.4, "drift.ceiling": 0.9, "contracts.ppa_tenor_months": 60},
}


def digest(model: WattMarketModel) -> str:
    """Everything that a run must give again."""
    found = hashlib.sha256()
    assert model.record is not None
    for name, column in model.record.digest_columns:
        found.update(name.encode() + np.ascontiguousarray(column).tobytes())
    ledger = model.economy.ledger
    for name in ledger.NAMES:
        found.update(np.ascontiguousarray(getattr(ledger, name)).tobytes())
    found.update(model.economy.books.balance.tobytes())
    found.update(model.economy.building.fleet.operating_kw.tobytes())
    found.update(model.economy.building.queue.requests.energised_kw.tobytes())
    found.update(model.economy.outlook.cohort.tobytes())
    return found.hexdigest()


def with_event(months: int, month: str, **changes: object) -> Scenario:
    return Scenario(event=[Event(date=month, set=changes)]).with_settings([f"run.months={months}"])


@pytest.mark.parametrize("kind", list(CHANGES))
def test_an_event_changes_what_comes_and_nothing_before(kind: str) -> None:
    changed = WattMarketModel(with_event(14, "2023-09", **CHANGES[kind]), small_world())
    usual = model_of(14)
    same = []
    for _ in range(14):
        changed.step()
        usual.step()
        same.append(np.array_equal(changed.economy.books.balance, usual.economy.books.balance))
        assert (changed.economy.books.balance.sum(axis=1) == 0).all()
    assert all(same[:8])
    # Nothing stands behind a meter yet that turbines could have made cheaper.
    assert kind == "turbines" or not same[-1]
    changed.economy.building.fleet.check()


def test_an_event_changes_a_zone() -> None:
    zone = small_world().zones["zone_id"][0]
    change = {"zone.first.slot_release_scale": 0.0, "zone.first.generation_scale": 0.5}
    scenario = Scenario(zone=[ZoneChange(name="first", match=(zone,))], event=[Event(date="2023-06", set=change)])
    model = WattMarketModel(scenario, small_world(), run__months=12)
    before = int(model.economy.building.release_kw[0])
    model.run_model()
    assert before > 0
    assert model.economy.building.release_kw[0] == 0
    assert (model.economy.books.balance.sum(axis=1) == 0).all()


@pytest.mark.parametrize("horizons", [(12,), (6, 120), (1, 2, 3), (240,)])
def test_other_horizons(horizons: tuple[int, ...]) -> None:
    model = model_of(8, beliefs__horizons=horizons)
    model.run_model()
    assert model.economy.outlook.excess.shape[1] == len(horizons) + 1
    assert (model.economy.books.balance.sum(axis=1) == 0).all()


def test_a_long_run_keeps_its_books() -> None:
    model = played(180)
    assert model.tick == 179
    assert (model.economy.books.balance.sum(axis=1) == 0).all()
    assert (model.economy.books.balance[:79, 1] >= 0).all()
    model.economy.building.fleet.check()
    model.economy.ledger.check(columns=True)


@pytest.mark.parametrize("seed", [0, 7])
def test_the_same_bits_on_one_thread_and_two_here_and_elsewhere(seed: int) -> None:
    code = (
        "from tests.unit.test_living_runs import digest; from tests.unit.living_world import played;"
        f"print(digest(played(14, 'run.seed={seed}')))"
    )
    found = {digest(played(14, f"run.seed={seed}"))}
    for threads in ("1", "2"):
        environment = {**os.environ, "RAYON_NUM_THREADS": threads, "PYTHONHASHSEED": threads}
        run = subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
        )
        found.add(run.stdout.strip())
    assert len(found) == 1


def test_seeds_differ() -> None:
    assert digest(played(6, "run.seed=1")) != digest(played(6, "run.seed=2"))


def test_a_run_that_is_over_holds_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[weakref.ref[Economy]] = []
    make = Economy.__init__

    def noted(self: Economy, *given: Any) -> None:
        made.append(weakref.ref(self))
        make(self, *given)

    monkeypatch.setattr(Economy, "__init__", noted)
    gc.disable()
    try:
        for _ in play(Scenario().with_settings(["run.months=2"]), small_world()):
            pass
        # At once: in a sweep the collector would come by once in many runs.
        assert [one() for one in made] == [None]
    finally:
        gc.enable()
