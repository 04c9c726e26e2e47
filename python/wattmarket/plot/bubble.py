"""Market against fundamental value, their ratio, and what the bubble test makes of it, edge and core."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from wattmarket.findings import BubbleRule, bubble_months
from wattmarket.findings.bubble_months import PARTS
from wattmarket.findings.bubble_search import SERIES, bubble_test, stamped_episodes, tested_series, true_episodes
from wattmarket.findings.explosive import Episode
from wattmarket.plot.lettering import month_name, year_axis, years
from wattmarket.plot.page import page
from wattmarket.plot.palette import Theme
from wattmarket.plot.subject import PlottedRun, source_line
from wattmarket.plot.theme import style
from wattmarket.units import MONTHS_PER_YEAR

__all__ = ["bubble_data", "bubble_figure"]

_MONTH: Final = 1.0 / MONTHS_PER_YEAR


def bubble_data(run: PlottedRun, rule: BubbleRule | None = None) -> pl.DataFrame:
    """Put what the figure draws into one frame.

    Parameters
    ----------
    run
        A run of agents, with ticks, sites, valuations and bubble.
    rule
        What counts as a bubble; None: a `BubbleRule` as it comes.

    Returns
    -------
    pl.DataFrame
        One row per month: the columns of :func:`wattmarket.findings.bubble_months`; ``counted``, whether enough of
        fundamental value is known; of each part ``…_bubble``, whether the month is in a true episode, and for the log
        of the index and the ratio ``…_bsadf``, ``…_critical`` (NaN where there is none) and ``…_stamped``.
    """
    chosen = BubbleRule() if rule is None else rule
    valuation = run.scenario.valuation
    months = bubble_months(run, rate=valuation.rate, years=valuation.horizon_years)
    months = months.with_columns(counted=pl.col("realised_share") >= chosen.least_realised)
    counted = months.filter("counted")
    columns = []
    for part in PARTS:
        true = true_episodes(counted[f"{part}_ratio"].to_numpy(), chosen) if counted.height else ()
        columns.append(_flags(f"{part}_bubble", true, counted.height, months.height))
        for series in SERIES:
            columns += _tested(counted, part, series, chosen, months.height)
    return months.with_columns(columns)


def _tested(counted: pl.DataFrame, part: str, series: str, rule: BubbleRule, height: int) -> list[pl.Series]:
    """Statistic, critical value and stamped months of a series; NaN and False where it isn't tested."""
    bsadf, critical = np.full(height, np.nan), np.full(height, np.nan)
    stamps: tuple[Episode, ...] = ()
    column = tested_series(counted, part, series) if counted.height else None
    tested = None if column is None else bubble_test(column, rule)
    if tested is not None:
        gsadf, found, values = tested
        bsadf[: counted.height], critical[: counted.height] = found, values.bsadf[values.level(rule.level)]
        stamps = stamped_episodes(gsadf, found, values, rule.level)
    name = f"{part}_{series}"
    return [
        pl.Series(f"{name}_bsadf", bsadf),
        pl.Series(f"{name}_critical", critical),
        _flags(f"{name}_stamped", stamps, counted.height, height),
    ]


def _flags(name: str, episodes: tuple[Episode, ...], counted: int, height: int) -> pl.Series:
    inside = np.zeros(height, dtype=bool)
    for one in episodes:
        inside[one.start : counted if one.end is None else one.end] = True
    return pl.Series(name, inside)


def bubble_figure(run: PlottedRun, rule: BubbleRule | None = None, *, theme: str | Theme = "light") -> Figure:
    """Draw market and fundamental value, their ratio with its ends, and the test's statistic, edge left, core right.

    Parameters
    ----------
    run
        A run of agents.
    rule
        What counts as a bubble; None: a `BubbleRule` as it comes.
    theme
        ``light`` or ``dark``.

    Returns
    -------
    Figure
        Three rows over one time axis; true episodes are shaded in the upper two, stamped ones in the lowest, which is
        left out where neither part is tested.
    """
    chosen = BubbleRule() if rule is None else rule
    data = bubble_data(run, chosen)
    tested = any(data[f"{part}_{series}_bsadf"].is_not_nan().any() for part in PARTS for series in SERIES)
    with style(theme) as look:
        sheet = page(
            _title(data, chosen),
            "Per MW of shell that stood. Dashed: worth of the rents that came. Band of the ratio: lowest and highest "
            "price, and rents after the run at the cost of new shells or at the last year's value. Grey months don't "
            "count: too little is known of what came." + ("" if tested else " Not tested."),
            source_line(run),
            height_in=7.0 if tested else 5.3,
            key=[
                (f"●bubble, {chosen.months} months more than {chosen.margin:.0%} above", look.loss),
                *(_test_key(look, chosen) if tested else ()),
            ],
            look=look,
        )
        heights = [1.25, 1.0, 1.0] if tested else [1.25, 1.0]
        panels = sheet.grid(len(heights), 2, heights=heights, hspace=0.34, wspace=0.13, share="x")
        for column, part in enumerate(PARTS):
            colour = look.edge if part == "edge" else look.core
            _values(panels[column], data, part, colour, look)
            _ratios(panels[column + 2], data, part, look, chosen)
            if tested:
                _tests(panels[column + 4], data, part, look)
        year_axis(panels[0], data["month"].to_list())
        return sheet.finished()


