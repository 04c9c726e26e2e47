"""World map of the Watt–Latency Line: which sites live off nearness and which off power, before and after."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure

from wattmarket.plot.lettering import month_name
from wattmarket.plot.outlines import load_outlines
from wattmarket.plot.page import page
from wattmarket.plot.projection import equal_earth
from wattmarket.plot.subject import PlottedRun, month_of, plotted_year, source_line
from wattmarket.plot.theme import FAINT, INK, LABEL_COLOURS, MUTED, style
from wattmarket.schema.world import EDGE_KINDS
from wattmarket.units import KW_PER_GW

__all__ = ["line_map_figure", "site_dots"]

_LAND: Final = "#e9edf0"
_WEST, _EAST, _SOUTH, _NORTH = -146.0, 172.0, -55.5, 75.0
"""Frame of the map: west and east along the equator, degrees; New Zealand and Tierra del Fuego are just inside."""
_INK_AREA_POINTS: Final = 9_000.0
"""Area of all dots together, square points; each map has its own scale, or the world's growth would hide the first."""
_LARGEST_SCALE_POINTS_PER_GW: Final = 300.0
_SMALLEST_AREA_POINTS: Final = 1.2


def site_dots(run: PlottedRun, tick: int) -> pl.DataFrame:
    """List the dots of one map: each core site on its own, a metro's edge sites of one label together at the metro.

    Parameters
    ----------
    run
        A run.
    tick
        Month to show.

    Returns
    -------
    pl.DataFrame
        Columns lat, lon (degrees), label, pool_kw; largest first.
    """
    now = run.sites.filter((pl.col("tick") == tick) & (pl.col("pool_kw") > 0)).select("site_id", "label", "pool_kw")
    placed = now.join(run.world.sites.select("site_id", "kind", "metro_id", "lat", "lon"), on="site_id")
    edge = pl.col("kind").is_in(EDGE_KINDS)
    together = placed.filter(edge).group_by("metro_id", "label").agg(pl.col("pool_kw").sum())
    metros = run.world.metros.select("metro_id", "lat", "lon")
    columns = ("lat", "lon", "label", "pool_kw")
    dots = pl.concat([placed.filter(~edge).select(columns), together.join(metros, on="metro_id").select(columns)])
    return dots.sort("pool_kw", "lat", "lon", "label", descending=[True, False, False, False])


def line_map_figure(run: PlottedRun, before: int | None = None, after: int | None = None) -> Figure:
    """Draw two world maps of sites coloured by what binds them.

    Parameters
    ----------
    run
        A run.
    before, after
        Ticks of the two maps. Unless given: a year before the break (without one, the start of the year in which the
        edge index stood highest), and the last of the run.

    Returns
    -------
    Figure
        Two maps, one above the other (Equal Earth projection), with the capacity under each label.
    """
    first = plotted_year(run)[0] if before is None else before
    last = int(run.ticks["tick"][-1]) if after is None else after
    ticks = [first] if first == last else [first, last]
    dots = [site_dots(run, tick) for tick in ticks]
    with style():
        sheet = page(
            _title(dots),
            "Accelerators standing, by source of location rent. Area = capacity, each map to its own scale; a metro’s "
            "edge sites share a dot.",
            source_line(run),
            height_in=1.35 + 3.95 * len(ticks),
            left_in=0.16,
            right_in=0.16,
        )
        panels = sheet.grid(len(ticks), 1, hspace=0.1)
        for axes, tick, shown in zip(panels, ticks, dots, strict=True):
            _land(axes)
            scale = _area_per_gw(shown)
            _draw(axes, shown, scale)
            _tally(axes, shown)
            _sizes(axes, scale)
            share = run.ticks.filter(pl.col("tick") == tick)["batch_share"][0]
            axes.set_title(f"{month_name(month_of(run, tick))}, batch share {share:.0%}")
        return sheet.finished()


def _share(dots: pl.DataFrame, label: str) -> float:
    """Share of standing capacity under a label."""
    total = int(dots["pool_kw"].sum())
    return int(dots.filter(pl.col("label") == label)["pool_kw"].sum()) / total if total else 0.0


