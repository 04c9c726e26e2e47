"""Read the finding off a run and its no-drift twins."""

from __future__ import annotations

from collections.abc import Sequence
from csv import DictReader
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from wattmarket import numeric
from wattmarket.agents.population import Population
from wattmarket.findings.bubble_search import find_bubble
from wattmarket.findings.exposure import exposure_months, metro_exposure, site_exposure
from wattmarket.findings.findings import (
    AlarmRate,
    ExposedPlace,
    Findings,
    MetroBreak,
    PlayerChange,
    RentChange,
    Repricing,
)
from wattmarket.findings.metros import metro_breaks
from wattmarket.findings.players import profit_changes
from wattmarket.findings.power import time_to_power
from wattmarket.findings.repricing import Break, Course, course_of, find_break
from wattmarket.findings.uncertain import Uncertain, placebo_band, shifted
from wattmarket.months import month_name, month_number
from wattmarket.record import Run
from wattmarket.units import MONTHS_PER_YEAR

__all__ = ["TwinTables", "find"]

Float = NDArray[np.float64]

MOST_EXPOSED_METROS = 10
MOST_EXPOSED_SITES = 20
LEAST_LATENCY_RENT_MUSD = 1.0
"""Places that earn less latency rent in a year are not named."""


@dataclass(frozen=True, slots=True)
class TwinTables:
    """What is kept of a no-drift twin; None where a scenario doesn't ask for a table."""

    ticks: pl.DataFrame
    metro_values: pl.DataFrame | None
    agents: pl.DataFrame | None

    @classmethod
    def of(cls, run: Run) -> TwinTables | None:
        """Tables of a run's own twin; None if none was run."""
        ticks = run.twin("ticks")
        return None if ticks is None else cls(ticks, run.twin("metro_values"), run.twin("agents"))


def find(run: Run, others: Sequence[TwinTables] = ()) -> Findings:
    """Read the finding off a run.

    Parameters
    ----------
    run
        A run; with its no-drift twin, if its scenario drifts.
    others
        Further twins, each with a placebo: they widen every range, and give ranges to metros and agents.

    Returns
    -------
    Findings
    """
    own = TwinTables.of(run)
    twins = [] if own is None else [own, *others]
    rule = run.scenario.findings
    repricing = _repricing(run, twins)
    tick = None if repricing is None else repricing.found.tick
    first, last = exposure_months(run.ticks["edge_index"].to_numpy(), None if repricing is None else repricing.found)
    sites = "sites" in run.manifest.rows
    return Findings(
        title=run.scenario.title,
        drifts=run.scenario.twin() != run.scenario,
        twins=len(twins),
        rule=f"{rule.months} months in a row at least {rule.depth:.0%} below the twin",
        months=rule.months,
        rule_false_alarms=_false_alarms(rule.depth, rule.months),
        repricing=repricing,
        change=None if tick is None else _change(run.ticks, twins, tick),
        yearly=_yearly(run, run.ticks if own is None else own.ticks),
        exposed=_exposed_metros(run, first, last) if sites else [],
        exposed_sites=_exposed_sites(run, first, last) if sites else [],
        metros=_metros(run, twins),
        players=_players(run, twins),
        time_to_power=time_to_power(run, first_tick=first, last_tick=last) if sites else [],
        bubble=find_bubble(run),
    )


def _false_alarms(depth: float, months: int) -> AlarmRate | None:
    table = files("wattmarket.findings").joinpath("false_alarms.csv").read_text(encoding="utf-8")
    for row in DictReader(table.splitlines()):
        if (float(row["depth"]), int(row["months"])) == (depth, months):
            return AlarmRate(int(row["alarms"]), int(row["pairs"]))
    return None


def _repricing(run: Run, twins: Sequence[TwinTables]) -> Repricing | None:
    """The break against the run's own twin, and its range over the band and the other twins."""
    if not twins:
        return None
    rule, ticks = run.scenario.findings, run.ticks
    index, band = ticks["edge_index"].to_numpy(), placebo_band(ticks.height)
    rent = ticks["edge_rent_usd_per_mwh"].to_numpy()
    # The run against its own twin, an index lower and one higher by the band, and the run against every other twin.
    cases = [(index, twins[0]), (shifted(index, -band), twins[0]), (shifted(index, band), twins[0])]
    cases += [(index, twin) for twin in twins[1:]]
    found: list[tuple[Break, Course]] = []
    for mine, twin in cases:
        flat = twin.ticks["edge_index"].to_numpy()
        one = find_break(mine, flat, depth=rule.depth, months=rule.months)
        if one is not None:
            flat_rent = twin.ticks["edge_rent_usd_per_mwh"].to_numpy()
            found.append((one, course_of(one, mine, flat, rent, flat_rent, depth=rule.depth, months=rule.months)))
        elif not found:
            return None
    return _described(run, found, certain=len(found) == len(cases))


def _described(run: Run, found: Sequence[tuple[Break, Course]], *, certain: bool) -> Repricing:
    """Describe the first of several breaks, with the range over all of them."""
    (own, course), breaks, courses = found[0], [one for one, _ in found], [one for _, one in found]
    ticks = [one.tick for one in breaks]
    share = run.ticks["batch_share"].to_numpy()
    leads = [one.lead_months for one in courses if one.lead_months is not None]

    def month(tick: int) -> str:
        return month_name(month_number(run.scenario.run.start) + tick)

    return Repricing(
        found=own,
        month=month(own.tick),
        earliest_month=month(min(ticks)),
        latest_month=month(max(ticks)) if certain else None,
        deepest_month=month(own.deepest_tick),
        recovery_month=None if own.recovery_tick is None else month(own.recovery_tick),
        batch_share=Uncertain.of(float(share[own.tick]), (float(share[tick]) for tick in ticks)),
        deepest=Uncertain.of(own.deepest, (one.deepest for one in breaks)),
        half_months=Uncertain.of(course.half_months, (one.half_months for one in courses)),
        fastest_year=Uncertain.of(course.fastest_year, (one.fastest_year for one in courses)),
        lead_months=None if course.lead_months is None else Uncertain.of(course.lead_months, leads),
    )


