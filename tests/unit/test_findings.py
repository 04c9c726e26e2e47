"""The break is found by its rule alone, and exposure adds up."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import wattmarket
from wattmarket.findings import (
    TwinTables,
    Uncertain,
    course_of,
    find,
    find_break,
    metro_breaks,
    metro_exposure,
)
from wattmarket.findings.break_words import change_in_words
from wattmarket.findings.metros import metros_beyond
from wattmarket.findings.rent_change import rent_change
from wattmarket.valuation import ChainedIndex, site_values


def test_a_stretch_that_is_too_short_or_too_shallow_is_no_break() -> None:
    twin = np.full(24, 100.0)
    shallow = twin - 9.9
    assert find_break(shallow, twin, depth=0.10, months=6) is None
    short = twin.copy()
    short[3:8] = 50.0
    assert find_break(short, twin, depth=0.10, months=6) is None
    short[8] = 50.0
    short[11] = 70.0
    found = find_break(short, twin, depth=0.10, months=6)
    assert found is not None
    assert (found.tick, found.deepest, found.recovery_tick) == (3, 0.5, 12)


def test_exactly_at_the_margin_counts() -> None:
    twin = np.full(6, 100.0)
    found = find_break(twin * 0.9, twin, depth=0.10, months=6)
    assert found is not None
    assert found.tick == 0


@given(st.lists(st.floats(0, 300), min_size=1, max_size=40), st.integers(1, 8), st.floats(0.01, 0.9))
def test_the_break_is_the_first_stretch_of_its_rule(index: list[float], months: int, depth: float) -> None:
    twin = np.full(len(index), 150.0)
    below = [1 - value / 150.0 >= depth - 1e-12 for value in index]
    starts = [t for t in range(len(index) - months + 1) if all(below[t : t + months])]
    found = find_break(np.array(index), twin, depth=depth, months=months)
    assert (None if found is None else found.tick) == (starts[0] if starts else None)


def test_a_twin_that_is_worth_nothing_cannot_be_fallen_short_of() -> None:
    assert find_break(np.zeros(6), np.zeros(6), depth=0.1, months=3) is None


def test_exposure_ranks_edge_metros_by_latency_rent() -> None:
    world_sites = pl.DataFrame(
        {"site_id": ["A", "B", "C"], "kind": ["metro_dc", "campus", "tower"], "metro_id": ["M1", "M1", "M2"]}
    )
    sites = pl.DataFrame(
        {
            "tick": [0, 0, 0, 1, 1, 1],
            "site_id": ["A", "B", "C"] * 2,
            "used_kw": [1_000, 9_000, 2_000] * 2,
            "rent_usd_per_mw_month": [500_000.0, 600_000.0, 700_000.0] * 2,
            "latency_rent_usd_per_mw_month": [100_000.0, 50_000.0, 0.0, 300_000.0, 50_000.0, 100_000.0],
        }
    )
    ranked = metro_exposure(sites, world_sites, first_tick=0, last_tick=1)
    # M1: mean of 0.1 and 0.3 m$ a month, times twelve; the campus doesn't count. M2: mean of 0 and 0.2.
    assert ranked["metro_id"].to_list() == ["M1", "M2"]
    assert ranked["latency_rent_musd_per_year"].to_list() == pytest.approx([2.4, 1.2])
    assert ranked["exposed_share"].to_list() == pytest.approx([0.4, 1.2 / 16.8])
    assert ranked["exposed_share_low"].to_list() == pytest.approx([0.2, 0.0])
    assert ranked["exposed_share_high"].to_list() == pytest.approx([0.6, 1 / 7])


def test_new_sites_do_not_move_the_index() -> None:
    with_new, without = ChainedIndex(), ChainedIndex()
    values = [np.array([10.0, 50.0]), np.array([11.0, 500.0]), np.array([11.0, 500.0])]
    weights = [np.array([1.0, 0.0]), np.array([1.0, 0.0]), np.array([1.0, 5.0])]
    for value, weight in zip(values, weights, strict=True):
        a = with_new.add(value, weight)
        b = without.add(value[:1], weight[:1])
    assert a == b == pytest.approx(110.0)


def test_a_site_is_worth_the_best_use_of_it_and_never_less_than_nothing() -> None:
    value = site_values(np.array([900.0, 300.0, 0.0]), np.full(3, 500.0), np.array([100.0, 200.0, 0.0]), 10.0)
    assert value.tolist() == [400 * 120.0, 200 * 120.0, 0.0]


def ticks_of(rent: Sequence[float], latency: Sequence[float], watt: Sequence[float]) -> pl.DataFrame:
    columns = {"edge_rent": rent, "edge_latency_rent": latency, "edge_watt_rent": watt}
    return pl.DataFrame({f"{name}_usd_per_mwh": values for name, values in columns.items()}).with_columns(
        core_index=100.0
    )


def test_which_part_of_rent_falls_most_is_counted_month_by_month() -> None:
    nil = [0.0] * 4
    twins = [TwinTables(ticks_of(nil, nil, nil), None, None)]
    # Silicon, what is left of rent, changes by −70, +110, −30 and nil.
    ticks = ticks_of([-100.0, -10.0, -80.0, 5.0], [-20.0, -120.0, -25.0, 0.0], [-10.0, 0.0, -25.0, 5.0])
    found = rent_change(ticks, twins, 0)
    assert found.silicon == Uncertain(2.5, -70.0, 110.0)
    assert found.rest == Uncertain(-5.0, -80.0, 110.0)
    assert found.months_falling_most == {"latency": 1, "rest": 2}
    assert found.months == 4
    words = change_in_words(found)
    assert "-46 (-100 to +5) $/MWh against the twin: -41 (-120 to +0) of latency rent" in words[0]
    assert "-5 (-80 to +110) of the rest" in words[0]
    assert words[1] == "Of 4 months (the year's, against every twin) latency rent falls more in 1, the rest in 2."
    # A part that falls while others rise by more is no part of a fall of the sum, and yet the one that falls most.
    rising = rent_change(ticks_of([10.0] * 4, [-5.0] * 4, [0.0] * 4), twins * 2, 0)
    assert rising.months_falling_most == {"latency": 8, "rest": 0}
    assert rising.months == 8
    calm = change_in_words(rent_change(ticks_of(nil, nil, nil), twins, 0))
    assert calm[1] == "Neither falls in any month of that year."


def test_the_course_of_a_fall() -> None:
    twin = np.full(60, 200.0)
    short = np.concatenate([np.zeros(20), np.full(4, 0.1), np.linspace(0.1, 0.5, 25), np.full(11, 0.5)])
    index = twin * (1.0 - short)
    found = find_break(index, twin, depth=0.10, months=6)
    assert found is not None
    rent = twin.copy()
    rent[30:] = 100.0
    course = course_of(found, index, twin, rent, twin, depth=0.10, months=6)
    assert (found.tick, found.deepest_tick) == (20, 48)
    assert course.half_months == int(np.argmax(short >= 0.25)) - 20
    assert course.fastest_year == pytest.approx(max(short[t + 12] - short[t] for t in range(8, 48)), abs=1e-6)
    assert course.lead_months == 10


def test_metros_break_in_their_order() -> None:
    def table(falls: dict[str, int]) -> pl.DataFrame:
        rows = [
            {"tick": tick, "metro_id": metro, "edge_value_usd_per_mw": 50.0 if tick >= fall else 100.0}
            for tick in range(12)
            for metro, fall in falls.items()
        ]
        return pl.DataFrame(rows)

    found = metro_breaks(
        table({"B": 4, "A": 4, "C": 99, "D": 2}), table(dict.fromkeys("BACD", 99)), depth=0.1, months=3
    )
    assert found["metro_id"].to_list() == ["D", "A", "B", "C"]
    assert found["tick"].to_list() == [2, 4, 4, None]
    assert found["deepest"].to_list() == [0.5, 0.5, 0.5, None]


def test_a_metro_breaks_beyond_chance_if_no_twin_falls_as_far_below_another() -> None:
    def table(**values: float) -> pl.DataFrame:
        rows = [
            {"tick": tick, "metro_id": metro, "edge_value_usd_per_mw": value if tick >= 4 else 100.0}
            for tick in range(12)
            for metro, value in values.items()
        ]
        return pl.DataFrame(rows)

    # A falls by half where twins part by a quarter; B by as much as they do; C not by enough.
    run = table(A=50.0, B=80.0, C=95.0)
    twins = [table(A=100.0, B=100.0, C=100.0), table(A=100.0, B=100.0, C=100.0), table(A=75.0, B=80.0, C=100.0)]
    found = metros_beyond(run, twins, depth=0.1, months=3)
    assert found.metro_id == ["A", "B", "C"]
    assert found.told.tolist() == [True, False, False]
    assert found.against == [2, 2, 1]
    assert sorted(found.among) == [0, 0, 0, 0, 2, 2]
    assert not metros_beyond(run, twins, depth=0.1, months=13).told.any()


def test_an_uncertain_number_holds_its_own_value() -> None:
    assert Uncertain.of(2.0, []) == Uncertain(2.0, 2.0, 2.0)
    assert Uncertain.of(2.0, [5.0, 3.0]) == Uncertain(2.0, 2.0, 5.0)


def test_the_band_widens_what_is_said_of_a_break() -> None:
    settings = ["world.sites=50", "run.months=60", "drift.midpoint=2024-06", "drift.speed_per_year=4"]
    run = wattmarket.run("scenarios/agentic_batch_drift.toml", set=settings)
    alone = find(run)
    own = TwinTables.of(run)
    assert own is not None
    assert alone.repricing is not None
    assert not alone.metros
    assert not alone.players
    assert "Neither metros nor agents are named" in alone.text()
    # A twin that is worth a twentieth less breaks later; what it says of metros and agents is the same.
    lower = own.ticks.with_columns(edge_index=own.ticks["edge_index"] * 0.95)
    other = TwinTables(lower, own.metro_values, own.agents)
    assert not find(run, [other]).metros, "two twins don't tell chance"
    both = find(run, [other, other])
    assert both.repricing is not None
    assert alone.repricing.deepest.low >= both.repricing.deepest.low
    assert both.repricing.deepest.low < both.repricing.deepest.value
    assert both.metros
    assert both.metro_count is not None
    assert both.metro_count.told == len(both.metros)
    assert both.metro_count.breaking == Uncertain(*[len(both.metros)] * 3)
    assert both.metro_count.chance == Uncertain(0, 0, 0)
    assert all(row.month == row.earliest_month == row.latest_month for row in both.metros)
    assert len(both.players) == 79
    changes = {row.agent_id: row.profit_change_musd for row in both.players}
    assert all(change.low == change.value == change.high for change in changes.values())
    # Twins that don't part at all say nothing of how far they might.
    assert not any(row.told for row in both.players)
    assert "nobody beyond chance" in both.text()
    assert both.twins == 3
    assert "In brackets" in both.text()
    # No number of the first lines stands without its range, unless it is said that it has none.
    assert both.repricing.batch_share.text(".2f").endswith("(in every case)")
    assert both.text().splitlines()[2].count("(") == 1
    assert both.text().split("\n\n")[1].endswith("Numbers without a range are the same in every case.")
    assert {place.place_id for place in both.exposed_sites} <= set(run.world.sites["site_id"])
    assert both.time_to_power
    assert all(zone.musd_per_mw.low <= zone.musd_per_mw.value <= zone.musd_per_mw.high for zone in both.time_to_power)
    waits = [zone.wait_months for zone in both.time_to_power if zone.wait_months is not None]
    assert waits and all(wait.low <= wait.value <= wait.high for wait in waits)
    assert any(wait.low < wait.high for wait in waits)
