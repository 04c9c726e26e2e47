"""What a run found, in numbers and in words."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import polars as pl

from wattmarket import numeric
from wattmarket.findings.exposure import exposure_months, metro_exposure
from wattmarket.findings.repricing import Break, find_break
from wattmarket.months import month_name, month_number
from wattmarket.record import Run

__all__ = ["ExposedMetro", "Findings", "RentChange", "find"]

MOST_EXPOSED = 10
"""Metros that the finding names."""


@dataclass(frozen=True, slots=True)
class ExposedMetro:
    """A metro whose edge sites live on latency rent.

    Parameters
    ----------
    metro_id, name
        The metro.
    latency_rent_musd_per_year
        Latency rent of its edge sites, million $ a year, mean of the twelve months before the break (or, without a
        break, of the twelve months in which the edge index stood highest).
    exposed_share
        Latency rent over all rent of the same sites.
    """

    metro_id: str
    name: str
    latency_rent_musd_per_year: float
    exposed_share: float


@dataclass(frozen=True, slots=True)
class RentChange:
    """How edge rent differs from the no-drift twin's in the year from the break on, means in $/MWh of IT.

    Parameters
    ----------
    rent
        Rent of edge accelerators, run less twin.
    latency, watt, silicon
        Its parts: nearness; power; what accelerators earn anywhere, which is the general price of compute.
    core_index
        Core index against its twin, a share: −0.05 is five per cent below.
    """

    rent: float
    latency: float
    watt: float
    silicon: float
    core_index: float


@dataclass(frozen=True, slots=True)
class Findings:
    """The repricing of the edge in one run against its no-drift twin.

    Parameters
    ----------
    title
        Title of the scenario.
    drifts
        Whether the batch share drifts; without drift a run is its own twin.
    has_twin
        Whether there is a no-drift twin to break away from.
    repricing
        The break; None if there is none.
    break_month
        Month of the break, ``YYYY-MM``.
    batch_share_at_break
        Batch share in that month.
    change
        What the fall is made of; None without a break.
    yearly
        By year, in January: batch share, latency rent, watt rent and rent at the edge, core rent ($/MWh), both indices,
        the twin's edge index, edge share of accelerators.
    exposed
        The most exposed metros, those with at least a million $ of latency rent a year.
    rule
        The rule that defines the break, in words.
    months
        How many months in a row make a break, or a recovery.
    """

    title: str
    drifts: bool
    has_twin: bool
    repricing: Break | None
    break_month: str | None
    batch_share_at_break: float | None
    change: RentChange | None
    yearly: list[dict[str, float | int]] = field(repr=False)
    exposed: list[ExposedMetro] = field(repr=False)
    rule: str
    months: int

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers and texts, for JSON."""
        return asdict(self)

    def text(self) -> str:
        """Write the finding in words, with a table by year."""
        return "\n".join([self.title, "", *self._sentences(), "", *self._table(), "", *self._exposed()])

    def _sentences(self) -> list[str]:
        if not self.drifts:
            return ["The batch share doesn't drift here: this run is its own twin, and there is no break to look for."]
        if not self.has_twin:
            return ["The batch share drifts, but no no-drift twin was run: whether the edge breaks away is not known."]
        if self.repricing is None or self.break_month is None or self.batch_share_at_break is None:
            return [f"No break: the edge index never stays away from its no-drift twin ({self.rule})."]
        found = self.repricing
        after = month_name(month_number(self.break_month) + found.deepest_tick - found.tick)
        share = self.batch_share_at_break
        lines = [
            f"The edge breaks in {self.break_month}, at a batch share of {share:.2f} ({self.rule}).",
            f"At its deepest, in {after}, the edge index is {found.deepest:.0%} below the same seed's no-drift twin.",
        ]
        if self.change is not None:
            lines += change_in_words(self.change)
        if found.recovery_tick is None:
            lines.append(f"It does not recover within the run: never {self.months} months in a row within the margin.")
        else:
            back = month_name(month_number(self.break_month) + found.recovery_tick - found.tick)
            again = ", and falls away again later" if found.deepest_tick > found.recovery_tick else ""
            lines.append(f"It is back within the margin for {self.months} months from {back} on{again}.")
        return lines

    def _table(self) -> list[str]:
        head = (
            "year   batch   edge rent   latency     watt   core rent   edge index     twin   core index   edge share",
            "       share       $/MWh     $/MWh    $/MWh       $/MWh                                       of pools",
        )
        rows = [
            f"{row['year']:<6} {row['batch_share']:5.2f} {row['edge_rent']:11.0f} {row['edge_latency_rent']:9.0f} "
            f"{row['edge_watt_rent']:8.0f} {row['core_rent']:11.0f} {row['edge_index']:12.0f} "
            f"{row['twin_edge_index']:8.0f} {row['core_index']:12.0f} {row['edge_share']:12.0%}"
            for row in self.yearly
        ]
        return [*head, *rows]

    def _exposed(self) -> list[str]:
        if not self.exposed:
            return ["No metro earns latency rent to speak of (less than a million $ a year)."]
        named = ", ".join(
            f"{metro.name} ({metro.latency_rent_musd_per_year:,.0f} m$ a year, {metro.exposed_share:.0%} of its rent)"
            for metro in self.exposed[:5]
        )
        return [f"Most exposed: {named}."]


