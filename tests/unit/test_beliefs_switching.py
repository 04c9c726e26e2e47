"""Switching between cohorts: the logit's limits, fitness without units, keyed reviews, and Brock & Hommes's β*."""

from __future__ import annotations

from math import log

import numpy as np
import pytest

from wattmarket import numeric
from wattmarket.beliefs import Fitness, choose, switch_shares
from wattmarket.errors import InputError

R, TREND, COST = 1.1, 1.2, 1.0
AGENTS = numeric.entity_hash([f"agent {number}" for number in range(20_000)])


def test_shares_follow_the_logit() -> None:
    assert switch_shares(np.array([-1.0, 0.0]), 2.0) == pytest.approx([1 / (1 + np.e**2), 1 - 1 / (1 + np.e**2)])
    assert switch_shares(np.array([3.0, -5.0, 0.0]), 0.0) == pytest.approx([1 / 3] * 3)
    assert switch_shares(np.array([1e300, -1e300]), 1.0).tolist() == [1.0, 0.0]
    assert (switch_shares(np.array([0.5, 0.25]), 3.0) == switch_shares(np.array([8.5, 8.25]), 3.0)).all()


@pytest.mark.parametrize(
    ("fitness", "intensity", "reason"),
    [
        ([], 1.0, "expected one number per cohort"),
        ([0.0, np.nan], 1.0, r"fitness\[1\] = nan"),
        ([0.0], -1.0, "intensity: -1.0"),
        ([0.0], np.inf, "intensity: inf"),
    ],
)
def test_shares_refuse_what_makes_no_sense(fitness: list[float], intensity: float, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        switch_shares(np.array(fitness, dtype=np.float64), intensity)


def brock_hommes(x: list[float], intensity: float) -> float:
    """Return the next price, as a deviation from its fundamental, in the asset pricing map of Brock & Hommes (1998).

    Fundamentalists expect 0 and pay `COST` for it; trend chasers expect `TREND` times the last price. Both are judged
    by their realised profits of last period, and the market discounts the mean expectation at `R`.
    """
    expectations = np.array([0.0, TREND * x[-3]])
    profits = (x[-1] - R * x[-2]) * (expectations - R * x[-2]) - np.array([COST, 0.0])
    return float(switch_shares(profits, intensity)[1] * TREND * x[-1] / R)


def growth_per_period(intensity: float) -> float:
    """Factor by which a tiny deviation from the fundamental grows once it has settled into its mode."""
    path = [1e-9] * 3
    for _ in range(40):
        path.append(brock_hommes(path, intensity))
    return abs(path[-1] / path[-2])


def test_the_fundamental_loses_stability_where_brock_and_hommes_say() -> None:
    low, high = 0.1, 10.0
    assert growth_per_period(low) < 1.0 < growth_per_period(high)
    while high - low > 1e-6:
        middle = (low + high) / 2.0
        low, high = (middle, high) if growth_per_period(middle) < 1.0 else (low, middle)
    assert low == pytest.approx(log(R / (TREND - R)) / COST, abs=1e-3)
    assert low == pytest.approx(2.3979, abs=1e-3)


@pytest.mark.parametrize(("intensity", "stable"), [(2.3, True), (2.5, False)])
def test_on_either_side_of_it_prices_return_or_leave(intensity: float, stable: bool) -> None:
    path = [1e-3] * 3
    for _ in range(3_000):
        path.append(brock_hommes(path, intensity))
    assert (abs(path[-1]) < 1e-6) == stable
    assert abs(path[-1]) < 10.0, "far from the fundamental, profits bring the fundamentalists back"


def test_fitness_has_no_units_and_remembers() -> None:
    errors = [np.array([0.1, 0.2, 0.4]), np.array([0.3, 0.1, 0.1])]
    one, scaled = Fitness(3, memory=0.8), Fitness(3, memory=0.8)
    for error in errors:
        values = one.update(error)
        assert scaled.update(1000.0 * error) == pytest.approx(values)
    averaged = 0.8 * errors[0] + 0.2 * errors[1]
    assert values == pytest.approx(-averaged / averaged.std())
    assert one.values.tolist() == values.tolist()


def test_errors_that_do_not_differ_give_no_preference() -> None:
    fitness = Fitness(3)
    assert fitness.values.tolist() == [0.0] * 3
    for error in (np.zeros(3), np.full(3, 0.1), 0.1 + 1e-14 * np.arange(3)):
        assert fitness.update(error).tolist() == [0.0] * 3
    with pytest.raises(InputError, match="expected 3 numbers"):
        fitness.update(np.zeros(2))
    with pytest.raises(InputError, match="finite"):
        fitness.update(np.array([0.0, np.nan, 0.0]))
    with pytest.raises(InputError, match=r"memory: 1\.0"):
        Fitness(3, memory=1.0)


def test_agents_review_with_the_stated_probability_and_choose_by_the_shares() -> None:
    shares = np.array([0.2, 0.5, 0.3])
    current = np.full(len(AGENTS), 2)
    chosen = choose(shares, AGENTS, 0, 5, 1.0, current)
    assert np.bincount(chosen) / len(AGENTS) == pytest.approx(shares, abs=0.02)
    reviewed = choose(np.array([1.0, 0.0, 0.0]), AGENTS, 0, 5, 0.25, current)
    assert (reviewed == 0).mean() == pytest.approx(0.25, abs=0.02)
    assert (choose(shares, AGENTS, 0, 5, 0.0, current) == current).all()


def test_choices_are_keyed_by_agent_and_month() -> None:
    shares, current = np.array([0.5, 0.5]), np.zeros(len(AGENTS), dtype=np.int64)
    chosen = choose(shares, AGENTS, 0, 5, 0.5, current)
    assert (choose(shares, AGENTS[::-1], 0, 5, 0.5, current)[::-1] == chosen).all()
    assert (choose(shares, AGENTS, 0, 6, 0.5, current) != chosen).any()
    assert (choose(shares, AGENTS, 1, 5, 0.5, current) != chosen).any()


def test_a_cohort_without_a_share_is_never_chosen() -> None:
    chosen = choose(np.array([0.0, 1.0, 0.0]), AGENTS, 3, 0, 1.0, np.zeros(len(AGENTS), dtype=np.int64))
    assert (chosen == 1).all()


def test_choosing_refuses_what_makes_no_sense() -> None:
    shares, current = np.array([0.5, 0.5]), np.zeros(2, dtype=np.int64)
    with pytest.raises(InputError, match="expected 20000 entries, found 2"):
        choose(shares, AGENTS, 0, 0, 0.5, current)
    with pytest.raises(InputError, match=r"review_probability: 1\.5"):
        choose(shares, AGENTS[:2], 0, 0, 1.5, current)
    with pytest.raises(InputError, match=r"current\[1\] = 2: is not in 0\.\.1"):
        choose(shares, AGENTS[:2], 0, 0, 0.5, np.array([0, 2]))
