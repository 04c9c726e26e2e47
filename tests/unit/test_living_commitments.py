"""What minimum take costs: by hand in a zone of two holders, and over a run."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from living_world import model_of
from queue_zones import integers, zones

from wattmarket.agents.books import Account, Books, Outside
from wattmarket.living import Economy, commitments, earnings
from wattmarket.living.commitments import charge_minimum_take
from wattmarket.queue import Filing, InterconnectionQueue, QueueRule

UTILITY = 2
TAKE = {"minimum_take_share": 0.8, "minimum_take_months": 24, "minimum_take_usd_per_kw_month": 7}


def town(**rule: float) -> SimpleNamespace:
    """Two zones with two sites each; the utility, agent 2, operates the first, and nobody the second.

    Agent 0 has 100 kW at site 0 and 50 kW at site 1, agent 1 has 40 kW at site 0 and 30 kW at site 2.
    """
    quick = QueueRule.auction().changed(connection_months=1, security_usd_per_kw=0, **rule)
    queue = InterconnectionQueue(zones((1_000, 0, 0), (1_000, 0, 0)), quick, seed=1)
    queue.step(0)
    asked = Filing(
        integers(0, 0, 0, 1), integers(0, 0, 1, 1), np.arange(4), integers(100, 50, 40, 30), integers(0, 1, 0, 2)
    )
    ids = queue.file(asked, tick=0)
    queue.award(ids, integers(100, 50, 40, 30))
    queue.step(1)
    books = Books(3)
    operating = np.zeros((4, 4), dtype=np.int64)
    # At site 3 agent 0 has accelerators, but no connection of its own.
    operating[0] = [70, 3, 0, 500]
    operating[1] = [1, 0, 0, 0]
    return SimpleNamespace(
        building=SimpleNamespace(queue=queue, fleet=SimpleNamespace(operating_kw=operating)),
        rows=SimpleNamespace(
            zone_key=np.zeros(2, dtype=np.uint64),
            site_key=np.zeros(4, dtype=np.uint64),
            site_pue=np.array([1.2, 1.25, 1.0, 1.0]),
        ),
        ground=SimpleNamespace(sites=SimpleNamespace(zone=integers(0, 0, 1, 0))),
        places=SimpleNamespace(operator=integers(UTILITY, books.outside(Outside.GENERATORS))),
        treasury=SimpleNamespace(owed_usd=np.zeros(len(books.balance), dtype=np.int64)),
        books=books,
    )


def test_what_is_bound_and_not_used_is_paid_for_zone_by_zone() -> None:
    economy = town(**TAKE)
    charge_minimum_take(economy)
    books = economy.books
    # 0.8 · (100 + 50) kW less 70 · 1.2 and 3 · 1.25, each rounded up: 120 − 84 − 4 = 32 kW at 7 $.
    # 0.8 · 40 less 1 · 1.2 rounded up: 30 kW; and in the other zone 0.8 · 30 kW.
    grid = books.outside(Outside.GRID)
    assert books.balance[:3, Account.EXPENSE].tolist() == [32 * 7, (30 + 24) * 7, 0]
    assert books.balance[[UTILITY, grid], Account.INCOME].tolist() == [-(32 + 30) * 7, -24 * 7]
    assert economy.treasury.owed_usd[:3].tolist() == [32 * 7, 54 * 7, 0]
    books.check()


def test_who_uses_what_it_has_pays_nothing() -> None:
    economy = town(**TAKE)
    economy.building.fleet.operating_kw[:2] = 1_000
    charge_minimum_take(economy)
    assert not economy.books.balance.any()


@pytest.mark.parametrize("changes", [{"minimum_take_share": 0.0}, {"minimum_take_months": 0}])
def test_nothing_is_charged_or_looked_at_where_nothing_is_bound(
    changes: dict[str, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(commitments, "_unused")
    economy = town(**{**TAKE, **changes})
    charge_minimum_take(economy)
    assert not economy.books.balance.any()


def test_after_its_months_a_connection_binds_no_more() -> None:
    economy = town(**{**TAKE, "minimum_take_months": 2})
    economy.building.queue.step(2)
    charge_minimum_take(economy)
    assert economy.treasury.owed_usd.sum() == 86 * 7
    economy.building.queue.step(3)
    charge_minimum_take(economy)
    assert economy.treasury.owed_usd.sum() == 86 * 7


def test_money_moves_in_a_run_and_the_books_balance(monkeypatch: pytest.MonkeyPatch) -> None:
    paid: list[int] = []

    def watched(economy: Economy) -> None:
        before, books = economy.books.balance.copy(), economy.books
        charge_minimum_take(economy)
        change = books.balance - before
        assert (change.sum(axis=1) == 0).all()
        assert change[:, Account.EXPENSE].sum() == -change[:, Account.INCOME].sum()
        paid.append(int(change[: books.agents, Account.EXPENSE].sum()))

    monkeypatch.setattr(earnings, "charge_minimum_take", watched)
    take = ("queue.minimum_take_share=0.85", "queue.minimum_take_months=144")
    model = model_of(96, *take, "queue.mechanism=auction", "queue.filed_per_firm_kw=1")
    while model.running:
        model.step()
        model.economy.books.check()
    # Accelerators arrive with their connections and wear out before these are free.
    assert sum(paid) > 0
    assert not any(paid[:60])
