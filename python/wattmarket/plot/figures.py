"""All figures of a run by name, drawn, as data, and written to a folder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import polars as pl
from matplotlib.figure import Figure

from wattmarket.errors import InputError
from wattmarket.plot.bubble import bubble_data, bubble_figure
from wattmarket.plot.constraints import constraint_data, constraint_map_figure
from wattmarket.plot.exposure import exposure_data, exposure_figure
from wattmarket.plot.forward_curves import forward_curve_data, forward_curve_figure
from wattmarket.plot.gains import gain_data, gain_figure
from wattmarket.plot.index import index_data, index_figure, twin_band
from wattmarket.plot.line_map import line_map_data, line_map_figure
from wattmarket.plot.merit_order import largest_contracted_zone, merit_order_data, merit_order_figure
from wattmarket.plot.palette import Theme
from wattmarket.plot.prices import price_data, price_figure
from wattmarket.plot.queue import queue_data, queue_figure
from wattmarket.plot.rent_split import rent_split_data, rent_split_figure
from wattmarket.plot.subject import PlottedRun, twin_agents_of
from wattmarket.plot.theme import FORMATS, save, theme_of

__all__ = ["DATA_FORMATS", "FIGURES", "Drawing", "drawable", "write_data", "write_figures"]

DATA_FORMATS: Final = ("csv", "parquet")
"""Formats in which what a figure draws is written."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A figure of a run: how it is drawn, and what it draws.

    Parameters
    ----------
    draw
        From a run and a theme to the figure.
    data
        From a run to the frame that is drawn.
    tables
        The tables of a run that it reads.
    """

    draw: Callable[..., Figure]
    data: Callable[[PlottedRun], pl.DataFrame]
    tables: tuple[str, ...]

    def __call__(self, run: PlottedRun, *, theme: str | Theme = "light") -> Figure:
        """Draw a run."""
        return self.draw(run, theme=theme)


def _last(run: PlottedRun) -> int:
    return int(run.ticks["tick"][-1])


def _merit_order(run: PlottedRun) -> pl.DataFrame:
    zone = largest_contracted_zone(run.supply, run.world.generators, _last(run))
    return merit_order_data(run.supply, run.world.generators, zone, _last(run)).select(
        pl.lit(zone).alias("zone_id"), pl.all()
    )


FIGURES: Final[dict[str, Drawing]] = {
    "index": Drawing(index_figure, lambda run: index_data(run.ticks, run.twin_ticks, twin_band(run)), ("ticks",)),
    "line_map": Drawing(line_map_figure, line_map_data, ("ticks", "sites")),
    "constraints": Drawing(constraint_map_figure, constraint_data, ("ticks", "sites", "zones", "awards", "supply")),
    "rent_split": Drawing(rent_split_figure, rent_split_data, ("ticks", "sites")),
    "prices": Drawing(price_figure, price_data, ("ticks", "metros")),
    "forward_curves": Drawing(
        forward_curve_figure, lambda run: forward_curve_data(run.curves, run.ticks), ("ticks", "curves")
    ),
    "bubble": Drawing(bubble_figure, bubble_data, ("ticks", "sites", "valuations", "bubble")),
    "exposure": Drawing(exposure_figure, exposure_data, ("ticks", "sites")),
    "gains": Drawing(gain_figure, lambda run: gain_data(run.agents, twin_agents_of(run)), ("agents", "twin_agents")),
    "queue": Drawing(queue_figure, lambda run: queue_data(run.queue, run.world.zones, _last(run)), ("ticks", "queue")),
    "merit_order": Drawing(merit_order_figure, _merit_order, ("ticks", "zones", "supply")),
}
"""Each figure by the name of its file."""


def drawable(run: PlottedRun, only: Sequence[str] | None = None) -> list[str]:
    """Name the figures that a run kept the tables for, in the order of :data:`FIGURES`.

    Parameters
    ----------
    run
        A run.
    only
        The figures that are wanted; all unless given.

    Raises
    ------
    InputError
        If a figure that is wanted by name does not exist, or its tables were not kept.
    """
    kept = run.manifest.rows
    lacking = {name: [table for table in FIGURES[name].tables if table not in kept] for name in FIGURES}
    for name in only or ():
        if name not in FIGURES:
            raise InputError(f"figure: {name!r} is not one of {', '.join(FIGURES)}")
        if lacking[name]:
            raise InputError(f"figure {name}: table {lacking[name][0]} was not kept")
    return [name for name in FIGURES if (not lacking[name] if only is None else name in only)]


def write_figures(
    run: PlottedRun,
    folder: str | Path,
    *,
    only: Sequence[str] | None = None,
    theme: str | Theme = "light",
    kind: str = "png",
) -> list[Path]:
    """Draw figures of a run and write them.

    Parameters
    ----------
    run
        A run. Figures whose tables it did not keep (``output.tables``) are left out.
    folder
        Folder to write to; made if absent.
    only
        Names of figures, of :data:`FIGURES`; all unless given.
    theme
        ``light`` or ``dark``.
    kind
        ``png``, ``svg`` or ``pdf``.

    Returns
    -------
    list[Path]
        The files, in the order of :data:`FIGURES`. The same run gives the same bytes with the same matplotlib.

    Raises
    ------
    InputError
        If a figure asked for by name can't be drawn, or there is no such theme or format.
    """
    look = theme_of(theme)
    if kind not in FORMATS:
        raise InputError(f"format: {kind!r} is not one of {', '.join(FORMATS)}")
    names = drawable(run, only)
    target = _made(folder)
    return [save(FIGURES[name](run, theme=look), target / f"{name}.{kind}") for name in names]


def write_data(
    run: PlottedRun, folder: str | Path, *, only: Sequence[str] | None = None, kind: str = "csv"
) -> list[Path]:
    """Write what figures of a run draw, as tables.

    Parameters
    ----------
    run, folder, only
        As for :func:`write_figures`.
    kind
        ``csv`` or ``parquet``.

    Returns
    -------
    list[Path]
        The files, in the order of :data:`FIGURES`.

    Raises
    ------
    InputError
        If a figure asked for by name can't be drawn, or there is no such format.
    """
    if kind not in DATA_FORMATS:
        raise InputError(f"format: {kind!r} is not one of {', '.join(DATA_FORMATS)}")
    names = drawable(run, only)
    target = _made(folder)
    paths = []
    for name in names:
        path, frame = target / f"{name}.{kind}", FIGURES[name].data(run)
        write: Callable[[Any], Any] = frame.write_csv if kind == "csv" else frame.write_parquet
        write(path)
        paths.append(path)
    return paths


def _made(folder: str | Path) -> Path:
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    return target
