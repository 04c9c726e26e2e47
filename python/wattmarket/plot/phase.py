"""Phase diagram: a quantity over two parameters, with its contours, and what has no answer hatched."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.patheffects import withStroke
from numpy.typing import NDArray

from wattmarket.errors import InputError
from wattmarket.plot.page import Page, page
from wattmarket.plot.palette import Theme
from wattmarket.plot.theme import style

__all__ = ["phase_data", "phase_figure"]

_COLUMNS: Final = ("x", "y", "value")
_MOST_CELLS_WRITTEN: Final = 90
_LEAST_A_SIDE: Final = 4
"""Parameter values a side from which on contours are drawn unasked: through fewer they are lines through noise."""

Float = NDArray[np.float64]


def phase_data(frame: pl.DataFrame) -> pl.DataFrame:
    """Check and sort the cells of a phase diagram.

    Parameters
    ----------
    frame
        Columns x, y, value and, where known, low and high (its confidence interval); one row per cell, value null
        where there is no answer. Cells that are missing have none either. A column beyond may say of a cell without a
        value that it lies ``below`` low or ``above`` high.

    Returns
    -------
    pl.DataFrame
        Columns x, y, value, low, high as float64 and beyond, for every pair of an x and a y, sorted by y and x.

    Raises
    ------
    InputError
        If a column is missing, a cell comes twice, or there is no cell.

    Examples
    --------
    >>> phase_data(pl.DataFrame({"x": [1, 2], "y": [1, 2], "value": [0.3, 0.4]}))["value"].to_list()
    [0.3, None, None, 0.4]
    """
    if missing := [name for name in _COLUMNS if name not in frame.columns]:
        raise InputError(f"phase diagram: column {missing[0]} is missing")
    ends = [pl.col(name) if name in frame.columns else pl.lit(None).alias(name) for name in ("low", "high")]
    beyond = pl.col("beyond") if "beyond" in frame.columns else pl.lit(None, pl.String).alias("beyond")
    cells = frame.select(
        pl.col(*_COLUMNS).cast(pl.Float64), *(end.cast(pl.Float64) for end in ends), beyond.cast(pl.String)
    )
    if cells.is_empty():
        raise InputError("phase diagram: there is no cell")
    if cells.select("x", "y").is_duplicated().any():
        raise InputError("phase diagram: a cell comes twice")
    every = cells.select("y").unique().join(cells.select("x").unique(), how="cross")
    return every.join(cells, on=["x", "y"], how="left").select(cells.columns).sort("y", "x")


def phase_figure(
    frame: pl.DataFrame,
    *,
    x: str,
    y: str,
    value: str,
    title: str = "",
    source: str = "",
    levels: Sequence[float] | None = None,
    percent: bool = True,
    theme: str | Theme = "light",
) -> Figure:
    """Draw a heat map over two parameters.

    Parameters
    ----------
    frame
        As :func:`phase_data` takes it.
    x, y
        What the parameters are, with units.
    value
        What is shown, with its unit.
    title
        What the figure shows, as a sentence; from the data unless given.
    source
        Line under the figure.
    levels
        Values through which contours are drawn; unless given about five round ones, of at least four cells a side.
    percent
        Whether values are shares, to be written in per cent.
    theme
        ``light`` or ``dark``.

    Returns
    -------
    Figure
        Cells of equal size in the order of the parameters, each with its value and interval if there are few; hatched
        where there is no answer, with the end that a value lies beyond.

    Raises
    ------
    InputError
        As :func:`phase_data`.

    Examples
    --------
    >>> cells = pl.DataFrame({"x": [1.0, 2.0], "y": [1.0, 1.0], "value": [0.2, 0.3]})
    >>> figure = phase_figure(cells, x="growth a year", y="θ", value="critical share")
    >>> len(figure.axes)
    2
    """
    data = phase_data(frame)
    xs, ys = data["x"].unique().sort().to_list(), data["y"].unique().sort().to_list()
    grid = data["value"].to_numpy().reshape(len(ys), len(xs))
    contoured = levels is not None or min(grid.shape) >= _LEAST_A_SIDE
    with style(theme) as look:
        sheet = page(
            title or _title(data, value, percent),
            f"{value[:1].upper()}{value[1:]}{', %' if percent else ''}."
            f"{' Lines: contours.' if contoured else ''}{_hatched(data)}"
            + (" In brackets: confidence interval." if data["low"].count() else ""),
            source,
            height_in=5.4,
            left_in=0.95,
            right_in=1.05,
            headings=False,
            look=look,
        )
        (axes,) = sheet.grid()
        colours = _colours(look)
        known = grid[np.isfinite(grid)]
        scale = Normalize(float(known.min()), float(known.max())) if len(known) else Normalize(0.0, 1.0)
        axes.imshow(grid, origin="lower", aspect="auto", cmap=colours, norm=scale, interpolation="nearest", zorder=1)
        _hatch(axes, grid, look)
        written = grid.size <= _MOST_CELLS_WRITTEN
        if contoured:
            _contours(axes, grid, levels, None if written else percent, look)
        if written:
            _write(axes, data, (colours, scale), percent, look)
        _ticks(axes, xs, ys, x, y)
        if scale.vmin != scale.vmax:
            _scale(sheet, colours, scale, percent)
        return sheet.finished()


def _colours(look: Theme) -> LinearSegmentedColormap:
    """From the page's ground to the colour of drift."""
    start = look.grid if look.name == "dark" else "#f3eef6"
    return LinearSegmentedColormap.from_list("drift", [start, look.drift])


