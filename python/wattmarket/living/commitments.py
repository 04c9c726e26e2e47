"""Minimum take: connections that are paid for whether they are used or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wattmarket import numeric
from wattmarket.agents.books import Account, Outside
from wattmarket.queue import OUTSIDE

if TYPE_CHECKING:
    from wattmarket.living.economy import Economy

__all__ = ["charge_minimum_take"]

Integer = NDArray[np.int64]


def charge_minimum_take(economy: Economy) -> None:
    """Charge holders for what they are bound to take of their connections in a zone and don't use.

    Bound is what `InterconnectionQueue.minimum_take_kw` says, request by request. Used is what the holder's
    accelerators draw at the sites of those requests, each site rounded up to whole kW of grid, as connections are when
    they are sold. Both are summed over a zone, so that one connection's load makes up for another's; cloud and
    enterprise load in the same halls doesn't count. The zone's operator is paid, or the grid where there is none.
    """
    rule = economy.building.queue.rule
    if rule.minimum_take_share == 0.0 or rule.minimum_take_months == 0:
        return
    party, zone, kw = _unused(economy)
    operator, books = economy.places.operator[zone], economy.books
    payee = np.where(operator < books.agents, operator, books.outside(Outside.GRID))
    usd = kw * rule.minimum_take_usd_per_kw_month
    books.pay(party, payee, usd, Account.EXPENSE, Account.INCOME)
    np.add.at(economy.treasury.owed_usd, party, usd)


def _unused(economy: Economy) -> tuple[Integer, Integer, Integer]:
    """Who is bound to take more than it uses: party, zone and kW of grid, one row for each pair."""
    queue, zones, sites = economy.building.queue, len(economy.rows.zone_key), len(economy.rows.site_key)
    requests, bound = queue.requests, queue.minimum_take_kw()
    rows = np.flatnonzero((bound > 0) & (requests.agent != OUTSIDE))
    pairs, place = np.unique(requests.agent[rows] * zones + requests.zone[rows], return_inverse=True)
    owed = numeric.sum_by(place, bound[rows], len(pairs))
    # Two requests at one site are for the same accelerators: each place counts once.
    spots = np.unique(requests.agent[rows] * sites + requests.site[rows])
    party, site = spots // sites, spots % sites
    drawn = np.ceil(economy.building.fleet.operating_kw[party, site] * economy.rows.site_pue[site])
    pair = np.searchsorted(pairs, party * zones + economy.ground.sites.zone[site])
    used = numeric.sum_by(pair, numeric.to_integer(drawn, "minimum take"), len(pairs))
    return pairs // zones, pairs % zones, np.maximum(owed - used, 0)
