"""Space that tenants hold beyond their accelerators' life: let on, paid for, and never let twice."""

from __future__ import annotations

import numpy as np

from tests.unit.living_world import model_of, played
from wattmarket.agents.books import Account, Outside
from wattmarket.contracts import Kind, State
from wattmarket.contracts.tranches import TrancheState
from wattmarket.living import Economy, WattMarketModel
from wattmarket.living.space import LEFT, empty_space
from wattmarket.numeric import sum_by

SHORT_LIVES = (
    "silicon.liquid.life_years=2",
    "silicon.air.life_years=2",
    "contracts.lease_months=60",
)
"""Accelerators that retire soon, so that a short run has empty halls."""


def held_kw(economy: Economy) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """What every party has leased at every site and not let on, int64 [parties · S]."""
    ledger, sites = economy.ledger, len(economy.rows.site_key)
    groups = len(economy.books.balance) * sites
    vendors = economy.books.outside(Outside.PLANT_VENDORS)
    space = np.flatnonzero((ledger.state == State.ACTIVE) & np.isin(ledger.kind, (Kind.LEASE, Kind.SUBLEASE)))
    space = space[ledger.seller[space] != vendors]
    let = ledger.active(Kind.SUBLEASE)
    held = sum_by(ledger.buyer[space] * sites + ledger.site[space], ledger.kw[space], groups)
    return held - sum_by(ledger.seller[let] * sites + ledger.site[let], ledger.kw[let], groups)


def empty_by_tenant(economy: Economy, months: int) -> list[tuple[int, int, int, int]]:
    """What `empty_space` finds, (site, end, tenant, kW), from lists of every tenant's leases and what fills them."""
    ledger, tranches, then = economy.ledger, economy.building.fleet.tranches, economy.tick + months
    vendors = economy.books.outside(Outside.PLANT_VENDORS)
    space = (ledger.state <= State.ACTIVE) & np.isin(ledger.kind, (Kind.LEASE, Kind.SUBLEASE))
    space &= (ledger.seller != vendors) & (ledger.start <= then) & (ledger.end > then)
    runs = (tranches.state <= TrancheState.OPERATING) & (tranches.ready <= then) & (tranches.retire > then)
    held: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for row in np.flatnonzero(space).tolist():
        site, end, kw = int(ledger.site[row]), int(ledger.end[row]), int(ledger.kw[row])
        held.setdefault((site, int(ledger.buyer[row])), []).append((end, kw))
        if ledger.kind[row] == Kind.SUBLEASE:
            held.setdefault((site, int(ledger.seller[row])), []).append((end, -kw))
    for row in np.flatnonzero(runs).tolist():
        place = int(tranches.site[row]), int(tranches.agent[row])
        held.setdefault(place, []).append((int(tranches.retire[row]), -int(tranches.kw[row])))
    found = []
    for (site, tenant), rows in held.items():
        longer = 0
        ends = sorted({end for end, _ in rows})
        beyond = [sum(kw for end, kw in rows if end >= until) for until in ends]
        spare = [max(min(beyond[: place + 1]), 0) for place in range(len(ends))]
        for until, kw in zip(reversed(ends), reversed(spare), strict=True):
            if kw > longer and spare[0] > 0:
                found.append((site, until, tenant, kw - longer))
            longer = kw
    return sorted(found)


def test_empty_space_is_what_lists_of_leases_and_accelerators_say() -> None:
    model = model_of(60, *SHORT_LIVES)
    economy = model.economy
    everywhere = np.ones(len(economy.rows.site_key), dtype=np.bool_)
    rows = 0
    while model.running:
        model.step()
        for months in (0, 7) if model.tick % 6 == 0 else ():
            empty = empty_space(economy, months, everywhere)
            found = zip(*(column.tolist() for column in (empty.site, empty.end, empty.tenant, empty.kw)), strict=True)
            assert list(found) == empty_by_tenant(economy, months)
            rows += len(empty.site)
    assert rows > 200


def test_states_that_have_not_ended_have_one_code() -> None:
    assert int(State.ACTIVE) == int(TrancheState.OPERATING) == LEFT


def test_no_space_is_let_twice_and_what_runs_has_its_space() -> None:
    model = model_of(90, *SHORT_LIVES)
    economy, sublet = model.economy, 0
    sites = len(economy.rows.site_key)
    vendors = economy.books.outside(Outside.PLANT_VENDORS)
    while model.running:
        model.step()
        ledger = economy.ledger
        leases = ledger.active(Kind.LEASE)
        leases = leases[ledger.seller[leases] != vendors]
        assert (sum_by(ledger.site[leases], ledger.kw[leases], sites) <= economy.building.shells.shell_kw).all()
        sublet = max(sublet, int(ledger.kw[ledger.active(Kind.SUBLEASE)].sum()))
        # What stood at the start is leased in whole years; after its time all that runs has a lease.
        if model.tick > 50:
            operating = economy.building.fleet.operating_kw
            assert (operating.ravel() <= held_kw(economy)[: operating.size]).all()
    assert sublet > 100_000


