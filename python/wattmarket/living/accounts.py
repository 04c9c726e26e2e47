"""Agents, contracts, connections, suppliers and plants at the end of a month, as rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from wattmarket.agents.books import Account, Outside
from wattmarket.agents.suppliers import BILL_OF_MATERIALS
from wattmarket.contracts import Kind, State
from wattmarket.numeric import sum_by
from wattmarket.schema import SUPPLIER_PARTS
from wattmarket.spot import SpotState
from wattmarket.tick import Names
from wattmarket.units import MONTHS_PER_YEAR, MUSD_PER_KWH_PER_USD_PER_MWH, MUSD_PER_USD

if TYPE_CHECKING:
    from wattmarket.living.economy import Economy

__all__ = ["SupplierSales", "agent_columns", "contract_columns", "queue_columns", "supply_columns"]

Columns = dict[str, "NDArray[Any] | Names"]
Integer = NDArray[np.int64]

EVENTS: Final = ("signed", "expired", "terminated", "resold")
EVENT_OF_STATE: Final = {State.EXPIRED: 1, State.TERMINATED: 2, State.RESOLD: 3}

KINDS: Final = tuple(kind.name.lower() for kind in Kind)


def agent_columns(economy: Economy, cohorts: list[str]) -> Columns:
    """Rows of the table ``agents``; `cohorts` are the cohorts' names."""
    population, books, treasury = economy.population, economy.books, economy.treasury
    agents = len(population)
    operating = economy.building.fleet.operating_kw[:agents]
    core_kw, edge_kw = sum_by(economy.ground.sites.edge.astype(np.int64), operating, 2).T
    defaulted = np.zeros(agents, dtype=np.bool_)
    defaulted[[agent for tick, agent in economy.defaults if tick == economy.tick]] = True
    everyone = np.arange(agents)
    return {
        "agent_id": Names(everyone, population.agent_id),
        "class": Names(everyone, population.agent_class),
        "cohort": Names(economy.outlook.cohort, cohorts),
        "cash_usd": books.cash[:agents].copy(),
        "debt_usd": books.debt[:agents],
        "equity_usd": books.equity[:agents],
        "profit_usd": -books.balance[:agents, [Account.INCOME, Account.EXPENSE]].sum(axis=1),  # exact: integers
        "revenue_usd": treasury.revenue_usd.copy(),
        "spent_usd": treasury.spent_usd.copy(),
        "owed_usd": treasury.owed_usd[:agents].copy(),
        "operating_kw": core_kw + edge_kw,
        "edge_operating_kw": edge_kw.copy(),
        "pipeline_kw": economy.building.fleet.pipeline_kw[:agents].copy(),
        "ppa_kw": economy.ledger.contracted_kw(Kind.PPA, "buyer", agents),
        "defaulted": defaulted,
    }


def contract_columns(economy: Economy, parties: list[str], generators: list[str]) -> Columns:
    """Rows of the table ``contracts``: what was signed and what ended this month.

    Parameters
    ----------
    economy
        At the end of the month.
    parties
        Names of agents and outside accounts, in the order of the books.
    generators
        Names of the generators, one for each step.
    """
    ledger, ids = economy.ledger, economy.ground.ids
    # Rows come in the order in which they are signed.
    signed = np.arange(np.searchsorted(ledger.signed, economy.tick), len(ledger))
    ended = np.flatnonzero(ledger.closed == economy.tick)
    end = np.zeros(len(State), dtype=np.int64)
    for state, code in EVENT_OF_STATE.items():
        end[state] = code
    row = np.concatenate([signed, ended])
    return {
        "contract": row,
        "event": Names(np.concatenate([np.zeros_like(signed), end[ledger.state[ended]]]), EVENTS),
        "kind": Names(ledger.kind[row], KINDS),
        "seller": Names(ledger.seller[row], parties),
        "buyer": Names(ledger.buyer[row], parties),
        "zone_id": Names(ledger.zone[row], ids.zones),
        "site_id": Names(ledger.site[row], ids.sites),
        "generator_id": Names(ledger.step[row], generators),
        "kw": ledger.kw[row],
        "price_usd_per_kw_month": ledger.price[row] / MUSD_PER_USD,
        "start_tick": ledger.start[row].astype(np.int32),
        "end_tick": ledger.end[row].astype(np.int32),
    }


def queue_columns(economy: Economy) -> Columns:
    """Rows of the table ``queue``."""
    queue, zones = economy.building.queue, economy.ground.ids.zones
    slots, waits = queue.ledger(), queue.waits(economy.tick - MONTHS_PER_YEAR + 1)
    building = sum_by(queue.requests.zone, queue.requests.building_kw, len(zones))
    expected = waits.expected_months
    return {
        "zone_id": Names(np.arange(len(zones)), zones),
        "waiting_kw": slots.waiting_kw - building,
        "building_kw": building,
        "energised_kw": slots.energised_kw,
        "withdrawn_kw": slots.withdrawn_kw,
        "resold_kw": slots.resold_kw,
        "free_kw": queue.free_kw,
        "wait_expected_months": np.where(np.isfinite(expected), expected, np.nan),
        "wait_realised_months": np.where(waits.energised_kw > 0, waits.realised_months, np.nan),
    }


def supply_columns(economy: Economy, state: SpotState, generators: list[str]) -> Columns:
    """Rows of the table ``supply``.

    Parameters
    ----------
    economy
        At the end of the month.
    state
        What the month's spot market was cleared on.
    generators
        Names of the generators, one for each step.
    """
    return {
        "generator_id": Names(np.arange(len(generators)), generators),
        "available_kw": state.step_kw,
        "contracted_kw": economy.building.plants.contracted_kw.copy(),
        "cost_usd_per_mwh": state.step_cost / MUSD_PER_KWH_PER_USD_PER_MWH,
    }


class SupplierSales:
    """What building pays to its suppliers month by month: what their accounts took in since the month before."""

    def __init__(self) -> None:
        self._before: dict[Outside, int] = {}

    def columns(self, economy: Economy) -> Columns:
        """Rows of the table ``suppliers``; what the parts of a server don't share evenly is in the last of them."""
        servers = self._sold(economy, Outside.CHIPMAKERS)
        usd = {part: int(servers * share) for part, share in BILL_OF_MATERIALS.items()}
        usd["other"] += servers - sum(usd.values())  # exact: integers
        usd["shells"] = self._sold(economy, Outside.BUILDERS)
        usd["plants"] = self._sold(economy, Outside.PLANT_VENDORS)
        return {
            "part": Names(np.arange(len(SUPPLIER_PARTS)), SUPPLIER_PARTS),
            "revenue_usd": np.array([usd[part] for part in SUPPLIER_PARTS], dtype=np.int64),
        }

    def _sold(self, economy: Economy, account: Outside) -> int:
        books = economy.books
        income = -int(books.balance[books.outside(account), Account.INCOME])
        sold = income - self._before.get(account, 0)
        self._before[account] = income
        return sold
