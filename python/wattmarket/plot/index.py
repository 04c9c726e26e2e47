"""Edge and Core Valuation Index against time, with the no-drift twin, over the batch share."""

from __future__ import annotations

from typing import Final

import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from wattmarket.findings import Break
from wattmarket.plot.lettering import EndLabel, label_ends, month_name, year_axis, years
from wattmarket.plot.page import page
from wattmarket.plot.subject import PlottedRun, break_of, month_of, source_line, tick_value
from wattmarket.plot.theme import CORE, DRIFT, EDGE, INK, style

__all__ = ["index_figure"]

_TWIN: Final = (0, (3.5, 2.0))
_HEADROOM: Final = 1.2
"""Room above the highest line, for the words at the break."""


def index_figure(run: PlottedRun) -> Figure:
    """Draw both valuation indices with their price interval, the no-drift twin (dashed), and batch share below.

    Parameters
    ----------
    run
        A run; without ``twin_ticks`` the dashed lines are left out, without edge (or core) sites that index is.

    Returns
    -------
    Figure
        Two panels over one time axis; the break, if there is one, is marked in both.
    """
    broke = break_of(run)
    with style():
        sheet = page(
            _title(run, broke),
            "Market value of matched sites, weighted by capacity, first month = 100. Band: price interval.",
            source_line(run),
            height_in=5.3,
            right_in=1.55,
            headings=False,
        )
        above, below = sheet.grid(2, 1, heights=[3.1, 1.0], hspace=0.26, share="x")
        months = run.ticks["month"].to_list()
        labels = _indices(above, run)
        shares = _shares(below, run)
        year_axis(above, months)
        above.tick_params(labelbottom=False)
        below.set_title("Batch share of inference demand, %")
        if broke is not None:
            _mark_break(above, below, run, broke)
        label_ends(above, labels)
        label_ends(below, shares)
        return sheet.finished()


def _title(run: PlottedRun, broke: Break | None) -> str:
    if broke is not None:
        share = tick_value(run.ticks, broke.tick, "batch_share")
        month = month_name(month_of(run, broke.tick))
        return f"Edge sites reprice in {month}, when {share:.0%} of inference is agentic batch"
    if run.twin_ticks is None or not (run.ticks["edge_index"] > 0).any():
        return "What edge and core sites are worth through time"
    return "The edge never breaks away from its no-drift twin"


def _indices(axes: Axes, run: PlottedRun) -> list[EndLabel]:
    """Draw both indices and their twins; return the labels of the line ends."""
    labels: list[EndLabel] = []
    highest = 0.0
    for name, colour, word in (("core_index", CORE, "Core"), ("edge_index", EDGE, "Edge")):
        for ticks, twin in ((run.twin_ticks, True), (run.ticks, False)):
            if ticks is None or not (ticks[name] > 0).any():
                continue
            _index(axes, ticks, name, colour, twin=twin)
            highest = max(highest, *ticks[f"{name}_high"].to_list())
            text, weight = (f"{word}, no drift", "normal") if twin else (word, "bold")
            labels.append(EndLabel(text, float(ticks[name][-1]), colour, weight))
    axes.set_ylim(0, highest * _HEADROOM or 1.0)
    # No grid line behind the words at the break.
    axes.set_yticks([place for place in axes.get_yticks() if place <= highest * 1.01])
    return labels


def _index(axes: Axes, ticks: pl.DataFrame, name: str, colour: str, *, twin: bool) -> None:
    months = years(ticks["month"])
    marker = "o" if len(months) == 1 else None
    if twin:
        axes.plot(months, ticks[name].to_list(), color=colour, lw=1.2, ls=_TWIN, alpha=0.85, marker=marker, zorder=2)
        return
    low, high = ticks[f"{name}_low"].to_list(), ticks[f"{name}_high"].to_list()
    axes.fill_between(months, low, high, color=colour, alpha=0.18, lw=0, zorder=1)
    axes.plot(months, ticks[name].to_list(), color=colour, lw=2.2, marker=marker, zorder=3)


def _shares(axes: Axes, run: PlottedRun) -> list[EndLabel]:
    """Draw the batch share as an area, and the twin's; return the labels of the line ends."""
    months, share = years(run.ticks["month"]), (run.ticks["batch_share"] * 100).to_list()
    axes.fill_between(months, 0, share, color=DRIFT, alpha=0.15, lw=0)
    axes.plot(months, share, color=DRIFT, lw=2.0, marker="o" if len(months) == 1 else None)
    labels: list[EndLabel] = [EndLabel(f"{share[-1]:.0f}", share[-1], DRIFT)]
    if run.twin_ticks is not None:
        flat = (run.twin_ticks["batch_share"] * 100).to_list()
        axes.plot(years(run.twin_ticks["month"]), flat, color=DRIFT, lw=1.2, ls=_TWIN, alpha=0.85)
        labels.append(EndLabel(f"{flat[-1]:.0f}, no drift", flat[-1], DRIFT, "normal"))
    axes.set_ylim(0, 100)
    axes.set_yticks([0, 50, 100])
    return labels


def _mark_break(above: Axes, below: Axes, run: PlottedRun, broke: Break) -> None:
    """Draw the month of the break through both panels and say what it is."""
    tick, month = broke.tick, month_of(run, broke.tick)
    (x,) = years([month])
    for axes in (above, below):
        axes.axvline(x, color=INK, lw=0.9, zorder=1.5)
    value, share = tick_value(run.ticks, tick, "edge_index"), tick_value(run.ticks, tick, "batch_share")
    above.plot([x], [value], "o", color="white", mec=EDGE, mew=1.8, ms=6.5, zorder=4)
    below.plot([x], [share * 100], "o", color="white", mec=DRIFT, mew=1.8, ms=6.5, zorder=4)
    deepest = month_name(month_of(run, broke.deepest_tick))
    text = f"{month_name(month)}: {broke.depth:.0%} below the no-drift twin\n{broke.deepest:.0%} below by {deepest}"
    room = "left" if tick < 0.6 * run.ticks.height else "right"
    above.annotate(
        text,
        xy=(x, above.get_ylim()[1]),
        xytext=(6 if room == "left" else -6, -2),
        textcoords="offset points",
        ha=room,
        va="top",
        fontsize=8.5,
        color=INK,
        linespacing=1.35,
    )
    below.annotate(
        f"{share * 100:.0f}",
        xy=(x, share * 100),
        xytext=(-8, 5),
        textcoords="offset points",
        ha="right",
        fontsize=8.5,
        weight="bold",
        color=DRIFT,
    )
