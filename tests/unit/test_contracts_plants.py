"""Power plants on cases to work out by hand: what is offered, sold, built, returned and shut."""

from __future__ import annotations

import numpy as np
import pytest
from contract_plants import CANDIDATE, DORMANT, OPERATING, plants

from wattmarket.capacity.supply import ZoneSupply
from wattmarket.contracts import STANDARD_TENOR_MONTHS, PlantCosts, PlantFleet, least_strike
from wattmarket.contracts.steps import LONGEST_WAIT_MONTHS, GenerationSteps
from wattmarket.errors import InputError, InvariantError
from wattmarket.scenario import ZoneFactors
from wattmarket.world import WorldConfig, build_world


def changed(generation: float = 1.0, cost: float = 1.0) -> ZoneFactors:
    factors = ZoneFactors(2, np.zeros(2))
    factors.generation_scale[0] = generation
    factors.marginal_cost_scale[0] = cost
    return factors


def test_at_the_start_they_are_the_supply_of_the_other_modes() -> None:
    world = build_world(WorldConfig(metros=6, sites=60), seed=0)
    fleet, supply = PlantFleet(world.zones, world.generators), ZoneSupply(world.zones, world.generators)
    for factors in (None, ZoneFactors(len(world.zones), np.zeros(len(world.zones)))):
        if factors is not None:
            factors.generation_scale[:] = 0.5
            factors.marginal_cost_scale[:] = 1.25
            fleet.change(factors)
            supply.change(factors)
        operating = np.array(fleet.state) == "operating"
        assert fleet.step_cost.tolist() == supply.step_cost.tolist()
        # Halves of odd kW: one rounds down, the other to the nearest even number.
        assert np.abs(fleet.step_kw() - supply.step_kw())[operating].max() <= (0 if factors is None else 1)
        assert not fleet.step_kw()[~operating].any()


def test_candidates_generate_only_once_somebody_builds_them() -> None:
    fleet = plants(OPERATING, CANDIDATE, DORMANT)
    fleet.advance(100)
    assert fleet.step_kw().tolist() == [100, 0, 0]
    assert fleet.step_kw_at(29, candidates=True).tolist() == [100, 0, 0]
    assert fleet.step_kw_at(30, candidates=True).tolist() == [100, 200, 0]
    assert fleet.step_kw_at(42, candidates=True).tolist() == [100, 200, 300]
    assert fleet.step_kw_at(42, candidates=False).tolist() == [100, 0, 0]
    assert fleet.build(1, 50, 100, 36).tolist() == [136]
    assert fleet.step_kw_at(35, candidates=False).tolist() == [100, 0, 0]
    assert fleet.step_kw_at(36, candidates=False).tolist() == [100, 50, 0]
    assert (fleet.building_kw.tolist(), fleet.buildable_kw.tolist()) == ([0, 50, 0], [0, 150, 300])
    assert fleet.advance(136).tolist() == [0, 50, 0]
    assert fleet.step_kw().tolist() == [100, 50, 0]


def test_what_is_offered_and_asked() -> None:
    offers = plants(OPERATING, CANDIDATE, DORMANT, pue=1.25).offers()
    assert (offers.step.tolist(), offers.zone.tolist()) == ([0, 1, 2], [0, 0, 1])
    assert offers.kw.tolist() == [80, 160, 240]
    # 50 and 60 $ per MWh of grid, times the PUE, times 730 h: 45.625 and 54.75 $ per kW-month.
    assert offers.ask[:2].tolist() == [45_625_000, 54_750_000]
    # 35 $ of running cost, and 210 $ a year over 25 years recovered in 15: 9.8226 / 8.0607 times as much a month.
    assert offers.ask[2] == pytest.approx(1.25 * (35 * 0.73 + 210 / 12 * 9.82258 / 8.06069) * 1e6, rel=1e-6)
    assert offers.least_kw.tolist() == [0, 0, 120]
    assert offers.unbuilt.tolist() == [False, True, True]
    assert len(np.unique(offers.key)) == 3


def test_firming_and_scarcity_are_asked_on_top() -> None:
    fleet = plants(OPERATING, ("B", "wind", "operating", 0.1, 40.0, 170.0, 36), firming={"wind": 15.0})
    assert fleet.offers().ask.tolist() == [50 * 730_000, 55 * 730_000]
    assert fleet.offers(np.array([0, 7_000])).ask.tolist() == [50 * 730_000, 62 * 730_000]
    assert fleet.step_cost.tolist() == [50_000, 40_000]


