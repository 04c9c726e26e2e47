"""How edge rent differs from the twins' in the year from the break on, part by part."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from wattmarket import numeric
from wattmarket.findings.findings import RentChange
from wattmarket.findings.twins import TwinTables
from wattmarket.findings.uncertain import Uncertain
from wattmarket.units import MONTHS_PER_YEAR

__all__ = ["months_falling_most", "rent_change"]

Float = NDArray[np.float64]


def rent_change(ticks: pl.DataFrame, twins: Sequence[TwinTables], tick: int) -> RentChange:
    """Compare rents over the twelve months from the break on.

    Parameters
    ----------
    ticks
        Table ``ticks`` of a run.
    twins
        Its own twin, then others.
    tick
        Month of the break.

    Returns
    -------
    RentChange
        Means against the own twin; ranges hold its months, and the means against the others.
    """
    own, *others = (_gaps(ticks, twin.ticks, tick) for twin in twins)
    rent, latency, rest, watt, silicon, core = (
        Uncertain.of(_mean(gap), [*gap.tolist(), *(_mean(other[place]) for other in others)])
        for place, gap in enumerate(own)
    )
    parts = np.concatenate([np.array(gaps[1:3]) for gaps in (own, *others)], axis=1)
    return RentChange(rent, latency, rest, watt, silicon, core, months_falling_most(*parts), parts.shape[1])


def months_falling_most(latency: Float, rest: Float) -> dict[str, int]:
    """Count the months in which each part of rent falls more than the other; months in which neither falls don't count.

    Parameters
    ----------
    latency, rest
        Changes, float64 [T]. Of equals the first counts.

    Examples
    --------
    >>> months_falling_most(*np.array([[-1.0, 0.0, 2.0], [-2.0, 3.0, -1.0]]))
    {'latency': 0, 'rest': 2}
    """
    parts = np.stack([latency, rest])
    lowest = np.where(parts.min(axis=0) < 0.0, parts.argmin(axis=0), -1).tolist()
    return {name: lowest.count(place) for place, name in enumerate(("latency", "rest"))}


def _gaps(ticks: pl.DataFrame, twin: pl.DataFrame, tick: int) -> list[Float]:
    """Rent, latency rent, the rest, of it watt and silicon rent, core index (a share): run less twin by month."""
    months = slice(tick, tick + MONTHS_PER_YEAR)

    def column(frame: pl.DataFrame, name: str) -> Float:
        return frame[name].to_numpy()[months]

    rent, latency, watt = (
        column(ticks, name) - column(twin, name)
        for name in ("edge_rent_usd_per_mwh", "edge_latency_rent_usd_per_mwh", "edge_watt_rent_usd_per_mwh")
    )
    core = column(twin, "core_index")
    of_core = np.divide(column(ticks, "core_index"), core, out=np.ones_like(core), where=core > 0.0) - 1.0
    return [rent, latency, rent - latency, watt, rent - latency - watt, of_core]


def _mean(values: Float) -> float:
    return numeric.total(values) / len(values)
