"""Administrative caps on prices of the joint auction, as a scenario sets them."""

from __future__ import annotations

import numpy as np
import pytest
from living_world import model_of, played, small_world

from wattmarket.agents.auction import Awards
from wattmarket.agents.caps import PriceCaps
from wattmarket.agents.lots import GRID, LotColumns
from wattmarket.errors import InputError
from wattmarket.forward import FAMILIES
from wattmarket.living import Economy, WattMarketModel, market
from wattmarket.scenario import Event, PriceLimits, Scenario

MONTHS = 18


def watch(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Awards, LotColumns, np.ndarray, int]]:
    """Keep every auction of a model that sold anything: awards, lots, and the zone of each award's site."""
    settle, kept = market.settle, []

    def watched(economy: Economy, lots: LotColumns, awards: Awards, *others: object) -> None:
        kept.append((awards, lots, economy.ground.sites.zone[lots.site[awards.lot]], economy.tick))
        settle(economy, lots, awards, *others)

    monkeypatch.setattr(market, "settle", watched)
    return kept


def test_nobody_pays_more_for_land_than_its_cap_and_what_is_short_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    free = [awards.land for awards, *_ in played_and_watched(monkeypatch)]
    dear = np.concatenate(free) / 1e6
    cap = float(np.quantile(dear, 0.6))
    zones = [zone for zone in small_world().zones["zone_id"].to_list() if zone.startswith("US")]
    assert zones
    ids = ", ".join(f'"{zone}"' for zone in zones)
    kept = watch(monkeypatch)
    model = model_of(MONTHS, f"caps.land_usd_per_kw_month={cap}", f"caps.zones=[{ids}]")
    capped, above, short = 0, 0, 0
    while model.running:
        model.step()
        model.economy.books.check()
        assert model.record is not None
        short += int(model.record.tables["ticks"]["forward_shortfall_kw"][0])
    here = [model.economy.ground.ids.zones.index(zone) for zone in zones]
    for awards, _, zone, _ in kept:
        inside = np.isin(zone, here)
        assert (awards.land[inside] <= cap * 1e6).all()
        capped += int((awards.land[inside] == int(cap * 1e6)).sum())
        above += int((awards.land[~inside] > cap * 1e6).sum())
        assert (awards.silicon + awards.land + awards.slot + awards.energy <= awards.value).all()
        assert set(awards.clearing.book.caps.family.tolist()) <= {FAMILIES.index("land")}
    assert min(capped, above, short) > 0
    market_value = model.desk.land_value_usd_per_kw_month()
    inside = np.isin(model.economy.ground.sites.zone, here)
    assert (market_value[inside] <= np.maximum(cap, model.economy.other_rent_usd_per_kw_month[inside])).all()


def played_and_watched(
    monkeypatch: pytest.MonkeyPatch, *settings: str
) -> list[tuple[Awards, LotColumns, np.ndarray, int]]:
    with monkeypatch.context() as patch:
        kept = watch(patch)
        played(MONTHS, *settings)
    return kept


@pytest.mark.parametrize("mechanism", ["fcfs", "auction"])
def test_a_cap_far_above_all_prices_changes_nothing(mechanism: str) -> None:
    base = (f"queue.mechanism={mechanism}", "queue.filed_per_firm_kw=1")
    goods = ("silicon", "land", "slot", "ppa")
    free = played(MONTHS, *base)
    high = played(MONTHS, *base, *(f"caps.{good}_usd_per_kw_month=200000" for good in goods))
    assert free.record is not None
    assert high.record is not None
    for (name, left), (_, right) in zip(free.record.digest_columns, high.record.digest_columns, strict=True):
        assert np.array_equal(left, right), name
    assert np.array_equal(free.economy.books.balance, high.economy.books.balance)


@pytest.mark.parametrize("good", ["silicon", "slot", "ppa"])
def test_other_goods_are_capped_too_and_all_is_settled(good: str, monkeypatch: pytest.MonkeyPatch) -> None:
    base = ("queue.mechanism=auction", "queue.filed_per_firm_kw=1")
    column = "energy" if good == "ppa" else good
    free = played_and_watched(monkeypatch, *base)

    def paid(kept: list[tuple[Awards, LotColumns, np.ndarray, int]]) -> np.ndarray:
        grid = [lots.route[awards.lot] == GRID for awards, lots, *_ in kept]
        return np.concatenate([getattr(one[0], column)[rows] for one, rows in zip(kept, grid, strict=True)])

    before = paid(free)
    cap = float(np.median(np.unique(before[before > 0]))) / 1e6
    kept = watch(monkeypatch)
    model = model_of(MONTHS, *base, f"caps.{good}_usd_per_kw_month={cap}")
    while model.running:
        model.step()
        model.economy.books.check()
    after = paid(kept)
    assert before.max() > cap * 1e6 >= after.max() > 0
    model.economy.building.fleet.check()
    model.economy.ledger.check(columns=True)


def test_a_cap_may_come_and_go(monkeypatch: pytest.MonkeyPatch) -> None:
    land = np.concatenate([awards.land for awards, *_ in played_and_watched(monkeypatch)])
    cap = float(np.quantile(land, 0.6)) / 1e6
    coming = Event(date="2023-05", set={"caps.land_usd_per_kw_month": cap})
    going = Event(date="2023-10", set={"caps.land_usd_per_kw_month": "none"})
    scenario = Scenario(event=[coming, going]).with_settings(["run.months=14"])
    kept = watch(monkeypatch)
    WattMarketModel(scenario, small_world()).run_model()
    dearest = {tick: int(awards.land.max(initial=0)) for awards, _, _, tick in kept if len(awards.land)}
    assert max(price for tick, price in dearest.items() if 4 <= tick < 9) <= cap * 1e6
    assert max(price for tick, price in dearest.items() if tick < 4) > cap * 1e6
    assert max(price for tick, price in dearest.items() if tick >= 9) > cap * 1e6


def test_a_zone_that_is_not_there_is_named() -> None:
    with pytest.raises(InputError, match=r"caps\.zones: 'ATLANTIS' is no zone of the world"):
        model_of(2, 'caps.zones=["ATLANTIS"]')
    later = Scenario(event=[Event(date="2023-02", set={"caps.zones": ["ATLANTIS"]})])
    with pytest.raises(InputError, match="ATLANTIS"):
        WattMarketModel(later, small_world())


def test_only_what_is_capped_and_wanted_has_a_row() -> None:
    caps = PriceCaps.of(
        PriceLimits(land_usd_per_kw_month=3.0, slot_usd_per_kw_month=0.25, zones=("A-1",)), ["A-1", "B"]
    )
    rows = caps.rows(
        silicon=np.array([0, 1]), land_zone=np.array([1, 0, 0]), slot_zone=np.array([0, 1]), ppa_zone=np.array([0])
    )
    land, slot = FAMILIES.index("land"), FAMILIES.index("slot")
    assert rows.family.tolist() == [land, land, slot]
    assert rows.index.tolist() == [1, 2, 0]
    assert rows.price.tolist() == [3_000_000, 3_000_000, 250_000]
    none = PriceCaps.of(PriceLimits(), ["A-1", "B"]).rows(
        silicon=np.array([0]), land_zone=np.array([0]), slot_zone=np.array([0]), ppa_zone=np.array([0])
    )
    assert (len(none.family), none.index.dtype, none.price.dtype) == (0, np.int64, np.int64)
