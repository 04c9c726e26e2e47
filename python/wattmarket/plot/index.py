"""Edge and Core Valuation Index against time, with the no-drift twin, over the batch share."""

from __future__ import annotations

from typing import Final

import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from wattmarket import numeric
from wattmarket.errors import InputError
from wattmarket.findings import Break, Uncertain, placebo_band
from wattmarket.findings.break_range import breaks_of, deepest_falls
from wattmarket.plot.lettering import EndLabel, label_ends, month_name, year_axis, years
from wattmarket.plot.page import page
from wattmarket.plot.palette import Theme
from wattmarket.plot.subject import PlottedRun, break_of, month_of, source_line, tick_value
from wattmarket.plot.theme import style

__all__ = ["index_data", "index_figure", "twin_band"]

_TWIN: Final = (0, (3.5, 2.0))
_HEADROOM: Final = (1.05, 1.2)
"""Room above the highest line, without and with words at a break."""
_TWIN_COLUMNS: Final = ("edge_index", "core_index", "batch_share")
_BAND: Final = ("tick", "low", "high")
_CHANCE: Final = "how far twins part by chance, 9 in 10"


def twin_band(run: PlottedRun) -> pl.DataFrame | None:
    """Band around the twin's edge index within which a run parts from it by chance; None without a twin.

    Returns
    -------
    pl.DataFrame or None
        One row per month: ``tick``, ``low``, ``high``, index points (`wattmarket.findings.placebo_band`).
    """
    if run.twin_ticks is None:
        return None
    index, band = run.twin_ticks["edge_index"].to_numpy(), placebo_band(run.ticks.height, run.world.sites.height)
    ends = {"low": index * numeric.exp(-band), "high": index * numeric.exp(band)}
    return pl.DataFrame({"tick": run.twin_ticks["tick"], **ends})


