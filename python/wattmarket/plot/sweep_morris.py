"""Morris's screening of a sweep: how far each parameter moves the output, and how much that depends on the others."""

from __future__ import annotations

from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from wattmarket.plot.lettering import spread
from wattmarket.plot.page import page
from wattmarket.plot.palette import Theme
from wattmarket.plot.theme import style
from wattmarket.sweep.analysis import MorrisEffects, in_words

__all__ = ["morris_figure"]

_PITCH_POINTS: Final = 11.5


def morris_figure(found: MorrisEffects, *, source: str = "", title: str = "", theme: str | Theme = "light") -> Figure:
    """Draw the mean size of elementary effects against their spread.

    Parameters
    ----------
    found
        As `wattmarket.sweep.analysis.morris_effects` gives them.
    source, title, theme
        As for `sobol_figure`.

    Returns
    -------
    Figure
        A dot for each parameter with the 95 % interval of its mean; above the line the effect varies more than it is
        large, so that it depends on the other parameters.
    """
    rows = found.frame.sort("mu_star", "parameter", descending=[True, False])
    output = in_words(found.counted.output)
    with style(theme) as look:
        sheet = page(
            title or f"{rows['parameter'][0]} moves {output} most: by {rows['mu_star'][0]:.3g} across its range",
            f"Effect on {output} of moving a parameter across its range: mean size with 95 % of resamples, and spread "
            f"from place to place. {found.counted.used:,} trajectories. Dashed: as much spread as size.",
            source,
            height_in=5.0,
            left_in=0.85,
            right_in=2.6,
            headings=False,
            look=look,
        )
        (axes,) = sheet.grid()
        means, widths = rows["mu_star"].to_numpy(), rows["sigma"].to_numpy()
        ends = rows.select("mu_star_low", "mu_star_high").to_numpy()
        reach = max(float(ends.max()), 1e-12) * 1.05
        top = max(float(widths.max()) * 1.12, reach * 0.05)
        axes.set_xlim(0.0, reach)
        axes.set_ylim(0.0, top)
        axes.plot([0.0, min(reach, top)], [0.0, min(reach, top)], color=look.faint, lw=1.0, ls=(0, (4, 3)), zorder=1)
        axes.hlines(widths, ends[:, 0], ends[:, 1], color=look.muted, lw=1.1, zorder=2)
        axes.scatter(means, widths, s=34, color=look.edge, zorder=3)
        _label(axes, rows["parameter"].to_list(), means, widths, look)
        axes.set_xlabel(f"mean size of the effect on {output} (μ*)", labelpad=1.0)
        axes.set_ylabel("spread (σ)")
        axes.grid(visible=True)
        return sheet.finished()


def _label(axes: Axes, names: list[str], x: np.ndarray, y: np.ndarray, look: Theme) -> None:
    """Write names beside the axes, a line leading to each dot."""
    to_points = 72.0 / axes.figure.dpi
    right = axes.get_xlim()[1]
    heights = [float(axes.transData.transform((0.0, value))[1]) * to_points for value in y]
    for name, place, granted, own, height in zip(names, x, spread(heights, _PITCH_POINTS), y, heights, strict=True):
        ends = axes.transData.transform([(place, own), (right, own)])
        axes.annotate(
            name,
            xy=(place, own),
            xytext=(8 + float(ends[1, 0] - ends[0, 0]) * to_points, granted - height),
            textcoords="offset points",
            fontsize=8.0,
            color=look.ink,
            va="center",
            ha="left",
            annotation_clip=False,
            arrowprops={"arrowstyle": "-", "color": look.grid, "lw": 0.8, "shrinkA": 1, "shrinkB": 4},
        )
