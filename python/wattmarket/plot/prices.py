"""Delivered price by workload in chosen metros, with the interval of market-clearing prices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from wattmarket.errors import InputError
from wattmarket.plot.lettering import place_name, thousands, workload_name, year_axis, years
from wattmarket.plot.page import page
from wattmarket.plot.palette import Theme
from wattmarket.plot.subject import PlottedRun, source_line
from wattmarket.plot.theme import style, workload_colours

__all__ = ["ai_workloads", "largest_metros", "mean_premium", "price_data", "price_figure"]

_PANELS: Final = 6


def ai_workloads(run: PlottedRun) -> list[str]:
    """List the workloads that buy accelerators, in the scenario's order; other load pays for shell and energy alone."""
    return [workload.name for workload in run.scenario.workload if workload.group != "non_ai"]


def largest_metros(run: PlottedRun, count: int = _PANELS) -> list[str]:
    """Choose the metro with most demand of each of the blocs with most demand, so that the world is in view.

    Parameters
    ----------
    run
        A run.
    count
        How many; fewer if the world has fewer metros. With fewer blocs, the next largest metros fill up.

    Returns
    -------
    list[str]
        Metro ids, largest first.
    """
    last = int(run.ticks["tick"][-1])
    demand = run.metros.filter(pl.col("tick") == last).group_by("metro_id").agg(pl.col("demand_kw").sum())
    ranked = demand.join(run.world.metros.select("metro_id", "bloc"), on="metro_id")
    ranked = ranked.sort("demand_kw", "metro_id", descending=[True, False])
    firsts = ranked.unique("bloc", keep="first", maintain_order=True)
    rest = ranked.join(firsts, on="metro_id", how="anti", maintain_order="left")
    chosen = pl.concat([firsts, rest]).head(count).sort("demand_kw", "metro_id", descending=[True, False])
    return chosen["metro_id"].to_list()


def price_data(run: PlottedRun, metro_ids: Sequence[str] | None = None) -> pl.DataFrame:
    """List the prices that the figure draws.

    Parameters
    ----------
    run, metro_ids
        As for :func:`price_figure`.

    Returns
    -------
    pl.DataFrame
        Columns tick, month, metro_id, name, workload and the price with its ends ($/MWh of IT); metros in the order of
        the panels, workloads in that of the scenario.
    """
    chosen = list(metro_ids) if metro_ids is not None else largest_metros(run)
    panels = pl.DataFrame({"metro_id": chosen, "panel": range(len(chosen))}, schema_overrides={"metro_id": pl.String})
    workloads = ai_workloads(run)
    lines = pl.DataFrame({"workload": workloads, "line": range(len(workloads))})
    prices = [f"price{end}_usd_per_mwh" for end in ("", "_low", "_high")]
    return (
        run.metros.join(panels, on="metro_id")
        .join(lines, on="workload")
        .join(run.ticks.select("tick", "month"), on="tick")
        .join(run.world.metros.select("metro_id", "name"), on="metro_id")
        .sort("panel", "line", "tick")
        .select("tick", "month", "metro_id", "name", "workload", *prices)
    )


