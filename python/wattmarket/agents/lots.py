"""Lots: pieces of sites that a package can be bought on this month, each with one route and one delivery date."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from wattmarket import numeric
from wattmarket.capacity.sites import SiteColumns
from wattmarket.forward import ROUTES
from wattmarket.queue import Turns

__all__ = ["BEHIND_THE_METER", "ENERGISED", "GRID", "RETAIL", "LotColumns", "cut_lots", "quote_lots"]

Integer = NDArray[np.int64]
Truth = NDArray[np.bool_]
Float = NDArray[np.float64]

GRID: Final = ROUTES.index("grid")
BEHIND_THE_METER: Final = ROUTES.index("behind_the_meter")
ENERGISED: Final = ROUTES.index("energised")
RETAIL: Final = ROUTES.index("retail")

NOBODY: Final = -1


@dataclass(frozen=True, slots=True)
class LotColumns:
    """L lots.

    Parameters
    ----------
    site
        int64 [L].
    route
        int64 [L]: place in `wattmarket.forward.ROUTES`.
    months
        int64 [L]: months to delivery.
    kw
        int64 [L]: kW of IT.
    standing
        bool [L]: whether the shell stands already.
    holder
        int64 [L]: the only agent that may bid (its turn in a queue), or −1.
    request
        int64 [L]: the holder's request, or −1.
    upgrade_usd_per_kw
        int64 [L]: network upgrade that comes with the connection, $/kW grid.
    sublet
        bool [L]: whether tenants offer the space, and not the landlord.
    """

    site: Integer
    route: Integer
    months: Integer
    kw: Integer
    standing: Truth
    holder: Integer
    request: Integer
    upgrade_usd_per_kw: Integer
    sublet: Truth

    def __len__(self) -> int:
        return len(self.site)

    @classmethod
    def joined(cls, parts: list[Self]) -> Self:
        """Put lots one after the other."""
        return cls(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(cls)))


def quote_lots(sites: int, silicon_months: int) -> LotColumns:
    """One lot of nothing at every site: what a standing kilowatt would fetch there, whether any is on offer or not."""
    nobody = np.full(sites, NOBODY, dtype=np.int64)
    none = np.zeros(sites, dtype=np.int64)
    months = np.full(sites, silicon_months, dtype=np.int64)
    route = np.full(sites, RETAIL, dtype=np.int64)
    standing, sublet = np.ones(sites, dtype=np.bool_), np.zeros(sites, dtype=np.bool_)
    return LotColumns(np.arange(sites), route, months, none, standing, nobody, nobody, none, sublet)


def cut_lots(
    sites: SiteColumns,
    *,
    room_kw: Integer,
    vacant_kw: Integer,
    sublet_kw: Integer,
    on_market: Truth,
    spare_grid_kw: Integer,
    btm: Truth,
    turns: Turns,
    pue: Float,
    silicon_months: int,
    plant_months: int,
    connection_months: int,
    metro_limit_kw: float,
    zone_limit_kw: float,
    headroom_kw: Integer,
) -> LotColumns:
    """Cut what can be built on this month into lots.

    Parameters
    ----------
    sites
        The sites, S rows.
    room_kw
        int64 [S]: shell that could still be started.
    vacant_kw
        int64 [S]: standing shell without accelerators at the lead time of silicon.
    sublet_kw
        int64 [S]: what of that tenants have leased and offer.
    on_market
        bool [S]: sites that are on the market this month; turns are, whenever they come.
    spare_grid_kw
        int64 [S]: energised connection that no shell uses, kW of IT.
    btm
        bool [S]: sites beside a plant.
    turns
        Requests whose turn has come.
    pue
        float64 [S]: grid kW per kW of IT.
    silicon_months, plant_months, connection_months
        Lead times of accelerators, of plants behind meters and of a connection once its turn has come.
    metro_limit_kw, zone_limit_kw
        Most shell that can be started in a month around one metro (edge kinds), and in one zone (core kinds).
    headroom_kw
        int64 [Z]: new load of edge sites that the distribution grid of each zone can still take.

    Notes
    -----
    Edge sites draw on the distribution grid at the retail tariff, and so do standing shells, whose connection is there;
    brownfields have energised connections, sites beside a plant build behind the meter, and campuses need a turn.
    """
    here = np.flatnonzero(on_market)
    edge, zone, plant = sites.edge[here], sites.zone[here], btm[here]
    open_kw = np.maximum(room_kw, 0)
    let_kw, spare_kw = open_kw[here], np.maximum(spare_grid_kw[here], 0)
    new_edge = _within(np.where(edge, let_kw, 0), sites.metro[here], metro_limit_kw)
    new_edge = _within(new_edge, zone, headroom_kw)
    brownfield = _within(np.where(edge | plant, 0, np.minimum(let_kw, spare_kw)), zone, zone_limit_kw)
    beside = _within(np.where(plant & ~edge, let_kw, 0), zone, zone_limit_kw)
    open_kw[here] -= new_edge + brownfield + beside
    built = np.maximum(sites.build_months, silicon_months)
    new, refresh = built[here], np.full_like(here, silicon_months)
    sublet = sublet_kw[here]
    parts = [
        _plain(here, new_edge, RETAIL, new, standing=False),
        _plain(here, np.maximum(vacant_kw[here] - sublet, 0), RETAIL, refresh, standing=True),
        _plain(here, sublet, RETAIL, refresh, standing=True, sublet=True),
        _plain(here, brownfield, ENERGISED, new, standing=False),
        _plain(here, beside, BEHIND_THE_METER, np.maximum(new, plant_months), standing=False),
        _reserved(turns, open_kw, pue, np.maximum(built, connection_months)),
    ]
    return LotColumns.joined(parts)


def _within(kw: Integer, group: Integer, limit_kw: float | Integer) -> Integer:
    """Scale every group down to its limit, in proportion, rounding down."""
    groups = int(group.max(initial=0)) + 1
    sums = numeric.sum_by(group, kw, groups)
    limit = limit_kw if np.ndim(limit_kw) == 0 else np.asarray(limit_kw)[:groups]
    return numeric.to_integer(np.floor(kw * np.minimum(1.0, limit / np.maximum(sums, 1))[group]), "lots")


def _plain(
    sites: Integer, kw: Integer, route: int, months: Integer, *, standing: bool, sublet: bool = False
) -> LotColumns:
    """Lots that anybody may bid on, one for each of some sites with kilowatts."""
    some = np.flatnonzero(kw > 0)
    site = sites[some]
    nobody = np.full(len(site), NOBODY, dtype=np.int64)
    return LotColumns(
        site,
        np.full(len(site), route, dtype=np.int64),
        months[some],
        kw[some],
        np.full(len(site), standing),
        nobody,
        nobody,
        np.zeros(len(site), dtype=np.int64),
        np.full(len(site), sublet),
    )


def _reserved(turns: Turns, room_kw: Integer, pue: Float, months: Integer) -> LotColumns:
    """Lots reserved for requests whose turn has come, oldest first, as far as the site has room."""
    own = turns.site >= 0
    request, site = turns.request[own], turns.site[own]
    order = np.lexsort((request, site))
    request, site = request[order], site[order]
    kw = numeric.to_integer(np.floor(turns.kw[own][order] / pue[site]), "turns")
    # What the requests before it at the same site take is gone.
    kw = numeric.first_in_group(room_kw[site], site, kw)
    has = kw > 0
    rows = own.nonzero()[0][order][has]
    return LotColumns(
        site[has],
        np.full(len(rows), GRID, dtype=np.int64),
        months[site[has]],
        kw[has],
        np.zeros(len(rows), dtype=np.bool_),
        turns.agent[rows],
        request[has],
        turns.upgrade_usd_per_kw[rows],
        np.zeros(len(rows), dtype=np.bool_),
    )