def test_a_short_tenor_asks_more_and_what_comes_late_is_left_out() -> None:
    fleet = plants(OPERATING, CANDIDATE)
    asks = [fleet.offers(tenor_months=months).ask.tolist() for months in (60, 120, 180, 240)]
    assert [ask[0] for ask in asks] == [36_500_000] * 4
    assert asks[0][1] > asks[1][1] > 43_800_000
    assert asks[2][1] == asks[3][1] == 43_800_000
    assert fleet.offers(within_months=29).step.tolist() == [0]


def test_a_sale_takes_what_stands_first_and_starts_the_rest() -> None:
    fleet = plants(OPERATING, CANDIDATE)
    fleet.build(1, 50, 0)
    fleet.advance(10)
    # 50 kW of the candidate are due in tick 30; 30 more are begun for the third row, with turbines in 40 months.
    cod = fleet.contract([0, 1, 1], [100, 20, 60], 10, [0, 0, 40])
    assert cod.tolist() == [10, 30, 50]
    assert fleet.contracted_kw.tolist() == [100, 80]
    assert fleet.building_kw.tolist() == [0, 80]
    offers = fleet.offers()
    assert (offers.step.tolist(), offers.kw.tolist(), offers.unbuilt.tolist()) == ([1], [120], [True])
    fleet.advance(30)
    assert fleet.step_kw().tolist() == [100, 50]
    fleet.advance(50)
    assert fleet.step_kw().tolist() == [100, 80]
    fleet.release([0, -1, 1], [40, 7, 80])
    offers = fleet.offers()
    assert (offers.step.tolist(), offers.kw.tolist()) == ([0, 1, 1], [40, 80, 120])
    assert offers.unbuilt.tolist() == [False, False, True]


def test_who_is_served_first_by_what_stands_goes_by_key() -> None:
    rows = [(30, 7), (80, 3), (10, 9)]
    found = []
    for order in ([0, 1, 2], [2, 1, 0], [1, 0, 2]):
        fleet = plants(("A", "wind", "candidate", 0.2, 60.0, 170.0, 36))
        fleet.build(0, 100, 0)
        fleet.advance(36)
        kw, key = (np.array(column)[order] for column in zip(*rows, strict=True))
        cod = fleet.contract([0, 0, 0], kw, 36, key=key.astype(np.uint64))
        found.append(dict(zip(key.tolist(), cod.tolist(), strict=True)))
    # 80 kW for key 3; of key 7's 30 kW only 20 stand; key 9 waits.
    assert found == [{3: 36, 7: 72, 9: 72}] * 3


def test_a_dormant_unit_restarts_whole_and_for_no_less_than_half() -> None:
    fleet = plants(DORMANT)
    with pytest.raises(InputError, match="no less than half"):
        fleet.contract(0, 149, 0)
    assert fleet.contract([0, 0], [100, 50], 0).tolist() == [42, 42]
    assert fleet.building_kw.tolist() == [300]
    offers = fleet.offers()
    assert (offers.kw.tolist(), offers.least_kw.tolist(), offers.unbuilt.tolist()) == ([150], [0], [False])
    assert fleet.contract(0, 1, 0).tolist() == [42]


def test_underwriting() -> None:
    fleet = plants(OPERATING, CANDIDATE, DORMANT)
    least = least_strike(fleet.costs, STANDARD_TENOR_MONTHS)
    assert fleet.underwritten(least, STANDARD_TENOR_MONTHS, [0, 1, 2]).tolist() == [True, True, True]
    assert fleet.underwritten(least - 1, STANDARD_TENOR_MONTHS, [0, 1, 2]).tolist() == [True, False, False]
    assert fleet.underwritten(least, 120, [0, 1, 2]).tolist() == [True, False, False]
    fleet.build(1, 200, 0)
    assert fleet.underwritten(0, 1, 1).tolist() == [True]


