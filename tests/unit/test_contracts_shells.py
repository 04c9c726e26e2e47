"""Halls, connections and plants behind the meter, month by month."""

from __future__ import annotations

import numpy as np
import pytest

from wattmarket.contracts import ShellStock
from wattmarket.errors import InputError, InvariantError


def stock(horizon: int = 6) -> ShellStock:
    return ShellStock(
        np.array([100, 0]), np.array([80, 5]), np.array([0, 10]), np.array([70_000, 60_000]), horizon_months=horizon
    )


def test_each_part_stands_when_it_is_due() -> None:
    shells = stock()
    shells.start([0, 1, 1], [10, 20, 0], [10, 0, 7], [0, 0, 3], [2, 1, 6])
    assert shells.pipeline_shell_kw.tolist() == [10, 20]
    assert shells.pipeline_grid_kw.tolist() == [10, 7]
    assert shells.pipeline_btm_kw.tolist() == [0, 3]
    assert [part.tolist() for part in shells.at_horizon(2)] == [[110, 20], [90, 5], [0, 10]]
    done = [[part.tolist() for part in shells.advance()] for _ in range(8)]
    assert done[0] == [[0, 20], [0, 0], [0, 0]]
    assert done[1] == [[10, 0], [10, 0], [0, 0]]
    assert done[5] == [[0, 0], [0, 7], [0, 3]]
    assert not np.any(done[2:5] + done[6:])
    assert (shells.shell_kw.tolist(), shells.grid_kw.tolist(), shells.btm_kw.tolist()) == ([110, 20], [90, 12], [0, 13])


def test_a_site_may_start_twice_and_go_round_the_ring_of_months() -> None:
    shells = stock(horizon=2)
    for _ in range(5):
        shells.start([0, 0], [1, 2], 0, 0, [1, 2])
        shells.advance()
    assert shells.shell_kw[0] == 100 + 5 * 1 + 4 * 2
    assert shells.pipeline_shell_kw[0] == 2


def test_a_hall_that_is_stopped_never_stands() -> None:
    shells = stock()
    shells.advance()
    shells.start([0, 0, 1], [10, 20, 30], [10, 20, 0], 0, [2, 3, 2])
    # No more than is due with a connection in that month, however often it is asked for.
    shells.stop(np.array([0, 0, 1]), np.array([4, 5, 30]), np.array([2, 2, 2]))
    shells.stop(np.array([0]), np.array([50]), np.array([3]))
    assert (shells.pipeline_shell_kw.tolist(), shells.pipeline_grid_kw.tolist()) == ([1, 30], [1, 0])
    for _ in range(12):
        shells.advance()
    assert (shells.shell_kw.tolist(), shells.grid_kw.tolist()) == ([101, 30], [81, 5])


def test_plants_of_several_costs_run_at_their_mean() -> None:
    shells = stock()
    assert shells.btm_cost.tolist() == [70_000, 60_000]
    shells.start([0, 1], 0, 0, [5, 20], 3, btm_cost=[95_001, 90_000])
    assert shells.btm_cost_at(2).tolist() == [70_000, 60_000]
    assert shells.btm_cost_at(3).tolist() == [95_001, 80_000]
    for _ in range(3):
        shells.advance()
    assert shells.btm_cost.tolist() == [95_001, 80_000]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ((2, 1, 0, 0, 1), r"site\[0\] = 2"),
        ((0, -1, 0, 0, 1), r"shell_kw\[0\] = -1"),
        ((0, 1, 0, 0, 7), r"months\[0\] = 7: is not in 1\.\.6"),
        ((0, 1, 0, 0, 0), r"months\[0\] = 0"),
    ],
)
def test_bad_starts_are_refused(row: tuple[int, int, int, int, int], message: str) -> None:
    with pytest.raises(InputError, match=message):
        stock().start(*row)


def test_columns_of_another_length_are_refused() -> None:
    with pytest.raises(InputError, match="grid_kw"):
        ShellStock([1, 2], [1], [0, 0], [0, 0], 6)


def test_a_kilowatt_that_is_lost_is_noticed() -> None:
    shells = stock()
    shells.shell_kw[0] -= 1
    with pytest.raises(InvariantError, match="not what stood"):
        shells.advance()
