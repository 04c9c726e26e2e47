"""The living market on a small world: it runs, keeps its books, and gives the same bits again."""

from __future__ import annotations

import numpy as np
import pytest

from wattmarket.agents import EdgeInvestor, MarketView
from wattmarket.errors import InputError
from wattmarket.living import WattMarketModel
from wattmarket.world import World, WorldConfig, build_world

MONTHS = 30


@pytest.fixture(scope="module")
def world() -> World:
    return build_world(WorldConfig(metros=20, sites=60))


def played(world: World, months: int = MONTHS, **given: object) -> WattMarketModel:
    model = WattMarketModel(world=world, settings=[f"run.months={months}"], **given)  # type: ignore[arg-type]
    while model.running:
        model.step()
    return model


def test_money_and_megawatts_are_kept(world: World) -> None:
    model = played(world)
    books, building = model.economy.books, model.economy.building
    assert (books.balance.sum(axis=1) == 0).all()
    assert books.cash.sum() == 0
    building.fleet.check()
    model.economy.ledger.check()
    assert (building.queue.ledger().energised_kw >= 0).all()
    assert building.fleet.operating_kw.sum() > 0
    assert len(model.economy.ledger) > 0


def test_same_seed_same_bits(world: World) -> None:
    once, again = played(world, 12), played(world, 12)
    assert once.record is not None
    assert again.record is not None
    for (name, left), (_, right) in zip(once.record.digest_columns, again.record.digest_columns, strict=True):
        assert np.array_equal(left, right), name
    assert np.array_equal(once.economy.books.balance, again.economy.books.balance)


def test_a_class_of_ones_own(world: World) -> None:
    class Shy(EdgeInvestor):
        def value(self, view: MarketView) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
            return np.zeros(len(view.lots))

    model = played(world, 6, classes={"edge_investor": Shy})
    shy = model.agents.select(lambda agent: agent.agent_class == "edge_investor")
    assert len(shy) == 3
    assert all(isinstance(agent, Shy) for agent in shy)
    with pytest.raises(InputError, match="edge_investors"):
        WattMarketModel(world=world, classes={"edge_investors": Shy})
