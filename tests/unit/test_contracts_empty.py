"""A month in which nothing happens: no rows are as good as some."""

from __future__ import annotations

import numpy as np
from contract_plants import CANDIDATE, OPERATING, plants

from wattmarket.contracts import AcceleratorFleet, ContractLedger, EquipmentQueue, Kind, ShellStock

NO = np.zeros(0, dtype=np.int64)


def test_no_contracts() -> None:
    ledger = ContractLedger()
    assert len(ledger.sign(Kind.LEASE, 0, seller=1, buyer=NO, zone=0, site=NO, kw=NO, price=NO, start=NO, end=NO)) == 0
    assert len(ledger.assign(NO, 3, 0, NO)) == len(ledger.hand_over([], 3, 0)) == 0
    ledger.terminate(NO, 0)
    assert len(ledger.advance(1)) == len(ledger.cfd(NO)) == len(ledger.rents()) == 0


def test_no_power() -> None:
    power = plants(OPERATING, CANDIDATE)
    assert len(power.contract(NO, NO, 0, key=NO.astype(np.uint64))) == len(power.build([], [], 0)) == 0
    power.release(NO, NO)
    power.retire(NO, NO)
    assert len(power.underwritten(NO, 180, NO)) == 0
    assert len(plants().offers()) == 0


def test_no_building() -> None:
    fleet, shells, turbines = AcceleratorFleet(1, 2), ShellStock(NO, NO, NO, NO, 3), EquipmentQueue.turbines()
    fleet.seed(np.zeros((1, 2), dtype=np.int64), 60, np.ones(60))
    assert len(fleet.order(0, NO, NO, NO, 60)) == 0
    assert not np.any(fleet.advance(1))
    shells.start(NO, NO, NO, NO, 1)
    assert [len(part) for part in shells.advance()] == [0, 0, 0]
    assert turbines.order(NO, 0) == turbines.base_lead_months
    assert turbines.making_kw == 0
