"""What becomes of the contracts and accelerators of an agent that defaults."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wattmarket.contracts.fleet import AcceleratorFleet
from wattmarket.contracts.ledger import ContractLedger
from wattmarket.contracts.plants import PlantFleet
from wattmarket.contracts.records import Kind, State
from wattmarket.errors import InputError
from wattmarket.numeric.growing import Integer

__all__ = ["WindUp", "wind_up"]


@dataclass(frozen=True, slots=True)
class WindUp:
    """What a default touched.

    Parameters
    ----------
    agent, creditors
        Who defaulted, and who took over.
    terminated
        Ids of the contracts in which the agent was the buyer, int64 [N].
    terminated_kw
        kW of those, by `Kind`, int64 [kinds].
    handed_over, successors
        Ids of the contracts in which it was the seller, and of those that took their place, int64 [M] each.
    handed_over_kw
        kW of those, by `Kind`, int64 [kinds].
    transferred_kw
        Accelerators that ran and now belong to the creditors, int64 [S].
    cancelled_kw
        Accelerators that were ordered and are not made, int64 [S].
    """

    agent: int
    creditors: int
    terminated: Integer
    terminated_kw: Integer
    handed_over: Integer
    successors: Integer
    handed_over_kw: Integer
    transferred_kw: Integer
    cancelled_kw: Integer


def wind_up(
    agent: int,
    ledger: ContractLedger,
    fleet: AcceleratorFleet,
    creditors: int,
    tick: int,
    *,
    plants: PlantFleet | None = None,
) -> WindUp:
    """Wind an agent up.

    What it bought ends: landlords have their space back and generators their power, which is on offer again. What it
    sold goes on, with its creditors in its place. Accelerators that run go to the creditors, at their sites; what is
    not ready is cancelled.

    Parameters
    ----------
    agent
        Who defaults.
    ledger, fleet
        Changed in place.
    creditors
        Party of the creditors, and their row in `fleet`.
    tick
        Now.
    plants
        Where the power goes back to; without it the caller releases what `WindUp.terminated` names.

    Raises
    ------
    InputError
        If creditors and agent are the same, or either has no row in `fleet`.
    """
    rows = len(fleet.pipeline_kw)
    if agent == creditors or not (0 <= agent < rows and 0 <= creditors < rows):
        raise InputError(f"creditors: {creditors} and agent {agent} must be two of 0..{rows - 1}")
    live = ledger.state <= State.ACTIVE
    bought = np.flatnonzero(live & (ledger.buyer == agent))
    sold = np.flatnonzero(live & (ledger.seller == agent) & (ledger.buyer != agent))
    bought_kw, sold_kw = _by_kind(ledger, bought), _by_kind(ledger, sold)
    ledger.terminate(bought, tick)
    if plants is not None:
        plants.release(ledger.step[bought], ledger.kw[bought])
    return WindUp(
        agent=agent,
        creditors=creditors,
        terminated=bought,
        terminated_kw=bought_kw,
        handed_over=sold,
        successors=ledger.hand_over(sold, creditors, tick),
        handed_over_kw=sold_kw,
        cancelled_kw=fleet.cancel(agent),
        transferred_kw=fleet.transfer(agent, creditors),
    )


def _by_kind(ledger: ContractLedger, ids: Integer) -> Integer:
    kw = np.zeros(len(Kind), dtype=np.int64)
    np.add.at(kw, ledger.kind[ids], ledger.kw[ids])
    return kw
