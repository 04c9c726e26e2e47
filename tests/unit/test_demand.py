"""Demand follows its paths, adds up, and answers to price as its elasticity says."""

from __future__ import annotations

import numpy as np
import pytest

from wattmarket.demand import DemandModel, PriceSignal, demand_steps, growth_legs
from wattmarket.demand.batch_share import batch_share, drift_path
from wattmarket.errors import InputError
from wattmarket.months import month_name, month_number
from wattmarket.scenario import Event, Scenario
from wattmarket.world import World, WorldConfig, build_world

JANUARY_2023 = month_number("2023-01")


@pytest.fixture(scope="module")
def world() -> World:
    return build_world(WorldConfig(metros=20, sites=50), 0)


def ai_gw(world: World, scenario: Scenario, months: int) -> float:
    """AI demand at reference prices after some months."""
    model = DemandModel(world, 0)
    for tick in range(months + 1):
        now = scenario.at(month_name(JANUARY_2023 + tick))
        demand = model.advance(now, JANUARY_2023 + tick, tick, None)
    ai = [workload.name != "non_ai" for workload in scenario.workload]
    return float(demand.reference_kw[:, ai].sum()) / 1e6


def test_the_world_path_doubles_in_eighteen_months_then_slows(world: World) -> None:
    quiet = Scenario().with_settings(["demand.noise_sd=0.0"])
    assert ai_gw(world, quiet, 0) == pytest.approx(7.4)
    # D06: 29.6 GW at the end of 2025.
    assert ai_gw(world, quiet, 36) == pytest.approx(7.4 * 1.59**3)
    assert ai_gw(world, quiet, 48) == pytest.approx(7.4 * 1.59**3 * 1.40)
    legs = growth_legs(quiet)
    assert [legs.rate(month_number(m)) for m in ("2025-12", "2026-01", "2040-01")] == [1.59, 1.40, 1.15]


def test_an_event_that_changes_growth_changes_the_future_alone(world: World) -> None:
    slower = Event(date="2025-01", set={"demand.growth": [{"per_year": 1.0}]})
    halt = Scenario(event=[slower]).with_settings(["demand.noise_sd=0.0"])
    assert ai_gw(world, halt, 23) == pytest.approx(7.4 * 1.59 ** (23 / 12))
    assert ai_gw(world, halt, 24) == pytest.approx(7.4 * 1.59**2)
    assert ai_gw(world, halt, 36) == pytest.approx(ai_gw(world, halt, 24))


def test_demand_adds_up_to_the_world_path_and_its_shares(world: World) -> None:
    scenario = Scenario().with_settings(["demand.noise_sd=0.0", "drift.path=flat", "drift.start=0.2"])
    demand = DemandModel(world, 0).advance(scenario, JANUARY_2023, 0, None)
    by_name = dict(zip([w.name for w in scenario.workload], demand.reference_kw.sum(axis=0), strict=True))
    ai = sum(kw for name, kw in by_name.items() if name != "non_ai")
    assert ai == pytest.approx(7.4e6)
    assert by_name["training"] == pytest.approx(0.67 * 7.4e6)
    assert by_name["batch"] == pytest.approx(0.2 * 0.33 * 7.4e6)
    assert by_name["voice"] == pytest.approx(0.15 * 0.8 * 0.33 * 7.4e6)
    assert by_name["non_ai"] == pytest.approx(26e6)
    assert demand.batch_share == 0.2


def test_drift_moves_demand_from_interactive_to_batch_and_changes_nothing_else(world: World) -> None:
    drifting = Scenario()
    month = month_number("2029-01")
    a = DemandModel(world, 0).advance(drifting, month, 72, None)
    b = DemandModel(world, 0).advance(drifting.twin(), month, 72, None)
    names = [w.name for w in drifting.workload]
    assert a.batch_share == pytest.approx(0.425)
    assert b.batch_share == 0.10
    same = [names.index(name) for name in ("training", "non_ai")]
    assert (a.reference_kw[:, same] == b.reference_kw[:, same]).all()
    assert a.reference_kw.sum() == pytest.approx(b.reference_kw.sum())
    chat = names.index("chat")
    assert (a.reference_kw[:, chat] < b.reference_kw[:, chat]).all()


def test_noise_is_keyed_by_metro_and_month(world: World) -> None:
    scenario = Scenario()
    first = DemandModel(world, 1).advance(scenario, JANUARY_2023, 0, None).reference_kw
    again = DemandModel(world, 1).advance(scenario, JANUARY_2023, 0, None).reference_kw
    other = DemandModel(world, 2).advance(scenario, JANUARY_2023, 0, None).reference_kw
    assert (first == again).all()
    assert (first != other).any()


def test_steps_cross_the_demand_curve_in_the_middle_of_every_tread() -> None:
    curve = demand_steps(np.array([1_000.0]), np.array([1.1]), steps=12, low=0.25, high=6.0, shift=np.zeros((1, 1)))
    quantity = curve.quantity_kw(np.array([[1e9]]))[0, 0]
    price = curve.price_musd_per_kwh[0, 0] / 1e6
    middle = np.sqrt(price[:-1] * price[1:])
    assert np.cumsum(quantity)[:-1] == pytest.approx(1e9 * middle**-1.1, rel=1e-6)
    assert price[0] / price[-1] == pytest.approx(24.0, rel=1e-5)


