"""The split of rent adds up, and its labels follow the definitions."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from wattmarket.spot.reading import IDLE, LATENCY_BOUND, WATT_BOUND, percentile_by_kw, read_rents


def columns(*rows: list[int]) -> list[np.ndarray]:
    return [np.array(row, dtype=np.int64) for row in rows]


@given(st.data())
def test_the_parts_add_up_to_the_rent_and_latency_rent_is_never_negative(data: st.DataObject) -> None:
    pools = data.draw(st.integers(1, 12))
    ints = st.integers(0, 2_000)

    def draw() -> np.ndarray:
        return np.array(data.draw(st.lists(ints, min_size=pools, max_size=pools)), dtype=np.int64)

    free, running, energy, used = draw(), draw(), draw(), draw()
    cost = running + energy
    # Any equilibrium: a pool in use earns its cost and at least the budget-free price.
    price = np.maximum(np.maximum(free, cost), draw())
    reading = read_rents(
        pool_price=price,
        running_cost=running,
        energy_cost=energy,
        free_price=free,
        used_kw=used,
        free_kw=np.minimum(used, draw()),
        silicon_class=draw() % 2,
        annualised_silicon=np.array([500, 700]),
    )
    assert (reading.silicon + reading.watt + reading.latency == reading.rent).all()
    assert (reading.latency >= 0).all()
    assert (reading.rent >= 0).all()
    assert (reading.rent[used == 0] == 0).all()
    assert ((reading.label == IDLE) == (used == 0)).all()
    assert (reading.latency[reading.label == LATENCY_BOUND] > 0).all()


def test_cheap_power_makes_a_pool_watt_bound() -> None:
    price, running, energy, free, used, served_free, kind, annual = columns(
        [900, 900], [20, 20], [10, 60], [900, 900], [5, 95], [5, 95], [0, 0], [540]
    )
    reading = read_rents(
        pool_price=price,
        running_cost=running,
        energy_cost=energy,
        free_price=free,
        used_kw=used,
        free_kw=served_free,
        silicon_class=kind,
        annualised_silicon=annual,
    )
    # The poor ground is the dear-power pool, which carries 95 % of the kilowatts.
    assert reading.silicon_by_class.tolist() == [820]
    assert reading.watt.tolist() == [50, 0]
    assert reading.label[0] == WATT_BOUND


def test_a_class_that_serves_nothing_budget_free_falls_back_to_its_annualised_cost() -> None:
    price, running, energy, free, used, served_free, kind, annual = columns(
        [1400], [20], [100], [900], [10], [0], [1], [540, 720]
    )
    reading = read_rents(
        pool_price=price,
        running_cost=running,
        energy_cost=energy,
        free_price=free,
        used_kw=used,
        free_kw=served_free,
        silicon_class=kind,
        annualised_silicon=annual,
    )
    assert reading.silicon.tolist() == [720]
    assert reading.rent.tolist() == [1280]
    assert reading.latency.tolist() == [500]


def test_percentile_counts_kilowatts_not_rows() -> None:
    value, weight = columns([1, 2, 3], [4, 1, 95])
    assert percentile_by_kw(value, weight, 5) == 2
    assert percentile_by_kw(value, weight, 4) == 1
