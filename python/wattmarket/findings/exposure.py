"""Which metros stand to lose: the latency rent that their edge sites earn."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from wattmarket import numeric
from wattmarket.findings.repricing import Break
from wattmarket.schema.world import EDGE_KINDS
from wattmarket.units import KW_PER_MW, MONTHS_PER_YEAR

__all__ = ["exposure_months", "metro_exposure"]


def exposure_months(index: NDArray[np.float64], repricing: Break | None) -> tuple[int, int]:
    """Choose the year in which exposure is read: before the break or, without one, when the edge index stood highest.

    Parameters
    ----------
    index
        float64 [T]: the edge index.
    repricing
        Its break, if there is one.

    Returns
    -------
    tuple[int, int]
        First and last tick, both included; fewer than twelve months if the run, or what precedes the break, is shorter.

    Examples
    --------
    >>> exposure_months(np.arange(30.0), None)
    (18, 29)
    >>> exposure_months(np.arange(30.0), Break(15, 0.1, 0.2, 20, None))
    (3, 14)
    """
    width = min(MONTHS_PER_YEAR, len(index))
    if repricing is not None:
        last = max(repricing.tick - 1, 0)
    else:
        means = [numeric.total(index[end - width + 1 : end + 1]) for end in range(width - 1, len(index))]
        last = width - 1 + int(np.argmax(np.array(means)))
    return max(0, last - width + 1), last


def metro_exposure(sites: pl.DataFrame, world_sites: pl.DataFrame, *, first_tick: int, last_tick: int) -> pl.DataFrame:
    """Rank metros by the latency rent of their edge sites over a stretch of months.

    Parameters
    ----------
    sites
        Table ``sites`` of a run.
    world_sites
        Table ``sites`` of its world: gives kind and home metro.
    first_tick, last_tick
        The stretch, both ends included.

    Returns
    -------
    pl.DataFrame
        One row per metro with edge sites, most exposed first (ties by id): ``metro_id``,
        ``latency_rent_musd_per_year`` (million $ a year, mean over the stretch), ``rent_musd_per_year`` (all rent of
        the same sites) and ``exposed_share`` (latency rent over rent; 0 without rent).
    """
    edge = world_sites.filter(pl.col("kind").is_in(EDGE_KINDS)).select("site_id", "metro_id")
    rows = (
        sites.lazy()
        .filter(pl.col("tick").is_between(first_tick, last_tick))
        .select("tick", "site_id", "used_kw", "rent_usd_per_mw_month", "latency_rent_usd_per_mw_month")
        .join(edge.lazy(), on="site_id", how="inner")
        .sort("tick", "site_id")
        .collect()
    )
    metros = sorted(edge["metro_id"].unique().to_list())
    position = {metro: row for row, metro in enumerate(metros)}
    group = np.array([position[metro] for metro in rows["metro_id"].to_list()], dtype=np.int64)
    used_mw = rows["used_kw"].to_numpy() / KW_PER_MW
    per_year = MONTHS_PER_YEAR / (last_tick - first_tick + 1) / 1e6

    def yearly(column: str) -> NDArray[np.float64]:
        return numeric.group_total(rows[column].to_numpy() * used_mw, group, len(metros)) * per_year

    latency, rent = yearly("latency_rent_usd_per_mw_month"), yearly("rent_usd_per_mw_month")
    share = np.divide(latency, rent, out=np.zeros_like(rent), where=rent > 0.0)
    return pl.DataFrame(
        {
            "metro_id": pl.Series(metros, dtype=pl.String),
            "latency_rent_musd_per_year": latency.copy(),
            "rent_musd_per_year": rent.copy(),
            "exposed_share": share,
        }
    ).sort(["latency_rent_musd_per_year", "metro_id"], descending=[True, False])