def _number(value: float, percent: bool) -> str:
    return (f"{value * 100:.0f}" if percent else f"{value:.3g}").replace("-", "−")


def _title(data: pl.DataFrame, value: str, percent: bool) -> str:
    """State the range, with what lies beyond the one searched, and in how many cells there is a value."""
    unit = "%" if percent else ""
    empty = data.filter(pl.col("value").is_null())
    below, above = (empty.filter(pl.col("beyond") == side)[end] for side, end in (("below", "low"), ("above", "high")))
    known = data["value"].drop_nulls()
    ends = [(end, "") for end in (known.min(), known.max()) if isinstance(end, float)]
    ends = [*((end, " or less") for end in below[:1]), *ends, *((end, " or more") for end in above[:1])]
    if not ends:
        return f"No cell has a {value}"
    low, high = (_number(end, percent) + unit + word for end, word in (ends[0], ends[-1]))
    found = "" if empty.is_empty() else f", found in {len(known)} of {data.height} cells"
    return f"{value.capitalize()}: {f'from {low} to {high}' if low != high else low}{found}"


def _hatch(axes: Axes, grid: Float, look: Theme) -> None:
    """Hatch cells without an answer."""
    for row, column in zip(*np.nonzero(~np.isfinite(grid)), strict=True):
        axes.add_patch(
            Rectangle((column - 0.5, row - 0.5), 1, 1, fc=look.ground, ec=look.faint, hatch="////", lw=0.0, zorder=1.5)
        )


def _hatched(data: pl.DataFrame) -> str:
    """Say what hatched cells are."""
    empty = data.filter(pl.col("value").is_null())["beyond"]
    if empty.is_empty():
        return ""
    kinds = ["beyond the range searched"] * (empty.count() > 0) + ["no answer"] * (empty.null_count() > 0)
    return f" Hatched: {' or '.join(kinds)}."


def _contours(axes: Axes, grid: Float, levels: Sequence[float] | None, percent: bool | None, look: Theme) -> None:
    """Draw contours through the middles of cells, where there are enough of them; without numbers if None."""
    if min(grid.shape) < 2 or not np.isfinite(grid).any():
        return
    masked = np.ma.masked_invalid(grid)
    if masked.min() == masked.max():
        return
    through = None if levels is None else sorted(levels)
    drawn = axes.contour(masked, levels=through, colors=look.ink, linewidths=1.2, zorder=3)
    if percent is not None:
        axes.clabel(drawn, fmt=lambda level: _number(level, percent) + ("%" if percent else ""), fontsize=8.0)


def _write(
    axes: Axes, data: pl.DataFrame, shade: tuple[LinearSegmentedColormap, Normalize], percent: bool, look: Theme
) -> None:
    """Write each cell's value, and its interval below, on a rim of the cell's own colour that parts the contours."""
    colours, scale = shade
    columns = data["x"].n_unique()
    for place, row in enumerate(data.iter_rows(named=True)):
        text = _cell(row, percent)
        if not text:
            continue
        depth = 0.0 if row["value"] is None else float(scale(row["value"]))
        axes.text(
            place % columns,
            place // columns,
            text,
            ha="center",
            va="center",
            fontsize=7.5,
            color=look.ground if depth > 0.55 else look.ink,
            path_effects=[
                withStroke(linewidth=3.0, foreground=look.ground if row["value"] is None else colours(depth))
            ],
            zorder=4,
        )


def _cell(row: dict[str, Any], percent: bool) -> str:
    """Text of a cell: its value with its interval below, or the end that it lies beyond."""
    if row["value"] is None:
        sign, end = {"below": ("≤", row["low"]), "above": (">", row["high"])}.get(row["beyond"], ("", None))
        return "" if end is None else f"{sign} {_number(end, percent)}"
    text = _number(row["value"], percent)
    if row["low"] is not None and row["high"] is not None:
        text += f"\n({_number(row['low'], percent)}–{_number(row['high'], percent)})"
    return text


def _ticks(axes: Axes, xs: list[float], ys: list[float], x: str, y: str) -> None:
    """Write the parameters' values along the sides."""
    for values, place, axis in ((xs, axes.set_xticks, axes.xaxis), (ys, axes.set_yticks, axes.yaxis)):
        step = max(1, -(-len(values) // 12))
        shown = list(range(0, len(values), step))
        place(shown, [f"{values[i]:g}" for i in shown])
        axis.set_label_text(x if values is xs else y)
    axes.grid(visible=False)
    axes.tick_params(length=0)
    axes.spines["bottom"].set_visible(False)


def _scale(sheet: Page, colours: LinearSegmentedColormap, scale: Normalize, percent: bool) -> None:
    """Draw the scale of colours beside the map, from the lowest value to the highest."""
    height = sheet.top - sheet.bottom
    bar = sheet.figure.add_axes((sheet.right + 0.025, sheet.bottom + 0.2 * height, 0.016, 0.6 * height))
    ramp = np.linspace(float(scale.vmin or 0.0), float(scale.vmax or 0.0), 128)[:, None]
    bar.imshow(ramp, origin="lower", aspect="auto", cmap=colours, norm=scale)
    bar.set_xticks([])
    bar.yaxis.tick_right()
    bar.set_yticks([0, 127], [_number(float(ramp[i, 0]), percent) + ("%" if percent else "") for i in (0, 127)])
    bar.grid(visible=False)
    bar.spines["bottom"].set_visible(False)
