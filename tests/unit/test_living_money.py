"""A month's money against the spot market's own columns, month by month over whole runs."""

from __future__ import annotations

import numpy as np
import pytest

from tests.unit.living_world import model_of
from wattmarket.agents import Population
from wattmarket.agents.auction import Awards
from wattmarket.agents.books import Account, Books, Outside
from wattmarket.agents.lots import LotColumns
from wattmarket.agents.treasury import Treasury
from wattmarket.living import Economy, market
from wattmarket.living.space import EmptySpace
from wattmarket.model.quotes import Quotes
from wattmarket.spot import SpotClearing, SpotState
from wattmarket.units import HOURS_PER_MONTH, MUSD_PER_USD

MONTHS = 12


def spent(books: Books, account: Outside) -> int:
    return int(books.balance[books.outside(account), Account.EXPENSE])


def got(books: Books, account: Outside) -> int:
    return -int(books.balance[books.outside(account), Account.INCOME])


def test_users_generators_and_the_grid_pay_what_the_spot_market_says(monkeypatch: pytest.MonkeyPatch) -> None:
    earn, months = market.earn, []

    def watched(economy: Economy, clearing: SpotClearing, state: SpotState, quotes: Quotes) -> None:
        books = economy.books
        before = books.balance.copy()
        earn(economy, clearing, state, quotes)
        change = books.balance - before
        months.append(economy.tick)
        hours = HOURS_PER_MONTH / MUSD_PER_USD

        def of(account: Outside, column: Account) -> int:
            return int(change[books.outside(account), column])

        # One micro-$ per kW of every pool and one $ per party is all that rounding takes.
        slack = 2 * len(economy.population) + int(state.pool_kw.sum()) / 1e6 * HOURS_PER_MONTH
        users = of(Outside.USERS, Account.EXPENSE)
        assert users == pytest.approx(float((clearing.pool_price * clearing.pool_flow).sum() * hours), abs=slack)
        rent = of(Outside.OTHER_LOAD, Account.EXPENSE)
        assert rent >= 0
        # The grid keeps what delivery and congestion cost, and what plants behind meters burn: it makes no loss.
        sites = economy.ground.sites
        zone_price = clearing.zone_price
        sold = (zone_price[sites.zone] + state.site_cost) * clearing.grid_flow + state.btm_cost * clearing.btm_flow
        bought = zone_price[economy.ground.spot.layout.step_zone] * clearing.step_flow
        margin = float((sold.sum() - bought.sum()) * hours)
        grid = -of(Outside.GRID, Account.INCOME) - of(Outside.GRID, Account.EXPENSE)
        assert grid == pytest.approx(margin, abs=slack + 1e-6 * float(sold.sum() * hours))
        assert grid >= -slack
        # What leaves a party enters another.
        assert change[:, Account.CASH].sum() == 0

    monkeypatch.setattr(market, "earn", watched)
    model = model_of(MONTHS)
    while model.running:
        model.step()
    assert len(months) == MONTHS


def test_the_users_payments_are_the_prices_of_what_they_are_served(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[float, float]] = []
    earn = market.earn

    def watched(economy: Economy, clearing: SpotClearing, state: SpotState, quotes: Quotes) -> None:
        pool = np.array([workload.entry == "pool" for workload in economy.ground.workloads])
        paid = float((clearing.demand_price * clearing.served_kw)[:, pool].sum())
        seen.append((paid, float((clearing.pool_price * clearing.pool_flow).sum())))
        earn(economy, clearing, state, quotes)

    monkeypatch.setattr(market, "earn", watched)
    model = model_of(6)
    while model.running:
        model.step()
    for paid, earned in seen:
        # The rest is transport: egress and the penalties of distance.
        assert earned <= paid * (1.0 + 1e-9)
        assert earned >= 0.9 * paid


def test_books_balance_every_month_and_property_is_never_negative() -> None:
    model = model_of(30)
    while model.running:
        model.step()
        balance = model.economy.books.balance
        assert (balance.sum(axis=1) == 0).all()
        assert balance[:, Account.CASH].sum() == 0
        assert (balance[: len(model.population), Account.PROPERTY] >= 0).all()
        assert (balance[: len(model.population), Account.DEBT] <= 0).all()


def test_a_purchase_is_written_off_over_its_life() -> None:
    treasury = Treasury(Population.shipped(), months=40)
    one = np.array([3])
    treasury.books.pay(one, treasury.books.outside(Outside.CHIPMAKERS), 1_200, Account.PROPERTY, Account.INCOME)
    treasury.write_off(one, np.array([1_200]), np.array([12]), tick=5)
    left = []
    for tick in range(5, 20):
        treasury.depreciate(tick)
        left.append(int(treasury.books.balance[3, Account.PROPERTY]))
    assert left == [1_100, 1_000, 900, 800, 700, 600, 500, 400, 300, 200, 100, 0, 0, 0, 0]


def test_halls_and_accelerators_of_an_award_come_together(monkeypatch: pytest.MonkeyPatch) -> None:
    months = 40
    due = np.zeros(400, dtype=np.int64)
    settle = market.settle

    def watched(economy: Economy, lots: LotColumns, awards: Awards, empty: EmptySpace) -> None:
        new = ~lots.standing[awards.lot]
        np.add.at(due, economy.tick + lots.months[awards.lot[new]], awards.kw[new])
        settle(economy, lots, awards, empty)

    monkeypatch.setattr(market, "settle", watched)
    model = model_of(months)
    shells = model.economy.building.shells
    while model.running:
        model.step()
        # What was begun before the start is done by then.
        if model.tick >= model.scenario.capacity.lead_months + 12:
            assert shells.pipeline_shell_kw.sum() == due[model.tick + 1 :].sum()
    fleet = model.economy.building.fleet
    assert (fleet.operating_kw.sum(axis=0) <= shells.shell_kw).all()