def _title(dots: list[pl.DataFrame]) -> str:
    first, last = (_share(shown, "latency-bound") for shown in (dots[0], dots[-1]))
    if len(dots) == 1:
        return f"{first:.0%} of AI capacity lives off nearness to users"
    if round(first, 2) == round(last, 2):
        return f"Latency-bound capacity stays {last:.0%} of the world’s accelerators"
    verb = "falls" if last < first else "rises"
    return f"Latency-bound capacity {verb} from {first:.0%} to {last:.0%} of the world’s accelerators"


def _land(axes: Axes) -> None:
    """Draw the continents and frame the axes on them."""
    rings = [np.column_stack(equal_earth(outline.lon, outline.lat)) for outline in load_outlines()]
    axes.add_collection(PolyCollection(rings, facecolors=_LAND, edgecolors="white", linewidths=0.45, zorder=1))
    left, right = equal_earth([_WEST, _EAST], [0.0, 0.0])[0]
    bottom, top = equal_earth([0.0, 0.0], [_SOUTH, _NORTH])[1]
    axes.set_xlim(left, right)
    axes.set_ylim(bottom, top)
    axes.set_aspect("equal", anchor="W")
    axes.set_axis_off()


def _area_per_gw(dots: pl.DataFrame) -> float:
    """Choose how large a gigawatt is drawn, square points, so that a map is full but not covered."""
    total = int(dots["pool_kw"].sum()) / KW_PER_GW
    return min(_LARGEST_SCALE_POINTS_PER_GW, _INK_AREA_POINTS / total) if total else _LARGEST_SCALE_POINTS_PER_GW


def _draw(axes: Axes, dots: pl.DataFrame, scale: float) -> None:
    """Draw the dots, large below small, so that none is hidden whole."""
    x, y = equal_earth(dots["lon"].to_numpy(), dots["lat"].to_numpy())
    area = np.maximum(dots["pool_kw"].to_numpy() / KW_PER_GW * scale, _SMALLEST_AREA_POINTS)
    faces, edges = zip(*(_paint(label) for label in dots["label"]), strict=True) if dots.height else ((), ())
    axes.scatter(x, y, s=area, facecolors=faces, edgecolors=edges, alpha=0.88, linewidths=0.45, zorder=3)


def _paint(label: str) -> tuple[str, str]:
    """Face and rim of a label's dot: idle ones are hollow."""
    return ("white", LABEL_COLOURS[label]) if label == "idle" else (LABEL_COLOURS[label], "white")


def _tally(axes: Axes, dots: pl.DataFrame) -> None:
    """Write the capacity under each label in the empty South Pacific: key and summary in one."""
    at: dict[str, Any] = {"transform": axes.transAxes, "va": "center_baseline", "fontsize": 8.5, "color": INK}
    for row, (label, colour) in enumerate(LABEL_COLOURS.items()):
        face, _ = _paint(label)
        gigawatts = dots.filter(pl.col("label") == label)["pool_kw"].sum() / KW_PER_GW
        y = 0.30 - 0.068 * row
        axes.scatter([0.015], [y], s=30, facecolor=face, edgecolor=colour, transform=axes.transAxes, zorder=4)
        axes.text(0.114, y, f"{gigawatts:,.1f} GW", ha="right", weight="bold", **at)
        axes.text(0.123, y, label, **at)


def _sizes(axes: Axes, scale: float) -> None:
    """Draw two empty circles that say how large a dot is."""
    for x, gigawatts in ((0.66, 0.1), (0.75, 1.0)) if scale > 60 else ((0.66, 0.5), (0.75, 3.0)):
        area = gigawatts * scale
        axes.scatter([x], [0.06], s=area, facecolors="none", edgecolors=FAINT, linewidths=0.9, transform=axes.transAxes)
        axes.annotate(
            f"{gigawatts:g} GW" if gigawatts >= 1 else f"{gigawatts * 1000:g} MW",
            xy=(x, 0.06),
            xycoords="axes fraction",
            xytext=(area**0.5 / 2 + 4, 0),
            textcoords="offset points",
            va="center",
            fontsize=7.5,
            color=MUTED,
        )
