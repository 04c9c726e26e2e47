"""Slots that are auctioned, resold and given back, worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from queue_zones import filing, integers, zones

from wattmarket.errors import InputError
from wattmarket.queue import InterconnectionQueue, QueueRule, Reason, StudyDeposit

FCFS = QueueRule.fcfs().changed(connection_months=3, turn_months=2)
FREE = {"security_usd_per_kw": 0, "study_deposit": StudyDeposit(())}


def steps(queue: InterconnectionQueue, *ticks: int) -> None:
    for tick in ticks:
        queue.step(tick)


def test_slots_are_sold_to_whom_the_auction_says() -> None:
    rule = QueueRule.auction().changed(connection_months=2, patience_months=3)
    queue = InterconnectionQueue(zones((10, 0, 99)), rule, seed=1)
    steps(queue, 0)
    ids = queue.file(filing((0, 0, 0, 8), (0, 1, 1, 8)), tick=0)
    assert queue.supply().free_kw.tolist() == [10]
    assert queue.turns().request.tolist() == []
    with pytest.raises(InputError, match="zone Z0 has not so much"):
        queue.award(ids, integers(8, 8))
    queue.award(ids, integers(2, 8))
    assert queue.supply().free_kw.tolist() == [0]
    assert queue.deposits(agent=1).held_usd == 8 * 50
    steps(queue, 1, 2, 3)
    assert queue.ledger().energised_kw.tolist() == [10]
    # Who won 2 of 8 kW in tick 0 has lost patience with the rest.
    assert queue.withdrawn_by_reason_kw[0, Reason.PATIENCE] == 6
    assert queue.supply().free_kw.tolist() == [30]


def test_security_follows_what_is_sold_and_not_what_was_lost() -> None:
    rule = QueueRule.auction().changed(patience_months=2, penalty_share=(1.0,) * 6)
    queue = InterconnectionQueue(zones((10, 0, 0)), rule, seed=1)
    ids = queue.file(filing((0, 0, 0, 100)), tick=0)
    steps(queue, 0)
    queue.award(ids, integers(4))
    steps(queue, 1)
    queue.award(ids, integers(6))
    assert queue.requests.held_usd.tolist() == [10 * 50]
    steps(queue, 2, 3)
    assert queue.withdrawn_by_reason_kw[0, Reason.PATIENCE] == 90
    assert queue.requests.held_usd.tolist() == [10 * 50]


def test_an_auction_asks_nothing_again_from_who_has_paid_under_another_rule() -> None:
    queue = InterconnectionQueue(zones((10, 0, 0)), FCFS, seed=1)
    ids = queue.file(filing((0, 0, 0, 10), (0, 1, 1, 10)), tick=0)
    steps(queue, 0)
    (waits,) = ids[~np.isin(ids, queue.turns().request)]
    queue.change(rule=QueueRule.auction())
    steps(queue, 1)
    queue.award(integers(waits), integers(10))
    assert queue.requests.paid_usd[waits] == 500


def test_outside_developers_bid_for_what_their_projects_need() -> None:
    queue = InterconnectionQueue(zones((10, 1_000_000, 0), (10, 1_000_000, 0)), QueueRule.auction(), seed=2)
    steps(queue, 0)
    bids, r = queue.outside_bids(), queue.requests
    assert (bids.agent == -1).all()
    assert (r.bears_usd_per_kw[bids.request] >= bids.upgrade_usd_per_kw).all()
    queue.award(bids.request[:1], integers(5))
    rivals = np.flatnonzero(r.project == bids.project[0])
    wanted = int(r.kw[rivals].max())
    left = queue.outside_bids()
    of_it = np.isin(left.request, rivals)
    assert (left.kw[of_it] <= wanted - 5).all()


def test_a_holder_resells_what_is_not_energised_yet() -> None:
    queue = InterconnectionQueue(zones((10, 0, 0)), QueueRule.auction().changed(connection_months=4), seed=1)
    ids = queue.file(filing((0, 0, 0, 10)), tick=-1)
    steps(queue, 0)
    queue.award(ids, integers(6), connection_months=4)
    queue.award(ids, integers(4), connection_months=1)
    queue.ask(ids, integers(7), integers(9_000_000))
    offers = queue.supply()
    assert (offers.request.tolist(), offers.kw.tolist()) == ([0], [7])
    assert offers.ask_musd_per_kw_month.tolist() == [9_000_000]
    with pytest.raises(InputError, match="7 kW of request 0 is offered"):
        sold(queue, ids, 8)
    bought = sold(queue, ids, 5)
    assert queue.supply().kw.tolist() == [2]
    assert queue.requests.held_usd.tolist() == [250, 250]
    assert queue.requests.parent[bought].tolist() == [0]
    steps(queue, 1)
    # Due in tick 1: the 4 kW bought last, which the buyer got first.
    assert queue.requests.energised_kw.tolist() == [0, 4]
    steps(queue, 2, 3, 4)
    assert queue.requests.energised_kw.tolist() == [5, 5]
    # Sold in tick 0, but as old as the request it came from.
    assert queue.requests.filed[bought].tolist() == [-1]
    ledger = queue.ledger()
    assert (ledger.requested_kw.tolist(), ledger.resold_kw.tolist()) == ([15], [5])
    assert queue.supply().kw.tolist() == []


def sold(queue: InterconnectionQueue, ids: np.ndarray, kw: int) -> np.ndarray:
    one = integers(1)
    return queue.resell(
        ids, integers(kw), agent=one, project=one, site=-one, price_musd_per_kw_month=integers(9_500_000)
    )


def test_nothing_is_resold_where_the_rule_forbids_it() -> None:
    queue = InterconnectionQueue(zones((10, 0, 0)), FCFS, seed=1)
    ids = queue.file(filing((0, 0, 0, 10)), tick=0)
    steps(queue, 0)
    queue.award(ids, integers(10))
    with pytest.raises(InputError, match="does not allow"):
        queue.ask(ids, integers(1), integers(0))


def test_a_holder_that_fails_gives_back_what_is_not_energised() -> None:
    queue = InterconnectionQueue(zones((10, 0, 0)), FCFS, seed=1)
    ids = queue.file(filing((0, 0, 0, 10)), tick=0)
    steps(queue, 0)
    queue.award(ids, integers(4))
    queue.withdraw(ids, building=True)
    assert queue.ledger().withdrawn_kw.tolist() == [10]
    assert queue.free_kw.tolist() == [10]
    steps(queue, 1, 2, 3, 4)
    assert queue.ledger().energised_kw.tolist() == [0]
    assert queue.requests.held_usd.tolist() == [0]


def test_a_part_of_a_request_may_be_given_up() -> None:
    queue = InterconnectionQueue(zones((10, 0, 0)), FCFS, seed=1)
    ids = queue.file(filing((0, 0, 0, 20), (0, 1, 1, 20)), tick=0)
    steps(queue, 0)
    queue.withdraw(ids, integers(4, 30))
    assert queue.requests.remaining_kw.tolist() == [16, 0]
    assert queue.withdrawn_by_reason_kw[0, Reason.CHOICE] == 24
    assert (queue.requests.reserved_kw <= queue.requests.remaining_kw).all()
    # 50 $/kW are held of what is left, and what is lost is a part of the upgrade.
    assert queue.requests.held_usd.tolist() == [16 * 50, 0]


def test_what_is_handed_over_keeps_its_dates_and_its_deposit() -> None:
    queue = InterconnectionQueue(zones((20, 0, 0)), FCFS, seed=1)
    ids = queue.file(filing((0, 0, 0, 30), (0, 0, 1, 5)), tick=-1)
    steps(queue, 0)
    queue.award(ids[:1], integers(4), connection_months=1)
    steps(queue, 1)
    queue.award(ids[:1], integers(6), connection_months=3)
    paid = queue.requests.held_usd.sum()
    new = queue.hand_over(ids, agent=9)
    r = queue.requests
    # The second request has bought nothing, and waits on.
    assert (new.tolist(), r.parent[new].tolist(), r.agent.tolist()) == ([2], [0], [0, 0, 9])
    assert (r.energised_kw.tolist(), r.building_kw.tolist()) == ([0, 0, 4], [0, 0, 6])
    assert (r.resold_kw.tolist(), r.remaining_kw.tolist()) == ([10, 0, 0], [20, 5, 0])
    assert (r.filed[new].tolist(), r.project[new].tolist()) == ([-1], [0])
    assert r.held_usd.sum() == paid
    assert r.held_usd[new].tolist() == [300]
    assert [column.tolist() for column in queue.building()] == [[2], [6], [4]]
    steps(queue, 2, 3, 4)
    assert queue.requests.energised_kw[new].tolist() == [10]
    assert queue.hand_over(ids, agent=9).tolist() == []