def test_a_tenant_spares_what_it_has_leased_and_no_accelerators_fill() -> None:
    model = played(40, *SHORT_LIVES)
    economy = model.economy
    everywhere = np.ones(len(economy.rows.site_key), dtype=np.bool_)
    empty = empty_space(economy, 0, everywhere)
    spare = held_kw(economy)
    operating = economy.building.fleet.operating_kw
    spare[: operating.size] -= operating.ravel()
    found = sum_by(empty.tenant * len(everywhere) + empty.site, empty.kw, len(spare))
    # Less where a lease ends before what uses it does.
    assert (found <= np.maximum(spare, 0)).all()
    assert found.sum() > 0.9 * np.maximum(spare, 0).sum()
    assert (empty.end > economy.tick).all()
    assert (np.diff(empty.site) >= 0).all()


def test_who_sublets_is_paid_by_the_new_tenant_and_pays_its_landlord() -> None:
    model = played(70, *SHORT_LIVES)
    ledger = model.economy.ledger
    rows = np.flatnonzero(ledger.kind == Kind.SUBLEASE)
    assert len(rows)
    assert (ledger.seller[rows] != ledger.buyer[rows]).all()
    rents = ledger.rents()
    let = np.isin(rents.contract, rows)
    assert let.any()
    assert np.array_equal(rents.payee[let], ledger.seller[rents.contract[let]])
    # A sublease ends no later than the longest of its lessor's leases there.
    for row in rows[:200].tolist():
        own = np.flatnonzero(
            np.isin(ledger.kind, (Kind.LEASE, Kind.SUBLEASE))
            & (ledger.buyer == ledger.seller[row])
            & (ledger.site == ledger.site[row])
        )
        assert ledger.end[row] <= ledger.end[own].max()


def test_leases_without_a_term_are_never_sublet() -> None:
    model = played(60, *SHORT_LIVES[:2], "contracts.lease_months=1")
    assert not (model.economy.ledger.kind == Kind.SUBLEASE).any()


def test_neoclouds_lease_for_the_life_of_their_accelerators_and_owners_in_their_own_halls_too() -> None:
    model = played(24)
    economy, ledger = model.economy, model.economy.ledger
    rows = np.flatnonzero((ledger.kind == Kind.LEASE) & (ledger.signed > 0) & (ledger.start > ledger.signed))
    rows = rows[ledger.seller[rows] != economy.books.outside(Outside.PLANT_VENDORS)]
    months = ledger.end[rows] - ledger.start[rows]
    short = economy.short_leases[ledger.buyer[rows]] | (ledger.seller[rows] == ledger.buyer[rows])
    assert short.any()
    assert (months[short] == economy.building.lives[economy.ground.sites.silicon[ledger.site[rows[short]]]]).all()
    assert (months[~short] == 120).all()


def default_of_a_tenant_that_sublets(model: WattMarketModel) -> int:
    """The agent that may default and sublets most."""
    ledger = model.economy.ledger
    let = ledger.active(Kind.SUBLEASE)
    kw = sum_by(ledger.seller[let], ledger.kw[let], len(model.economy.books.balance))[: len(model.population)]
    return int(np.argmax(np.where(model.economy.may_default, kw, -1)))


def test_creditors_step_into_leases_and_subleases() -> None:
    model = model_of(60, *SHORT_LIVES)
    economy, books, ledger = model.economy, model.economy.books, model.economy.ledger
    for _ in range(50):
        model.step()
    agent, creditors = default_of_a_tenant_that_sublets(model), books.outside(Outside.CREDITORS)
    let = ledger.active(Kind.SUBLEASE)
    before = int(ledger.kw[let[ledger.seller[let] == agent]].sum())
    assert before > 0
    lost = int(books.cash[agent]) + 10**12
    books.pay(agent, books.outside(Outside.OPERATIONS), lost, Account.EXPENSE, Account.INCOME)
    model.step()
    assert economy.defaults[-1] == (50, agent)
    let = ledger.active(Kind.SUBLEASE)
    assert not (ledger.seller[let] == agent).any()
    assert int(ledger.kw[let[ledger.seller[let] == creditors]].sum()) >= before
    while model.running:
        model.step()