def price_figure(run: PlottedRun, metro_ids: Sequence[str] | None = None, *, theme: str | Theme = "light") -> Figure:
    """Draw one panel per metro: the delivered price of each workload through time.

    Parameters
    ----------
    run
        A run.
    metro_ids
        Metros to show; the largest of six blocs unless given.
    theme
        ``light`` or ``dark``.

    Returns
    -------
    Figure
        Panels on one scale.

    Raises
    ------
    InputError
        If a metro is not in the world.
    """
    chosen = list(metro_ids) if metro_ids is not None else largest_metros(run)
    names = dict(run.world.metros.select("metro_id", "name").iter_rows())
    if strangers := [metro for metro in chosen if metro not in names]:
        raise InputError(f"metro_ids: {strangers[0]!r} is not a metro of this world")
    titles = [place_name(names[metro]) for metro in chosen]
    prices = price_data(run, chosen)
    colours = workload_colours(ai_workloads(run), theme)
    columns = min(3, len(chosen))
    rows = -(-len(chosen) // columns)
    with style(theme) as look:
        sheet = page(
            _title(run),
            "Delivered price by workload, $ per MWh of IT. Band: price interval; equal prices show as stripes.",
            source_line(run),
            height_in=1.75 + 2.0 * rows,
            key=[(f"—{workload_name(workload)}", colour) for workload, colour in colours.items()],
            look=look,
        )
        panels = sheet.grid(rows, columns, share="both", hspace=0.28, wspace=0.1)
        for axes, metro, title in zip(panels, chosen, titles, strict=False):
            _panel(axes, prices.filter(pl.col("metro_id") == metro), colours)
            axes.set_title(title)
        # The panels share both axes: what is set on one is set on all.
        thousands(panels[0])
        year_axis(panels[0], run.ticks["month"].to_list())
        for axes in panels[len(chosen) :]:
            axes.set_axis_off()
        return sheet.finished()


def _panel(axes: Axes, prices: pl.DataFrame, colours: dict[str, str]) -> None:
    """Draw one metro's prices; lines that coincide show as stripes, the tightest budget (first in order) on top."""
    widening = min(0.6, 2.6 / max(1, len(colours) - 1))
    for place, (workload, colour) in reversed(list(enumerate(colours.items()))):
        price = prices.filter(pl.col("workload") == workload)
        if price.is_empty():
            continue
        months = years(price["month"])
        low, high = price["price_low_usd_per_mwh"].to_list(), price["price_high_usd_per_mwh"].to_list()
        axes.fill_between(months, low, high, color=colour, alpha=0.16, lw=0)
        marker = "o" if len(months) == 1 else None
        axes.plot(
            months, price["price_usd_per_mwh"].to_list(), color=colour, lw=1.3 + widening * place, marker=marker, ms=4
        )


def _title(run: PlottedRun) -> str:
    """State what the most latency-bound workload pays for nearness at its dearest and at the end, over all metros."""
    premium = mean_premium(run.metros.filter(pl.col("workload").is_in(ai_workloads(run))))
    if premium.is_empty():
        return "No workload is served anywhere"
    dearest = premium.sort("premium", descending=True).row(0, named=True)
    peak, workload = dearest["premium"], workload_name(dearest["workload"])
    last = premium.filter(pl.col("workload") == dearest["workload"]).sort("tick")["premium"][-1]
    if peak < 1.0:
        return "No workload pays for nearness"
    if premium["tick"].n_unique() == 1:
        return f"Nearness costs {workload} ${peak:,.0f} per MWh on average"
    return f"Nearness costs {workload} up to ${peak:,.0f} per MWh on average, ${last:,.0f} at the end"


def mean_premium(metros: pl.DataFrame) -> pl.DataFrame:
    """Average the latency premium over metros, weighted by what is served, in exact whole cents.

    Parameters
    ----------
    metros
        A run's metros, to ``schema/run.py``.

    Returns
    -------
    pl.DataFrame
        Columns workload, tick, premium ($/MWh), sorted.

    Examples
    --------
    >>> columns = {"tick": [0, 0], "workload": ["chat", "chat"], "served_kw": [1, 3]}
    >>> mean_premium(pl.DataFrame(columns | {"latency_premium_usd_per_mwh": [40.0, 0.0]}))["premium"].to_list()
    [10.0]
    """
    cents = (pl.col("latency_premium_usd_per_mwh") * 100).round().cast(pl.Int64)
    return (
        metros.filter(pl.col("served_kw") > 0)
        .group_by("workload", "tick")
        .agg((cents * pl.col("served_kw")).sum() / pl.col("served_kw").sum() / 100)
        .rename({"latency_premium_usd_per_mwh": "premium"})
        .sort("workload", "tick")
    )
