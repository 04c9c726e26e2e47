"""World map of the Watt–Latency Line: which sites live off nearness and which off power, before and after."""

from __future__ import annotations

import polars as pl
from matplotlib.figure import Figure

from wattmarket.plot.lettering import month_name
from wattmarket.plot.page import page
from wattmarket.plot.palette import Theme
from wattmarket.plot.subject import PlottedRun, month_of, plotted_year, shown_tick, source_line
from wattmarket.plot.theme import style
from wattmarket.plot.world_map import WorldMap, dots_of

__all__ = ["line_map_data", "line_map_figure", "site_dots"]


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
    return dots_of(run.sites.filter(pl.col("tick") == tick), run.world.sites, run.world.metros)


def line_map_data(run: PlottedRun, before: int | None = None, after: int | None = None) -> pl.DataFrame:
    """List the dots of both maps.

    Parameters
    ----------
    run, before, after
        As for :func:`line_map_figure`.

    Returns
    -------
    pl.DataFrame
        Columns tick, lat, lon, label, pool_kw.

    Raises
    ------
    InputError
        If the run has no such month.
    """
    ticks = _ticks(run, before, after)
    return pl.concat([site_dots(run, tick).select(pl.lit(tick).alias("tick"), pl.all()) for tick in ticks])


def line_map_figure(
    run: PlottedRun, before: int | None = None, after: int | None = None, *, theme: str | Theme = "light"
) -> Figure:
    """Draw two world maps of sites coloured by what binds them.

    Parameters
    ----------
    run
        A run.
    before, after
        Ticks of the two maps. Unless given: a year before the break (without one, the start of the year in which the
        edge index stood highest), and the last of the run.
    theme
        ``light`` or ``dark``.

    Returns
    -------
    Figure
        Two maps, one above the other (Equal Earth projection), with the capacity under each label.

    Raises
    ------
    InputError
        If the run has no such month.
    """
    ticks = _ticks(run, before, after)
    data = line_map_data(run, before, after)
    dots = [data.filter(pl.col("tick") == tick) for tick in ticks]
    with style(theme) as look:
        sheet = page(
            _title(dots),
            "Accelerators standing, by source of location rent. Area = capacity, each map to its own scale; a metro’s "
            "edge sites share a dot.",
            source_line(run),
            height_in=1.35 + 3.95 * len(ticks),
            left_in=0.16,
            right_in=0.16,
            look=look,
        )
        panels = sheet.grid(len(ticks), 1, hspace=0.1)
        for axes, tick, shown in zip(panels, ticks, dots, strict=True):
            world = WorldMap(axes, look.labels, "idle", look)
            world.land()
            world.show(shown)
            share = run.ticks.filter(pl.col("tick") == tick)["batch_share"][0]
            axes.set_title(f"{month_name(month_of(run, tick))}, batch share {share:.0%}")
        return sheet.finished()


def _ticks(run: PlottedRun, before: int | None, after: int | None) -> list[int]:
    """Ticks of the maps: two, or one if they are the same."""
    first, last = shown_tick(run, plotted_year(run)[0] if before is None else before), shown_tick(run, after)
    return [first] if first == last else [first, last]


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
