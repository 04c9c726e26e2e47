"""The benchmark's foreign programs agree with each other, in both forms: so the market is written out rightly."""

from __future__ import annotations

import shutil
from dataclasses import asdict

import numpy as np
import pytest

from benchmarks.clearing.arcs import FORMS, ring_arcs, ring_of_pairs
from benchmarks.clearing.bars import BARS, best_peer, measured
from benchmarks.clearing.compare import disagreements, measure
from benchmarks.clearing.drivers.floor_pass import run_floor
from benchmarks.clearing.figures import tick_figure
from benchmarks.clearing.growth import shock_curve, site_curve
from benchmarks.clearing.instance import CLASSES, REACH_KM, SIZES, make_instance
from benchmarks.clearing.report import bar_table, comparison_tables
from benchmarks.machine import describe_machine


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


@pytest.mark.parametrize("size", ["S0", "S1"])
def test_few_arcs_chosen_with_hindsight_reach_the_same_optima(size: str) -> None:
    found = [measure(driver, size, ticks=6, cold=1) for driver in ("spot", "highs_near", "highs_used")]

    assert [one.problem for one in found] == ["", "", ""]
    assert disagreements(found) == []
    assert [len(one.solves) for one in found] == [7, 7, 7]
    assert "transport arcs, δ = " in found[1].solves[-1].note


def test_ring_arcs_of_all_pairs_are_the_ring_form() -> None:
    instance = make_instance(SIZES["S0"], ticks=1)
    every_pair = np.ones((instance.metros, instance.sites), dtype=np.bool_)
    written = ring_arcs(instance, every_pair)

    assert written.arcs == instance.ring_arcs
    assert set(ring_of_pairs(instance).ravel().tolist()) <= set(range(CLASSES))


@pytest.mark.skipif(shutil.which("rustc") is None, reason="the floor is compiled on the spot")
@pytest.mark.parametrize("size", ["S0", "S1"])
def test_the_floor_finds_the_least_within_each_budget(size: str) -> None:
    instance = make_instance(SIZES[size], ticks=0)
    asks = instance.distance_km.astype(np.int64) + instance.site_cost_musd_per_kwh[0]
    nothing = np.iinfo(np.int32).max // 2
    least = [np.where(instance.distance_km <= reach, asks, nothing).min(axis=1) for reach in REACH_KM]

    passes = run_floor(instance, passes=3)

    assert (passes.minima == np.stack(least, axis=1)).all()
    assert len(passes.dense_s) == len(passes.pruned_s) == 3


def test_ratios_are_reported_beside_their_bars() -> None:
    found = [measure(driver, "S0", ticks=2, cold=1) for driver in ("spot", "ortools", "highs_near")]
    run = measured(found)["S0"]

    peer = best_peer(run, lambda one: one.tick("cpu_s"))
    table = "\n".join(bar_table(found))

    assert peer is not None
    assert peer[0] == "ortools"
    assert [bar.ratio(run) is None for bar in BARS] == [False, False, True, False, False]
    assert all(bar.what in table for bar in BARS)
    assert "| all four |" in "\n".join(comparison_tables(found))


def test_the_figure_labels_every_program_and_tells_who_gave_up() -> None:
    found = [measure(driver, "S0", ticks=2, cold=1) for driver in ("spot", "ortools", "highs")]
    found[2].problem, found[2].solves = "stopped after 300 s, in its solve number 1", []
    measured_here = {"machine": describe_machine(), "measurements": [asdict(one) for one in found]}

    texts = [text.get_text() for text in tick_figure(measured_here).axes[0].texts]

    assert [text.partition("  ")[0] for text in texts] == [
        "OR-Tools, min-cost flow",
        "SpotMarket, published",
        "SpotMarket, proved",
        "HiGHS, warm dual simplex",
    ]
    assert texts[-1].endswith("none in 300 s")


def test_growth_has_a_point_for_every_shock_and_market() -> None:
    shocks = list(shock_curve("S0", repeats=1, shocks=(0.01, 0.9)))
    scales = list(site_curve((40, 80), ticks=2, cold=1))

    assert [(shock.kind, shock.spread) for shock in shocks] == [
        (kind, spread) for kind in ("demand", "cost", "capacity") for spread in (0.01, 0.9)
    ]
    assert [(scale.metros, scale.sites) for scale in scales] == [(4, 40), (8, 80)]


def test_a_program_that_overruns_is_stopped_and_says_so() -> None:
    found = measure("highs", "S2", ticks=1, limit_s=1.0)

    assert len(found.solves) < 2
    assert found.problem.startswith("stopped after")


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
