"""An agent that can't pay: nothing is lost, its creditors run what ran, and it goes on."""

from __future__ import annotations

import numpy as np
import pytest

from tests.unit.living_world import model_of
from wattmarket.agents.books import Account, Outside
from wattmarket.contracts import Kind, State
from wattmarket.living import Economy, WattMarketModel, market

BEFORE = 6


def drain(model: WattMarketModel, agent: int) -> None:
    """Take an agent's cash away, and more than it can earn in a month."""
    books = model.economy.books
    lost = int(books.cash[agent]) + 50_000_000_000
    books.pay(agent, books.outside(Outside.OPERATIONS), lost, Account.EXPENSE, Account.INCOME)


def richest(model: WattMarketModel, agent_class: str) -> int:
    """Row of the agent of a class with the most accelerators and sites."""
    landlord = model.economy.places.landlord
    mine = model.population.of_class(agent_class)
    weight = [int(model.economy.building.fleet.operating_kw[row].sum()) + int((landlord == row).sum()) for row in mine]
    return int(mine[int(np.argmax(weight))])


@pytest.mark.parametrize("agent_class", ["neocloud", "edge_investor", "infrastructure_fund"])
def test_a_default_loses_nothing(agent_class: str, monkeypatch: pytest.MonkeyPatch) -> None:
    model = model_of(BEFORE + 14)
    economy = model.economy
    for _ in range(BEFORE):
        model.step()
    agent, creditors = richest(model, agent_class), economy.books.outside(Outside.CREDITORS)
    fleet, ledger, balance = economy.building.fleet, economy.ledger, economy.books.balance
    sites = np.flatnonzero(economy.places.landlord == agent)
    wind_up_defaults = market.wind_up_defaults

    def watched(economy: Economy, broke: np.ndarray[tuple[int], np.dtype[np.int64]]) -> None:
        """What ran and was leased goes to the creditors, to the last kilowatt."""
        assert broke.tolist() == [agent]
        running, leases = fleet.operating_kw.copy(), ledger.active(Kind.LEASE)
        leased = int(ledger.kw[leases[np.isin(ledger.buyer[leases], (agent, creditors))]].sum())
        wind_up_defaults(economy, broke)
        running[creditors] += running[agent]
        running[agent] = 0
        assert np.array_equal(fleet.operating_kw, running)
        now = ledger.active(Kind.LEASE)
        assert int(ledger.kw[now[ledger.buyer[now] == creditors]].sum()) == leased

    monkeypatch.setattr(market, "wind_up_defaults", watched)
    drain(model, agent)
    model.step()
    monkeypatch.setattr(market, "wind_up_defaults", wind_up_defaults)
    assert economy.defaults == [(BEFORE, agent)]
    assert (economy.places.landlord[sites] == creditors).all()
    # It runs, owes and owns nothing, and is party to no contract.
    assert fleet.pipeline_kw[agent] == 0
    assert balance[agent, [Account.CASH, Account.PROPERTY, Account.DEBT]].tolist() == [0, 0, 0]
    live = ledger.state <= State.ACTIVE
    assert not (live & ((ledger.buyer == agent) | (ledger.seller == agent))).any()
    income, paid_in = balance[[creditors, agent], [Account.INCOME, Account.CAPITAL]].tolist()
    while model.running:
        model.step()
        assert (balance.sum(axis=1) == 0).all()
    fleet.check()
    ledger.check(columns=True)
    # Its creditors earn, and shareholders put in new money.
    assert balance[creditors, Account.INCOME] < income
    assert balance[agent, Account.CAPITAL] < paid_in
    assert economy.books.cash[agent] >= 0


@pytest.mark.parametrize("rule", [("queue.mechanism=auction",), ("queue.minimum_take_share=0.8",)])
def test_creditors_hold_the_connections_where_they_bind_or_can_be_sold(rule: tuple[str, ...]) -> None:
    take = ("queue.minimum_take_months=100", "queue.filed_per_firm_kw=1", "agents.funding_scale=3")
    model = model_of(30, *rule, *take)
    economy, queue = model.economy, model.economy.building.queue
    creditors = economy.books.outside(Outside.CREDITORS)
    agent, bought = -1, 0
    while model.running:
        requests = queue.requests
        if not bought and model.tick >= BEFORE:
            own = np.flatnonzero((requests.agent >= 0) & (requests.agent < creditors))
            kw = np.zeros(creditors, dtype=np.int64)
            np.add.at(kw, requests.agent[own], (requests.building_kw + requests.energised_kw)[own])
            agent = int(np.argmax(kw * economy.may_default))
            bought = int(kw[agent]) if economy.may_default[agent] else 0
            if bought:
                drain(model, agent)
        model.step()
        # What is held is in the books of whoever holds it, in the month of the default too.
        requests, held = queue.requests, np.zeros(creditors + 1, dtype=np.int64)
        own = requests.agent >= 0
        np.add.at(held, requests.agent[own], requests.held_usd[own])
        assert np.array_equal(economy.books.balance[: creditors + 1, Account.DEPOSITS], held)
        economy.books.check()
    assert [who for _, who in economy.defaults] == [agent]
    requests = queue.requests
    theirs = requests.agent == creditors
    assert int((requests.building_kw + requests.energised_kw + requests.resold_kw)[theirs].sum()) >= bought > 0


def test_shareholders_step_in_for_the_others() -> None:
    model = model_of(8)
    for _ in range(BEFORE):
        model.step()
    agent = richest(model, "hyperscaler")
    ran = int(model.economy.building.fleet.operating_kw[agent].sum())
    drain(model, agent)
    model.step()
    assert model.economy.defaults == []
    assert model.economy.books.cash[agent] == 0
    assert model.economy.building.fleet.operating_kw[agent].sum() >= 0.9 * ran


def test_debt_stays_below_what_secures_it_however_much_leverage_is_scaled() -> None:
    model = model_of(24, "agents.leverage_scale=2")
    while model.running:
        model.step()
        balance = model.economy.books.balance[: len(model.population)]
        assert (balance.sum(axis=1) == 0).all()
    debt = model.economy.books.debt[: len(model.population)]
    spent = model.economy.books.balance[model.economy.books.outside(Outside.CAPITAL)]
    assert debt.sum() < 2e12
    assert spent.sum() == 0


@pytest.mark.parametrize("seed", [1, 2])
def test_no_hall_is_overfilled_after_defaults(seed: int) -> None:
    model = model_of(45, f"run.seed={seed}", "silicon.liquid.life_years=2", "silicon.air.life_years=2")
    economy = model.economy
    while model.running:
        if model.tick in (5, 14, 22):
            for agent in np.flatnonzero(economy.may_default)[::2].tolist():
                drain(model, agent)
        model.step()
        running = economy.building.fleet.operating_kw.sum(axis=0)
        assert (running <= economy.building.shells.shell_kw).all()
    assert len(economy.defaults) > 10
