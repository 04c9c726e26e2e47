"""Slots that change hands in the joint auction: who sells, what it costs, and what becomes of both requests."""

from __future__ import annotations

import numpy as np
import pytest
from living_world import model_of
from queue_zones import integers

from wattmarket import numeric
from wattmarket.agents.auction import Awards
from wattmarket.agents.books import Account, Outside
from wattmarket.agents.lots import GRID, LotColumns
from wattmarket.living import Economy, WattMarketModel, market
from wattmarket.living.defaults import hand_over_connections
from wattmarket.living.resale import ResoldPieces, book_resales, offer_slots, pay_sellers, resold_pieces
from wattmarket.living.slots import OPERATOR, SlotSteps, slot_steps
from wattmarket.queue import NO_SITE, OUTSIDE, Reason

AUCTION = ("queue.mechanism=auction", "queue.filed_per_firm_kw=3")


def steps_of(zone: list[int], seller: list[int], grid_kw: list[int], pue: float) -> SlotSteps:
    grid = np.array(grid_kw)
    nobody = np.full(len(zone), OPERATOR)
    kw = np.floor(grid / pue).astype(np.int64)
    return SlotSteps(np.array(zone), nobody, np.array(seller), grid, kw, np.zeros_like(kw), np.full(len(zone), pue))


def test_awards_take_the_operators_slots_first_and_those_delivered_soonest_take_the_rest() -> None:
    steps = steps_of([0, 0, 1], [7, OPERATOR, 8], [110, 100, 50], 1.0)
    pieces = resold_pieces(
        steps,
        integers(60, 90, 5),
        zone=integers(0, 1, 0),
        months=integers(12, 12, 30),
        kw=integers(100, 5, 50),
        pue=np.array([1.5, 1.0, 1.0]),
        grid_kw=integers(150, 5, 50),
    )
    # The later award of zone 0 has 50 kW of the operator's; the sooner one the other 40, and 60 kW from request 7.
    assert [column.tolist() for column in (pieces.award, pieces.seller, pieces.kw)] == [[0, 1], [7, 8], [90, 5]]


@pytest.mark.parametrize("seed", range(20))
def test_no_holder_sells_more_than_it_offers_however_awards_round(seed: int) -> None:
    rng = np.random.default_rng(seed)
    lots, steps_count = int(rng.integers(1, 9)), int(rng.integers(1, 9))
    pue = 1.0 + rng.random(lots)
    seller = np.where(rng.random(steps_count) < 0.7, np.arange(steps_count), OPERATOR)
    sold = rng.integers(0, 30, steps_count)
    grid = np.ceil(sold * pue.max()).astype(np.int64) + lots
    steps = steps_of([0] * steps_count, seller.tolist(), (grid - lots).tolist(), float(pue.max()))
    cuts = np.sort(rng.integers(0, sold.sum() + 1, lots - 1))
    kw = np.diff(cuts, prepend=0, append=sold.sum())
    some = np.flatnonzero(kw > 0)
    kw, pue = kw[some], pue[some]
    slots = np.ceil(kw * pue).astype(np.int64)
    none = np.zeros_like(kw)
    pieces = resold_pieces(steps, sold, zone=none, months=none, kw=kw, pue=pue, grid_kw=slots)
    taken = numeric.sum_by(pieces.seller, pieces.kw, steps_count)
    assert (taken <= grid).all()
    assert (taken[seller == OPERATOR] == 0).all()
    own = slots - numeric.sum_by(pieces.award, pieces.kw, len(slots))
    assert (own >= 0).all()
    assert own.sum() <= grid[seller == OPERATOR].sum() + lots


