"""What exists when the run begins: capital, leases, and what is under construction."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wattmarket import numeric
from wattmarket.agents.view import USD_PER_KW_MONTH_PER_USD_PER_MWH
from wattmarket.capacity.pipeline import initial_pipeline
from wattmarket.contracts import Kind
from wattmarket.model.market import initial_stock
from wattmarket.numeric import sum_by
from wattmarket.spot import SILICON_CLASSES
from wattmarket.units import KW_PER_MW, MUSD_PER_USD

if TYPE_CHECKING:
    from wattmarket.living.economy import Economy

__all__ = ["open_economy"]

HALF_WORN = 2
"""Accelerators of the start are worth half their price: they are of all ages."""


def open_economy(economy: Economy) -> None:
    """Start the run: pipeline, leases of what stands and of what is coming, and the books."""
    ground, runner = economy.ground, economy.places.runner
    pipeline = np.zeros_like(ground.sites.pool_kw)
    for starts in initial_pipeline(ground.now, ground.sites, initial_stock(ground.scenario, ground.sites)):
        rows = np.flatnonzero(starts.pool_kw > 0)
        life = economy.building.lives[ground.sites.silicon[rows]]
        economy.building.fleet.order(runner[rows], rows, starts.pool_kw[rows], starts.months[rows], life)
        built = np.flatnonzero(starts.shell_kw > 0)
        kw = starts.shell_kw[built]
        economy.building.shells.start(built, kw, kw, np.zeros_like(kw), starts.months[built])
        pipeline += starts.shell_kw
    _lease(economy, ground.sites.pool_kw, 0)
    _lease(economy, pipeline, ground.now.capacity.lead_months // 2)
    _open_books(economy)


def _lease(economy: Economy, kw: np.ndarray[tuple[int], np.dtype[np.int64]], start: int) -> None:
    """Lease every site's kW to its runner at the cost of its shell, for the life of accelerators."""
    ground = economy.ground
    rows = np.flatnonzero(kw > 0)
    price = ground.costs.shell_usd_per_mwh[rows] * USD_PER_KW_MONTH_PER_USD_PER_MWH * MUSD_PER_USD
    economy.ledger.sign(
        Kind.LEASE,
        0,
        seller=economy.places.landlord[rows],
        buyer=economy.places.runner[rows],
        zone=ground.sites.zone[rows],
        site=rows,
        kw=kw[rows],
        price=numeric.to_integer(price, "lease"),
        start=np.full(len(rows), start),
        end=start + economy.building.lives[ground.sites.silicon[rows]],
    )


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
