"""Which metros and sites stand to lose: the latency rent that they earn."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from wattmarket import numeric
from wattmarket.findings.findings import ExposedPlace
from wattmarket.findings.repricing import Break
from wattmarket.findings.uncertain import Uncertain
from wattmarket.record import Run
from wattmarket.schema.world import EDGE_KINDS
from wattmarket.units import KW_PER_MW, MONTHS_PER_YEAR

__all__ = ["exposed_metros", "exposed_sites", "exposure_months", "metro_exposure", "site_exposure"]

_MOST_METROS: Final = 10
_MOST_SITES: Final = 20
_LEAST_MUSD: Final = 1.0
"""Places that earn less latency rent in a year are not named."""


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
        ``latency_rent_musd_per_year`` (million $ a year, mean over the stretch), ``low_musd_per_year`` and
        ``high_musd_per_year`` (its lowest and its highest month), ``rent_musd_per_year`` (all rent of the same sites),
        ``exposed_share`` (latency rent over rent; 0 without rent), ``exposed_share_low`` and ``exposed_share_high``
        (its lowest and its highest month).
    """
    return _ranked(sites, world_sites, "metro_id", first_tick, last_tick)


def site_exposure(sites: pl.DataFrame, world_sites: pl.DataFrame, *, first_tick: int, last_tick: int) -> pl.DataFrame:
    """Rank edge sites by their latency rent over a stretch of months.

    Parameters and columns are those of `metro_exposure`, with ``site_id`` in place of ``metro_id``.
    """
    return _ranked(sites, world_sites, "site_id", first_tick, last_tick)


def exposed_metros(run: Run, first_tick: int, last_tick: int) -> list[ExposedPlace]:
    """Name the ten most exposed metros over a stretch of months, both ends included."""
    ranked = metro_exposure(run.sites, run.world.sites, first_tick=first_tick, last_tick=last_tick)
    return _named(ranked.head(_MOST_METROS), run.world.metros)


def exposed_sites(run: Run, first_tick: int, last_tick: int) -> list[ExposedPlace]:
    """Name the twenty most exposed edge sites over a stretch of months, both ends included."""
    ranked = site_exposure(run.sites, run.world.sites, first_tick=first_tick, last_tick=last_tick)
    return _named(ranked.head(_MOST_SITES), run.world.sites)


def _named(ranked: pl.DataFrame, places: pl.DataFrame) -> list[ExposedPlace]:
    key = ranked.columns[0]
    names = dict(zip(places[key], places["name"], strict=True))
    return [
        ExposedPlace(
            row[key],
            names[row[key]],
            Uncertain(row["latency_rent_musd_per_year"], row["low_musd_per_year"], row["high_musd_per_year"]),
            Uncertain(row["exposed_share"], row["exposed_share_low"], row["exposed_share_high"]),
        )
        for row in ranked.iter_rows(named=True)
        if row["latency_rent_musd_per_year"] >= _LEAST_MUSD
    ]


def _ranked(
    sites: pl.DataFrame, world_sites: pl.DataFrame, place: str, first_tick: int, last_tick: int
) -> pl.DataFrame:
    """Add latency rent and rent up, month by month, by metro or site."""
    edge = world_sites.filter(pl.col("kind").is_in(EDGE_KINDS)).select("site_id", "metro_id")
    names = sorted(edge[place].unique().to_list())
    places = pl.DataFrame({place: pl.Series(names, dtype=pl.String)}).with_row_index("place")
    rows = (
        sites.lazy()
        .filter(pl.col("tick").is_between(first_tick, last_tick))
        .select("tick", "site_id", "used_kw", "rent_usd_per_mw_month", "latency_rent_usd_per_mw_month")
        .join(edge.lazy(), on="site_id", how="inner")
        .join(places.lazy(), on=place, how="inner")
        .sort("tick", "site_id")
        .collect()
    )
    months = last_tick - first_tick + 1
    group = rows["place"].to_numpy().astype(np.int64) * months + rows["tick"].to_numpy() - first_tick
    used_mw = rows["used_kw"].to_numpy() / KW_PER_MW

    def monthly(column: str) -> NDArray[np.float64]:
        found = numeric.group_total(rows[column].to_numpy() * used_mw, group, len(names) * months)
        return found.reshape(len(names), months) * (MONTHS_PER_YEAR / 1e6)

    def mean(by_month: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(numeric.total(by_month, axis=1) / months)

    def share(part: NDArray[np.float64], whole: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.divide(part, whole, out=np.zeros_like(whole), where=whole > 0.0)

    latency, rent = monthly("latency_rent_usd_per_mw_month"), monthly("rent_usd_per_mw_month")
    of_latency, of_rent, by_month = mean(latency), mean(rent), share(latency, rent)
    return pl.DataFrame(
        {
            place: places[place],
            "latency_rent_musd_per_year": of_latency,
            "low_musd_per_year": latency.min(axis=1, initial=np.inf),
            "high_musd_per_year": latency.max(axis=1, initial=0.0),
            "rent_musd_per_year": of_rent,
            "exposed_share": share(of_latency, of_rent),
            "exposed_share_low": by_month.min(axis=1, initial=np.inf),
            "exposed_share_high": by_month.max(axis=1, initial=0.0),
        }
    ).sort(["latency_rent_musd_per_year", place], descending=[True, False])
