"""How large sites may grow and what stands on them at the start."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from wattmarket import numeric
from wattmarket.world.apportion import fill_groups, shares
from wattmarket.world.config import WorldConfig
from wattmarket.world.markets import POOL_MARGIN, Markets, region_of

__all__ = ["stock_core", "stock_edge"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

CORE_POOL_SHARE: Final = np.array([0.62, 0.15, 0.12, 0.08, 0.03])
"""AI pools at core kinds by region (assumption, between D07's electricity and A05's share of chips)."""

NAMED_SHARE_OF_CORE_POOLS: Final = 0.5
"""Named sites hold at most this share of a world's core pools."""

LARGEST_CORE_FILL: Final = 0.5
CORE_OCCUPANCY: Final = 0.95
SMALL_EDGE_FILL: Final = 0.5
SMALL_EDGE_OCCUPANCY: Final = 0.6
SMALL_EDGE_LARGEST_SHARE: Final = 0.1
LARGEST_METRO_FILL: Final = 0.97
BROWNFIELD_CONNECTION: Final = 0.6
"""A brownfield site's energised connection over what it could hold (assumption)."""

BTM_PLANT: Final = 0.5
"""A plant beside a standing behind-the-meter site, over what the site could hold (assumption)."""

CONNECTION_MARGIN: Final = 1.02


def stock_edge(sites: pl.DataFrame, markets: Markets, config: WorldConfig, seed: int) -> pl.DataFrame:
    """Fill in buildable and standing shell, pools and connection of the edge kinds.

    Parameters
    ----------
    sites
        Rows of edge kinds, joined with the kinds table; ``metro`` and ``zone`` are rows. Named ones (``named``) have
        their own figures already.
    markets
        What each metro holds; a metro without a hall leaves its part to the others.
    config, seed
        Of the world.

    Returns
    -------
    pl.DataFrame
        The same rows with ``shell_mw``, ``shell_buildable_mw``, ``pool_mw``, ``grid_mw`` and ``btm_mw``.
    """
    draw = _Draws(sites, seed)
    named, metro = sites["named"].to_numpy(), sites["metro"].to_numpy()
    hall = (sites["kind"] == "metro_dc").to_numpy() & ~named
    small = ~hall & ~named
    metros = len(markets.shell_mw)
    size = draw.size() * config.rows_per_site
    buildable, shell, pool = (_figure(sites, name) for name in ("shell_buildable_mw", "shell_mw", "pool_mw"))

    buildable[small] = size[small]
    fitting = np.where(draw.standing() & small, SMALL_EDGE_FILL * size, 0.0)
    # The small kinds hold at most a tenth of what their metro holds.
    most = SMALL_EDGE_LARGEST_SHARE * markets.pool_mw / SMALL_EDGE_OCCUPANCY
    fitting_sum = numeric.group_total(fitting, metro, metros)
    shell += fitting * np.minimum(1.0, most / np.where(fitting_sum > 0.0, fitting_sum, 1.0))[metro]
    pool[small] = SMALL_EDGE_OCCUPANCY * shell[small]

    size_sum = numeric.group_total(size * hall, metro, metros)
    open_land = np.maximum(0.0, markets.buildable_mw - numeric.group_total(buildable * named, metro, metros))
    # A metro without a hall leaves its land to the others.
    land = numeric.total(open_land) * shares(np.where(size_sum > 0.0, open_land, 0.0))
    buildable[hall] = (size * land[metro] / np.where(size_sum > 0.0, size_sum, 1.0)[metro])[hall]
    vary = 0.5 + draw.vary("site shell")
    cap = np.where(hall, LARGEST_METRO_FILL * buildable, 0.0)
    shell += _placed(markets.shell_mw, metro, shell, np.where(hall, size * vary, 0.0), cap)
    vary = 0.5 + draw.vary("site pool")
    pool += _placed(markets.pool_mw, metro, pool, np.where(hall, shell * vary, 0.0), np.where(hall, shell, 0.0))
    return _with_stock(
        sites,
        {
            "shell_buildable_mw": buildable,
            "shell_mw": shell,
            "pool_mw": pool,
            "grid_mw": shell * CONNECTION_MARGIN,
            "btm_mw": np.zeros(len(shell)),
        },
    )