def _test_key(look: Theme, rule: BubbleRule) -> list[tuple[str, str]]:
    return [
        ("—test of the ratio, and dated by it", look.drift),
        ("—test of the index, likewise", look.gain),
        (f"—critical value, {rule.level:.0%}", look.ink),
    ]


def _title(data: pl.DataFrame, rule: BubbleRule) -> str:
    """State the highest ratio at the edge, or that fewer months count than a bubble would take."""
    counted = data.filter(pl.col("counted") & (pl.col("edge_ratio") > 0.0))
    if counted.height < rule.months:
        known = f"{counted.height} of {data.height} months count" if counted.height else "no month counts"
        return f"Market and fundamental value: too little of what came is known, {known}"
    row = counted.row(int(np.argmax(counted["edge_ratio"].to_numpy())), named=True)
    ratio = f"{row['edge_ratio']:.1f} times what edge rents were worth"
    ends = f"({row['edge_ratio_low']:.1f} to {row['edge_ratio_high']:.1f})"
    if row["edge_ratio"] < 1.0:
        return f"In no month that counts does the market pay more than {ratio} {ends}"
    return f"By {month_name(row['month'])} the market pays {ratio} {ends}"


def _values(axes: Axes, data: pl.DataFrame, part: str, colour: str, look: Theme) -> None:
    months = years(data["month"])
    market, true = (data[f"{part}_{name}_usd_per_mw"] / 1e6 for name in ("value", "fundamental"))
    marker = "o" if len(months) == 1 else None
    axes.plot(months, market.to_list(), color=colour, lw=2.0, marker=marker, zorder=3)
    axes.plot(months, true.to_list(), color=colour, lw=1.4, ls=(0, (3.5, 2.0)), marker=marker, zorder=3)
    axes.set_ylim(0, max(*market.to_list(), *true.to_list(), 1e-9) * 1.08)
    _shade(axes, data, f"{part}_bubble", look.loss)
    _uncounted(axes, data, look)
    axes.set_title(f"{part.capitalize()}: value, million $ per MW", color=colour)


def _ratios(axes: Axes, data: pl.DataFrame, part: str, look: Theme, rule: BubbleRule) -> None:
    colour = look.edge if part == "edge" else look.core
    counted = data.filter("counted")
    shown = counted if counted.height >= rule.months else data
    months = years(shown["month"])
    low, high, ratio = (shown[f"{part}_ratio{end}"].to_list() for end in ("_low", "_high", ""))
    axes.fill_between(months, low, high, color=colour, alpha=0.20, lw=0, zorder=2)
    axes.plot(months, ratio, color=colour, lw=2.0, marker="o" if len(months) == 1 else None, zorder=3)
    axes.axhline(1.0, color=look.ink, lw=0.8, zorder=1.5)
    axes.axhline(1.0 + rule.margin, color=look.loss, lw=0.9, ls=(0, (2.0, 2.0)), zorder=1.5)
    axes.set_ylim(0, max(*high, 1.0 + rule.margin) * 1.1)
    _shade(axes, data, f"{part}_bubble", look.loss)
    _uncounted(axes, data, look)
    axes.set_title("Market over fundamental value")


def _tests(axes: Axes, data: pl.DataFrame, part: str, look: Theme) -> None:
    months = years(data["month"])
    drawn = False
    for series, colour in (("index", look.gain), ("ratio", look.drift)):
        bsadf = data[f"{part}_{series}_bsadf"].to_numpy()
        if np.isnan(bsadf).all():
            continue
        drawn = True
        axes.plot(months, bsadf.tolist(), color=colour, lw=1.6, zorder=3)
        axes.plot(months, data[f"{part}_{series}_critical"].to_list(), color=look.ink, lw=1.0, zorder=2)
        _shade(axes, data, f"{part}_{series}_stamped", colour)
    if not drawn:
        axes.text(0.5, 0.5, "not tested: too few months count", transform=axes.transAxes, ha="center", color=look.muted)
        axes.set_yticks([])
    _uncounted(axes, data, look)
    axes.set_title("BSADF, and dates where GSADF rejects")


def _shade(axes: Axes, data: pl.DataFrame, flag: str, colour: str) -> None:
    """Shade the months in which a flag is set."""
    for month in years(data.filter(flag)["month"]):
        axes.axvspan(month, month + _MONTH, color=colour, alpha=0.16, lw=0, zorder=0.5)


def _uncounted(axes: Axes, data: pl.DataFrame, look: Theme) -> None:
    """Grey the months that don't count."""
    left = years(data.filter(~pl.col("counted"))["month"])
    if left:
        axes.axvspan(left[0], left[-1] + _MONTH, color=look.land, lw=0, zorder=0.4)
