"""Lines and clusters, deposits and duplicates, on cases small enough to work out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from queue_zones import filing, integers, zones

from wattmarket.errors import InputError, InvariantError
from wattmarket.queue import Filing, InterconnectionQueue, QueueRule, Reason, Stage, StudyDeposit
from wattmarket.queue.line import deal_pro_rata

FCFS = QueueRule.fcfs().changed(connection_months=3, turn_months=2)
FREE = {"security_usd_per_kw": 0, "study_deposit": StudyDeposit(())}


def steps(queue: InterconnectionQueue, *ticks: int) -> None:
    for tick in ticks:
        queue.step(tick)


def test_first_come_is_first_served_and_the_last_gets_a_part() -> None:
    queue = InterconnectionQueue(zones((10, 0, 2)), FCFS, seed=1)
    first = queue.file(filing((0, 0, 0, 25)), tick=0)
    steps(queue, 0)
    second = queue.file(filing((0, 1, 1, 25)), tick=0)
    third = queue.file(filing((0, 2, 2, 25)), tick=1)
    steps(queue, 1)
    assert queue.turns().request.tolist() == []
    assert queue.free_kw.tolist() == [20]
    # Studied in tick 2, when 30 kW are there: 25 for one of the two of tick 0, 5 for the other.
    steps(queue, 2)
    early = [first[0], second[0]]
    luckier = early[int(queue.requests.luck[early[1]] < queue.requests.luck[early[0]])]
    assert dict(zip(queue.turns().request.tolist(), queue.turns().kw.tolist(), strict=True)) == {
        luckier: 25,
        early[0] + early[1] - luckier: 5,
    }
    steps(queue, 3)
    assert queue.turns().kw.sum() == 40
    assert third[0] not in queue.turns().request


def test_what_is_sold_is_energised_after_the_connection_is_built() -> None:
    queue = InterconnectionQueue(zones((10, 0, 1)), FCFS, seed=1)
    ids = queue.file(filing((0, 4, 7, 15)), tick=0)
    steps(queue, 0, 1)
    queue.award(ids, integers(12))
    assert queue.requests.stage.tolist() == [Stage.TURN]
    steps(queue, 2)
    queue.award(ids, integers(3), connection_months=0)
    assert queue.requests.stage.tolist() == [Stage.BUILDING]
    steps(queue, 3)
    assert queue.ledger().energised_kw.tolist() == [3]
    steps(queue, 4)
    assert queue.ledger().energised_kw.tolist() == [15]
    assert queue.requests.stage.tolist() == [Stage.CLOSED]
    # 3 kW after 2 months, though booked by the third step, and 12 kW after 4.
    assert queue.waits().realised_months.tolist() == [(3 * 2 + 12 * 4) / 15]
    assert queue.waits(since=4).energised_kw.tolist() == [12]
    assert queue.waits(since=5).realised_months.tolist() == [0.0]


def test_a_turn_that_nobody_uses_lapses_and_frees_its_lot() -> None:
    queue = InterconnectionQueue(zones((10, 0, 0)), FCFS, seed=1)
    queue.file(filing((0, 0, 0, 10), (0, 1, 1, 10)), tick=0)
    steps(queue, 0)
    (lucky,) = queue.turns().request
    steps(queue, 1)
    assert queue.turns().kw.tolist() == [10, 10]
    steps(queue, 2)
    assert queue.requests.withdrawn_kw[lucky] == 10
    assert queue.turns().request.tolist() == [1 - lucky]
    assert queue.withdrawn_by_reason_kw[0, Reason.LAPSED] == 10
    assert queue.free_kw.tolist() == [20]


def test_a_project_that_has_its_connection_withdraws_its_duplicates() -> None:
    queue = InterconnectionQueue(zones((20, 0, 0), (1, 0, 0), (20, 0, 0)), FCFS.changed(**FREE), seed=1)
    ids = queue.file(filing((0, 0, 5, 20), (1, 0, 5, 20), (2, 1, 6, 20), (1, 1, 6, 30)), tick=0)
    steps(queue, 0)
    queue.award(ids[[0, 2]], integers(20, 20))
    queue.step(1)
    # Project 5 has all it needs; project 6 needs 10 kW more.
    assert queue.requests.withdrawn_kw[ids].tolist() == [0, 20, 0, 0]
    queue.step(2, connected_projects=[6])
    assert queue.requests.withdrawn_kw[ids].tolist() == [0, 20, 0, 30]
    assert queue.withdrawn_by_reason_kw[1, Reason.DUPLICATE] == 50


def test_who_does_not_bear_the_upgrade_leaves_when_the_study_tells_it() -> None:
    queue = InterconnectionQueue(zones((10, 0, 5)), FCFS, seed=3)
    queue.file(filing((0, 0, 0, 10), (0, 1, 1, 10)), tick=0)
    cost = queue.requests.drawn_usd_per_kw.copy()
    bears = np.array([cost[0], cost[1] - 1])
    for tick in range(3):
        queue.step(tick, bears)
        assert queue.requests.upgrade_usd_per_kw.tolist() == [-1, -1]
    queue.step(3, bears)
    assert queue.requests.upgrade_usd_per_kw.tolist() == cost.tolist()
    assert queue.requests.withdrawn_kw.tolist() == [0, 10]
    # A project may change its mind later, too.
    queue.step(4, np.array([cost[0] - 1, 0]))
    assert queue.withdrawn_by_reason_kw[0, Reason.UPGRADE] == 20


def test_options_are_given_up_when_a_commitment_is_asked_and_the_best_request_is_not() -> None:
    queue = InterconnectionQueue(zones((1, 0, 0), (1, 0, 0)), FCFS, seed=1)
    queue.file(filing((0, 0, 0, 10), (1, 0, 0, 10)), tick=0)
    cost = queue.requests.drawn_usd_per_kw
    queue.step(0, np.full(2, cost.max() + 49))
    assert queue.requests.withdrawn_kw[int(cost.argmax())] == 10
    assert queue.withdrawn_by_reason_kw[:, Reason.COMMITMENT].sum() == 10
    # Who hardly bears the best request signs for it all the same.
    poor = InterconnectionQueue(zones((1, 0, 0), (1, 0, 0)), FCFS, seed=1)
    poor.file(filing((0, 0, 0, 10), (1, 0, 0, 10)), tick=0)
    poor.step(0, np.full(2, cost.min()))
    assert poor.requests.stage[int(cost.argmin())] == Stage.TURN
    calm = InterconnectionQueue(zones((1, 0, 0), (1, 0, 0)), FCFS, seed=1)
    calm.file(filing((0, 0, 0, 10), (1, 0, 0, 10)), tick=0)
    calm.step(0, np.full(2, cost.max() + 50))
    assert calm.requests.withdrawn_kw.sum() == 0
    # A minimum take of half for two years at 10 $/kW-month is 120 $/kW more.
    bound = FCFS.changed(minimum_take_share=0.5, minimum_take_months=24)
    assert bound.commitment_usd_per_kw(cost).tolist() == [170, 170]


def test_deposits_of_the_first_rule() -> None:
    rule = FCFS.changed(penalty_share=(0.0, 0.0, 0.0, 0.5, 0.5, 0.5))
    queue = InterconnectionQueue(zones((200_000, 0, 0)), rule, seed=1)
    ids = queue.file(filing((0, 0, 0, 100_000), (0, 1, 1, 50_000)), tick=0)
    assert queue.deposits().paid_usd == 100_000
    assert queue.deposits(agent=1).paid_usd == 0
    queue.step(0)
    cost = queue.requests.upgrade_usd_per_kw[ids].tolist()
    # The fee has paid for the study; 50 $/kW are held.
    assert queue.requests.applied_usd.tolist() == [100_000, 0]
    assert queue.requests.held_usd.tolist() == [5_000_000, 2_500_000]
    queue.withdraw(ids[1:])
    lost = min(2_500_000, round(0.5 * cost[1] * 50_000))
    assert queue.deposits(agent=1).forfeited_usd == lost
    assert queue.deposits(agent=1).returned_usd == 2_500_000 - lost
    queue.award(ids[:1], integers(100_000))
    for tick in range(1, 4):
        queue.step(tick)
    spent = min(5_000_000, cost[0] * 100_000)
    assert queue.deposits(agent=0).applied_usd == 100_000 + spent
    assert queue.deposits().held_usd == 0


def test_minimum_take_is_owed_from_energisation_on() -> None:
    rule = FCFS.changed(minimum_take_share=0.85, minimum_take_months=2, connection_months=1)
    queue = InterconnectionQueue(zones((10, 0, 0)), rule, seed=1)
    ids = queue.file(filing((0, 0, 0, 10)), tick=0)
    queue.step(0)
    queue.award(ids, integers(10))
    owed = []
    for tick in range(1, 4):
        queue.step(tick)
        owed.append(int(queue.minimum_take_kw()[0]))
    assert owed == [8, 8, 0]


def test_a_cluster_is_studied_together_and_shares_alike() -> None:
    rule = QueueRule.cluster().changed(window_months=2, study_months=(1, 1))
    queue = InterconnectionQueue(zones((10, 0, 99)), rule, seed=1)
    first = queue.file(filing((0, 0, 0, 40)), tick=0)
    steps(queue, 0)
    second = queue.file(filing((0, 1, 1, 80)), tick=1)
    steps(queue, 1)
    later = queue.file(filing((0, 2, 2, 10)), tick=2)
    assert queue.requests.stage.tolist() == [Stage.WINDOW] * 3
    steps(queue, 2)
    assert queue.requests.stage.tolist() == [Stage.STUDY, Stage.STUDY, Stage.WINDOW]
    steps(queue, 3, 4)
    # 50 kW released, a third of them to who asks for a third.
    assert queue.turns().request.tolist() == [first[0], second[0]]
    assert queue.turns().kw.tolist() == [16, 34]
    assert queue.requests.reserved_kw[later].tolist() == [0]


def test_deposits_of_a_cluster_rise_and_leaving_costs_more_and_more() -> None:
    rule = QueueRule.cluster().changed(window_months=1, study_months=(1, 1))
    queue = InterconnectionQueue(zones((1, 0, 0)), rule, seed=1)
    ids = queue.file(filing(*((0, agent, agent, 100_000) for agent in range(4))), tick=0)
    assert queue.requests.held_usd.tolist() == [450_000] * 4
    queue.withdraw(ids[:1])
    assert queue.requests.returned_usd[0] == 450_000
    steps(queue, 0, 1)
    queue.withdraw(ids[1:2])
    assert queue.requests.forfeited_usd[1] == 300_000
    assert queue.requests.applied_usd[1] == 150_000
    steps(queue, 2)
    cost = queue.requests.upgrade_usd_per_kw * 100_000
    held = max(300_000, round(0.05 * cost[2]))
    assert queue.requests.held_usd[2] == held
    queue.withdraw(ids[2:3])
    assert queue.requests.forfeited_usd[2] == min(held, round(0.10 * cost[2]))
    steps(queue, 3)
    assert queue.requests.held_usd[3] == max(300_000, round(0.05 * cost[3]), round(0.20 * cost[3]))
    queue.withdraw(ids[3:])
    assert queue.requests.forfeited_usd[3] == round(0.20 * cost[3])


def test_a_sale_may_be_booked_before_the_months_step() -> None:
    queue = InterconnectionQueue(zones((10, 0, 0)), FCFS, seed=1)
    ids = queue.file(filing((0, 0, 0, 10)), tick=0)
    steps(queue, 0)
    queue.award(ids, integers(10), tick=1)
    steps(queue, 1, 2, 3)
    assert queue.ledger().energised_kw.tolist() == [0]
    steps(queue, 4)
    assert queue.ledger().energised_kw.tolist() == [10]
    with pytest.raises(InputError, match="tick: 6 is neither 4 nor"):
        queue.award(ids, integers(0), tick=6)


def test_an_outside_project_buys_what_it_needs_in_one_zone_or_the_other_and_no_more() -> None:
    """Both zones have room for everybody in the first month: every project with two requests gets two turns at once."""
    plenty = 10_000_000
    found = 0
    for seed in range(20):
        queue = InterconnectionQueue(zones((plenty, 1_000_000, 0), (plenty, 1_000_000, 0)), FCFS, seed)
        steps(queue, 0)
        r = queue.requests
        turned = np.bincount(-1 - r.project, weights=r.stage >= Stage.TURN)
        found += int((np.bincount(-1 - r.project, weights=r.reserved_kw) > 0).any() and turned.max() > 1)
        bought = np.bincount(-1 - r.project, weights=r.building_kw)
        wanted = np.zeros(len(bought))
        np.maximum.at(wanted, -1 - r.project, r.kw)
        assert (bought <= wanted).all()
    assert found > 0


def test_ids_come_in_the_order_given_and_do_not_depend_on_it() -> None:
    rows = ((0, 0, 5, 10), (1, 0, 5, 20), (0, 0, 3, 30))
    queues = [InterconnectionQueue(zones((10, 0, 2), (10, 0, 2)), FCFS, seed=1) for _ in range(2)]
    there = queues[0].file(filing(*rows), tick=0)
    back = queues[1].file(filing(*rows[::-1]), tick=0)
    assert there.tolist() == back[::-1].tolist()
    assert queues[0].requests.kw[there].tolist() == [10, 20, 30]


def test_a_cluster_beyond_64_bits_is_refused() -> None:
    with pytest.raises(InputError, match="more than 3000000000"):
        deal_pro_rata(integers(0), integers(0), integers(3_000_000_001), integers(1))


def test_release_carries_over_and_may_change() -> None:
    queue = InterconnectionQueue(zones((10, 0, 0), (0, 0, 0)), FCFS, seed=1)
    steps(queue, 0, 1)
    queue.change(release_kw_per_month=integers(3, 1))
    steps(queue, 2)
    assert queue.free_kw.tolist() == [23, 1]
    queue.change(rule=QueueRule.auction())
    assert queue.supply().free_kw.tolist() == [23, 1]


def test_expected_waits_are_backlog_over_release() -> None:
    queue = InterconnectionQueue(zones((10, 0, 2), (0, 0, 2), (5, 0, 9)), FCFS, seed=1)
    queue.file(filing((0, 0, 0, 100), (1, 0, 1, 7)), tick=0)
    queue.step(0)
    waits = queue.waits()
    assert waits.backlog_kw.tolist() == [90, 7, 0]
    assert waits.backlog_months.tolist() == [9.0, np.inf, 0.0]
    assert waits.expected_months.tolist() == [9.0 + 3, np.inf, 9.0 + 3]


def test_what_does_not_add_up_is_refused_by_name() -> None:
    queue = InterconnectionQueue(zones((10, 0, 2)), FCFS, seed=1)
    queue.file(filing((0, 0, 0, 10)), tick=0)
    queue.requests.remaining_kw[0] = 9
    with pytest.raises(InvariantError, match=r"zone Z0: request 0: kW do not add up: 10, 0, 9, 0, 0"):
        queue.step(0)


def test_input_is_looked_at() -> None:
    queue = InterconnectionQueue(zones((10, 0, 2)), FCFS, seed=1)
    with pytest.raises(InputError, match=r"zone\[0\] = 1: is not in 0..0\nkw\[1\] = 0: is not in 1..100000000"):
        queue.file(filing((1, 0, 0, 5), (0, 0, 1, 0)), tick=0)
    with pytest.raises(InputError, match="site: expected 1 integers, found float64"):
        queue.file(Filing(integers(0), integers(0), integers(0), integers(5), np.array([0.5])), tick=0)
    with pytest.raises(InputError, match="project: 3 asks twice for one site of zone 0"):
        queue.file(filing((0, 0, 3, 5), (0, 0, 3, 5)), tick=0)
    with pytest.raises(InputError, match="tick: 2 is neither -1 nor"):
        queue.file(filing((0, 0, 0, 5)), tick=2)
    with pytest.raises(InputError, match="tick: 1 does not follow -1"):
        queue.step(1)
    ids = queue.file(filing((0, 0, 0, 5)), tick=0)
    queue.step(0)
    with pytest.raises(InputError, match="expected 1 rows"):
        queue.step(1, integers(1, 2))
    with pytest.raises(InputError, match="is more than is there"):
        queue.award(ids, integers(1))
    with pytest.raises(InputError, match="one comes twice"):
        queue.award(integers(0, 0), integers(0, 0))
    with pytest.raises(InputError, match=r"not all in 0\.\.0"):
        queue.withdraw(integers(1))
    with pytest.raises(InputError, match="release_kw_per_month"):
        queue.change(release_kw_per_month=integers(-1))


def test_a_rule_out_of_range_is_refused() -> None:
    with pytest.raises(InputError, match="mechanism: 'lottery'"):
        QueueRule(mechanism="lottery")  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"turn_months: 0 is not in 1..240\npenalty_share: expected 6 shares"):
        QueueRule(turn_months=0, penalty_share=(0.5,))
    with pytest.raises(InputError, match="study_months"):
        QueueRule(study_months=(-1, 0))
