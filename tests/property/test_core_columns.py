"""Steps of a month that the core takes over whole columns are what plain NumPy makes of them."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from wattmarket import _core
from wattmarket.numeric import first_in_group, overlaps, sum_by

Integer = NDArray[np.int64]

seeds = st.integers(0, 2**32 - 1)
LEASE, SUBLEASE, VENDORS, ACTIVE = 1, 3, 9, 1
TENANTS, SITES, NOW = 5, 3, 10


def columns_of(data: list[bytes]) -> list[list[int]]:
    return [np.frombuffer(column, dtype=np.int64).tolist() for column in data]


def random_contracts(rng: np.random.Generator) -> dict[str, Integer]:
    rows = int(rng.integers(0, 60))
    highest = {"kind": 4, "state": 5, "seller": TENANTS, "buyer": TENANTS, "site": SITES, "zone": 2, "kw": 50}
    start = rng.integers(0, NOW + 3, rows)
    return {
        **{name: rng.integers(0, most, rows) for name, most in highest.items()},
        "price": rng.integers(0, 1_000, rows),
        "start": start,
        "end": start + rng.integers(1, 8, rows),
    }


@given(seeds)
@settings(max_examples=100, deadline=None)
def test_contracts(seed: int) -> None:
    rng = np.random.default_rng(seed)
    c = random_contracts(rng)
    begun = (c["state"] == 0) & (c["start"] <= NOW)
    over = (begun | (c["state"] == ACTIVE)) & (c["end"] <= NOW)
    expected = [np.flatnonzero(begun).tolist(), np.flatnonzero(over).tolist()]
    assert columns_of(_core.contracts_due(c, NOW, (0, ACTIVE))) == expected
    kw = sum_by(c["kind"] * 5 + c["state"], c["kw"], 20)
    assert np.frombuffer(_core.contracts_kw(c, 4, 5), dtype=np.int64).tolist() == kw.tolist()
    market, unit = rng.integers(-30, 60, 2), int(rng.integers(1, 500))
    for kinds, found, price in (
        ((1, 3), _core.rents(c, (1, 3), ACTIVE, unit), c["price"]),
        ((0, 2), _core.differences(c, (0, 2), ACTIVE, unit, market, 9), c["price"] - market[c["zone"]] * 9),
    ):
        owed = price * c["kw"]
        usd = np.abs(owed) // unit
        ids = np.flatnonzero((c["state"] == ACTIVE) & np.isin(c["kind"], kinds) & (usd > 0))
        payer, payee = (
            np.where(owed < 0, c[one], c[other]) for one, other in (("seller", "buyer"), ("buyer", "seller"))
        )
        assert columns_of(found) == [column.tolist() for column in (ids, payer[ids], payee[ids], usd[ids])]


def random_tranches(rng: np.random.Generator) -> dict[str, Integer]:
    rows = int(rng.integers(0, 60))
    highest = {"agent": TENANTS, "site": SITES, "kw": 40, "state": 4, "ready": NOW + 3, "retire": NOW + 8}
    return {name: rng.integers(0, most, rows) for name, most in highest.items()}


@given(seeds)
@settings(max_examples=100, deadline=None)
def test_fleet(seed: int) -> None:
    t = random_tranches(np.random.default_rng(seed))
    ordered, running = t["state"] == 0, t["state"] == 1
    expected = [
        sum_by(t["agent"][running] * SITES + t["site"][running], t["kw"][running], TENANTS * SITES),
        sum_by(t["agent"][ordered], t["kw"][ordered], TENANTS),
        sum_by(t["site"][ordered], t["kw"][ordered], SITES),
    ]
    assert columns_of(_core.fleet_tally(t, (0, 1), (TENANTS, SITES))) == [kw.tolist() for kw in expected]
    by_site = np.frombuffer(_core.fleet_by_site(expected[0], SITES), dtype=np.int64)
    assert by_site.tolist() == expected[0].reshape(TENANTS, SITES).sum(axis=0).tolist()


def used(c: dict[str, Integer], t: dict[str, Integer]) -> Integer:
    """Place, kW and end of what is leased, filled and let to others, int64 [3, N]."""
    leased = (c["state"] <= ACTIVE) & np.isin(c["kind"], (LEASE, SUBLEASE)) & (c["seller"] != VENDORS)
    leased &= (c["start"] <= NOW) & (c["end"] > NOW)
    let = leased & (c["kind"] == SUBLEASE)
    runs = (t["state"] <= ACTIVE) & (t["ready"] <= NOW) & (t["retire"] > NOW)
    place = np.concatenate([c["buyer"][leased], t["agent"][runs], c["seller"][let]]) * SITES
    place += np.concatenate([c["site"][leased], t["site"][runs], c["site"][let]])
    kw = np.concatenate([c["kw"][leased], -t["kw"][runs], -c["kw"][let]])
    return np.stack([place, kw, np.concatenate([c["end"][leased], t["retire"][runs], c["end"][let]])])


@given(seeds)
@settings(max_examples=200, deadline=None)
def test_tenants_who_stay(seed: int) -> None:
    rng = np.random.default_rng(seed)
    c, t = random_contracts(rng), random_tranches(rng)
    ended = np.flatnonzero((c["state"] > ACTIVE) & (rng.random(len(c["kw"])) < 0.5))
    place, kw, end = used(c, t)
    tenant = c["buyer"][ended] * SITES + c["site"][ended]
    ended = ended[np.argsort(tenant, kind="stable")]
    tenant = np.sort(tenant)
    spots = TENANTS * SITES
    short = np.clip(-sum_by(place, kw, spots), 0, sum_by(tenant, c["kw"][ended], spots))
    uses = np.flatnonzero(kw < 0)
    uses = uses[np.lexsort((end[uses], place[uses]))]
    left, right, piece_kw = overlaps(
        first_in_group(short[tenant], tenant, c["kw"][ended]),
        first_in_group(short[place[uses]], place[uses], -kw[uses]),
    )
    found = _core.held_over((c, t, (LEASE, SUBLEASE, VENDORS, ACTIVE), TENANTS), NOW, np.sort(ended), SITES)
    assert columns_of(found) == [ended[left].tolist(), piece_kw.tolist(), end[uses[right]].tolist()]


@given(seeds)
@settings(max_examples=100, deadline=None)
def test_projects(seed: int) -> None:
    rng = np.random.default_rng(seed)
    agents, sites = 3, int(rng.integers(1, 25))
    zone = rng.integers(0, 6, sites)
    bloc = zone % 2
    # Few values, so that there are equals.
    worth = rng.integers(-2, 6, (agents, sites)) * 1.5
    taken = rng.random((agents, sites)) < 0.2
    room = rng.random(sites) < 0.8
    rows: list[tuple[int, int, int]] = []
    project = 0
    for agent in (0, 2):
        left: Any = np.where(room & ~taken[agent] & (worth[agent] > 0.0), worth[agent], -np.inf)
        for _ in range(2):
            eligible, first = np.ones(sites, dtype=np.bool_), -1
            for _ in range(3):
                here = np.where(eligible, left, -np.inf)
                best = int(here.argmax())
                if here[best] == -np.inf:
                    break
                first = best if first < 0 else first
                eligible &= (bloc == bloc[first]) & (zone != zone[best])
                rows.append((agent, project, best))
            if first < 0:
                break
            left[[site for _, number, site in rows if number == project]] = -np.inf
            project += 1
    found = _core.projects(
        np.array([0, 2]), worth.reshape(-1), np.flatnonzero(taken), np.flatnonzero(room), (zone, bloc), (2, 3)
    )
    assert list(zip(*columns_of(found), strict=True)) == rows


def random_requests(rng: np.random.Generator) -> dict[str, Integer]:
    rows = int(rng.integers(0, 40))
    highest = {"zone": 3, "stage": 7, "filed": 4, "luck": 4, "project": 9, "site": 3}
    kw = ("remaining_kw", "reserved_kw", "building_kw", "energised_kw", "resold_kw", "withdrawn_kw", "asked_kw")
    usd = ("held_usd", "returned_usd", "forfeited_usd", "applied_usd")
    r = {name: rng.integers(0, most, rows) for name, most in highest.items()}
    r |= {name: rng.integers(0, 20, rows) for name in kw} | {name: rng.integers(0, 20, rows) for name in usd}
    r["reserved_kw"], r["asked_kw"] = r["reserved_kw"] % (r["remaining_kw"] + 1), r["asked_kw"] % (r["building_kw"] + 1)
    r["stage"] = np.where(r["remaining_kw"] + r["building_kw"] == 0, 6, r["stage"] % 6)
    r["kw"] = sum(r[name] for name in ("remaining_kw", "building_kw", "energised_kw", "resold_kw", "withdrawn_kw"))
    return r | {"paid_usd": sum(r[name] for name in usd)}


@given(seeds)
@settings(max_examples=100, deadline=None)
def test_queue(seed: int) -> None:
    rng = np.random.default_rng(seed)
    r = random_requests(rng)
    broken, by_zone = _core.queue_laws(r, 6, 3)
    assert list(broken) == [None, None, None]
    used = sum_by(r["zone"], r["reserved_kw"] + r["building_kw"] + r["energised_kw"], 3)
    assert columns_of(list(by_zone)) == [used.tolist(), sum_by(r["zone"], r["withdrawn_kw"], 3).tolist()]
    projects, row = np.unique(r["project"], return_inverse=True)
    wanted = np.zeros(len(projects), dtype=np.int64)
    np.maximum.at(wanted, row, r["kw"])
    bought = sum_by(row, r["building_kw"] + r["energised_kw"], len(projects))
    assert np.frombuffer(_core.queue_needs(r), dtype=np.int64).tolist() == (wanted - bought)[row].tolist()
    ids = rng.permutation(len(r["kw"]))[: len(r["kw"]) // 2]
    keys = [r[name][ids] for name in ("site", "zone", "project", "luck", "filed")]
    line = np.frombuffer(_core.queue_line(r, ids, r["zone"][ids]), dtype=np.int64)
    assert line.tolist() == ids[np.lexsort((*keys, r["zone"][ids]))].tolist()


@given(seeds)
@settings(max_examples=100, deadline=None)
def test_broken_laws_of_the_queue(seed: int) -> None:
    rng = np.random.default_rng(seed)
    r = random_requests(rng)
    for name in ("kw", "paid_usd", "reserved_kw", "asked_kw", "held_usd", "stage"):
        r[name] = r[name] + rng.choice([-20, 0, 0, 0, 20], len(r["kw"]))
    waiting = r["remaining_kw"] + r["building_kw"]
    least = np.minimum.reduce(
        [r[name] for name in ("remaining_kw", "reserved_kw", "building_kw", "energised_kw", "withdrawn_kw", "held_usd")]
    )
    wrong = (
        r["kw"] != r["energised_kw"] + waiting + r["withdrawn_kw"] + r["resold_kw"],
        r["paid_usd"] != r["held_usd"] + r["returned_usd"] + r["forfeited_usd"] + r["applied_usd"],
        (least < 0)
        | (r["reserved_kw"] > r["remaining_kw"])
        | (r["asked_kw"] > r["building_kw"])
        | ((r["stage"] == 6) != (waiting == 0)),
    )
    broken, _ = _core.queue_laws(r, 6, 3)
    assert list(broken) == [next(iter(np.flatnonzero(rows).tolist()), None) for rows in wrong]


@given(seeds)
@settings(max_examples=100, deadline=None)
def test_books(seed: int) -> None:
    rng = np.random.default_rng(seed)
    balance = rng.integers(-50, 50, (TENANTS, 4))
    party, usd = rng.integers(0, TENANTS, 12), rng.integers(-20, 20, 12)
    debit, credit = rng.permutation(4)[:2].tolist()
    expected = balance.copy()
    expected[:, debit] += sum_by(party, usd, TENANTS)
    expected[:, credit] -= sum_by(party, usd, TENANTS)
    _core.post(balance.reshape(-1), 4, party, usd, (debit, credit))
    assert balance.tolist() == expected.tolist()