def index_data(
    ticks: pl.DataFrame, twin_ticks: pl.DataFrame | None = None, band: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Put what the figure draws into one frame.

    Parameters
    ----------
    ticks
        A run's ticks, to ``schema/run.py``.
    twin_ticks
        Those of its no-drift twin.
    band
        Confidence band of the edge index: columns tick, low, high. Ticks may be missing.

    Returns
    -------
    pl.DataFrame
        One row per month: tick, month, both indices with their price interval, batch_share; with a twin its indices
        and share as ``twin_…``; with a band ``band_low`` and ``band_high``.

    Raises
    ------
    InputError
        If the band lacks a column.
    """
    ends = [f"{part}_index{end}" for part in ("edge", "core") for end in ("", "_low", "_high")]
    frame = ticks.select("tick", "month", *ends, "batch_share")
    if twin_ticks is not None:
        twin = twin_ticks.select("tick", pl.col(_TWIN_COLUMNS).name.prefix("twin_"))
        frame = frame.join(twin, on="tick", how="left", maintain_order="left")
    if band is not None:
        if missing := [name for name in _BAND if name not in band.columns]:
            raise InputError(f"band: column {missing[0]} is missing")
        around = band.select(pl.col("tick").cast(pl.Int32), pl.col("low", "high").name.prefix("band_"))
        frame = frame.join(around, on="tick", how="left", maintain_order="left")
    return frame


def index_figure(
    run: PlottedRun,
    *,
    band: pl.DataFrame | None = None,
    band_name: str = "confidence band of the edge",
    theme: str | Theme = "light",
) -> Figure:
    """Draw both valuation indices with their price interval, the no-drift twin (dashed), and batch share below.

    Parameters
    ----------
    run
        A run; without ``twin_ticks`` the dashed lines are left out, without edge (or core) sites that index is.
    band
        Confidence band of the edge index: columns tick, low, high. That of `twin_band` unless given.
    band_name
        What the given band is, for the subtitle.
    theme
        ``light`` or ``dark``.

    Returns
    -------
    Figure
        Two panels over one time axis; the break, if there is one, is marked in both, with its range by chance.

    Raises
    ------
    InputError
        If the band lacks a column, or there is no such theme.
    """
    broke = break_of(run)
    around, name = (twin_band(run), _CHANCE) if band is None else (band, band_name)
    data = index_data(run.ticks, run.twin_ticks, around)
    banded = "" if around is None else f" Pale area: {name}."
    with style(theme) as look:
        sheet = page(
            _title(run, broke),
            f"Market value of matched sites by capacity, first month = 100. Band: price interval.{banded}",
            source_line(run),
            height_in=5.3,
            right_in=1.55,
            headings=False,
            look=look,
        )
        above, below = sheet.grid(2, 1, heights=[3.1, 1.0], hspace=0.26, share="x")
        labels = _indices(above, data, look, _HEADROOM[broke is not None])
        shares = _shares(below, data, look)
        year_axis(above, data["month"].to_list())
        above.tick_params(labelbottom=False)
        below.set_title("Batch share of inference demand, %")
        if broke is not None:
            _mark_break(above, below, run, broke, look)
        label_ends(above, labels, look=look)
        label_ends(below, shares, look=look)
        return sheet.finished()


def _title(run: PlottedRun, broke: Break | None) -> str:
    if broke is not None:
        share = tick_value(run.ticks, broke.tick, "batch_share")
        month = month_name(month_of(run, broke.tick))
        return f"Edge sites reprice in {month}, when {share:.0%} of inference is agentic batch"
    if run.twin_ticks is None or not (run.ticks["edge_index"] > 0).any():
        return "What edge and core sites are worth through time"
    return "The edge never breaks away from its no-drift twin"


def _indices(axes: Axes, data: pl.DataFrame, look: Theme, headroom: float) -> list[EndLabel]:
    """Draw both indices, their twins and the band; return the labels of the line ends."""
    labels: list[EndLabel] = []
    highest = _band(axes, data, look)
    months = years(data["month"])
    marker = "o" if len(months) == 1 else None
    for name, colour, word in (("core_index", look.core, "Core"), ("edge_index", look.edge, "Edge")):
        twin = f"twin_{name}"
        if twin in data.columns and (data[twin] > 0).any():
            line = data[twin].to_list()
            axes.plot(months, line, color=colour, lw=1.2, ls=_TWIN, alpha=0.85, marker=marker, zorder=2)
            highest = max(highest, *(value for value in line if value is not None))
            labels.append(EndLabel(f"{word}, no drift", float(data[twin].drop_nulls()[-1]), colour, "normal"))
        if (data[name] > 0).any():
            line, low, high = (data[f"{name}{end}"].to_list() for end in ("", "_low", "_high"))
            axes.fill_between(months, low, high, color=colour, alpha=0.18, lw=0, zorder=1)
            axes.plot(months, line, color=colour, lw=2.2, marker=marker, zorder=3)
            highest = max(highest, *high)
            labels.append(EndLabel(word, float(line[-1]), colour))
    axes.set_ylim(0, highest * headroom or 1.0)
    # No grid line behind the words at the break.
    axes.set_yticks([place for place in axes.get_yticks() if place <= highest * 1.01])
    return labels


def _band(axes: Axes, data: pl.DataFrame, look: Theme) -> float:
    """Draw the confidence band, if there is one, and give its highest value."""
    if "band_low" not in data.columns:
        return 0.0
    known = data.drop_nulls(["band_low", "band_high"])
    if known.is_empty():
        return 0.0
    low, high = known["band_low"].to_list(), known["band_high"].to_list()
    axes.fill_between(years(known["month"]), low, high, color=look.edge, alpha=0.13, lw=0, zorder=0.5)
    return float(max(high))


def _shares(axes: Axes, data: pl.DataFrame, look: Theme) -> list[EndLabel]:
    """Draw the batch share as an area, and the twin's; return the labels of the line ends."""
    months, share = years(data["month"]), (data["batch_share"] * 100).to_list()
    axes.fill_between(months, 0, share, color=look.drift, alpha=0.15, lw=0)
    axes.plot(months, share, color=look.drift, lw=2.0, marker="o" if len(months) == 1 else None)
    labels: list[EndLabel] = [EndLabel(f"{share[-1]:.0f}", share[-1], look.drift)]
    if "twin_batch_share" in data.columns:
        flat = (data["twin_batch_share"] * 100).to_list()
        axes.plot(months, flat, color=look.drift, lw=1.2, ls=_TWIN, alpha=0.85)
        labels.append(EndLabel(f"{flat[-1]:.0f}, no drift", flat[-1], look.drift, "normal"))
    axes.set_ylim(0, 100)
    axes.set_yticks([0, 50, 100])
    return labels


def _mark_break(above: Axes, below: Axes, run: PlottedRun, broke: Break, look: Theme) -> None:
    """Draw the month of the break through both panels and say what it is."""
    tick, month = broke.tick, month_of(run, broke.tick)
    (x,) = years([month])
    for axes in (above, below):
        axes.axvline(x, color=look.ink, lw=0.9, zorder=1.5)
    value, share = tick_value(run.ticks, tick, "edge_index"), tick_value(run.ticks, tick, "batch_share")
    above.plot([x], [value], "o", color=look.ground, mec=look.edge, mew=1.8, ms=6.5, zorder=4)
    below.plot([x], [share * 100], "o", color=look.ground, mec=look.drift, mew=1.8, ms=6.5, zorder=4)
    text = f"{month_name(month)}: {broke.depth:.0%} below the no-drift twin\n{_by_chance(run, broke)}"
    room = "left" if tick < 0.6 * run.ticks.height else "right"
    above.annotate(
        text,
        xy=(x, above.get_ylim()[1]),
        xytext=(6 if room == "left" else -6, -2),
        textcoords="offset points",
        ha=room,
        va="top",
        fontsize=8.5,
        color=look.ink,
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
        color=look.drift,
    )


def _by_chance(run: PlottedRun, broke: Break) -> str:
    """Say how deep the fall goes and when the break comes, with what the band leaves open of both."""
    rule, twin = run.scenario.findings, run.twin_ticks
    assert twin is not None
    cases = breaks_of(run.ticks, [twin], sites=run.world.sites.height, depth=rule.depth, months=rule.months)
    found = [case[0] for case in cases if case is not None]
    falls = deepest_falls(run.ticks, [twin], sites=run.world.sites.height)
    deepest = Uncertain.of(broke.deepest, (fall.deepest for fall in falls)).text(".0%")
    first, last = (month_name(month_of(run, pick(one.tick for one in found))) for pick in (min, max))
    if len(found) < len(cases):
        when = f"the break lies in {first} at the earliest, perhaps never"
    elif first == last:
        when = "the break stays in that month"
    else:
        when = f"the break lies between {first} and {last}"
    by = month_name(month_of(run, broke.deepest_tick))
    return f"{deepest} below by {by}\nallowing for chance, {when}"
