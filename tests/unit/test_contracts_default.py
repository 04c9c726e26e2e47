"""An agent defaults: what it bought ends, what it sold and owned goes on without it, and nothing is lost."""

from __future__ import annotations

import pytest
from contract_plants import CANDIDATE, OPERATING, plants

from wattmarket.contracts import AcceleratorFleet, ContractLedger, Kind, State, wind_up
from wattmarket.errors import InputError

AGENT, OTHER, CREDITORS, UTILITY = 0, 1, 2, -5


def test_nothing_is_lost_in_a_default() -> None:
    ledger, fleet, power = ContractLedger(), AcceleratorFleet(3, 2), plants(OPERATING, CANDIDATE)
    cod = power.contract([0, 1, 0], [40, 50, 10], 0)
    terms = {"seller": UTILITY, "zone": 0, "step": [0, 1, 0], "price": 50_000_000, "end": 180}
    ledger.sign(Kind.PPA, 0, buyer=[AGENT, AGENT, OTHER], kw=[40, 50, 10], start=cod, **terms)
    lease = {"zone": 0, "price": 180_000_000, "start": 0, "end": 60}
    ledger.sign(Kind.LEASE, 0, seller=OTHER, buyer=AGENT, site=0, kw=30, **lease)
    ledger.sign(Kind.LEASE, 0, seller=AGENT, buyer=OTHER, site=1, kw=20, **lease)
    fleet.order([AGENT, AGENT, OTHER], [0, 1, 0], [25, 15, 8], [1, 9, 1], 60)
    for part in (ledger, fleet, power):
        part.advance(1)

    done = wind_up(AGENT, ledger, fleet, CREDITORS, 1, plants=power)

    assert done.terminated.tolist() == [0, 1, 3]
    assert done.terminated_kw.tolist() == [90, 30, 0, 0]
    assert done.handed_over.tolist() == [4]
    assert done.handed_over_kw.tolist() == [0, 20, 0, 0]
    assert done.transferred_kw.tolist() == [25, 0]
    assert done.cancelled_kw.tolist() == [0, 15]
    # Generators have their power back, also that under construction, and the ledger and the plants agree.
    assert power.contracted_kw.tolist() == ledger.contracted_kw(Kind.PPA, "step", 2).tolist() == [10, 0]
    assert power.offers().kw.tolist() == [90, 50, 150]
    assert ledger.kw_by_state(Kind.PPA).tolist() == [0, 10, 0, 90, 0]
    assert ledger.kw_by_state(Kind.LEASE).tolist() == [0, 20, 0, 30, 20]
    assert ledger.contracted_kw(Kind.LEASE, "seller", 3).tolist() == [0, 0, 20]
    assert ledger.rents().payee.tolist() == [CREDITORS]
    assert fleet.operating_kw.tolist() == [[0, 0], [8, 0], [25, 0]]
    assert not fleet.pipeline_kw.any()
    again = wind_up(AGENT, ledger, fleet, CREDITORS, 1, plants=power)
    assert len(again.terminated) == len(again.handed_over) == int(again.transferred_kw.sum()) == 0


def test_a_lease_from_oneself_ends() -> None:
    ledger, fleet = ContractLedger(), AcceleratorFleet(2, 1)
    ledger.sign(Kind.LEASE, 0, seller=0, buyer=0, site=0, zone=0, kw=5, price=1, start=0, end=9)
    assert wind_up(0, ledger, fleet, 1, 0).handed_over.tolist() == []
    assert ledger.state.tolist() == [State.TERMINATED]


@pytest.mark.parametrize(("agent", "creditors"), [(0, 0), (0, 3), (-1, 1)])
def test_creditors_are_somebody_else_with_a_row(agent: int, creditors: int) -> None:
    with pytest.raises(InputError, match="creditors"):
        wind_up(agent, ContractLedger(), AcceleratorFleet(3, 1), creditors, 0)
