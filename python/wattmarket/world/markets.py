"""What each metro holds at the start: shell, AI pools and room to build, spread over the world's totals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from wattmarket import numeric
from wattmarket.world.apportion import shares
from wattmarket.world.config import WorldConfig

__all__ = ["POOL_MARGIN", "REGIONS", "REGION_OF_BLOC", "VACANCY", "Markets", "draft_markets", "region_of"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

POOL_MARGIN: Final = 1.03
"""Pools standing over AI power in use at the start."""

VACANCY: Final = 0.033
"""Empty shell at the start (fact R16)."""

REGIONS: Final = ("america", "china", "europe", "asia_pacific", "rest")
ELECTRICITY_SHARE: Final = np.array([183.0, 102.0, 68.0, 48.0, 15.0]) / 416.0
"""Data-centre electricity of 2024 by region (fact D07): how edge shells divide between regions."""

REGION_OF_BLOC: Final = {
    **{"NAM": 0, "CN": 1, "EU": 2, "UK": 2, "EASIA": 3, "SEA": 3, "IN": 3, "ANZ": 3},
    **{"LATAM": 4, "GULF": 4, "MENA": 4, "AFR": 4, "CIS": 4},
}

UNLISTED_INVENTORY_FACTOR: Final = 0.5
"""A metro without published inventory has half its region's middle inventory per unit of demand weight (assumption)."""


@dataclass(frozen=True)
class Markets:
    """Per metro, MW of IT: edge shell and pools standing, and metro halls that could stand in all; float64 [M]."""

    shell_mw: FloatArray
    pool_mw: FloatArray
    buildable_mw: FloatArray


def region_of(blocs: pl.Series) -> IntArray:
    """Row of `REGIONS` for each bloc."""
    return blocs.replace_strict(REGION_OF_BLOC, return_dtype=pl.Int64).to_numpy()


def draft_markets(metros: pl.DataFrame, zones: pl.DataFrame, home: IntArray, config: WorldConfig) -> Markets:
    """Spread the world's edge shell, edge pools and metro land over the metros.

    Parameters
    ----------
    metros, zones
        As drafted.
    home
        int64 [M], row of each metro's home zone, or -1: such a metro holds nothing.
    config
        Totals.

    Notes
    -----
    Shell: by region as D07, inside a region by inventory. Pools: by the geometric mean of inventory and demand weight.
    Room: what a metro could add, in proportion to half its shell and half its share of demand, times a factor that
    falls with the wait of its home zone (or the metro's own factor where the market is known to be full).
    """
    served = home >= 0
    weight = np.where(served, metros["demand_weight"].to_numpy(), 0.0)
    region = region_of(metros["bloc"])
    inventory = np.where(served, _inventory(metros, weight, region), 0.0)
    in_region = numeric.group_total(inventory, region, len(REGIONS))
    # Regions without a served metro leave their share to the others.
    region_share = shares(np.where(in_region > 0.0, ELECTRICITY_SHARE, 0.0))
    shell_share = region_share[region] * inventory / np.where(in_region > 0.0, in_region, 1.0)[region]
    pool_total = 1000.0 * config.ai_power_start_gw * POOL_MARGIN * config.edge_share_start
    shell_total = (1000.0 * config.non_ai_power_start_gw + pool_total) / (1.0 - VACANCY)
    shell = shell_total * shell_share
    pool = np.minimum(pool_total * shares(np.sqrt(shell_share * weight)), shell)
    wait = zones["wait_years"].to_numpy()[home]
    room = np.where(np.isnan(_own(metros, "room")), np.clip(2.0 - 0.2 * wait, 0.2, 1.6), _own(metros, "room"))
    headroom = np.where(served, room * (0.5 * shell + 0.5 * shell_total * shares(weight)), 0.0)
    land = max(0.0, 1000.0 * config.metro_buildable_gw * config.land_factor - shell_total)
    return Markets(shell, pool, shell * POOL_MARGIN + land * shares(headroom))


def _own(metros: pl.DataFrame, column: str) -> FloatArray:
    """Give a column with NaN where the metro has no figure of its own."""
    return metros[column].cast(pl.Float64).fill_null(float("nan")).to_numpy()


def _inventory(metros: pl.DataFrame, weight: FloatArray, region: IntArray) -> FloatArray:
    """Fill in inventories that nobody publishes from the region's published ones."""
    published = _own(metros, "dc_inventory_mw")
    known = ~np.isnan(published) & (weight > 0.0)
    filled = published.copy()
    for row in range(len(REGIONS)):
        here = region == row
        ratios = published[here & known] / weight[here & known]
        if len(ratios) == 0:
            ratios = published[known] / weight[known] if known.any() else np.ones(1)
        typical = UNLISTED_INVENTORY_FACTOR * float(np.median(ratios))
        filled = np.where(here & np.isnan(published), typical * weight, filled)
    return filled