def find(run: Run) -> Findings:
    """Read the finding off a run.

    Parameters
    ----------
    run
        A run; with its no-drift twin, if its scenario drifts.

    Returns
    -------
    Findings
    """
    ticks, twin = run.ticks, run.twin_ticks
    rule = run.scenario.findings
    index = ticks["edge_index"].to_numpy()
    twin_index = index if twin is None else twin["edge_index"].to_numpy()
    repricing = None if twin is None else find_break(index, twin_index, depth=rule.depth, months=rule.months)
    start = month_number(run.scenario.run.start)
    return Findings(
        title=run.scenario.title,
        drifts=run.scenario.twin() != run.scenario,
        has_twin=twin is not None,
        repricing=repricing,
        break_month=None if repricing is None else month_name(start + repricing.tick),
        change=None if repricing is None or twin is None else _change(ticks, twin, repricing.tick),
        batch_share_at_break=None if repricing is None else float(ticks["batch_share"][repricing.tick]),
        yearly=_yearly(run, twin_index, start),
        exposed=_exposed(run, repricing),
        rule=f"{rule.months} months in a row at least {rule.depth:.0%} below the twin",
        months=rule.months,
    )


def _change(ticks: pl.DataFrame, twin: pl.DataFrame, tick: int) -> RentChange:
    """Mean differences over the twelve months from the break on."""
    months = slice(tick, tick + 12)

    def mean(frame: pl.DataFrame, column: str) -> float:
        values = frame[column].to_numpy()[months]
        return numeric.total(values) / len(values)

    rent, latency, watt = (
        mean(ticks, column) - mean(twin, column)
        for column in ("edge_rent_usd_per_mwh", "edge_latency_rent_usd_per_mwh", "edge_watt_rent_usd_per_mwh")
    )
    core = mean(twin, "core_index")
    return RentChange(
        rent, latency, watt, rent - latency - watt, mean(ticks, "core_index") / core - 1.0 if core > 0.0 else 0.0
    )


def change_in_words(change: RentChange) -> list[str]:
    """Write what a fall is made of."""
    lines = [
        f"In the year from the break on, edge rent is {change.rent:+.0f} $/MWh against the twin: {change.latency:+.0f} "
        f"of latency rent, {change.silicon:+.0f} of the general price of compute, {change.watt:+.0f} of watt rent.",
        f"The core index is {change.core_index:+.0%} against its twin.",
    ]
    if change.rent < 0.0 and change.latency > 0.5 * change.rent:
        lines.append("Most of the fall is not the loss of nearness: compute as a whole is cheaper than in the twin.")
    return lines


def _yearly(run: Run, twin_index: np.ndarray[Any, np.dtype[np.float64]], start: int) -> list[dict[str, float | int]]:
    ticks = run.ticks
    rows = []
    for tick in range(-start % 12, ticks.height, 12):
        month = ticks.row(tick, named=True)
        rows.append(
            {
                "year": (start + tick) // 12,
                "batch_share": month["batch_share"],
                "edge_rent": month["edge_rent_usd_per_mwh"],
                "edge_latency_rent": month["edge_latency_rent_usd_per_mwh"],
                "edge_watt_rent": month["edge_watt_rent_usd_per_mwh"],
                "core_rent": month["core_rent_usd_per_mwh"],
                "edge_index": month["edge_index"],
                "twin_edge_index": float(twin_index[tick]),
                "core_index": month["core_index"],
                "edge_share": month["edge_pool_kw"] / max(month["pool_kw"], 1),
            }
        )
    return rows


def _exposed(run: Run, repricing: Break | None) -> list[ExposedMetro]:
    if "sites" not in run.scenario.output.tables:
        return []
    first, last = exposure_months(run.ticks["edge_index"].to_numpy(), repricing)
    ranked = metro_exposure(run.sites, run.world.sites, first_tick=first, last_tick=last)
    names = dict(zip(run.world.metros["metro_id"], run.world.metros["name"], strict=True))
    return [
        ExposedMetro(row["metro_id"], names[row["metro_id"]], row["latency_rent_musd_per_year"], row["exposed_share"])
        for row in ranked.head(MOST_EXPOSED).iter_rows(named=True)
        if row["latency_rent_musd_per_year"] >= 1.0
    ]
