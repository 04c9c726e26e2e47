"""Who owns which accelerators, on cases to work out by hand, and beside the stock that knows no owners."""

from __future__ import annotations

import numpy as np
import pytest

from wattmarket.capacity.stock import CapacityStock
from wattmarket.contracts import AcceleratorFleet, TrancheState
from wattmarket.errors import InputError, InvariantError


def test_what_is_ordered_runs_when_it_is_ready_and_retires_when_it_is_old() -> None:
    fleet = AcceleratorFleet(2, 3)
    fleet.order(1, [0, 2, 2], [10, 20, 5], [2, 2, 4], [3, 5, 5])
    assert (fleet.pipeline_kw.tolist(), fleet.pipeline_site_kw.tolist()) == ([0, 35], [10, 0, 25])
    moves = [tuple(column.tolist() for column in fleet.advance(tick)) for tick in range(1, 10)]
    assert moves[1] == ([10, 0, 20], [0, 0, 0])
    assert moves[3] == ([0, 0, 5], [0, 0, 0])
    assert moves[4] == ([0, 0, 0], [10, 0, 0])
    assert moves[6] == ([0, 0, 0], [0, 0, 20])
    assert moves[8] == ([0, 0, 0], [0, 0, 5])
    assert not fleet.operating_kw.any()


def test_several_months_at_once_are_the_same_months() -> None:
    one, many = AcceleratorFleet(1, 1), AcceleratorFleet(1, 1)
    for fleet in (one, many):
        fleet.order(0, 0, [7, 9], [1, 3], [1, 4])
    moves = [many.advance(tick) for tick in range(1, 6)]
    completed, retired = one.advance(5)
    assert (completed, retired) == (sum(done for done, _ in moves), sum(old for _, old in moves))
    assert one.operating_kw.tolist() == many.operating_kw.tolist() == [[9]]


def test_with_one_owner_the_fleet_is_the_capacity_stock() -> None:
    opening, life, weights = np.array([[1_000, 37, 0]]), np.array([6, 4, 5]), np.array([3.0, 2.0, 1.0, 0.5])
    fleet = AcceleratorFleet(1, 3)
    fleet.seed(opening, life, weights)
    none = np.zeros(3, dtype=np.int64)
    stock = CapacityStock(opening[0], none, none, life_months=life, age_weights=weights, horizon_months=1)
    for tick in range(1, 8):
        assert fleet.at_horizon(2).tolist() == stock.at_horizon(2)[0].tolist()
        assert [column.tolist() for column in fleet.advance(tick)] == [column.tolist() for column in stock.advance()]
        assert fleet.operating_kw[0].tolist() == stock.pool_kw.tolist()
    assert not fleet.operating_kw.any()


def test_the_horizon_sees_what_retires_and_what_completes() -> None:
    fleet = AcceleratorFleet(1, 2)
    fleet.order(0, [0, 1], [10, 20], [1, 1], [4, 9])
    fleet.advance(1)
    fleet.order(0, [0, 1], [1, 2], [3, 6], [3, 60])
    assert fleet.at_horizon(3).tolist() == [10, 20]
    assert fleet.at_horizon(4).tolist() == [0, 20]
    assert fleet.due_by(2).tolist() == [1, 0]
    # What is ready in tick 3 and lives three months is gone in tick 6.
    assert fleet.due_by(5).tolist() == [0, 2]


def test_what_defaults_changes_hands_and_what_is_not_ready_is_cancelled() -> None:
    fleet = AcceleratorFleet(3, 2)
    fleet.order(0, [0, 1, 1], [10, 20, 30], [1, 1, 5], 12)
    fleet.order(1, 1, 7, 1, 12)
    fleet.advance(1)
    assert fleet.cancel(0).tolist() == [0, 30]
    assert fleet.transfer(0, 2).tolist() == [10, 20]
    assert fleet.operating_kw.tolist() == [[0, 0], [0, 7], [10, 20]]
    assert fleet.pipeline_site_kw.tolist() == [0, 0]
    assert fleet.tranches.state.tolist()[2] == TrancheState.CANCELLED
    fleet.advance(13)
    assert not fleet.operating_kw.any()


def test_what_is_ordered_can_change_hands_too() -> None:
    fleet = AcceleratorFleet(2, 1)
    fleet.order(0, 0, 5, 2, 9)
    fleet.transfer(0, 1)
    assert fleet.pipeline_kw.tolist() == [0, 5]
    fleet.advance(2)
    assert fleet.operating_kw.tolist() == [[0], [5]]
    assert fleet.transfer(1, 1).tolist() == [5]


@pytest.mark.parametrize(
    ("order", "message"),
    [
        ((2, 0, 1, 1, 1), r"agent\[0\] = 2"),
        ((0, 3, 1, 1, 1), r"site\[0\] = 3"),
        ((0, 0, -1, 1, 1), r"kw\[0\] = -1"),
        ((0, 0, 1, 0, 1), r"ready_tick\[0\] = 0"),
        ((0, 0, 1, 1, 0), r"life_months\[0\] = 0"),
    ],
)
def test_bad_orders_are_refused(order: tuple[int, int, int, int, int], message: str) -> None:
    fleet = AcceleratorFleet(2, 3)
    with pytest.raises(InputError, match=message):
        fleet.order(*order)
    assert len(fleet.tranches) == 0


def test_bad_openings_are_refused() -> None:
    fleet = AcceleratorFleet(1, 2)
    with pytest.raises(InputError, match="operating_kw: expected integers"):
        fleet.seed([[1, 2, 3]], 9, [1.0])
    with pytest.raises(InputError, match="below every life"):
        fleet.seed([[1, 2]], [9, 1], [1.0, 1.0])
    with pytest.raises(InputError, match="agent: 5"):
        fleet.transfer(0, 5)


def test_a_kilowatt_that_is_lost_is_noticed() -> None:
    fleet = AcceleratorFleet(1, 1)
    fleet.seed([[10]], 9, [1.0])
    fleet.operating_kw[0, 0] -= 1
    with pytest.raises(InvariantError, match="of 10 kW of accelerators 9"):
        fleet.advance(1)
    fleet.operating_kw[0, 0] += 1
    fleet.tranches.kw[0] += 1
    with pytest.raises(InvariantError, match="not those of the tranches"):
        fleet.check()
