"""Scenario discovery of a sweep: the peeling trajectory, and the box that it ends in."""

from __future__ import annotations

from typing import Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from wattmarket.plot.page import page
from wattmarket.plot.palette import Theme
from wattmarket.plot.theme import style
from wattmarket.sweep.analysis import Discovery

__all__ = ["discovery_figure"]

_LEAST_ROWS: Final = 5
_CHANCE: Final = 0.05
"""Limits with a larger quasi-p-value are drawn in grey."""


def discovery_figure(found: Discovery, *, source: str = "", title: str = "", theme: str | Theme = "light") -> Figure:
    """Draw how density rises as coverage falls, and the limits of the reported box.

    Parameters
    ----------
    found
        As `wattmarket.sweep.analysis.discover` gives it.
    source, title, theme
        As for `sobol_figure`.

    Returns
    -------
    Figure
        Left a dot for each box of the trajectory, the reported one ringed; right the limits that it sets, within the
        whole range of each parameter.
    """
    told = found.trajectory.row(found.chosen, named=True)
    with style(theme) as look:
        sheet = page(
            title or _title(found),
            f"{found.trajectory.height} boxes, peeled from all points. The ringed one, whose limits are on the right, "
            f"holds {told['coverage'] * 100:.0f} % of the points of interest in {told['mass'] * 100:.0f} % of the "
            "space. Grey: limits that may be chance.",
            source,
            height_in=2.1 + 0.42 * max(found.frame.height, _LEAST_ROWS),
            left_in=0.75,
            look=look,
        )
        left, right = sheet.grid(1, 2, wspace=0.22)
        _trajectory(left, found, look)
        _box(right, found, look)
        return sheet.finished()


def _title(found: Discovery) -> str:
    first, told = (found.trajectory["density"][place] * 100 for place in (0, found.chosen))
    return f"{found.interest}: {told:.0f} % of the points in the box, {first:.0f} % of all points"


def _trajectory(axes: Axes, found: Discovery, look: Theme) -> None:
    coverage, density = (found.trajectory[name].to_numpy() * 100 for name in ("coverage", "density"))
    axes.plot(coverage, density, color=look.grid, lw=1.2, zorder=1)
    axes.scatter(coverage, density, s=14, color=look.muted, zorder=2)
    place = found.chosen
    axes.scatter(coverage[place], density[place], s=90, facecolors="none", edgecolors=look.drift, lw=1.8, zorder=3)
    axes.set_xlim(-3, 103)
    axes.set_ylim(max(float(density.min()) - 8, -3), 103)
    axes.set_title("Density of each box over its coverage, %")
    axes.grid(visible=True)


def _box(axes: Axes, found: Discovery, look: Theme) -> None:
    """Draw each limit as a part of the parameter's range."""
    names = found.frame["parameter"].to_list()
    for row, limits in enumerate(found.frame.iter_rows(named=True)):
        axes.barh(row, 1.0, height=0.3, color=look.grid, zorder=1)
        if limits["low"] is not None:
            width = limits["most"] - limits["least"]
            low, high = ((limits[end] - limits["least"]) / width for end in ("low", "high"))
            colour = look.drift if limits["quasi_p"] <= _CHANCE else look.faint
            axes.barh(row, high - low, left=low, height=0.3, color=colour, zorder=2)
        axes.text(
            0.0,
            row - 0.22,
            f"{limits['parameter']}: {limits['values']}  (quasi-p {_small(limits['quasi_p'])})",
            fontsize=8.0,
            color=look.ink,
            va="bottom",
        )
    axes.set_xlim(0.0, 1.0)
    axes.set_ylim(max(len(names), _LEAST_ROWS) - 0.4, -0.75)
    axes.set_yticks([])
    axes.set_xticks([0.0, 1.0], ["lowest value", "highest"])
    axes.set_title("Limits of the box" if names else "No limit makes the box better")
    axes.grid(visible=False)
    axes.spines["bottom"].set_visible(False)
    axes.tick_params(length=0)


def _small(chance: float) -> str:
    return "< 0.001" if chance < 0.001 else f"{chance:.2g}"
