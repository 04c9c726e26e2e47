"""Capacity keeps count of every kilowatt, and zone supply follows its slots."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from wattmarket.capacity.pipeline import initial_pipeline
from wattmarket.capacity.sites import SiteColumns
from wattmarket.capacity.stock import CapacityStock, Starts
from wattmarket.capacity.supply import ZoneSupply
from wattmarket.finance import annuity_factor, hurdle_rate, usd_per_mwh_of_capital
from wattmarket.scenario import Scenario
from wattmarket.world import WorldConfig, build_world


def integers(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.int64)


def stock() -> CapacityStock:
    return CapacityStock(
        integers(1_000, 7),
        integers(2_000, 7),
        integers(2_000, 7),
        life_months=integers(60, 3),
        age_weights=np.ones(3),
        horizon_months=24,
    )


def test_what_stood_plus_completed_less_retired_is_what_stands() -> None:
    held = stock()
    held.start(Starts(integers(50, 0), integers(40, 5), integers(2, 24)))
    before = held.pool_kw.copy()
    completed_in_all = np.zeros(2, dtype=np.int64)
    retired_in_all = np.zeros(2, dtype=np.int64)
    for month in range(1, 63):
        completed, retired = held.advance()
        completed_in_all += completed
        retired_in_all += retired
        assert (before + completed_in_all - retired_in_all == held.pool_kw).all()
        if month == 2:
            assert completed.tolist() == [50, 0]
            assert held.shell_kw.tolist() == [2_040, 7]
        if month == 24:
            assert held.shell_kw.tolist() == [2_040, 12]
    # Everything of the start has retired, the order of month 2 lives 60 months.
    assert held.pool_kw.tolist() == [0, 0]
    assert retired_in_all.tolist() == [1_050, 7]


def test_the_oldest_retire_first_and_ages_spread_without_loss() -> None:
    held = stock()
    assert held.advance()[1].tolist() == [0, 3]
    assert held.advance()[1].tolist() == [0, 2]
    assert held.advance()[1].tolist() == [0, 2]


def test_the_horizon_counts_the_pipeline_and_the_retirements() -> None:
    held = stock()
    held.start(Starts(integers(50, 10), integers(40, 5), integers(2, 24)))
    pool, shell, grid = held.at_horizon(2)
    assert pool.tolist() == [1_050, 7 - 5 + 10]
    assert shell.tolist() == [2_040, 12]
    assert grid.tolist() == [2_040, 12]


def test_the_horizon_counts_what_is_under_way_and_retires_before() -> None:
    """Accelerators of the second site live three months: those of months 1 and 2 are gone in month 5."""
    held = stock()
    for month in (1, 2, 3):
        held.start(Starts(integers(10, 10), integers(0, 0), integers(month, month)))
    assert held.at_horizon(5)[0].tolist() == [1_030, 10]
    assert held.retiring_in(24).tolist() == [0, 0]
    assert held.retiring_in(61).tolist() == [0, 0]
    for _ in range(5):
        held.advance()
    assert held.pool_kw.tolist() == [1_030, 10]


def test_installing_from_a_table_reports_the_difference() -> None:
    held = stock()
    added, removed = held.install(integers(900, 20), integers(2_000, 20), integers(2_000, 20))
    assert added.tolist() == [0, 13]
    assert removed.tolist() == [100, 0]
    held.advance()


def opening(per_year: float) -> tuple[Scenario, SiteColumns, CapacityStock]:
    """A small world's stock before its first month; nothing of it retires for five years."""
    scenario = Scenario().with_settings([f"demand.growth=[{{ per_year = {per_year} }}]"])
    sites = SiteColumns.of(build_world(WorldConfig(metros=20, sites=50), 0))
    life = np.full_like(sites.pool_kw, 60)
    held = CapacityStock(
        sites.pool_kw, sites.shell_kw, sites.grid_kw, life_months=life, age_weights=np.ones(1), horizon_months=24
    )
    return scenario, sites, held


def test_what_is_under_way_at_the_start_carries_growth_on_from_the_first_month() -> None:
    scenario, sites, held = opening(1.59)
    for starts in initial_pipeline(scenario, sites, held):
        held.start(starts)
    before = held.pool_kw.sum()
    for month in range(1, 25):
        held.advance()
        assert held.pool_kw.sum() == pytest.approx(before * 1.59 ** (month / 12), rel=1e-4)
    assert (held.shell_kw <= np.maximum(sites.shell_kw, sites.buildable_kw)).all()


def test_nothing_new_is_under_way_where_demand_shrinks() -> None:
    for starts in initial_pipeline(*opening(0.5)):
        assert (starts.shell_kw == 0).all()
        assert (starts.pool_kw == 0).all()


def test_candidates_come_on_line_in_merit_order_as_slots_are_released() -> None:
    zones = pl.DataFrame({"zone_id": ["A", "B"], "pue": [1.25, 1.0], "slot_release_mw_per_month": [25.0, 1.0]})
    generators = pl.DataFrame(
        {
            "zone_id": ["A", "A", "A", "B"],
            "technology": ["hydro", "gas_ccgt", "wind", "nuclear_restart"],
            "grid_mw": [10.0, 100.0, 50.0, 800.0],
            "marginal_cost_usd_per_mwh": [20.0, 60.0, 40.0, 30.0],
            "build_months": [0.0, 36.0, 24.0, 2.0],
            "state": ["operating", "candidate", "candidate", "dormant"],
        }
    )
    supply = ZoneSupply(zones, generators)
    assert supply.step_cost.tolist() == [25_000, 75_000, 50_000, 30_000]
    assert supply.step_kw().tolist() == [8_000, 0, 0, 0]
    supply.advance()
    assert supply.step_kw().tolist() == [8_000, 0, 20_000, 0]
    assert supply.step_kw(2).tolist() == [8_000, 20_000, 40_000, 800_000]
    assert supply.released_kw(1).tolist() == [40_000, 2_000]


def test_annuities_match_the_textbook_and_risk_raises_the_hurdle() -> None:
    assert float(annuity_factor(np.array(0.08), 10)) == pytest.approx(6.7100814, abs=1e-7)
    assert float(usd_per_mwh_of_capital(np.array(8_760.0), np.array(0.08), 10)) == pytest.approx(1_000 / 6.7100814)
    rates = hurdle_rate(np.full(3, 0.09), np.array([0.0, 0.05, 0.85]))
    assert (np.diff(rates) > 0).all()
