"""Metros ranked by exposure: the latency rent that their edge sites stand to lose."""

from __future__ import annotations

from typing import Final

import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from wattmarket.findings import metro_exposure
from wattmarket.plot.lettering import month_name, place_name
from wattmarket.plot.page import page
from wattmarket.plot.palette import Theme
from wattmarket.plot.subject import PlottedRun, break_of, month_of, plotted_year, shown_tick, source_line
from wattmarket.plot.theme import style

__all__ = ["exposure_data", "exposure_figure"]

_ROWS: Final = 20
_ROW_IN: Final = 0.225


def exposure_data(run: PlottedRun, first_tick: int | None = None, last_tick: int | None = None) -> pl.DataFrame:
    """Rank all metros by exposure; the figure draws the first twenty that have any.

    Parameters
    ----------
    run, first_tick, last_tick
        As for :func:`exposure_figure`.

    Returns
    -------
    pl.DataFrame
        As :func:`wattmarket.findings.metro_exposure` gives it, with the metros' names.

    Raises
    ------
    InputError
        If the run has no such month.
    """
    first, last = _months(run, first_tick, last_tick)
    ranked = metro_exposure(run.sites, run.world.sites, first_tick=first, last_tick=last)
    return ranked.join(run.world.metros.select("metro_id", "name"), on="metro_id", maintain_order="left")


def exposure_figure(
    run: PlottedRun, first_tick: int | None = None, last_tick: int | None = None, *, theme: str | Theme = "light"
) -> Figure:
    """Draw the twenty most exposed metros as a ranking.

    Parameters
    ----------
    run
        A run.
    first_tick, last_tick
        Months over which the rent is averaged, both included; the year before the break unless
        given (without one, the year in which the edge index stood highest).
    theme
        ``light`` or ``dark``.

    Returns
    -------
    Figure
        One line and dot per metro, with the share that latency rent is of all rent there.

    Raises
    ------
    InputError
        If the run has no such month.
    """
    first, last = _months(run, first_tick, last_tick)
    ranked = exposure_data(run, first, last)
    shown = ranked.filter(pl.col("latency_rent_musd_per_year") > 0).head(_ROWS)
    with style(theme) as look:
        sheet = page(
            _title(ranked),
            f"Latency rent of a metro’s edge sites, $ million a year, {_stretch(run, first, last)}; pale: by month",
            source_line(run),
            height_in=1.5 + _ROW_IN * max(shown.height, 4),
            left_in=1.75,
            right_in=0.75,
            look=look,
        )
        (axes,) = sheet.grid()
        _lollipops(axes, shown, look)
        return sheet.finished()


def _months(run: PlottedRun, first_tick: int | None, last_tick: int | None) -> tuple[int, int]:
    """Ticks from the first to the last that are averaged."""
    first, last = plotted_year(run)
    return (
        first if first_tick is None else shown_tick(run, first_tick),
        last if last_tick is None else shown_tick(run, last_tick),
    )


def _stretch(run: PlottedRun, first: int, last: int) -> str:
    """Name the months averaged over."""
    start, end = month_name(month_of(run, first)), month_name(month_of(run, last))
    months = start if first == last else f"mean of {start} to {end}"
    broke = break_of(run)
    return f"{months}, before the break" if broke is not None and last == broke.tick - 1 else months


def _title(ranked: pl.DataFrame) -> str:
    """State how much is exposed, and how concentrated it is."""
    total = sum(ranked["latency_rent_musd_per_year"].to_list())
    if total <= 0.0:
        return "No metro earns latency rent: nothing is exposed"
    top = ranked.head(5)["latency_rent_musd_per_year"].to_list()
    amount = f"${total / 1000:,.1f} billion" if total >= 1000 else f"${total:,.0f} million"
    if ranked.height <= 5:
        return f"Exposed to drift: {amount} of latency rent a year"
    return f"Of {amount} of latency rent a year, five metros hold {sum(top) / total:.0%}"


def _lollipops(axes: Axes, shown: pl.DataFrame, look: Theme) -> None:
    """Draw one stem and dot per metro, largest at the top, over what its rent was month by month."""
    places = list(range(shown.height))
    rents = shown["latency_rent_musd_per_year"].to_list()
    low, high = (shown[f"{end}_musd_per_year"].to_list() for end in ("low", "high"))
    axes.hlines(places, low, high, color=look.edge, lw=8.0, alpha=0.18)
    axes.hlines(places, 0, rents, color=look.edge, lw=1.6, alpha=0.55)
    axes.scatter(rents, places, s=42, color=look.edge, zorder=3, clip_on=False)
    digits = 0 if max(rents, default=0.0) >= 20 else 1
    for place, rent, least, most, share in zip(places, rents, low, high, shown["exposed_share"].to_list(), strict=True):
        axes.annotate(
            f"{rent:,.{digits}f} ({least:,.{digits}f} to {most:,.{digits}f})",
            xy=(most, place),
            xytext=(8, 0),
            textcoords="offset points",
            va="center",
            fontsize=8.0,
            color=look.ink,
        )
        axes.annotate(
            f"{share:.0%}",
            xy=(1.0, place),
            xycoords=axes.get_yaxis_transform(),
            xytext=(40, 0),
            textcoords="offset points",
            va="center",
            ha="right",
            fontsize=8.0,
            color=look.muted,
        )
    axes.annotate(
        "of rent",
        xy=(1.0, 1.0),
        xycoords="axes fraction",
        xytext=(40, 4),
        textcoords="offset points",
        ha="right",
        fontsize=7.5,
        color=look.muted,
    )
    axes.set_yticks(places, [place_name(name) for name in shown["name"]], color=look.ink)
    axes.set_ylim(max(shown.height, 1) - 0.4, -0.6)
    axes.set_xlim(0, max(high, default=1.0) * 1.24)
    axes.set_xticks([])
    axes.grid(visible=False)
    axes.spines["bottom"].set_visible(False)
    axes.spines["left"].set_visible(True)
