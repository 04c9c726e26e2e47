"""What a year of time-to-power is worth: what a megawatt earns above its full cost in the year it comes sooner."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from wattmarket import numeric
from wattmarket.capacity.sites import SiteColumns, site_costs
from wattmarket.findings.uncertain import Uncertain
from wattmarket.months import month_name, month_number
from wattmarket.record import Run
from wattmarket.scenario import Scenario, zone_factors
from wattmarket.units import HOURS_PER_MONTH, MONTHS_PER_YEAR
from wattmarket.world import World

__all__ = ["ZonePower", "time_to_power"]

Float = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ZonePower:
    """Value of a year of time-to-power in a zone.

    Parameters
    ----------
    zone_id, name
        The zone.
    musd_per_mw
        What a megawatt of accelerators at its core sites earned in a year above accelerators, shell and connection,
        million $; the range is that of the year's months, each times twelve.
    wait_months
        Months from filing to energisation as expected at the end of that year, and in its other months; None where in
        one of them nothing is released.
    """

    zone_id: str
    name: str
    musd_per_mw: Uncertain
    wait_months: Uncertain | None


def time_to_power(run: Run, *, first_tick: int, last_tick: int) -> list[ZonePower]:
    """Value a year of time-to-power in every zone with core capacity, the dearest first.

    A connection that comes a year sooner is worth what its megawatts earn in that year beyond what they cost in full.
    Rents are those that came, weighted by the accelerators that stood; costs are the annualised ones of entry.

    Parameters
    ----------
    run
        A run that kept ``sites``; with ``queue``, waits are given too.
    first_tick, last_tick
        The months looked at, both included.

    Returns
    -------
    list of ZonePower
        Ties by id.
    """
    world, scenario = run.world, run.scenario
    columns = SiteColumns.of(world)
    zones = world.zones["zone_id"].to_list()
    start = month_number(scenario.run.start)
    places = world.sites.select("site_id").with_row_index("place")
    stretch = (
        run.sites.filter(pl.col("tick").is_between(first_tick, last_tick))
        .join(places, on="site_id", how="inner")
        .sort("tick", "place")
    )
    months = []
    before = None
    for tick in range(first_tick, last_tick + 1):
        month = stretch.filter(pl.col("tick") == tick)
        now = scenario.at(month_name(start + tick))
        if now is not before:
            before, cost = now, _full_cost_usd_per_mw_month(world, columns, now)
        excess = month["rent_usd_per_mw_month"].to_numpy() - cost
        weight = np.where(columns.edge, 0, month["pool_kw"].to_numpy()).astype(np.float64)
        months.append(_means(excess, weight, columns.zone, len(zones)))
    by_month = np.array(months) * MONTHS_PER_YEAR / 1e6
    waits = _waits(run, first_tick, last_tick)
    found = [
        ZonePower(zone, name, _of_year(column), waits.get(zone))
        for zone, name, column in zip(zones, world.zones["name"].to_list(), by_month.T, strict=True)
        if not np.isnan(column).any()
    ]
    return sorted(found, key=lambda zone: (-zone.musd_per_mw.value, zone.zone_id))


def _full_cost_usd_per_mw_month(world: World, columns: SiteColumns, now: Scenario) -> Float:
    """Annualised accelerators, shell and connection at every site; rent is above running and energy cost already."""
    zones = world.zones
    factors = zone_factors(now.zone, zones["zone_id"].to_list(), zones["counterparty_risk"].to_numpy())
    costs = site_costs(world, columns, now, factors.counterparty_risk)
    return np.asarray((costs.silicon_usd_per_mwh + costs.shell_usd_per_mwh) * HOURS_PER_MONTH)


def _means(values: Float, weight: Float, group: NDArray[np.int64], groups: int) -> Float:
    """Weighted mean of each group, NaN without weight."""
    total = numeric.group_total(weight, group, groups)
    summed = numeric.group_total(values * weight, group, groups)
    return np.asarray(np.divide(summed, total, out=np.full(groups, np.nan), where=total > 0.0))


def _of_year(months: Float) -> Uncertain:
    mean = numeric.total(months) / len(months)
    return Uncertain.of(mean, months.tolist())


def _waits(run: Run, first_tick: int, last_tick: int) -> dict[str, Uncertain]:
    """Expected waits by zone, of zones that have one in every month."""
    if "queue" not in run.manifest.rows:
        return {}
    rows = run.queue.filter(pl.col("tick").is_between(first_tick, last_tick)).sort("tick")
    found = {}
    for months in rows.partition_by("zone_id", maintain_order=True):
        waits = months["wait_expected_months"]
        if waits.null_count() == 0:
            found[months["zone_id"][0]] = Uncertain.of(waits[-1], waits.to_list())
    return found
