"""What a figure needs to know of a run, and the source line under each figure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Protocol

import polars as pl

from wattmarket.errors import InputError
from wattmarket.findings import Break, exposure_months, find_break

__all__ = [
    "PlottedManifest",
    "PlottedRun",
    "PlottedWorld",
    "break_of",
    "month_of",
    "plotted_year",
    "shown_tick",
    "source_line",
    "tick_value",
    "twin_agents_of",
]


class PlottedWorld(Protocol):
    """The tables of a world that figures read."""

    @property
    def sites(self) -> pl.DataFrame:
        """Sites, to ``schema/world.py``."""
        ...

    @property
    def metros(self) -> pl.DataFrame:
        """Metros, to ``schema/world.py``."""
        ...

    @property
    def zones(self) -> pl.DataFrame:
        """Zones, to ``schema/world.py``."""
        ...

    @property
    def generators(self) -> pl.DataFrame:
        """Generators, to ``schema/world.py``."""
        ...


class PlottedManifest(Protocol):
    """The part of a manifest that figures read."""

    @property
    def wattmarket(self) -> str:
        """Version of wattmarket."""
        ...

    @property
    def title(self) -> str:
        """Title of the scenario."""
        ...

    @property
    def seed(self) -> int:
        """Seed of the run."""
        ...

    @property
    def rows(self) -> Mapping[str, int]:
        """Rows of each table that was kept."""
        ...


class PlottedRun(Protocol):
    """The part of a :class:`wattmarket.Run` that figures read; anything with these frames can be drawn."""

    @property
    def ticks(self) -> pl.DataFrame:
        """The market as a whole, one row per month."""
        ...

    @property
    def sites(self) -> pl.DataFrame:
        """One row per month and site."""
        ...

    @property
    def metros(self) -> pl.DataFrame:
        """One row per month, metro and workload."""
        ...

    @property
    def zones(self) -> pl.DataFrame:
        """One row per month and zone."""
        ...

    @property
    def agents(self) -> pl.DataFrame:
        """One row per month and agent; this and what follows only of the living market."""
        ...

    @property
    def awards(self) -> pl.DataFrame:
        """One row per month and award of the forward auction."""
        ...

    @property
    def queue(self) -> pl.DataFrame:
        """One row per month and zone: grid connections."""
        ...

    @property
    def supply(self) -> pl.DataFrame:
        """One row per month and generation step."""
        ...

    @property
    def curves(self) -> pl.DataFrame:
        """One row per month, cohort, part and horizon."""
        ...

    @property
    def valuations(self) -> pl.DataFrame:
        """One row per month and site, in the order of `sites`."""
        ...

    @property
    def bubble(self) -> pl.DataFrame:
        """One row per month: market and fundamental value."""
        ...

    @property
    def twin_ticks(self) -> pl.DataFrame | None:
        """The ticks of the same seed without drift, if that twin was run."""
        ...

    def twin(self, table: str) -> pl.DataFrame | None:
        """A table of that twin, or None if it was not kept; only ``agents`` is asked for."""
        ...

    @property
    def world(self) -> PlottedWorld:
        """The world that was run."""
        ...

    @property
    def scenario(self) -> Any:
        """The scenario, for its workloads and for what counts as a break."""
        ...

    @property
    def manifest(self) -> PlottedManifest:
        """What was run."""
        ...


def source_line(run: PlottedRun) -> str:
    """Name what made the figure: program and version, scenario, seed."""
    manifest = run.manifest
    return f"Source: wattmarket {manifest.wattmarket}, scenario “{manifest.title}”, seed {manifest.seed}"


def break_of(run: PlottedRun) -> Break | None:
    """Find the month in which the edge index breaks from its no-drift twin, by the scenario's own measure.

    Parameters
    ----------
    run
        A run.

    Returns
    -------
    Break or None
        None if the index never breaks, or no twin was run.
    """
    if run.twin_ticks is None:
        return None
    index, twin = run.ticks["edge_index"].to_numpy(), run.twin_ticks["edge_index"].to_numpy()
    return find_break(index, twin, depth=run.scenario.findings.depth, months=run.scenario.findings.months)


def plotted_year(run: PlottedRun) -> tuple[int, int]:
    """Choose the months that stand for "before": the year before the break, or that of the highest edge index.

    Returns
    -------
    tuple[int, int]
        First and last tick, both included.
    """
    return exposure_months(run.ticks["edge_index"].to_numpy(), break_of(run))


def shown_tick(run: PlottedRun, tick: int | None) -> int:
    """Give the tick of the month that is asked for; None: the last.

    Raises
    ------
    InputError
        If the run has no such tick.
    """
    first, last = int(run.ticks["tick"][0]), int(run.ticks["tick"][-1])
    if tick is None:
        return last
    if not first <= tick <= last:
        raise InputError(f"tick: {tick}: the run has the ticks {first} to {last}")
    return tick


def tick_value(ticks: pl.DataFrame, tick: int, column: str) -> Any:
    """Look up one value of a table with one row per tick.

    Raises
    ------
    KeyError
        If there is no such tick.
    """
    values = ticks.filter(pl.col("tick") == tick)[column]
    if values.is_empty():
        raise KeyError(tick)
    return values[0]


def month_of(run: PlottedRun, tick: int) -> dt.date:
    """First day of a tick's month.

    Raises
    ------
    KeyError
        If the run has no such tick.
    """
    month: dt.date = tick_value(run.ticks, tick, "month")
    return month


def twin_agents_of(run: PlottedRun) -> pl.DataFrame:
    """Agents of the no-drift twin, of runs that keep them.

    Raises
    ------
    InputError
        If this one doesn't.
    """
    kept = run.twin("agents")
    if kept is None:
        raise InputError("table twin_agents was not kept")
    return kept
