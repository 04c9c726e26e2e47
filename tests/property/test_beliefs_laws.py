"""Forward curves of random markets: the same bits warm, cold and on any number of threads; land and slots suffice."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from tests.property.spot_worlds import Case, random_case, random_columns
from wattmarket.beliefs import Cohort, Forecaster, ForwardCurves, Standing
from wattmarket.spot import SpotDemand, SpotMarket

COLUMNS = ("price", "energy", "shell", "land", "lmp", "entry_kw", "refresh_kw")
COHORTS = [Cohort(str(neglect), "naive", neglect=neglect) for neglect in (0.0, 0.3, 1.0)]
HORIZONS = (6, 18, 72)


def one_pool_a_site(rng: np.random.Generator) -> Case:
    case = random_case(rng)
    layout = case.layout
    sites, classes = len(layout.site_zone), len(layout.class_shell)
    layout = dataclasses.replace(
        layout,
        pool_site=np.arange(sites),
        class_pool=(rng.random((classes, sites)) < 0.7) & ~layout.class_shell.any(axis=1)[:, None],
        pool_key=rng.integers(0, 1 << 62, sites, dtype=np.uint64),
    )
    return Case(layout, True, case.zones)


def random_standing(rng: np.random.Generator, case: Case) -> Standing:
    _, state = random_columns(rng, case)
    sites = len(case.layout.site_zone)
    assert state.entry_kw is not None
    assert state.entry_cost is not None
    assert state.slot_kw is not None
    assert state.refresh_cost is not None
    return Standing(
        state=dataclasses.replace(state, entry_kw=None, entry_cost=None, slot_kw=None, refresh_cost=None),
        pipeline_pool_kw=rng.integers(0, 20, sites),
        pipeline_shell_kw=rng.integers(0, 20, sites),
        pipeline_grid_kw=rng.integers(0, 20, sites),
        land_kw=state.entry_kw,
        slot_kw=state.slot_kw,
        entry_cost=state.entry_cost,
        refresh_cost=state.refresh_cost,
    )


def random_months(
    rng: np.random.Generator, case: Case, months: int
) -> list[tuple[list[list[SpotDemand]], list[Standing]]]:
    return [
        (
            [[random_columns(rng, case)[0] for _ in HORIZONS] for _ in COHORTS],
            [random_standing(rng, case) for _ in HORIZONS],
        )
        for _ in range(months)
    ]


def same(one: ForwardCurves, two: ForwardCurves) -> bool:
    return all((getattr(one, name) == getattr(two, name)).all() for name in COLUMNS)


@pytest.mark.parametrize("seed", range(20))
def test_curves_depend_neither_on_threads_nor_on_the_past(seed: int) -> None:
    rng = np.random.default_rng(50_000 + seed)
    case = one_pool_a_site(rng)
    life = rng.integers(1, 80, len(case.layout.site_zone))

    def forecaster() -> Forecaster:
        return Forecaster(SpotMarket(case.layout, entry=True), COHORTS, HORIZONS, life_months=life)

    serial, threaded = forecaster(), forecaster()
    for demands, standings in random_months(rng, case, 3):
        curves = serial.revalue(demands, standings, threads=1)
        assert same(curves, threaded.revalue(demands, standings, threads=2)), "threads"
        assert same(curves, forecaster().revalue(demands, standings, threads=1)), "warm and cold"
        alone = [forecaster().revalue([demands[row]], standings, cohorts=(row,)) for row in range(3)]
        for name in COLUMNS:
            rows = np.concatenate([getattr(one, name) for one in alone])
            assert (rows == getattr(curves, name)).all(), f"{name} of a cohort depends on the others"


@pytest.mark.parametrize("seed", range(20))
def test_nobody_builds_on_more_land_or_slots_than_there_are(seed: int) -> None:
    rng = np.random.default_rng(60_000 + seed)
    case = one_pool_a_site(rng)
    forecaster = Forecaster(SpotMarket(case.layout, entry=True), COHORTS, HORIZONS)
    for demands, standings in random_months(rng, case, 2):
        # The same land and slots at every horizon, so that the sum over horizons can be held against them.
        fixed = [
            dataclasses.replace(each, land_kw=standings[0].land_kw, slot_kw=standings[0].slot_kw) for each in standings
        ]
        curves = forecaster.revalue(demands, fixed)
        entered = curves.entry_kw.sum(axis=1)
        assert (entered <= fixed[0].land_kw).all()
        for cohort in range(len(COHORTS)):
            by_zone = np.bincount(case.layout.site_zone, weights=entered[cohort], minlength=case.zones)
            assert (by_zone <= fixed[0].slot_kw).all()
        assert (curves.land >= 0).all()
        assert (curves.shell >= 0).all()