def _change(ticks: pl.DataFrame, twins: Sequence[TwinTables], tick: int) -> RentChange:
    """Differences over the twelve months from the break on: their mean, by month, and the means against other twins."""
    months = slice(tick, tick + MONTHS_PER_YEAR)

    def column(frame: pl.DataFrame, name: str) -> Float:
        return frame[name].to_numpy()[months]

    def gaps(twin: pl.DataFrame) -> list[Float]:
        rent, latency, watt = (
            column(ticks, name) - column(twin, name)
            for name in ("edge_rent_usd_per_mwh", "edge_latency_rent_usd_per_mwh", "edge_watt_rent_usd_per_mwh")
        )
        core = column(twin, "core_index")
        of_core = np.divide(column(ticks, "core_index"), core, out=np.ones_like(core), where=core > 0.0) - 1.0
        return [rent, latency, watt, rent - latency - watt, of_core]

    own, *others = (gaps(twin.ticks) for twin in twins)
    return RentChange(
        *(
            Uncertain.of(_mean(gap), [*gap.tolist(), *(_mean(other[place]) for other in others)])
            for place, gap in enumerate(own)
        )
    )


def _mean(values: Float) -> float:
    return numeric.total(values) / len(values)


def _yearly(run: Run, twin: pl.DataFrame) -> list[dict[str, float | int]]:
    ticks, start = run.ticks, month_number(run.scenario.run.start)
    band = placebo_band(ticks.height)
    rows = []
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
                "twin_edge_index": float(twin["edge_index"][tick]),
                "band": float(numeric.exp(float(band[tick]))) - 1.0,
                "core_index": month["core_index"],
                "edge_share": month["edge_pool_kw"] / max(month["pool_kw"], 1),
            }
        )
    return rows


def _exposed_metros(run: Run, first: int, last: int) -> list[ExposedPlace]:
    ranked = metro_exposure(run.sites, run.world.sites, first_tick=first, last_tick=last)
    return _named(ranked.head(MOST_EXPOSED_METROS), run.world.metros)


def _exposed_sites(run: Run, first: int, last: int) -> list[ExposedPlace]:
    ranked = site_exposure(run.sites, run.world.sites, first_tick=first, last_tick=last)
    return _named(ranked.head(MOST_EXPOSED_SITES), run.world.sites)


def _named(ranked: pl.DataFrame, places: pl.DataFrame) -> list[ExposedPlace]:
    key = ranked.columns[0]
    names = dict(zip(places[key], places["name"], strict=True))
    return [
        ExposedPlace(
            row[key],
            names[row[key]],
            Uncertain(row["latency_rent_musd_per_year"], row["low_musd_per_year"], row["high_musd_per_year"]),
            row["exposed_share"],
        )
        for row in ranked.iter_rows(named=True)
        if row["latency_rent_musd_per_year"] >= LEAST_LATENCY_RENT_MUSD
    ]


def _metros(run: Run, twins: Sequence[TwinTables]) -> list[MetroBreak]:
    """Breaks of metros over several twins; nothing is said from one."""
    tables = [twin.metro_values for twin in twins if twin.metro_values is not None]
    if len(tables) < 2 or "metro_values" not in run.manifest.rows:
        return []
    rule = run.scenario.findings
    own, *others = (metro_breaks(run.metro_values, table, depth=rule.depth, months=rule.months) for table in tables)
    beside: list[dict[str, dict[str, Any]]] = [
        {row["metro_id"]: row for row in frame.iter_rows(named=True)} for frame in others
    ]
    names = dict(zip(run.world.metros["metro_id"], run.world.metros["name"], strict=True))
    start = month_number(run.scenario.run.start)
    found = []
    for row in own.drop_nulls("tick").iter_rows(named=True):
        rows = [other[row["metro_id"]] for other in beside]
        ticks = [row["tick"], *(other["tick"] for other in rows if other["tick"] is not None)]
        deepest = (other["deepest"] for other in rows if other["deepest"] is not None)
        certain = len(ticks) == len(tables)
        found.append(
            MetroBreak(
                row["metro_id"],
                names[row["metro_id"]],
                month_name(start + row["tick"]),
                month_name(start + min(ticks)),
                month_name(start + max(ticks)) if certain else None,
                Uncertain.of(row["deepest"], deepest),
            )
        )
    return found


def _players(run: Run, twins: Sequence[TwinTables]) -> list[PlayerChange]:
    """Changes of agents' profit over several twins; nothing is said from one."""
    tables = [twin.agents for twin in twins if twin.agents is not None]
    if len(tables) < 2 or "agents" not in run.manifest.rows:
        return []
    own, *others = (profit_changes(run.agents, table) for table in tables)
    beside = [dict(zip(frame["agent_id"], frame["change_usd"], strict=True)) for frame in others]
    players = Population.of(run.scenario)
    names = dict(zip(players.agent_id, players.name, strict=True))
    return [
        PlayerChange(
            row["agent_id"],
            names[row["agent_id"]],
            row["class"],
            Uncertain.of(row["change_usd"] / 1e6, [other[row["agent_id"]] / 1e6 for other in beside]),
        )
        for row in own.iter_rows(named=True)
    ]
