"""The break is found by its rule alone, and exposure adds up."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattmarket.findings import RentChange, find_break, metro_exposure
from wattmarket.findings.find import change_in_words
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


def test_a_fall_that_is_not_the_loss_of_nearness_says_so() -> None:
    nearness = change_in_words(RentChange(rent=-100.0, latency=-110.0, watt=0.0, silicon=10.0, core_index=-0.02))
    general = change_in_words(RentChange(rent=-100.0, latency=-20.0, watt=0.0, silicon=-80.0, core_index=-0.2))
    assert not any("not the loss of nearness" in line for line in nearness)
    assert any("not the loss of nearness" in line for line in general)
    assert "-100 $/MWh against the twin: -20 of latency rent, -80 of the general price of compute" in general[0]