def watch_resales(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """Check every settlement of a model against its columns; give kW resold and dollars paid for it."""
    settle, found = market.settle, []

    def watched(economy: Economy, lots: LotColumns, awards: Awards, *others: object) -> None:
        queue, books = economy.building.queue, economy.books
        count, sellers = len(queue.requests), books.outside(Outside.OTHER_LOAD)
        due = dict(zip(*np.unique(queue.building()[0], return_index=True), strict=True))
        before = {name: getattr(queue.requests, name).copy() for name in ("remaining_kw", "resold_kw", "asked_kw")}
        income = int(books.balance[sellers, Account.INCOME])
        settle(economy, lots, awards, *others)
        r, paid = queue.requests, income - int(books.balance[sellers, Account.INCOME])
        new = np.arange(count, len(r))
        sold = r.resold_kw[:count] - before["resold_kw"]
        assert (sold <= before["asked_kw"]).all()
        assert r.kw[new].sum() == sold.sum()
        # What was bought elsewhere is not asked for any more.
        won = np.flatnonzero(lots.route[awards.lot] == GRID)
        grid = np.ceil(awards.kw[won] * economy.rows.site_pue[lots.site[awards.lot[won]]]).astype(np.int64)
        gone = before["remaining_kw"] - r.remaining_kw[:count]
        assert gone.sum() == grid.sum()
        assert (gone[np.delete(np.arange(count), lots.request[awards.lot[won]])] == 0).all()
        # Buyers are the winners; they have what they bought before the hall that it is for stands.
        assert set(r.agent[new].tolist()) <= set(awards.agent[won].tolist())
        assert set(r.site[new].tolist()) <= set(lots.site[awards.lot[won]].tolist())
        request, _, when = queue.building()
        for one in new.tolist():
            here = won[lots.site[awards.lot[won]] == r.site[one]]
            assert when[request == one].max() <= economy.tick + lots.months[awards.lot[here]].min()
            assert when[request == one].min() > economy.tick
            assert int(r.parent[one]) in due
        found.append((int(sold.sum()), paid))

    monkeypatch.setattr(market, "settle", watched)
    return found


def test_holders_resell_in_the_joint_auction(monkeypatch: pytest.MonkeyPatch) -> None:
    found = watch_resales(monkeypatch)
    model = model_of(24, *AUCTION)
    while model.running:
        model.step()
        slots = model.economy.building.queue.ledger()
        ended = slots.energised_kw + slots.waiting_kw + slots.withdrawn_kw + slots.resold_kw
        assert (slots.requested_kw == ended).all()
        model.economy.books.check()
    resold, paid = np.array(found).sum(axis=0)
    assert resold > 1_000
    assert paid > 0
    queue = model.economy.building.queue
    assert queue.ledger().resold_kw.sum() == resold
    assert queue.withdrawn_by_reason_kw[:, Reason.CHOICE].sum() == resold


def test_nothing_is_resold_where_a_scenario_forbids_it() -> None:
    model = model_of(24, *AUCTION, "queue.resale=false")
    model.run_model()
    queue = model.economy.building.queue
    assert not queue.rule.resale
    assert queue.ledger().resold_kw.sum() == 0
    assert (model.economy.slot_steps.seller == OPERATOR).all()


@pytest.mark.parametrize("mechanism", ["fcfs", "cluster"])
def test_where_slots_are_not_auctioned_nobody_resells(mechanism: str) -> None:
    model = model_of(3, f"queue.mechanism={mechanism}")
    model.run_model()
    assert not model.economy.building.queue.rule.resale
    assert model.economy.slot_steps is None


def played_auction(months: int) -> WattMarketModel:
    model = model_of(months + 12, *AUCTION)
    for _ in range(months):
        model.step()
    return model


def test_outside_developers_ask_what_a_slot_is_worth_to_them_and_agents_offer_nothing() -> None:
    model = played_auction(14)
    economy = model.economy
    queue = economy.building.queue
    offer_slots(economy)
    supply, r = queue.supply(), queue.requests
    assert len(supply.request) > 0
    assert (r.agent[supply.request] == OUTSIDE).all()
    worth = r.bears_usd_per_kw[supply.request] - r.upgrade_usd_per_kw[supply.request]
    months = float(economy.annuity_months.min())
    assert np.allclose(supply.ask_musd_per_kw_month, np.maximum(worth, 0) * 1e6 / months, atol=1.0)
    steps = slot_steps(economy, model.desk.view.lots)
    resold = steps.seller != OPERATOR
    assert resold.any()
    assert (steps.request[resold] == OPERATOR).all()
    # Per kW of IT, and less what rounding may take.
    kw, ask = np.zeros((2, len(r)), dtype=np.int64)
    kw[supply.request], ask[supply.request] = supply.kw, supply.ask_musd_per_kw_month
    assert (steps.grid_kw[resold] < kw[steps.seller[resold]]).all()
    assert (steps.ask[resold] == np.ceil(ask[steps.seller[resold]] * steps.pue[resold])).all()


def test_creditors_sell_what_a_defaulted_agent_had_bought() -> None:
    model = played_auction(16)
    economy = model.economy
    queue, creditors = economy.building.queue, economy.books.outside(Outside.CREDITORS)
    r = queue.requests
    own = np.flatnonzero(r.agent >= 0)
    holder = int(np.argmax(numeric.sum_by(r.agent[own], r.building_kw[own], len(model.population))))
    mine = np.flatnonzero(r.agent == holder)
    bought = int(r.building_kw[mine].sum() + r.energised_kw[mine].sum())
    income = int(economy.books.balance[creditors, Account.INCOME])
    building, waiting = int(r.building_kw[mine].sum()), int(r.remaining_kw[mine].sum())
    assert building > 0
    hand_over_connections(economy, holder, creditors)
    # As in a default: accelerators on order are not made, so that their halls are for nobody.
    economy.building.fleet.cancel(holder)
    r = queue.requests
    theirs = np.flatnonzero(r.agent == creditors)
    assert int(r.building_kw[theirs].sum() + r.energised_kw[theirs].sum()) == bought
    assert int(r.remaining_kw[mine].sum()) == waiting
    assert not (r.building_kw[mine] + r.energised_kw[mine]).any()
    assert (r.site[theirs] != NO_SITE).all()
    offer_slots(economy)
    supply = queue.supply()
    offered = np.isin(supply.request, theirs)
    assert 0 < supply.kw[offered].sum() <= building
    assert (supply.ask_musd_per_kw_month[offered] == 1).all()
    # Another agent buys the largest of them, less a kilowatt.
    seller = supply.request[offered][[int(np.argmax(supply.kw[offered]))]]
    kw = r.asked_kw[seller] - 1
    ready = np.flatnonzero((r.agent >= 0) & (r.agent != holder) & (r.remaining_kw > kw) & (r.site >= 0))[:1]
    pieces, site = ResoldPieces(integers(0), seller, kw), r.site[ready]
    shells, books = economy.building.shells, economy.books
    halls, left = shells.pipeline_shell_kw, shells.pipeline_grid_kw
    held, remaining = int(r.held_usd[seller][0]), int(r.remaining_kw[ready][0])
    came = book_resales(economy, pieces, ids=ready, site=site, price=integers(7))
    r = queue.requests
    new = len(r) - 1
    assert (r.agent[new], r.project[new], r.site[new]) == (r.agent[ready][0], r.project[ready][0], site[0])
    assert (r.building_kw[new], r.resold_kw[seller][0]) == (kw[0], kw[0])
    assert (r.price_musd_per_kw_month[new], r.remaining_kw[ready][0]) == (7, remaining - kw[0])
    assert came.tolist() == [r.held_usd[new]]
    assert r.held_usd[new] + r.held_usd[seller][0] == held
    # The halls that it was for are not built, each rounded down; nothing else stops.
    place = int(r.site[seller][0])
    request, part_kw, _ = queue.building()
    lost = np.floor(part_kw[request == new] / economy.rows.site_pue[place]).sum()
    elsewhere = np.arange(len(halls)) != place
    assert halls[place] - shells.pipeline_shell_kw[place] == left[place] - shells.pipeline_grid_kw[place] == lost
    assert (halls[elsewhere] == shells.pipeline_shell_kw[elsewhere]).all()
    buyer = r.agent[ready]
    rest = pay_sellers(economy, pieces, buyer, integers(1_000), 2 * kw)
    assert (rest.tolist(), books.balance[creditors, Account.INCOME]) == ([500], income - 500)
    while model.running:
        model.step()
        books.check()
        assert (queue.free_kw >= 0).all()
    economy.building.fleet.check()


def test_a_default_hands_connections_over_only_where_that_matters() -> None:
    model = model_of(3, "queue.filed_per_firm_kw=1")
    model.run_model()
    economy, queue = model.economy, model.economy.building.queue
    count = len(queue.requests)
    hand_over_connections(economy, 0, economy.books.outside(Outside.CREDITORS))
    assert len(queue.requests) == count
