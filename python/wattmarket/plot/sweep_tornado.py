"""Tornado of a sweep: what an output does at both ends of each parameter."""

from __future__ import annotations

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from wattmarket.plot.page import page
from wattmarket.plot.palette import Theme
from wattmarket.plot.sweep_sobol import NAMES_IN
from wattmarket.plot.theme import style
from wattmarket.sweep.analysis import SHARES, Tornado, in_words

__all__ = ["tornado_figure"]


def tornado_figure(found: Tornado, *, source: str = "", title: str = "", theme: str | Theme = "light") -> Figure:
    """Draw changes at the low and the high end of each parameter, the one that moves most at the top.

    Parameters
    ----------
    found
        As `wattmarket.sweep.analysis.tornado` gives it.
    source, title, theme
        As for `sobol_figure`.

    Returns
    -------
    Figure
        A bar for each end, with the values there, and a line from the least to the most over seeds.
    """
    rows = found.frame.filter(pl.col("change").is_not_nan())
    names = rows["parameter"].unique(maintain_order=True).to_list()
    output = found.counted.output
    scale, unit = (100.0, "percentage points") if output in SHARES else (1.0, "in its own unit")
    with style(theme) as look:
        sheet = page(
            title or f"{names[0]} moves {in_words(output)} most",
            f"Change of {output} at the ends of each parameter against {found.against}, {unit}"
            + (f". Lines: least and most of {found.seeds} seeds" if found.seeds > 1 else ". One seed"),
            source,
            height_in=1.7 + 0.42 * len(names),
            left_in=NAMES_IN,
            key=[("low end", look.core), ("high end", look.edge)],
            headings=False,
            look=look,
        )
        (axes,) = sheet.grid()
        reach = max(float(np.abs(rows["change"].to_numpy()).max()) * scale, 1e-12)
        _bars(axes, rows, names, scale, look)
        axes.set_yticks(range(len(names)), names, color=look.ink)
        axes.set_ylim(len(names) - 0.5, -0.5)
        axes.set_xlim(-1.9 * reach, 1.9 * reach)
        axes.axvline(0.0, color=look.faint, lw=0.9, zorder=4)
        axes.grid(visible=False)
        axes.set_xticks([])
        axes.spines["bottom"].set_visible(False)
        return sheet.finished()


def _bars(axes: Axes, rows: pl.DataFrame, names: list[str], scale: float, look: Theme) -> None:
    colours = {"low": look.core, "high": look.edge}
    for row in rows.iter_rows(named=True):
        # Ends that move the output the same way lie beside each other.
        place = names.index(row["parameter"]) + (-0.19 if row["end"] == "low" else 0.19)
        change = row["change"] * scale
        axes.barh(place, change, height=0.36, color=colours[row["end"]], zorder=2)
        outer = change
        if row["change_least"] is not None:
            ends = (row["change_least"] * scale, row["change_most"] * scale)
            axes.hlines(place, *ends, color=look.ink, lw=1.1, zorder=3)
            outer = max(ends, key=abs) if max(ends) * min(ends) >= 0 else ends[1] if change >= 0 else ends[0]
        axes.annotate(
            f"{f'{change:+.3g}'.replace('-', '−')} at {row['value']}",
            xy=(outer, place),
            xytext=(5 if outer >= 0 else -5, 0),
            textcoords="offset points",
            va="center",
            ha="left" if outer >= 0 else "right",
            fontsize=7.5,
        )
