"""Contracts from signature to their end, and what they make parties pay, on cases to work out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from wattmarket.contracts import NONE, ContractLedger, Kind, State
from wattmarket.errors import InputError, InvariantError

UTILITY, CREDITORS = -2, 7


def ppa(ledger: ContractLedger, *, kw: int = 100, start: int = 2, end: int = 10, tick: int = 0, buyer: int = 0) -> int:
    (contract,) = ledger.sign(
        Kind.PPA, tick, seller=UTILITY, buyer=buyer, zone=1, step=3, kw=kw, price=40_000_000, start=start, end=end
    )
    return int(contract)


def lease(ledger: ContractLedger, *, kw: int = 50, start: int = 0, end: int = 6, tick: int = 0, buyer: int = 1) -> int:
    (contract,) = ledger.sign(
        Kind.LEASE, tick, seller=4, buyer=buyer, zone=0, site=5, kw=kw, price=180_000_000, start=start, end=end
    )
    return int(contract)


def test_a_contract_waits_runs_and_expires() -> None:
    ledger = ContractLedger()
    power, place = ppa(ledger), lease(ledger)
    assert ledger.state.tolist() == [State.PENDING, State.ACTIVE]
    assert ledger.site.tolist() == [NONE, 5]
    assert ledger.step.tolist() == [3, NONE]
    ended = {tick: ledger.advance(tick).tolist() for tick in range(1, 12)}
    assert {tick: ids for tick, ids in ended.items() if ids} == {6: [place], 10: [power]}
    assert ledger.state.tolist() == [State.EXPIRED, State.EXPIRED]
    assert ledger.closed.tolist() == [10, 6]


def test_what_begins_and_ends_between_two_ticks_is_still_counted() -> None:
    ledger = ContractLedger()
    power = ppa(ledger, start=2, end=3)
    assert ledger.advance(9).tolist() == [power]


@pytest.mark.parametrize(
    ("lmp", "payer", "payee", "usd"),
    [
        # Strike 40 $/kW-month; 730 h at 0.05 $/kWh are 36.50 $. The buyer owes 3.50 $ on each of 100 kW.
        (50_000, 0, UTILITY, 350),
        (60_000, UTILITY, 0, 380),
        # One micro-$ per kWh is 0.00073 $ per kW-month: less than a dollar in all is rounded down on either side.
        (-1, 0, UTILITY, 4_000),
        (54_793, 0, UTILITY, None),
        (54_796, UTILITY, 0, None),
    ],
)
def test_contracts_for_differences(lmp: int, payer: int, payee: int, usd: int | None) -> None:
    ledger = ContractLedger()
    power = ppa(ledger)
    ledger.advance(1)
    assert len(ledger.cfd(np.array([0, lmp]))) == 0
    ledger.advance(2)
    payments = ledger.cfd(np.array([0, lmp]))
    if usd is None:
        assert len(payments) == 0
        return
    assert payments.contract.tolist() == [power]
    assert (payments.payer.tolist(), payments.payee.tolist(), payments.usd.tolist()) == ([payer], [payee], [usd])
    assert payments.received_usd(2).tolist() == ([0, 0] if payee < 0 else [usd, 0])
    assert payments.paid_usd(2).tolist() == ([0, 0] if payer < 0 else [usd, 0])


def test_rent() -> None:
    ledger = ContractLedger()
    lease(ledger)
    lease(ledger, start=1)
    payments = ledger.rents()
    assert (payments.payer.tolist(), payments.payee.tolist(), payments.usd.tolist()) == ([1], [4], [9_000])


def test_a_contract_resold_in_part_leaves_the_rest_with_its_holder() -> None:
    ledger = ContractLedger()
    first = lease(ledger)
    ledger.advance(2)
    (sold,) = ledger.assign([first], 9, 2, kw=[20])
    assert ledger.state.tolist() == [State.RESOLD, State.ACTIVE, State.ACTIVE]
    assert (ledger.buyer.tolist(), ledger.kw.tolist()) == ([1, 9, 1], [50, 20, 30])
    assert (ledger.start.tolist(), ledger.end.tolist(), ledger.parent.tolist()) == ([0, 2, 2], [6] * 3, [NONE, 0, 0])
    assert sold == 1
    assert ledger.signed_kw(Kind.LEASE) == 100
    assert ledger.kw_by_state(Kind.LEASE).tolist() == [0, 50, 0, 0, 50]
    assert ledger.contracted_kw(Kind.LEASE, "buyer", 10).tolist() == [0, 30, 0, 0, 0, 0, 0, 0, 0, 20]


def test_a_pending_contract_resold_still_begins_when_it_was_to() -> None:
    ledger = ContractLedger()
    (sold,) = ledger.assign(ppa(ledger), 9, 1)
    assert (ledger.start[sold], ledger.end[sold], ledger.state[sold]) == (2, 10, State.PENDING)
    assert ledger.contracted_kw(Kind.PPA, "step", 4).tolist() == [0, 0, 0, 100]
    assert ledger.contracted_kw(Kind.PPA, "step", 4, running=True).tolist() == [0, 0, 0, 0]


def test_another_seller_takes_over() -> None:
    ledger = ContractLedger()
    (new,) = ledger.hand_over(lease(ledger), CREDITORS, 1)
    assert ledger.rents().payee.tolist() == [CREDITORS]
    assert ledger.parent[new] == 0


def test_what_has_ended_cannot_end_again() -> None:
    ledger = ContractLedger()
    first, second = lease(ledger), lease(ledger)
    ledger.terminate([first], 1)
    assert ledger.closed.tolist() == [1, NONE]
    for wrong in ([first], [second, second], [2], [-1]):
        with pytest.raises(InputError, match="ids"):
            ledger.terminate(wrong, 1)
    with pytest.raises(InputError, match="tick: 0 is before 1"):
        ledger.terminate([second], 0)
    # Nobody told the ledger that it is tick 6; the lease is over all the same.
    with pytest.raises(InputError, match="has ended already"):
        ledger.assign([second], 3, 6)
    with pytest.raises(InputError, match=r"kw\[0\] = 51: is not in 1\.\.50"):
        ledger.assign([second], 3, 1, kw=[51])


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"kw": 0}, r"kw\[0\] = 0"),
        ({"kw": [1, 2, 3]}, "expected 3 rows"),
        ({"kw": 1.5}, "expected integers"),
        ({"price": -1}, r"price\[0\] = -1"),
        ({"price": 2**61}, "does not fit 64 bits"),
        ({"end": 2}, "is not after its start"),
        ({"step": NONE}, "a PPA needs a step"),
    ],
)
def test_bad_terms_are_refused_and_leave_nothing_behind(changed: dict[str, object], message: str) -> None:
    ledger = ContractLedger()
    terms = {"seller": -1, "buyer": [0, 1], "zone": 0, "step": 0, "kw": 10, "price": 5, "start": 2, "end": 4, **changed}
    with pytest.raises(InputError, match=message):
        ledger.sign(Kind.PPA, 0, **terms)  # type: ignore[arg-type]
    assert len(ledger) == 0


def test_every_zone_needs_a_price() -> None:
    ledger = ContractLedger()
    ppa(ledger, start=0)
    with pytest.raises(InputError, match="for each zone"):
        ledger.cfd(np.array([1]))
    with pytest.raises(InputError, match="64 bits"):
        ledger.cfd(np.array([1, 2**60]))


def test_a_kilowatt_that_is_lost_is_noticed() -> None:
    ledger = ContractLedger()
    ppa(ledger)
    ledger.kw[0] -= 1
    with pytest.raises(InvariantError, match="PPA: 100 kW signed"):
        ledger.advance(1)