def stock_core(sites: pl.DataFrame, config: WorldConfig, seed: int) -> pl.DataFrame:
    """Fill in buildable and standing shell, pools, connection and own plant of the core kinds.

    Parameters
    ----------
    sites
        Rows of core kinds, as in `stock_edge`, with their ``bloc``.
    config, seed
        Of the world.

    Returns
    -------
    pl.DataFrame
        The same columns as from `stock_edge`.
    """
    draw = _Draws(sites, seed)
    named, kind = sites["named"].to_numpy(), sites["kind"].to_numpy()
    built, region = ~named, region_of(sites["bloc"])
    pool_total = 1000.0 * config.ai_power_start_gw * POOL_MARGIN * (1.0 - config.edge_share_start)
    buildable, shell, pool, btm = (
        _figure(sites, name) for name in ("shell_buildable_mw", "shell_mw", "pool_mw", "btm_mw")
    )
    buildable[named] = np.maximum(np.minimum(buildable, config.campus_cap_mw), shell)[named]
    named_pool = numeric.total(pool)
    pool *= min(1.0, NAMED_SHARE_OF_CORE_POOLS * pool_total / named_pool) if named_pool > 0.0 else 1.0

    land = 1000.0 * config.core_buildable_gw * config.land_factor - numeric.total(buildable)
    part = max(0.0, land) * shares(np.where(built, draw.size(), 0.0))
    buildable = np.where(built, np.minimum(part, config.campus_cap_mw * config.rows_per_site), buildable)
    standing = draw.standing() & built
    cap = np.where(built, LARGEST_CORE_FILL * buildable, 0.0)
    weight = np.where(standing, buildable * (0.3 + draw.vary("site pool")), 0.0)
    pool += _placed(pool_total * CORE_POOL_SHARE, region, pool, weight, np.where(standing, cap, 0.0), cap)
    shell = np.where(built, pool / CORE_OCCUPANCY, np.maximum(shell, pool))
    connected = np.where(kind == "brownfield", BROWNFIELD_CONNECTION * buildable, 0.0)
    drawn = np.where(kind == "btm", 0.0, np.maximum(shell * CONNECTION_MARGIN, connected))
    btm = np.where(built & (kind == "btm"), np.where(pool > 0.0, np.maximum(BTM_PLANT * buildable, shell), 0.0), btm)
    return _with_stock(
        sites,
        {"shell_buildable_mw": buildable, "shell_mw": shell, "pool_mw": pool, "grid_mw": drawn, "btm_mw": btm},
    )


class _Draws:
    """Keyed draws of a frame of sites: one entity per site id."""

    def __init__(self, sites: pl.DataFrame, seed: int) -> None:
        self.sites, self.seed = sites, seed
        self.entity = numeric.entity_hash(sites["site_id"].to_list())

    def vary(self, purpose: str) -> FloatArray:
        return numeric.uniform(self.seed, purpose, self.entity)

    def size(self) -> FloatArray:
        """Log-uniform between the kind's smallest and largest size, MW of IT."""
        low, high = self.sites["size_low_mw"].to_numpy(), self.sites["size_high_mw"].to_numpy()
        return low * numeric.power(high / low, self.vary("site size"))

    def standing(self) -> npt.NDArray[np.bool_]:
        return self.vary("site standing") < self.sites["standing_share"].to_numpy()


def _figure(sites: pl.DataFrame, name: str) -> FloatArray:
    """A named site's own figure, 0 for built ones; a fresh array."""
    return sites[name].fill_null(0.0).to_numpy().copy()


def _placed(target: FloatArray, group: IntArray, held: FloatArray, weight: FloatArray, *caps: FloatArray) -> FloatArray:
    """What each row gets of its group's target beyond what is held; what no group can place goes anywhere.

    The first cap holds within the group, the last one for what is left over.
    """
    open_target = np.maximum(0.0, target - numeric.group_total(held, group, len(target)))
    placed = fill_groups(open_target, group, weight, caps[0])
    left = max(0.0, numeric.total(target) - numeric.total(held) - numeric.total(placed))
    room = np.maximum(0.0, caps[-1] - placed)
    return placed + fill_groups(np.array([left]), np.zeros(len(group), dtype=np.int64), room, room)


def _with_stock(sites: pl.DataFrame, figures: dict[str, FloatArray]) -> pl.DataFrame:
    """Round to the kW, keep pool <= shell <= buildable, and turn connections of built sites into grid MW."""
    mw = {name: np.rint(values * 1e3) / 1e3 for name, values in figures.items()}
    mw["shell_mw"] = np.maximum(mw["shell_mw"], mw["pool_mw"])
    mw["shell_buildable_mw"] = np.maximum(mw["shell_buildable_mw"], mw["shell_mw"])
    grid = np.where(sites["named"].to_numpy(), _figure(sites, "grid_mw"), mw["grid_mw"] * sites["pue"].to_numpy())
    mw["grid_mw"] = np.rint(grid * 1e3) / 1e3
    return sites.with_columns(pl.Series(name, values) for name, values in mw.items())
