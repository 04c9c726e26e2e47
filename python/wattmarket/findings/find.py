"""Read the finding off a run and its no-drift twins."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from wattmarket import numeric
from wattmarket.findings.break_range import breaks_of, deepest_falls, missed_month, repricing_of
from wattmarket.findings.bubble_search import find_bubble
from wattmarket.findings.chance import false_alarms, placebo_band, unlike_measured
from wattmarket.findings.exposure import exposed_metros, exposed_sites, exposure_months
from wattmarket.findings.findings import Findings
from wattmarket.findings.metros import metros_in_order
from wattmarket.findings.players import players_in_order
from wattmarket.findings.power import time_to_power
from wattmarket.findings.rent_change import rent_change
from wattmarket.findings.twins import TwinTables
from wattmarket.months import month_number
from wattmarket.record import Run
from wattmarket.units import MONTHS_PER_YEAR

__all__ = ["find"]


def find(run: str | Path | Run, others: Sequence[TwinTables] = ()) -> Findings:
    """Read the finding off a run.

    Parameters
    ----------
    run
        A run or its folder; with its no-drift twin, if its scenario drifts.
    others
        Further twins, each with a placebo: they widen every range, and tell metros and agents from chance.

    Returns
    -------
    Findings

    Raises
    ------
    InputError
        If it isn't a run folder.
    """
    run = Run.given(run)
    own = TwinTables.of(run)
    twins = [] if own is None else [own, *others]
    rule, world_sites = run.scenario.findings, run.world.sites.height
    flat = [twin.ticks for twin in twins]
    cases = breaks_of(run.ticks, flat, depth=rule.depth, months=rule.months, sites=world_sites)
    falls = deepest_falls(run.ticks, flat, sites=world_sites) if flat else []
    repricing = repricing_of(run, cases, falls)
    found = None if repricing is None else repricing.found
    first, last = exposure_months(run.ticks["edge_index"].to_numpy(), found)
    sites = "sites" in run.manifest.rows
    metros, metro_count = metros_in_order(run, twins)
    return Findings(
        title=run.scenario.title,
        drifts=run.scenario.twin() != run.scenario,
        sites=world_sites,
        twins=len(twins),
        rule=f"{rule.months} months in a row at least {rule.depth:.0%} below the twin",
        months=rule.months,
        rule_false_alarms=false_alarms(rule.depth, rule.months, world_sites),
        unmeasured=unlike_measured(run.scenario),
        repricing=repricing,
        missed_month=missed_month(run, cases) if repricing is None else None,
        change=None if found is None else rent_change(run.ticks, twins, found.tick),
        yearly=_yearly(run, None if own is None else own.ticks),
        exposed=exposed_metros(run, first, last) if sites else [],
        exposed_sites=exposed_sites(run, first, last) if sites else [],
        metros=metros if repricing is not None else [],
        metro_count=metro_count,
        players=players_in_order(run, twins),
        time_to_power=time_to_power(run, first_tick=first, last_tick=last) if sites else [],
        bubble=find_bubble(run),
    )


def _yearly(run: Run, twin: pl.DataFrame | None) -> list[dict[str, float | int | None]]:
    ticks, start = run.ticks, month_number(run.scenario.run.start)
    band = placebo_band(ticks.height, run.world.sites.height)
    rows: list[dict[str, float | int | None]] = []
    for tick in range(-start % MONTHS_PER_YEAR, ticks.height, MONTHS_PER_YEAR):
        month = ticks.row(tick, named=True)
        rows.append(
            {
                "year": (start + tick) // MONTHS_PER_YEAR,
                "batch_share": month["batch_share"],
                "edge_rent": month["edge_rent_usd_per_mwh"],
                "edge_latency_rent": month["edge_latency_rent_usd_per_mwh"],
                "edge_watt_rent": month["edge_watt_rent_usd_per_mwh"],
                "core_rent": month["core_rent_usd_per_mwh"],
                "edge_index": month["edge_index"],
                "twin_edge_index": None if twin is None else float(twin["edge_index"][tick]),
                "band": None if twin is None else float(numeric.exp(float(band[tick]))) - 1.0,
                "core_index": month["core_index"],
                "edge_share": month["edge_pool_kw"] / max(month["pool_kw"], 1),
            }
        )
    return rows
