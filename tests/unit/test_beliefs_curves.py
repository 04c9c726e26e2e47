"""Forward curves in closed form: free entry, closed land, neglect; what enters at one horizon stands at the next."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.unit.forecast_market import (
    CORE,
    DELIVERY,
    EDGE,
    ENERGY,
    HORIZONS,
    LAYOUT,
    RUNNING,
    SHELL,
    SILICON,
    STANDING,
    STATE,
    STEPS,
    demand,
    integers,
    standing,
)
from wattmarket.beliefs import Cohort, Forecaster, ForwardCurves, Standing, site_value
from wattmarket.beliefs.standing import reckoned_part
from wattmarket.errors import InputError
from wattmarket.spot import SpotMarket

GROWING = [demand(10, 20), demand(20, 40), demand(40, 80)]


def rational(neglect: float = 0.0, name: str = "rational") -> Cohort:
    return Cohort(name, "naive", neglect=neglect)


def curves_of(*cohorts: Cohort, standings: list[Standing] | None = None, life_months: int = 60) -> ForwardCurves:
    forecaster = Forecaster(SpotMarket(LAYOUT, entry=True), cohorts, HORIZONS, life_months=life_months)
    return forecaster.revalue([GROWING] * len(cohorts), standings or [STANDING] * 3)


def test_with_free_entry_long_run_edge_value_is_the_cost_of_new_edge_supply() -> None:
    curves = curves_of(rational())
    assert (curves.entry_kw[0, -1] > 0).all(), "entry flows at both sites"
    for site in (EDGE, CORE):
        margin = curves.price[0, -1, site] - RUNNING - curves.energy[0, -1, site]
        assert margin == SILICON + SHELL[site]
        assert curves.energy[0, -1, site] == ENERGY[site] + DELIVERY[site]
    assert curves.land.tolist() == np.zeros((1, 3, 2)).tolist(), "land is free, so it is worth nothing"
    assert curves.lmp[0, -1].tolist() == list(ENERGY)
    latency_premium = curves.price[0, -1, EDGE] - curves.price[0, -1, CORE]
    entry = STANDING.entry_cost + np.array(ENERGY)
    assert latency_premium == entry[EDGE] - entry[CORE], "what edge entry costs above core entry"


def test_perfect_foresight_fulfils_itself() -> None:
    curves = curves_of(rational(), life_months=1_000)
    built = curves.entry_kw[0].sum(axis=0)
    state = replace(
        STATE, pool_kw=STATE.pool_kw + built, shell_kw=STATE.shell_kw + built, grid_kw=STATE.grid_kw + built
    )
    spot = SpotMarket(LAYOUT).clear(GROWING[-1], state)
    assert (spot.pool_price_low <= curves.price[0, -1]).all()
    assert (curves.price[0, -1] <= spot.pool_price_high).all()


def test_closed_land_lifts_the_price_to_willingness_to_pay() -> None:
    closed = standing(land_kw=integers(0, 5_000))
    curves = curves_of(rational(), standings=[closed] * 3)
    # 100 kW stand at the edge, chat wants 40 kW on each step: two and a half steps are served, the third is marginal.
    assert curves.price[0, -1, EDGE] == STEPS[100 // 40]
    assert curves.entry_kw[0, :, EDGE].tolist() == [0, 0, 0]
    assert curves.land[0, -1, EDGE] == STEPS[2] - STANDING.entry_cost[EDGE] - ENERGY[EDGE]
    assert curves.price[0, -1, CORE] == curves_of(rational()).price[0, -1, CORE]


def test_a_value_along_the_curve_of_free_entry_is_the_cost_of_a_new_site() -> None:
    curves = curves_of(rational())
    margin = (curves.price - curves.energy)[0, :, EDGE] - float(RUNNING + SILICON)
    assert margin[1:] == pytest.approx(SHELL[EDGE])
    rent = np.concatenate([margin[-1:], margin[1:], margin[-1:]])
    value = site_value(rent, SHELL[EDGE], rate_per_year=0.08, horizons=HORIZONS, lead_months=18, life_months=216)
    monthly = 1.08 ** (-1 / 12)
    assert value == pytest.approx(SHELL[EDGE] * sum(monthly**t for t in range(18, 18 + 216)), rel=1e-12)


def test_accelerators_leave_after_their_life_and_shells_stay_to_be_refreshed() -> None:
    long, short = (curves_of(rational(), life_months=life) for life in (100, 60))
    assert long.refresh_kw.sum() == 0
    early = short.entry_kw[0, 0]
    assert early.min() > 0
    assert short.refresh_kw[0, -1].tolist() == early.tolist(), "what entered 72 months before is refreshed, all of it"
    assert short.entry_kw.tolist() == long.entry_kw.tolist()
    exactly = curves_of(rational(), life_months=72)
    assert exactly.refresh_kw[0, -1].tolist() == early.tolist(), "at the end of its life it is gone"
    assert curves_of(rational(), life_months=73).refresh_kw.sum() == 0


def test_land_and_slots_shrink_by_what_entered() -> None:
    tight = standing(land_kw=integers(700, 5_000), slot_kw=integers(9_000, 1_500))
    curves = curves_of(rational(), standings=[tight] * 3)
    assert curves.entry_kw[0, :, EDGE].sum() == 700, "all the land, and no more over all horizons"
    assert curves.entry_kw[0, :, CORE].sum() == 1_500, "all the slots"
    assert curves.land[0, -1, EDGE] > 0
    assert curves.land[0, -1, CORE] == 0, "slots are short there, not land"


def test_neglect_leaves_out_rivals_and_fades_to_nothing_at_the_last_horizon() -> None:
    busy = standing(
        pipeline_pool_kw=integers(200, 400), pipeline_shell_kw=integers(200, 400), pipeline_grid_kw=integers(200, 400),
        land_kw=integers(60, 60),
    )  # fmt: skip
    blind, half, wise = (
        curves_of(rational(neglect), standings=[busy] * 3).price[0, :, EDGE] for neglect in (1.0, 0.5, 0.0)
    )
    assert blind[0] > half[0] > wise[0], "who does not see the pipeline expects scarcity"
    assert blind[1] > wise[1]
    assert blind[2] == wise[2]
    assert [reckoned_part(1.0, month, 84) for month in (0, 21, 84)] == [0.0, 0.25, 1.0]


def test_the_pipeline_counts_like_what_stands() -> None:
    pipeline = integers(150, 250)
    under_way = standing(pipeline_pool_kw=pipeline, pipeline_shell_kw=pipeline, pipeline_grid_kw=pipeline)
    there = standing(
        pool_kw=STATE.pool_kw + pipeline, shell_kw=STATE.shell_kw + pipeline, grid_kw=STATE.grid_kw + pipeline
    )
    one, two = (curves_of(rational(), standings=[each] * 3) for each in (under_way, there))
    assert one.price.tolist() == two.price.tolist()
    assert one.entry_kw.tolist() == two.entry_kw.tolist()


def test_an_idle_site_is_quoted_at_its_best_bid() -> None:
    nothing = standing(land_kw=integers(0, 5_000), pool_kw=integers(0, 200), shell_kw=integers(0, 200))
    curves = curves_of(rational(), standings=[nothing] * 3)
    assert curves.price[0, :, EDGE].tolist() == [STEPS[0]] * 3, "chat would pay its highest step"


def test_other_load_pays_for_shell_and_connection_alone() -> None:
    layout = replace(
        LAYOUT,
        workload_class=integers(0, 1),
        class_pool=np.array([[True, True], [False, False]]),
        class_shell=np.array([[False, False], [True, False]]),
    )
    forecaster = Forecaster(SpotMarket(layout, entry=True), [rational()], (12,))
    curves = forecaster.revalue([[demand(1, 60)]], [STANDING])
    # 100 kW of shell, 47 of which chat takes first where it pays more; the rest goes down other load's steps.
    assert curves.shell[0, 0, EDGE] > 0
    assert curves.shell[0, 0, CORE] == 0, "none may enter there"


def test_curves_of_some_cohorts_are_rows_of_those_of_all() -> None:
    cohorts = [rational(neglect, str(neglect)) for neglect in (0.0, 0.4, 1.0)]
    busy = [standing(pipeline_pool_kw=integers(50, 70), land_kw=integers(300, 300))] * 3
    demands = [[demand(10 + c, 20 + h) for h in range(3)] for c in range(3)]
    forecaster = Forecaster(SpotMarket(LAYOUT, entry=True), cohorts, HORIZONS)
    together = forecaster.revalue(demands, busy)
    some = forecaster.revalue([demands[2], demands[0]], busy, cohorts=(2, 0))
    for name in ("price", "energy", "shell", "land", "lmp", "entry_kw", "refresh_kw"):
        assert getattr(some, name).tolist() == getattr(together, name)[[2, 0]].tolist()
        assert not getattr(some, name).flags.writeable
    stale = forecaster.revalue([[demand(30, 30)] * 3] * 3, busy)
    assert stale.updated((2, 0), some).price[[0, 2]].tolist() == together.price[[0, 2]].tolist()
    assert stale.updated((2, 0), some).price[1].tolist() == stale.price[1].tolist()
    with pytest.raises(InputError, match="fresh: expected 1 rows"):
        stale.updated((1,), some)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"land_kw": integers(1, -2)}, r"land_kw\[1\] = -2: must not be negative"),
        ({"pipeline_pool_kw": integers(1)}, r"pipeline_pool_kw: expected int64 \[2\], found int64 \[1\]"),
        ({"entry_cost": np.ones(2)}, "entry_cost: expected int64"),
        ({"state": replace(STATE, entry_kw=integers(0, 0))}, r"state\.entry_kw: given"),
    ],
)
def test_a_standing_names_what_is_wrong(change: dict[str, Any], reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        replace(STANDING, **change)


def test_a_forecaster_refuses_what_makes_no_sense() -> None:
    market = SpotMarket(LAYOUT, entry=True)
    with pytest.raises(InputError, match="has no entry"):
        Forecaster(SpotMarket(LAYOUT), [rational()])
    with pytest.raises(InputError, match="one pool, in the order of sites"):
        Forecaster(SpotMarket(replace(LAYOUT, pool_site=integers(1, 0)), entry=True), [rational()])
    with pytest.raises(InputError, match="there is none"):
        Forecaster(market, [])
    for horizons in ((), (0, 12), (12, 12)):
        with pytest.raises(InputError, match="must rise from at least 1 month on"):
            Forecaster(market, [rational()], horizons)
    with pytest.raises(InputError, match="life_months: 0"):
        Forecaster(market, [rational()], life_months=0)
    forecaster = Forecaster(market, [rational()], HORIZONS)
    with pytest.raises(InputError, match="standings: expected one for each of 3 horizons, found 1"):
        forecaster.revalue([GROWING], [STANDING])
    with pytest.raises(InputError, match="demands: expected one row for each of 1 cohorts, found 2"):
        forecaster.revalue([GROWING] * 2, [STANDING] * 3)
    with pytest.raises(InputError, match=r"demands\[0\]: expected 3 horizons, found 2"):
        forecaster.revalue([GROWING[:2]], [STANDING] * 3)
    with pytest.raises(InputError, match=r"cohorts\[0\] = 1: must be within 0\.\.0"):
        forecaster.revalue([GROWING], [STANDING] * 3, cohorts=(1,))
    with pytest.raises(InputError, match=r"^case 0: pool_cost"):
        forecaster.revalue([GROWING], [standing(pool_cost=integers(1))] * 3)
    assert forecaster.revalue([GROWING], [STANDING] * 3).price.shape == (1, 3, 2), "and goes on afterwards"
