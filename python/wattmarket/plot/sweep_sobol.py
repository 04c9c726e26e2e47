"""Sobol' indices of a sweep: bars with their intervals, alone and with others."""

from __future__ import annotations

from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from wattmarket.plot.page import page
from wattmarket.plot.palette import Theme
from wattmarket.plot.theme import style
from wattmarket.sweep.analysis import SobolIndices, in_words

__all__ = ["NAMES_IN", "sobol_figure"]

NAMES_IN: Final = 2.75
"""Inches beside the axes for names of parameters."""


def sobol_figure(found: SobolIndices, *, source: str = "", title: str = "", theme: str | Theme = "light") -> Figure:
    """Draw first-order and total indices, the parameter with the largest total first.

    Parameters
    ----------
    found
        As `wattmarket.sweep.analysis.sobol_indices` gives them.
    source
        Line under the figure.
    title
        What the figure shows, as a sentence; from the data unless given.
    theme
        ``light`` or ``dark``.

    Returns
    -------
    Figure
        Two bars for each parameter, with the ends of their 95 % intervals.
    """
    rows = found.frame.sort("total", "parameter", descending=[True, False])
    with style(theme) as look:
        total, first = look.rents["silicon"], look.edge
        sheet = page(
            title or _title(found),
            f"Share of the variance of {in_words(found.counted.output)} over the sweep, %. "
            f"Whiskers: 95 % of resamples. {found.counted.used:,} base samples.",
            source,
            height_in=1.75 + 0.44 * rows.height,
            left_in=NAMES_IN,
            key=[("the parameter alone", first), ("together with others", total)],
            headings=False,
            look=look,
        )
        (axes,) = sheet.grid()
        for shift, name, colour in ((-0.19, "first", first), (0.19, "total", total)):
            places = np.arange(rows.height) + shift
            axes.barh(places, rows[name].to_numpy() * 100, height=0.36, color=colour, zorder=2)
            ends = rows.select(f"{name}_low", f"{name}_high").to_numpy() * 100
            axes.hlines(places, ends[:, 0], ends[:, 1], color=look.ink, lw=1.1, zorder=3)
        _finish(axes, rows["parameter"].to_list(), look)
        return sheet.finished()


def _title(found: SobolIndices) -> str:
    rows = found.frame.sort("total", descending=True)
    alone = float(np.sum(found.frame["first"].to_numpy()))
    output = in_words(found.counted.output)
    return (
        f"{rows['parameter'][0]} goes with {rows['total'][0] * 100:.0f} % of the variance of {output}, alone or with "
        f"others; single causes explain {alone * 100:.0f} %"
    ).replace("-", "−")


def _finish(axes: Axes, names: list[str], look: Theme) -> None:
    axes.set_yticks(range(len(names)), names, color=look.ink)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.axvline(0.0, color=look.faint, lw=0.9, zorder=3)
    axes.grid(visible=True, axis="x")
    axes.grid(visible=False, axis="y")
    axes.spines["bottom"].set_visible(False)
    axes.tick_params(length=0)
