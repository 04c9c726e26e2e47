"""A month of the living market as rows of the run's tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wattmarket import numeric
from wattmarket.agents.auction import Awards
from wattmarket.agents.lots import LotColumns
from wattmarket.demand import MonthDemand
from wattmarket.model.quotes import Quotes
from wattmarket.model.tables import MonthResult, record_of
from wattmarket.spot import SpotClearing, SpotState
from wattmarket.tick import TickRecord

if TYPE_CHECKING:
    from wattmarket.living.economy import Economy

__all__ = ["Month", "record_month"]

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


def record_month(economy: Economy, month: Month) -> TickRecord:
    """Write a month as rows of the run's tables."""
    ground = economy.ground
    assert economy.outlook.curves is not None
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
        ),
        ground.ids,
        ground.sites,
        ground.workloads,
    )
