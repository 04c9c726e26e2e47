"""Slots that are sold in the joint auction: whose they become, what they cost, and a queue that becomes an auction."""

from __future__ import annotations

import numpy as np
import pytest

from tests.unit.living_world import model_of, small_world
from wattmarket.agents.auction import Awards
from wattmarket.agents.books import Account
from wattmarket.agents.lots import GRID, LotColumns
from wattmarket.living import Economy, WattMarketModel, market
from wattmarket.living.slots import OPERATOR, may_buy, slot_steps
from wattmarket.living.space import EmptySpace
from wattmarket.queue import OUTSIDE, Stage
from wattmarket.scenario import Event, Scenario

AUCTION = ("queue.mechanism=auction", "queue.filed_per_firm_kw=3")


def test_slots_go_to_who_gives_most_and_no_zone_sells_more_than_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    settle, prices, outsiders = market.settle, [], []
    model = model_of(18, *AUCTION)
    queue = model.economy.building.queue

    def watched(economy: Economy, lots: LotColumns, awards: Awards, empty: EmptySpace) -> None:
        free = queue.supply().free_kw
        settle(economy, lots, awards, empty)
        assert (queue.supply().free_kw >= 0).all()
        won = lots.route[awards.lot] == GRID
        zone = economy.ground.sites.zone[lots.site[awards.lot[won]]]
        price = awards.clearing.price("slot")[zone]
        assert (awards.slot[won] == price).all()
        assert (queue.supply().free_kw <= free).all()
        prices.extend(price.tolist())
        # A slot costs at least what the outside developers that go without would have given for it.
        offers, rows = awards.clearing.book.offers, awards.offers["slot"]
        asks, sold = np.asarray(offers.ask)[rows], awards.clearing.sold_kw[rows]
        assert (asks[sold > 0] <= awards.clearing.price("slot")[np.asarray(offers.index)[rows][sold > 0]]).all()

    monkeypatch.setattr(market, "settle", watched)
    while model.running:
        requests = queue.requests
        before = requests.building_kw[requests.agent == OUTSIDE].sum()
        model.step()
        outsiders.append(int(queue.requests.building_kw[queue.requests.agent == OUTSIDE].sum() - before))
    assert len(prices) > 10
    assert max(prices) > 0
    assert max(outsiders) > 0
    assert (queue.requests.reserved_kw == 0).all()
    # No project of an outside developer has more than it asked for.
    requests = queue.requests
    mine = np.flatnonzero(requests.agent == OUTSIDE)
    projects, row = np.unique(requests.project[mine], return_inverse=True)
    wanted, has = np.zeros((2, len(projects)), dtype=np.int64)
    np.maximum.at(wanted, row, requests.kw[mine])
    np.add.at(has, row, (requests.building_kw + requests.energised_kw)[mine])
    assert (has <= wanted).all()


def test_the_steps_of_a_zone_are_what_is_free_dearest_outsiders_first() -> None:
    model = model_of(8, *AUCTION)
    for _ in range(6):
        model.step()
    economy = model.economy
    queue, lots = economy.building.queue, model.desk.view.lots
    steps = slot_steps(economy, lots)
    total = np.zeros(len(queue.free_kw), dtype=np.int64)
    first = steps.seller == OPERATOR
    np.add.at(total, steps.zone[first], steps.grid_kw[first])
    assert (total <= queue.free_kw).all()
    assert (steps.grid_kw > 0).all()
    assert (np.ceil(steps.kw * steps.pue) <= steps.grid_kw).all()
    assert (steps.ask[first & (steps.request == OPERATOR)] == 0).all()
    outside = steps.request[steps.request != OPERATOR]
    assert (queue.requests.agent[outside] == OUTSIDE).all()
    assert (queue.requests.stage[outside] == Stage.READY).all()


def test_requests_of_a_site_share_its_room() -> None:
    model = model_of(8, *AUCTION)
    for _ in range(4):
        model.step()
    economy = model.economy
    turns = may_buy(economy)
    assert len(turns.kw) > 0
    room = economy.building.room_kw() * economy.rows.site_pue
    asked = np.zeros(len(room), dtype=np.int64)
    np.add.at(asked, turns.site, turns.kw)
    assert (asked <= room).all()
    assert (turns.upgrade_usd_per_kw >= economy.building.queue.rule.security_usd_per_kw).all()


def test_what_slots_cost_reaches_the_operator_of_the_zone() -> None:
    model = model_of(18, *AUCTION)
    model.run_model()
    books, requests = model.economy.books, model.economy.building.queue.requests
    own = requests.agent >= 0
    assert requests.building_kw[own].sum() + requests.energised_kw[own].sum() > 0
    operators = model.population.of_class("utility")
    assert (books.balance[operators, Account.INCOME] <= 0).all()
    assert (books.balance.sum(axis=1) == 0).all()


@pytest.mark.parametrize(("first", "then"), [("fcfs", "auction"), ("auction", "cluster"), ("cluster", "fcfs")])
def test_a_queue_may_be_reformed(first: str, then: str) -> None:
    reform = Event(date="2024-01", set={"queue.mechanism": then})
    scenario = Scenario(event=[reform]).with_settings([f"queue.mechanism={first}", "run.months=30"])
    model = WattMarketModel(scenario, small_world())
    queue = model.economy.building.queue
    reserved = 0
    while model.running:
        model.step()
        slots = queue.ledger()
        ended = slots.energised_kw + slots.waiting_kw + slots.withdrawn_kw + slots.resold_kw
        assert (slots.requested_kw == ended).all()
        assert (model.economy.books.balance.sum(axis=1) == 0).all()
        assert queue.rule.mechanism == (first if model.tick < 12 else then)
        if queue.rule.mechanism == "auction":
            assert queue.requests.reserved_kw.sum() == 0
        else:
            reserved = max(reserved, int(queue.requests.reserved_kw.sum()))
    assert queue.ledger().energised_kw.sum() > 0
