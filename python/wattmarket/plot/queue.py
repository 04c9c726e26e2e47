"""Where grid connections are waited for: how much, and how long."""

from __future__ import annotations

from typing import Final

import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from wattmarket.plot.lettering import month_name, short_name
from wattmarket.plot.page import page
from wattmarket.plot.palette import Theme
from wattmarket.plot.subject import PlottedRun, month_of, shown_tick, source_line
from wattmarket.plot.theme import style
from wattmarket.units import KW_PER_GW, MONTHS_PER_YEAR

__all__ = ["queue_data", "queue_figure"]

_ROWS: Final = 20
_ROW_IN: Final = 0.225
_YEARS: Final = (1, 2, 5, 10, 20, 50, 100)
_LONGEST_YEARS: Final = 100.0


def queue_data(queue: pl.DataFrame, zones: pl.DataFrame, tick: int) -> pl.DataFrame:
    """Rank zones by what waits there.

    Parameters
    ----------
    queue
        Table of a run.
    zones
        Table of its world.
    tick
        Month to show.

    Returns
    -------
    pl.DataFrame
        Columns zone_id, name, waiting_gw and building_gw (grid), wait_expected_years and wait_realised_years (null
        where unknown), largest backlog first.
    """
    return (
        queue.filter(pl.col("tick") == tick)
        .join(zones.select("zone_id", "name"), on="zone_id")
        .select(
            "zone_id",
            "name",
            (pl.col("waiting_kw") / KW_PER_GW).alias("waiting_gw"),
            (pl.col("building_kw") / KW_PER_GW).alias("building_gw"),
            (pl.col("wait_expected_months") / MONTHS_PER_YEAR).alias("wait_expected_years"),
            (pl.col("wait_realised_months") / MONTHS_PER_YEAR).alias("wait_realised_years"),
        )
        .sort("waiting_gw", "zone_id", descending=[True, False])
    )


def queue_figure(run: PlottedRun, tick: int | None = None, *, theme: str | Theme = "light") -> Figure:
    """Draw the twenty zones with the largest queues: what waits, and how long it takes.

    Parameters
    ----------
    run
        A run of the living market.
    tick
        Month to show; the last unless given.
    theme
        ``light`` or ``dark``.

    Returns
    -------
    Figure
        Bars of GW beside waits in years, on a logarithmic scale.

    Raises
    ------
    InputError
        If the run has no such month.
    """
    at = shown_tick(run, tick)
    ranked = queue_data(run.queue, run.world.zones, at)
    shown = ranked.filter(pl.col("waiting_gw") + pl.col("building_gw") > 0).head(_ROWS)
    with style(theme) as look:
        sheet = page(
            _title(ranked),
            f"Grid connections asked for, {month_name(month_of(run, at))}: in GW, and years on a logarithmic scale",
            source_line(run),
            height_in=1.95 + _ROW_IN * max(shown.height, 4),
            left_in=2.05,
            key=[
                ("waiting", look.core),
                ("being built", look.faint),
                ("○wait if nobody withdrew", look.drift),
                ("●wait of what the last year connected", look.drift),
            ],
            look=look,
        )
        bars, waits = sheet.grid(1, 2, wspace=0.12)
        _bars(bars, shown, look)
        _waits(waits, shown, look)
        return sheet.finished()


def _title(ranked: pl.DataFrame) -> str:
    """State how much waits, and where most of it does."""
    total = sum(ranked["waiting_gw"].to_list())
    if total <= 0.0:
        return "Nobody waits for a connection"
    top = sum(ranked.head(5)["waiting_gw"].to_list())
    if ranked.height <= 5:
        return f"{total:,.0f} GW wait for a connection"
    return f"{total:,.0f} GW wait for a connection, {top / total:.0%} of it in five zones"


def _rows(axes: Axes, shown: pl.DataFrame) -> list[int]:
    """Set up one line per zone, the largest at the top."""
    axes.set_ylim(max(shown.height, 1) - 0.4, -0.6)
    axes.grid(visible=False)
    axes.spines["left"].set_visible(True)
    return list(range(shown.height))


def _bars(axes: Axes, shown: pl.DataFrame, look: Theme) -> None:
    """Draw what waits and what is being built, with both amounts."""
    places = _rows(axes, shown)
    waiting, building = shown["waiting_gw"].to_list(), shown["building_gw"].to_list()
    axes.barh(places, waiting, height=0.62, color=look.core, zorder=2)
    axes.barh(places, building, left=waiting, height=0.62, color=look.faint, zorder=2)
    for place, amount, more in zip(places, waiting, building, strict=True):
        first = axes.annotate(
            f"{amount:,.1f}",
            xy=(amount + more, place),
            xytext=(5, 0),
            textcoords="offset points",
            va="center",
            fontsize=8.0,
            weight="bold",
        )
        if more > 0.0:
            axes.annotate(f" + {more:,.1f}", xy=(1, 0.5), xycoords=first, va="center", fontsize=8.0, color=look.muted)
    axes.set_yticks(places, [short_name(name) for name in shown["name"]], color=look.ink)
    axes.set_xlim(0, max([a + b for a, b in zip(waiting, building, strict=True)], default=1.0) * 1.22)
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    axes.set_title("Waiting + being built, GW of grid")


def _waits(axes: Axes, shown: pl.DataFrame, look: Theme) -> None:
    """Draw both waits of each zone, joined by a line; what lies beyond a century stands at its edge."""
    places = _rows(axes, shown)
    axes.set_xscale("log")
    for place, expected, realised in zip(
        places, shown["wait_expected_years"], shown["wait_realised_years"], strict=True
    ):
        beyond = expected is not None and expected > _LONGEST_YEARS
        end = min(expected, _LONGEST_YEARS) if expected is not None else None
        if end is not None and realised is not None:
            axes.plot([realised, end], [place, place], color=look.drift, lw=1.3, alpha=0.5, zorder=1)
        if end is not None:
            axes.plot([end], [place], ">" if beyond else "o", color=look.ground, mec=look.drift, mew=1.4, ms=5.5)
        if realised is not None:
            axes.plot([realised], [place], "o", color=look.drift, ms=5.5)
    axes.set_xticks(_YEARS, [str(year) for year in _YEARS])
    axes.set_xticks([], minor=True)
    axes.set_xlim(0.8, _LONGEST_YEARS * 1.15)
    axes.set_yticks([])
    axes.grid(visible=True, axis="x")
    axes.set_title("Wait, years (arrow: more than a century)")