def test_staggered_steps_add_up_to_the_demand_of_the_curve() -> None:
    """Steps moved down in price alone would lose a sixth of demand at every price."""
    shift = (np.arange(100) + 0.5)[:, None] / 100
    curve = demand_steps(np.array([1_000.0]), np.array([1.1]), steps=12, low=0.25, high=6.0, shift=shift)
    quantity = curve.quantity_kw(np.full((100, 1), 1e6))
    for price in (400_000, 700_000, 1_000_000, 1_600_000, 3_000_000):
        bought = quantity[curve.price_musd_per_kwh >= price].sum()
        assert bought == pytest.approx(1e8 * (price / 1e6) ** -1.1, rel=0.01)


def test_staggered_steps_stay_in_order() -> None:
    shift = np.array([[0.0], [0.999]])
    curve = demand_steps(np.array([1_000.0]), np.array([1.1]), steps=16, low=0.25, high=6.0, shift=shift)
    assert (np.diff(curve.price_musd_per_kwh, axis=2) < 0).all()


def test_dear_interactive_work_moves_users_to_batch() -> None:
    scenario = Scenario().with_settings(["drift.substitution_elasticity=0.5", "drift.path=flat", "drift.start=0.2"])
    reference = PriceSignal(1_150.0, 770.0)

    def share(interactive: float) -> float:
        return batch_share(
            scenario, JANUARY_2023, 1, seed=0, prices=PriceSignal(interactive, 770.0), reference=reference
        )

    assert share(1_150.0) == pytest.approx(0.2)
    # Odds of 0.25 times 4^0.5.
    assert share(4 * 1_150.0) == pytest.approx(0.5 / 1.5)
    assert share(600.0) < 0.2
    # A glut: prices below the lowest step, negative ones too, count as the lowest step, a quarter of the reference.
    assert share(-100.0) == share(0.25 * 1_150.0) == pytest.approx(0.125 / 1.125)


def test_the_drift_follows_points_where_it_is_told_to() -> None:
    scenario = Scenario().with_settings(['drift.path="piecewise"', 'drift.points={ "2025-01" = 0.2, "2027-01" = 0.4 }'])
    assert drift_path(scenario, month_number("2024-01")) == pytest.approx(0.2)
    assert drift_path(scenario, month_number("2026-01")) == pytest.approx(0.3)
    assert drift_path(scenario, month_number("2030-01")) == pytest.approx(0.4)


def test_the_twin_of_a_piecewise_drift_stays_where_the_path_begins() -> None:
    scenario = Scenario().with_settings(['drift.path="piecewise"', 'drift.points={ "2022-01" = 0.2, "2024-01" = 0.4 }'])
    assert drift_path(scenario, JANUARY_2023) == pytest.approx(0.3)
    assert drift_path(scenario.twin(), month_number("2030-01")) == pytest.approx(0.3)


def test_an_event_changes_the_share_of_a_workload(world: World) -> None:
    event = Event(date="2023-02", set={"workload.voice.share": 0.0})
    scenario = Scenario(event=[event]).with_settings(["demand.noise_sd=0.0"])
    voice = [workload.name for workload in scenario.workload].index("voice")
    model = DemandModel(world, 0)
    before, after = (
        model.advance(scenario.at(month), month_number(month), tick, None).reference_kw[:, voice].sum()
        for tick, month in enumerate(("2023-01", "2023-02"))
    )
    assert before > 0.0
    assert after == 0.0


def test_two_workloads_of_other_load_share_it(world: World) -> None:
    second = {**Scenario().workload[-1].model_dump(), "name": "non_ai_too", "share": 3.0}
    scenario = Scenario(workload=[second]).with_settings(["demand.noise_sd=0.0"])
    demand = DemandModel(world, 0).advance(scenario, JANUARY_2023, 0, None).reference_kw.sum(axis=0)
    by_name = dict(zip([workload.name for workload in scenario.workload], demand, strict=True))
    assert by_name["non_ai"] == pytest.approx(26e6 / 4)
    assert by_name["non_ai_too"] == pytest.approx(26e6 * 3 / 4)


def test_expected_demand_is_what_advance_draws_less_its_noise(world: World) -> None:
    scenario = Scenario().with_settings(["demand.noise_sd=0.0"])
    model = DemandModel(world, 0)
    with pytest.raises(InputError, match="power_kw: no month was drawn yet"):
        _ = model.power_kw
    for tick in range(3):
        drawn = model.advance(scenario, JANUARY_2023 + tick, tick, None)
    again = model.expected(
        scenario,
        JANUARY_2023 + 2,
        power_kw=model.power_kw,
        non_ai_kw=model.non_ai_kw,
        batch_share=drawn.batch_share,
    )
    assert (again == drawn.reference_kw).all()
    later = model.expected(scenario, month_number("2032-01"), power_kw=50e6, non_ai_kw=30e6, batch_share=0.6)
    by_name = dict(zip([w.name for w in scenario.workload], later.sum(axis=0), strict=True))
    assert by_name["batch"] == pytest.approx(0.6 * 0.75 * 50e6)
    assert by_name["non_ai"] == pytest.approx(30e6)
    assert model.advance(scenario, JANUARY_2023 + 3, 3, None).reference_kw.sum() > drawn.reference_kw.sum()
