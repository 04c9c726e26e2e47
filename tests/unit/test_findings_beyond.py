"""The interval of one more twin: against tables of Student's t, and as often wrong as it says."""

from __future__ import annotations

import numpy as np
import pytest

from wattmarket.findings.beyond import beyond_chance, students_tail


@pytest.mark.parametrize(
    ("freedom", "distance", "tail"),
    # Abramowitz & Stegun, table 26.10.
    [(1, 6.314, 0.1), (2, 9.925, 0.01), (3, 3.182, 0.05), (4, 8.610, 0.001), (5, 2.015, 0.1), (30, 2.750, 0.01)],
)
def test_students_t(freedom: int, distance: float, tail: float) -> None:
    assert students_tail(distance, freedom) == pytest.approx(tail, rel=1e-3)
    assert students_tail(0.0, freedom) == 1.0


def test_one_number_is_held_against_the_textbook_interval() -> None:
    # Mean 2, spread 1, t of two degrees of freedom at 5 %: 2 ± 4.303 · √(4/3).
    twins = np.array([[1.0], [2.0], [3.0]])
    inside = beyond_chance(np.array([2.0 + 4.96]), twins, ["a"])
    outside = beyond_chance(np.array([2.0 - 4.98]), twins, ["a"])
    assert inside.half_width[0] == pytest.approx(4.3027 * np.sqrt(4 / 3), rel=1e-4)
    assert (inside.told[0], outside.told[0]) == (False, True)


def test_the_rarer_a_difference_among_many_the_wider_its_interval() -> None:
    twins = np.tile(np.array([[1.0], [2.0], [3.0]]), 20)
    groups = ["a"] * 20
    alone = beyond_chance(np.array([22.0] + [2.0] * 19), twins, groups)
    assert not alone.told.any()
    many = beyond_chance(np.array([22.0] * 10 + [2.0] * 10), twins, groups)
    assert many.told.tolist() == [True] * 10 + [False] * 10
    assert many.half_width[0] < alone.half_width[0]


def test_what_seldom_parts_is_held_against_its_group() -> None:
    twins = np.array([[1.0, 1.0, 5.0, 0.0], [2.0, 2.0, 5.0, 0.0], [3.0, 3.0, 5.001, 0.0]])
    run = np.array([2.0, 2.0, 6.0, 1.0])
    assert not beyond_chance(run, twins, ["a", "a", "a", "b"]).told.any()
    assert beyond_chance(run, twins, ["a", "a", "c", "b"]).told.tolist() == [False, False, True, False]


@pytest.mark.parametrize("count", [3, 6])
def test_where_nothing_happens_anybody_is_told_as_seldom_as_stated(count: int) -> None:
    random = np.random.default_rng(count)
    histories = random.normal(size=(400, count + 1, 30)) * np.geomspace(1.0, 1e4, 30)
    names = [str(place) for place in range(30)]
    found = [beyond_chance(one[0], one[1:], names).told.any() for one in histories]
    assert 0.02 <= np.mean(found) <= 0.09
