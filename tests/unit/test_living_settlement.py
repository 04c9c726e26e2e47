"""Whatever an auction awards is ordered, built, leased, connected, supplied and paid for: exactly so much."""

from __future__ import annotations

import numpy as np
import pytest

from tests.unit.living_world import model_of
from wattmarket import numeric
from wattmarket.agents.auction import Awards
from wattmarket.agents.books import Account, Outside
from wattmarket.agents.lots import BEHIND_THE_METER, ENERGISED, GRID, RETAIL, LotColumns
from wattmarket.contracts import Kind
from wattmarket.contracts.tranches import TrancheState
from wattmarket.living import Economy, market
from wattmarket.living.settlement import open_load_kw, settle
from wattmarket.living.space import EmptySpace
from wattmarket.numeric import overlaps
from wattmarket.units import KW_PER_MW, MUSD_PER_USD

MONTHS = {"fcfs": 24, "cluster": 40, "auction": 24}


def counts(economy: Economy) -> dict[str, int]:
    """What there is of everything that a settlement may change."""
    building, ledger, books = economy.building, economy.ledger, economy.books
    requests = building.queue.requests
    own = requests.agent >= 0
    shells = building.shells
    return {
        **{kind.name: ledger.signed_kw(kind) for kind in Kind},
        **{name.name: -int(books.balance[books.outside(name), Account.INCOME]) for name in Outside},
        "accelerators": int(building.fleet.pipeline_kw.sum()),
        "shells": int(shells.pipeline_shell_kw.sum()),
        "grid": int(shells.pipeline_grid_kw.sum()),
        "plants": int(shells.pipeline_btm_kw.sum()),
        "slots": int(requests.building_kw[own].sum()),
        "power": int(building.plants.contracted_kw.sum()),
        "headroom": int(building.headroom_kw.sum()),
    }


def owed(economy: Economy, lots: LotColumns, awards: Awards) -> dict[str, int]:
    """What awards must come to, from their columns alone."""
    kw, site = awards.kw, lots.site[awards.lot]
    route, new = lots.route[awards.lot], ~lots.standing[awards.lot]
    months = economy.annuity_months[economy.ground.sites.silicon[site]]

    def of(*routes: int) -> int:
        return int(kw[np.isin(route, routes)].sum())

    slots = np.ceil(kw * economy.rows.site_pue[site]).astype(np.int64)
    silicon = awards.silicon * kw // MUSD_PER_USD * np.rint(months * 100).astype(np.int64) // 100
    shells = kw * economy.rows.shell_cost_usd_per_mw[site] // KW_PER_MW
    return {
        "accelerators": int(kw.sum()),
        "LEASE": int(kw.sum()) + of(BEHIND_THE_METER),
        "PPA": of(GRID, ENERGISED),
        "power": of(GRID, ENERGISED),
        "shells": int(kw[new].sum()),
        "grid": int(kw[new & np.isin(route, (GRID, RETAIL))].sum()),
        "plants": of(BEHIND_THE_METER),
        "slots": int(slots[route == GRID].sum()),
        "headroom": -int(kw[new & (route == RETAIL)].sum()),
        "CHIPMAKERS": int(silicon.sum()),
        "BUILDERS": int(shells[new].sum()),
    }


@pytest.mark.parametrize("mechanism", ["fcfs", "cluster", "auction"])
def test_awards_are_carried_out_to_the_last_kilowatt(mechanism: str, monkeypatch: pytest.MonkeyPatch) -> None:
    routes: set[int] = set()

    def watched(economy: Economy, lots: LotColumns, awards: Awards, empty: EmptySpace) -> None:
        before, due = counts(economy), owed(economy, lots, awards)
        settle(economy, lots, awards, empty)
        after = counts(economy)
        assert {name: after[name] - before[name] for name in due} == due
        assert 0 <= after["SUPPLY"] - before["SUPPLY"] <= int(awards.kw[lots.route[awards.lot] == RETAIL].sum())
        routes.update(lots.route[awards.lot].tolist())
        # No agent wins more of a class than its budget allows.
        silicon = economy.ground.sites.silicon[lots.site[awards.lot]]
        won = np.zeros_like(model.desk.bidding.budget_kw)
        np.add.at(won, (awards.agent, silicon), awards.kw)
        assert (won <= model.desk.bidding.budget_kw).all()
        # Nobody pays more up front than the cash it set aside.
        free = model.desk.free_cash_usd() / np.array([agent.spend_months for agent in model.agents])
        assert (economy.treasury.spent_usd <= np.maximum(spendable, free)).all()
        assert (awards.silicon + awards.land + awards.slot + awards.energy <= awards.value).all()

    monkeypatch.setattr(market, "settle", watched)
    model = model_of(MONTHS[mechanism], f"queue.mechanism={mechanism}", "queue.filed_per_firm_kw=1")
    spendable = np.zeros(len(model.population))
    take = model.desk.bids

    def remember() -> object:
        spendable[:] = model.desk.free_cash_usd() / np.array([agent.spend_months for agent in model.agents])
        return take()

    monkeypatch.setattr(model.desk, "bids", remember)
    while model.running:
        model.step()
    assert routes >= {RETAIL, ENERGISED, GRID}


def test_open_load_is_what_runs_and_comes_less_what_goes_and_is_covered() -> None:
    model = model_of(48, "silicon.liquid.life_years=3", "silicon.air.life_years=2", "contracts.ppa_tenor_months=18")
    economy = model.economy
    fleet, ledger, zone = economy.building.fleet, economy.ledger, economy.ground.sites.zone
    zones, parties = len(economy.places.operator), len(economy.books.balance)
    covered = 0
    while model.running:
        model.step()
        then = economy.tick + 1 + model.tick % 12
        tranches = fleet.tranches
        load = numeric.sum_by(zone, fleet.operating_kw, zones).ravel()
        group = tranches.agent * zones + zone[tranches.site]
        comes = (tranches.state == TrancheState.ORDERED) & (tranches.retire > then)
        goes = (tranches.state == TrancheState.OPERATING) & (tranches.retire <= then)
        load += numeric.sum_by(group, tranches.kw * comes, len(load)) - numeric.sum_by(
            group, tranches.kw * goes, len(load)
        )
        held = ledger.live(Kind.PPA, Kind.SUPPLY)
        held = held[ledger.end[held] > then]
        held_kw = numeric.sum_by(ledger.buyer[held] * zones + ledger.zone[held], ledger.kw[held], parties * zones)
        assert open_load_kw(economy, then).tolist() == (load - held_kw[: len(load)]).tolist()
        covered = max(covered, int(held_kw[: len(load)].sum()))
    assert covered > 100_000


@pytest.mark.parametrize(
    ("left", "right"),
    [([5, 3], [4, 4]), ([1], [1]), ([2, 2, 2], [6]), ([6], [1, 2, 3]), ([3, 3], [3, 3])],
)
def test_overlaps_keep_both_divisions(left: list[int], right: list[int]) -> None:
    first, second, kw = overlaps(np.array(left), np.array(right))
    assert (kw > 0).all()
    assert numeric.sum_by(first, kw, len(left)).tolist() == left
    assert numeric.sum_by(second, kw, len(right)).tolist() == right
