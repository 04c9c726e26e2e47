"""The living market as rows of the run's tables: every month, and at the end what needs to know all months."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wattmarket import numeric
from wattmarket.agents.auction import Awards
from wattmarket.agents.bidding import BidColumns
from wattmarket.agents.books import OUTSIDE
from wattmarket.agents.lots import LotColumns
from wattmarket.demand import MonthDemand
from wattmarket.living.accounts import SupplierSales, agent_columns, contract_columns, queue_columns, supply_columns
from wattmarket.living.appraisal import Appraisals
from wattmarket.living.awarded import award_columns, award_digest, bid_columns, forward_row, traded_sites
from wattmarket.living.foresight import curve_columns
from wattmarket.model.quotes import Quotes
from wattmarket.model.tables import MonthResult, record_of
from wattmarket.spot import SpotClearing, SpotState
from wattmarket.tick import ClosingRecord, TickRecord

if TYPE_CHECKING:
    from wattmarket.living.economy import Economy

__all__ = ["Chronicle", "Month"]

Integer = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Month:
    """What a month came to; the parts say what each is."""

    demand: MonthDemand
    state: SpotState
    clearing: SpotClearing
    quotes: Quotes
    completed_kw: Integer
    retired_kw: Integer
    awards: Awards | None
    lots: LotColumns
    bids: BidColumns


class Chronicle:
    """Writes the months of an economy as rows.

    Parameters
    ----------
    economy
        The economy.
    """

    def __init__(self, economy: Economy) -> None:
        ground = economy.ground
        self._economy = economy
        self._sales = SupplierSales()
        self._appraisals = Appraisals(ground.ids.sites, ground.sites.edge)
        # The same lists at every tick: the recorder looks names up once.
        self._cohorts = [cohort.name for cohort in economy.outlook.cohorts]
        self._parties = [*economy.population.agent_id, *OUTSIDE]
        self._generators: list[str] = ground.world.generators["generator_id"].to_list()
        self._bids_wanted = "bids" in ground.scenario.output.tables

    def record(self, month: Month) -> TickRecord:
        """Write a month, at its end."""
        economy = self._economy
        record = _spine(economy, month)
        agents, sites = economy.population.agent_id, economy.ground.ids.sites
        tables = {
            **record.tables,
            "agents": agent_columns(economy, self._cohorts),
            "awards": award_columns(month.awards, month.lots, agents, sites),
            "contracts": contract_columns(economy, self._parties, self._generators),
            "queue": queue_columns(economy),
            "suppliers": self._sales.columns(economy),
            "supply": supply_columns(economy, month.state, self._generators),
            "curves": curve_columns(economy, month.state, self._cohorts),
        }
        if self._bids_wanted:
            tables["bids"] = bid_columns(month.bids, month.lots, agents, sites)
        traded = traded_sites(month.awards, month.lots, len(sites))
        self._appraisals.add(economy, month.clearing, month.quotes, traded)
        digest = [
            *record.digest_columns,
            *award_digest(month.awards, month.lots),
            ("balance", economy.books.balance.copy()),
        ]
        return TickRecord(record.tick, tables, digest)

    def close(self) -> ClosingRecord:
        """Write what can only be told when all months are known."""
        return self._appraisals.close()


def _spine(economy: Economy, month: Month) -> TickRecord:
    """Write the tables that every run has."""
    ground = economy.ground
    sites = len(economy.rows.site_key)
    started = np.zeros(sites, dtype=np.int64)
    if month.awards is not None:
        started = numeric.sum_by(month.lots.site[month.awards.lot], month.awards.kw, sites)
    return record_of(
        MonthResult(
            tick=ground.tick,
            layout=ground.spot.layout,
            demand=month.demand,
            state=month.state,
            clearing=month.clearing,
            quotes=month.quotes,
            indices=ground.link_indices(month.quotes.value_usd_per_mw, economy.building.shells.shell_kw),
            started_kw=started,
            entry_rent=economy.outlook.curves.land[0, 0],
            completed_kw=month.completed_kw,
            retired_kw=month.retired_kw,
            pipeline_kw=economy.building.fleet.pipeline_site_kw,
            slots_kw=numeric.to_integer(np.floor(economy.building.queue.free_kw / economy.rows.zone_pue), "slots"),
            room_kw=economy.building.room_kw(),
            forward=forward_row(month.awards, economy.last_silicon_musd()),
        ),
        ground.ids,
        ground.sites,
        ground.workloads,
    )
