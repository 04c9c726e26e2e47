"""What exists when the run begins: capital, leases, and what is under construction."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wattmarket import numeric
from wattmarket.capacity.pipeline import initial_pipeline
from wattmarket.contracts import Kind
from wattmarket.contracts.tranches import TrancheState
from wattmarket.model.market import initial_stock
from wattmarket.numeric import sum_by
from wattmarket.spot import SILICON_CLASSES
from wattmarket.units import KW_PER_MW, MONTHS_PER_YEAR, MUSD_PER_USD, USD_PER_KW_MONTH_PER_USD_PER_MWH

if TYPE_CHECKING:
    from wattmarket.living.economy import Economy

__all__ = ["open_economy"]

HALF_WORN = 2
"""Accelerators of the start are worth half their price: they are of all ages."""


def open_economy(economy: Economy) -> None:
    """Start the run: pipeline, leases of what stands and of what is coming, and the books."""
    ground, runner = economy.ground, economy.places.runner
    for starts in initial_pipeline(ground.now, ground.sites, initial_stock(ground.scenario, ground.sites)):
        rows = np.flatnonzero(starts.pool_kw > 0)
        life = economy.building.lives[ground.sites.silicon[rows]]
        economy.building.fleet.order(runner[rows], rows, starts.pool_kw[rows], starts.months[rows], life)
        built = np.flatnonzero(starts.shell_kw > 0)
        kw = starts.shell_kw[built]
        economy.building.shells.start(built, kw, kw, np.zeros_like(kw), starts.months[built])
    _lease(economy)
    _open_books(economy)


def _lease(economy: Economy) -> None:
    """Lease the space of all accelerators to their runners at the cost of the shell, in whole years of their lives.

    A lease that outlived its accelerators would be for space that those on order move into.
    """
    ground, tranches = economy.ground, economy.building.fleet.tranches
    first = -(-np.where(tranches.state == TrancheState.ORDERED, tranches.ready, 0) // MONTHS_PER_YEAR)
    last = tranches.retire // MONTHS_PER_YEAR
    rows = np.flatnonzero(last > first)
    # One number for site, first and last year: sorting rows of three takes twenty times as long.
    years = int(last.max(initial=0)) + 1
    leases, place = np.unique((tranches.site[rows] * years + first[rows]) * years + last[rows], return_inverse=True)
    site, start, end = leases // (years * years), leases // years % years, leases % years
    price = ground.costs.shell_usd_per_mwh[site] * USD_PER_KW_MONTH_PER_USD_PER_MWH * MUSD_PER_USD
    economy.ledger.sign(
        Kind.LEASE,
        0,
        seller=economy.places.landlord[site],
        buyer=economy.places.runner[site],
        zone=ground.sites.zone[site],
        site=site,
        kw=sum_by(place, tranches.kw[rows], len(leases)),
        price=numeric.to_integer(price, "lease"),
        start=start * MONTHS_PER_YEAR,
        end=end * MONTHS_PER_YEAR,
    )
    economy.opening_leases = len(economy.ledger)


def _open_books(economy: Economy) -> None:
    """Put what stands into the books at half its price, paid for by shareholders."""
    ground, agents = economy.ground, len(economy.population)
    sites = ground.sites
    price = np.array([getattr(ground.now.silicon, name).capex_usd_per_kw for name in SILICON_CLASSES])
    silicon = numeric.to_integer(np.floor(price[sites.silicon] * sites.pool_kw), "accelerators") // HALF_WORN
    shell = sites.shell_kw * economy.rows.shell_cost_usd_per_mw // KW_PER_MW // HALF_WORN
    usd = sum_by(economy.places.runner, silicon, agents)
    landlord = economy.places.landlord
    own = landlord < agents
    usd = usd + sum_by(landlord[own], shell[own], agents)
    economy.treasury.open_with(usd)
    life = economy.building.lives[sites.silicon] // HALF_WORN
    economy.treasury.write_off(economy.places.runner, silicon, life, 0)
    shell_life = np.full(int(own.sum()), economy.shell_life_months // HALF_WORN)  # exact: integers
    economy.treasury.write_off(landlord[own], shell[own], shell_life, 0)