def test_where_power_is_cheap_plants_are_cheap_to_build() -> None:
    running, fixed = np.array([20_000, 20_000]), np.array([30_000_000, 30_000_000])
    costs = PlantCosts(np.array([30_000, 30_000]), running, fixed, np.array([True, False]))
    in_price, stated = least_strike(costs, STANDARD_TENOR_MONTHS).tolist()
    # The price leaves 7.30 $ per kW-month for capital of 30 $; where it says what running costs, all 30 $ are due.
    assert in_price == 30_000 * 730
    assert stated == pytest.approx(20_000 * 730 + 30e6 * 9.82258 / 8.06069, rel=1e-6)


def test_a_scale_changes_what_comes_out_and_loses_nothing() -> None:
    fleet = plants(OPERATING, CANDIDATE)
    fleet.change(changed(generation=0.25, cost=2.0))
    assert fleet.step_kw().tolist() == [25, 0]
    assert fleet.step_cost.tolist() == [100_000, 120_000]
    assert fleet.contract([0, 1], [25, 10], 0).tolist() == [0, 30]
    assert fleet.building_kw.tolist() == [0, 10]
    fleet.change(changed(generation=0.0))
    assert len(fleet.offers()) == 0
    with pytest.raises(InputError, match="step 1 has 0 kW left"):
        fleet.contract(1, 1, 0)
    fleet.change(changed(generation=3.0))
    assert fleet.step_kw().tolist() == [300, 0]
    # 40 nominal kW are under construction, 10 of them times a quarter were sold.
    assert fleet.offers().kw.tolist() == [275, 110, 480]


def test_plants_that_shut_do_not_come_back() -> None:
    fleet = plants(OPERATING)
    fleet.contract(0, 60, 0)
    with pytest.raises(InputError, match="step 0 has 40 kW unsold"):
        fleet.retire(0, 41)
    fleet.retire([0, 0], [10, 30])
    assert (fleet.step_kw().tolist(), len(fleet.offers())) == ([60], 0)
    fleet.release(0, 60)
    assert fleet.offers().kw.tolist() == [60]


def test_bad_rows_are_refused_and_change_nothing() -> None:
    fleet = plants(OPERATING, CANDIDATE)
    for step, kw, tick, wait, message in (
        (0, 101, 0, 0, "step 0 has 100 kW left"),
        ([1, 1], [150, 51], 0, 0, "step 1 has 200 kW left"),
        (2, 1, 0, 0, r"step\[0\] = 2"),
        (0, 0, 0, 0, r"kw\[0\] = 0"),
        (0, 1, 1, 0, "tick: 1 is not 0"),
        (0, 1, 0, 481, r"wait_months\[0\] = 481"),
    ):
        with pytest.raises(InputError, match=message):
            fleet.contract(step, kw, tick, wait)
    with pytest.raises(InputError, match="step 0 has 0 kW to build"):
        fleet.build(0, 1, 0)
    with pytest.raises(InputError, match="step 0 has 0 kW to return"):
        fleet.release(0, 1)
    with pytest.raises(InputError, match="key: expected 1 rows"):
        fleet.contract(0, 1, 0, key=np.zeros(2, np.uint64))
    assert not fleet.contracted_kw.any()
    assert fleet.buildable_kw.tolist() == [0, 200]


def test_a_kilowatt_that_is_lost_or_sold_twice_is_noticed() -> None:
    fleet = plants(OPERATING)
    fleet.contracted_kw[0] = 101
    with pytest.raises(InvariantError, match="101 kW are sold of 100 kW"):
        fleet.advance(1)
    fleet.contracted_kw[0] = 0
    fleet._steps.standing[0] -= 1
    with pytest.raises(InvariantError, match="of 100 kW"):
        fleet.advance(2)


def test_months_are_counted_until_a_step_yields_enough() -> None:
    steps = GenerationSteps(np.array([100, 60, 40]), np.array([True, False, False]), np.zeros(3, dtype=np.bool_))
    steps.start(np.array([1, 1]), np.array([20, 50]), np.array([20, 30]), np.array([4, 9]))
    at, upto = np.array([0, 1, 1, 1, 2]), np.array([100, 20, 21, 51, 1])
    never = LONGEST_WAIT_MONTHS + 1
    assert steps.months_until(at, upto).tolist() == [0, 4, 9, never, never]
    steps.advance()
    assert steps.months_until(at, upto).tolist() == [0, 3, 8, never, never]
    for _ in range(8):
        steps.advance()
    assert steps.months_until(at, upto).tolist() == [0, 0, 0, never, never]
