"""What cohorts expected rents to be, through time, against the rents that came."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from wattmarket.plot.lettering import thousands, year_axis, years
from wattmarket.plot.page import page
from wattmarket.plot.palette import Theme
from wattmarket.plot.subject import PlottedRun, source_line
from wattmarket.plot.theme import style
from wattmarket.schema import COHORTS
from wattmarket.units import MONTHS_PER_YEAR

__all__ = ["forward_curve_data", "forward_curve_figure"]

_PARTS: Final = ("edge", "core")
_KEY: Final = ["tick", "part"]


def forward_curve_data(curves: pl.DataFrame, ticks: pl.DataFrame, every_months: int = MONTHS_PER_YEAR) -> pl.DataFrame:
    """Choose curves to draw, and put beside each expectation what came.

    Parameters
    ----------
    curves, ticks
        Tables of a run.
    every_months
        Draw the curves of one month in so many.

    Returns
    -------
    pl.DataFrame
        Columns tick and month (of the expectation), part, cohort, horizon_months, month_ahead, rent_usd_per_mwh,
        came_usd_per_mwh (null beyond the run); sorted in that order.
    """
    came = curves.filter(pl.col("horizon_months") == 0).unique(_KEY).select(*_KEY, came_usd_per_mwh="rent_usd_per_mwh")
    ahead = (pl.col("tick") + pl.col("horizon_months")).cast(pl.Int32)
    return (
        curves.filter(pl.col("tick") % every_months == 0)
        .join(ticks.select("tick", "month"), on="tick")
        .with_columns(ahead=ahead)
        .join(came.rename({"tick": "ahead"}), on=["ahead", "part"], how="left")
        .with_columns(month_ahead=pl.col("month").dt.offset_by(pl.format("{}mo", "horizon_months")))
        .sort("tick", "part", "cohort", "horizon_months")
        .select(
            *("tick", "month", "part", "cohort", "horizon_months", "month_ahead"),
            *("rent_usd_per_mwh", "came_usd_per_mwh"),
        )
    )


def forward_curve_figure(
    run: PlottedRun, every_months: int = MONTHS_PER_YEAR, *, theme: str | Theme = "light"
) -> Figure:
    """Draw the rent that came, and from each year's start the curve that each cohort expected.

    Parameters
    ----------
    run
        A run of the living market.
    every_months
        Draw the curves of one month in so many.
    theme
        ``light`` or ``dark``.

    Returns
    -------
    Figure
        Edge above, core below, a column for each cohort, on one scale.
    """
    data = forward_curve_data(run.curves, run.ticks, every_months)
    came = forward_curve_data(run.curves, run.ticks, 1).filter(pl.col("horizon_months") == 0)
    with style(theme) as look:
        sheet = page(
            _title(forward_curve_data(run.curves, run.ticks, 1)),
            "Rent of accelerators, weighted by what stands, $ per MWh of IT. Each thin line is what a cohort expected "
            "from its first dot on.",
            source_line(run),
            height_in=5.6,
            key=[("—rent that came", look.ink), *((f"—{name}", look.cohorts[name]) for name in COHORTS)],
            look=look,
        )
        panels = sheet.grid(2, len(COHORTS), share="both", hspace=0.26, wspace=0.16)
        for axes, (part, cohort) in zip(panels, [(p, c) for p in _PARTS for c in COHORTS], strict=True):
            mine = (pl.col("part") == part) & (pl.col("cohort") == cohort)
            _panel(axes, data.filter(mine), came.filter(mine), look.cohorts[cohort], look)
            axes.set_title(f"{part.capitalize()}, {cohort}", color=look.edge if part == "edge" else look.core)
        thousands(panels[0])
        year_axis(panels[0], run.ticks["month"].to_list())
        low, high = _ends(data, came, years(run.ticks["month"])[-1])
        room = 0.05 * (high - low) or 1.0
        panels[0].set_ylim(low - room, high + room)
        return sheet.finished()


def _panel(axes: Axes, data: pl.DataFrame, came: pl.DataFrame, colour: str, look: Theme) -> None:
    """Draw one cohort's curves over the rent that came."""
    marker = "o" if came.height == 1 else None
    axes.plot(years(came["month"]), came["rent_usd_per_mwh"].to_list(), color=look.ink, lw=1.6, marker=marker, zorder=3)
    for (_,), curve in data.group_by("tick", maintain_order=True):
        months = years(curve["month_ahead"])
        axes.plot(months, curve["rent_usd_per_mwh"].to_list(), color=colour, lw=1.1, alpha=0.9, zorder=2)
        axes.plot(months[1:], curve["rent_usd_per_mwh"].to_list()[1:], "o", color=colour, ms=2.4, zorder=2)
        axes.plot(months[:1], curve["rent_usd_per_mwh"].to_list()[:1], "o", color=colour, ms=3.6, zorder=4)


def _ends(data: pl.DataFrame, came: pl.DataFrame, last: float) -> tuple[float, float]:
    """Lowest and highest rent before the last month of the axis, beyond which curves go on unseen."""
    seen = came["rent_usd_per_mwh"].to_list()
    for _, curve in data.group_by("tick", "part", "cohort"):
        months, rents = years(curve["month_ahead"]), curve["rent_usd_per_mwh"].to_list()
        seen += [rent for month, rent in zip(months, rents, strict=True) if month <= last]
        seen.append(float(np.interp(last, months, rents)))
    return min(seen), max(seen)


def _title(data: pl.DataFrame) -> str:
    """State how far the best and the worst cohort are off, one horizon ahead, at the edge."""
    ahead = data.filter((pl.col("part") == "edge") & (pl.col("horizon_months") > 0)).drop_nulls("came_usd_per_mwh")
    if ahead.is_empty():
        return "What cohorts expect of rents"
    months = int(ahead["horizon_months"].min())  # type: ignore[arg-type]
    off = _errors(ahead.filter(pl.col("horizon_months") == months))
    (best, least), (worst, most) = off[0], off[-1]
    span = "A year" if months == MONTHS_PER_YEAR else f"{months} months"
    return f"{span} ahead, the {best} miss edge rents by ${least:,.0f} per MWh, the {worst} by ${most:,.0f}"


def _errors(ahead: pl.DataFrame) -> list[tuple[str, float]]:
    """Mean absolute error of each cohort in whole cents, smallest first."""
    cents = ((pl.col("rent_usd_per_mwh") - pl.col("came_usd_per_mwh")).abs() * 100).round().cast(pl.Int64)
    mean = ahead.group_by("cohort").agg((cents.sum() / pl.len() / 100).alias("off")).sort("off", "cohort")
    return [(f"{cohort}s" if cohort == "extrapolator" else cohort, off) for cohort, off in mean.iter_rows()]
