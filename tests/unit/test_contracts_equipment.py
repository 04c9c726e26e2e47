"""Lead times that lengthen with orders."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from wattmarket.contracts import EquipmentQueue
from wattmarket.errors import InputError, InvariantError


def makers(growth: float = 0.0, **changed: int) -> EquipmentQueue:
    return EquipmentQueue("turbines", 100, 5, growth, 2_400, **changed)


def test_orders_lengthen_the_lead_time_and_come_when_it_is_over() -> None:
    queue = makers()
    assert queue.order(100, 0) == 5
    assert queue.order([30, 40], 0) == 6
    assert queue.lead_months == 6
    assert queue.lead_of(31) == 7
    delivered = [queue.advance(tick) for tick in range(1, 8)]
    assert delivered == [0, 0, 0, 0, 100, 70, 0]
    assert queue.lead_months == 5
    assert (queue.ordered_kw, queue.delivered_kw, queue.making_kw, queue.backlog_kw) == (170, 170, 0, 0)


def test_several_months_at_once_are_the_same_months() -> None:
    one, many = (
        makers(0.3, outside_kw_per_month=90, backlog_kw=500),
        makers(0.3, outside_kw_per_month=90, backlog_kw=500),
    )
    assert one.advance(24) == sum(many.advance(tick) for tick in range(1, 25))
    assert one.delivery_kw_per_month == many.delivery_kw_per_month


def test_makers_grow_only_while_they_are_behind() -> None:
    queue = makers(growth=0.1, outside_kw_per_month=100)
    queue.advance(24)
    assert queue.delivery_kw_per_month == 100
    queue.order(3_000, 24)
    queue.advance(36)
    assert queue.delivery_kw_per_month == 110
    queue.advance(48)
    assert queue.delivery_kw_per_month == 121


def test_what_it_costs() -> None:
    assert makers().cost_usd(10) == 24_000


@pytest.mark.parametrize("make", [EquipmentQueue.turbines, EquipmentQueue.transformers, EquipmentQueue.fuel_cells])
def test_makers_keep_up_with_others_and_fall_behind_with_a_boom(make: Callable[[], EquipmentQueue]) -> None:
    queue = make()
    queue.advance(36)
    assert queue.lead_months == queue.base_lead_months
    for tick in range(36, 48):
        queue.order(queue.delivery_kw_per_month, tick)
        queue.advance(tick + 1)
    assert queue.lead_months > queue.base_lead_months + 1


def test_bad_orders_and_makers_are_refused() -> None:
    with pytest.raises(InputError, match=r"kw\[1\] = -1"):
        makers().order([1, -1], 0)
    with pytest.raises(InputError, match="tick: 3 is not 0"):
        makers().order(1, 3)
    with pytest.raises(InputError, match=r"delivery_kw_per_month: 0 is below 1\n.*base_lead_months: 0 is below 1"):
        EquipmentQueue("none", 0, 0, 0.0, 0)
    with pytest.raises(InputError, match="growth_per_year: nan"):
        makers(float("nan"))


def test_a_kilowatt_that_is_lost_is_noticed() -> None:
    queue = makers()
    queue.order(10, 0)
    queue.backlog_kw -= 1
    with pytest.raises(InvariantError, match="of 10 kW ordered"):
        queue.advance(1)
