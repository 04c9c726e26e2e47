"""Laws of the living market: money and megawatts are kept whatever happens, and the order of agents never matters."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.living_world import model_of
from wattmarket.agents import Account, Books, Outside
from wattmarket.contracts import Kind
from wattmarket.errors import InvariantError
from wattmarket.living import WattMarketModel

seeds = st.integers(0, 2**32 - 1)
MONTHS = 24


@given(seeds)
@settings(max_examples=30, deadline=None)
def test_whatever_is_posted_the_books_balance(seed: int) -> None:
    rng = np.random.default_rng(seed)
    books = Books(agents=4)
    parties = len(books.balance)
    for _ in range(int(rng.integers(1, 30))):
        rows = int(rng.integers(0, 9))
        usd = rng.integers(-(10**12), 10**12, rows)
        debit, credit = (Account(int(code)) for code in rng.integers(0, len(Account), 2))
        if rng.random() < 0.7:
            payer, payee = rng.integers(0, parties, (2, rows))
            books.pay(payer, payee, usd, debit, credit)
        else:
            books.adjust(rng.integers(0, parties, rows), usd, debit, credit)
        assert (books.balance.sum(axis=1) == 0).all()
    if books.cash.sum() == 0:
        books.check()


def test_money_that_is_made_is_found_out() -> None:
    books = Books(agents=2)
    books.balance[1, Account.CASH] += 1
    with pytest.raises(InvariantError, match="party 1: debits and credits differ"):
        books.check()
    books.balance[1, Account.INCOME] -= 1
    with pytest.raises(InvariantError, match="sums to 1"):
        books.check()


def check_month(model: WattMarketModel) -> None:
    """Every law that must hold after a month."""
    economy = model.economy
    building, ledger, books = economy.building, economy.ledger, economy.books
    sites = len(economy.rows.site_key)
    assert (books.balance.sum(axis=1) == 0).all()
    assert books.cash.sum() == 0
    # No hall has more accelerators than it has room, and no space is let twice.
    running = building.fleet.operating_kw.sum(axis=0)
    vendors = books.outside(Outside.PLANT_VENDORS)
    leases = ledger.active(Kind.LEASE)
    leases = leases[ledger.seller[leases] != vendors]
    leased = np.zeros(sites, dtype=np.int64)
    np.add.at(leased, ledger.site[leases], ledger.kw[leases])
    assert (leased <= running).all()
    assert (running <= building.shells.shell_kw).all()
    assert (building.fleet.operating_kw >= 0).all()
    # Sites are built no larger than they may be.
    built = building.shells.shell_kw + building.shells.pipeline_shell_kw
    assert (built <= np.maximum(economy.ground.sites.buildable_kw, economy.ground.sites.shell_kw)).all()
    assert (building.headroom_kw >= 0).all()
    # Slots: what was requested is somewhere, and no zone sold more than it released.
    slots = building.queue.ledger()
    ended = slots.energised_kw + slots.waiting_kw + slots.withdrawn_kw + slots.resold_kw
    assert (slots.requested_kw == ended).all()
    assert (building.queue.free_kw >= 0).all()
    # Deposits in the books are those of the queue; creditors, who come after the agents, hold some too.
    requests = building.queue.requests
    held = np.zeros(len(model.population) + 1, dtype=np.int64)
    own = requests.agent >= 0
    np.add.at(held, requests.agent[own], requests.held_usd[own])
    assert np.array_equal(books.balance[: len(held), Account.DEPOSITS], held)


@pytest.mark.parametrize(
    "changes",
    [
        (),
        ("queue.mechanism=cluster", "run.seed=2"),
        ("queue.mechanism=auction", "run.seed=3", "queue.filed_per_firm_kw=1"),
        ("agents.leverage_scale=2", "agents.funding_scale=0.05"),
        ("queue.mechanism=auction", "queue.minimum_take_share=0.85", "queue.minimum_take_months=144", "run.seed=2"),
        ("caps.land_usd_per_kw_month=150", "caps.silicon_usd_per_kw_month=500"),
        ("contracts.chips_scale=0.1", "drift.ceiling=0.3"),
        ("agents.count=160", "contracts.distribution_share=2"),
    ],
    ids=lambda changes: " ".join(changes) or "default",
)
def test_money_megawatts_and_slots_are_kept_month_by_month(changes: tuple[str, ...]) -> None:
    model = model_of(MONTHS, *changes)
    while model.running:
        model.step()
        check_month(model)
    model.economy.building.fleet.check()
    model.economy.ledger.check(columns=True)


def permuted(order: Callable[[int], np.ndarray[tuple[int], np.dtype[np.int64]]]) -> WattMarketModel:
    """A model whose agents step in another order every month."""
    model = model_of(10, "queue.mechanism=auction", "queue.filed_per_firm_kw=1")
    agents = list(model.agents)
    while model.running:
        model.agents.do = lambda _: [agents[row].step() for row in order(model.tick)]  # type: ignore[method-assign]
        model.step()
    return model


def test_the_order_of_agents_never_matters() -> None:
    straight = permuted(lambda _: np.arange(79))
    shuffled = permuted(lambda tick: np.random.default_rng(tick).permutation(79))
    assert straight.record is not None
    assert shuffled.record is not None
    for (name, left), (_, right) in zip(straight.record.digest_columns, shuffled.record.digest_columns, strict=True):
        assert np.array_equal(left, right), name
    assert np.array_equal(straight.economy.books.balance, shuffled.economy.books.balance)
    for name in straight.economy.ledger.NAMES:
        one, other = getattr(straight.economy.ledger, name), getattr(shuffled.economy.ledger, name)
        assert np.array_equal(one, other), name
