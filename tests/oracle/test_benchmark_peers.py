"""The benchmark's foreign programs agree with each other, in both forms: so the market is written out rightly."""

from __future__ import annotations

import pytest

from benchmarks.clearing.arcs import FORMS
from benchmarks.clearing.compare import disagreements, measure
from benchmarks.clearing.instance import SIZES, make_instance


@pytest.mark.parametrize("grain", [1, 1000])
def test_peers_agree_in_both_forms(grain: int) -> None:
    found = [
        measure(driver, "S0", form=form, ticks=3, cold=4, grain=grain)
        for driver in ("ortools", "highs")
        for form in FORMS
    ]

    assert [one.problem for one in found] == [""] * len(found)
    assert disagreements(found) == []
    assert [len(one.solves) for one in found] == [4, 4, 7, 7]


@pytest.mark.needs_debian
def test_lemon_agrees() -> None:
    lemon = measure("lemon", "S0", ticks=3, cold=4)
    if lemon.problem.startswith("skipped"):
        pytest.skip(lemon.problem)

    assert disagreements([lemon, measure("ortools", "S0", ticks=3, cold=4)]) == []
    assert len(lemon.solves) == 4


def test_disagreement_is_named() -> None:
    one, other = (measure("ortools", "S0", ticks=1, cold=1, seed=seed) for seed in (0, 1))

    problems = disagreements([one, other])

    assert problems[0] == "S0: ortools and ortools were given different markets"
    assert problems[1].startswith("S0: tick 0: ortools (cold) found ")


def test_more_ticks_leave_the_first_ones_alone() -> None:
    short, long = (make_instance(SIZES["S0"], ticks=ticks) for ticks in (2, 5))

    assert (short.demand_kw == long.demand_kw[:3]).all()
    assert (short.site_cost_musd_per_kwh == long.site_cost_musd_per_kwh[:3]).all()
    assert (long.demand_steps_kw(4).sum(axis=2) == long.demand_kw[4]).all()
