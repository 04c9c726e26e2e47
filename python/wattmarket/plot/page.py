"""An empty page: title (the finding), subtitle (measure and unit), perhaps a colour key, room for axes, source line."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from wattmarket.plot.palette import LIGHT, Theme
from wattmarket.plot.theme import DPI, WIDTH_IN

__all__ = ["Page", "balanced", "page"]

_MARGIN_IN: Final = 0.16
_FOOT_IN: Final = 0.62
_PANEL_HEADING_IN: Final = 0.26
_GAP_IN: Final = 0.12
_KEY_IN: Final = 0.27
_SIGNS: Final = ("—", "●", "○")
_TITLE: Final = (78, 12.5, 0.235, "bold")
_SUBTITLE: Final = (134, 9.0, 0.175, "normal")
"""Characters a line, size in points, line pitch in inches, weight."""


@dataclass(frozen=True, slots=True)
class Page:
    """A figure under its heading, and where its axes may go.

    Attributes
    ----------
    figure
        The figure, with title, subtitle and source line in place.
    left, right, bottom, top
        The free area, as fractions of the figure.
    """

    figure: Figure
    left: float
    right: float
    bottom: float
    top: float

    def finished(self) -> Figure:
        """Return the figure; call it inside :func:`style`, which later drawing then no longer needs.

        Left alone, matplotlib chooses tick marks and makes their labels when a figure is drawn, by the settings of that
        moment.
        """
        scales = set()
        for panel in self.figure.axes:
            # Panels that share a scale share its tick marks.
            if panel.yaxis.major not in scales:
                scales.add(panel.yaxis.major)
                low, high = sorted(panel.get_ylim())
                panel.set_yticks([place for place in panel.get_yticks() if low <= place <= high])
            panel.get_xticklabels()
            panel.get_yticklabels()
        return self.figure

    def grid(
        self,
        rows: int = 1,
        columns: int = 1,
        *,
        share: Literal["none", "x", "y", "both"] = "none",
        heights: Sequence[float] | None = None,
        hspace: float = 0.2,
        wspace: float = 0.2,
    ) -> list[Axes]:
        """Fill the free area with a grid of axes.

        Parameters
        ----------
        rows, columns
            Size of the grid.
        share
            Which axes all panels have in common.
        heights
            Relative heights of the rows.
        hspace, wspace
            Gaps, as fractions of a panel's mean height and width.

        Returns
        -------
        list[Axes]
            The axes, row by row.
        """
        axes = self.figure.subplots(
            rows,
            columns,
            sharex=share in ("x", "both"),
            sharey=share in ("y", "both"),
            squeeze=False,
            height_ratios=heights,
            gridspec_kw={
                "left": self.left,
                "right": self.right,
                "bottom": self.bottom,
                "top": self.top,
                "hspace": hspace,
                "wspace": wspace,
            },
        )
        return [panel for row in axes for panel in row]


def page(
    title: str,
    subtitle: str,
    source: str,
    *,
    height_in: float,
    left_in: float = 0.62,
    right_in: float = 0.30,
    key: Sequence[tuple[str, str]] = (),
    headings: bool = True,
    look: Theme = LIGHT,
) -> Page:
    """Start a figure of the standard width.

    Parameters
    ----------
    title
        What the figure shows, as a sentence.
    subtitle
        What is measured, and in which unit.
    source
        Scenario, seed and version.
    height_in
        Height of the whole figure, inches.
    left_in, right_in
        Margins beside the axes, inches; labels of axes and of line ends go there.
    key
        Name and colour of what appears in many alike panels (a single panel labels its lines in place instead); a name
        that starts with ``—`` is a line, with ``●`` or ``○`` a dot, any other an area.
    headings
        Whether the uppermost panels have headings of their own, and need room for them.
    look
        Colours, those of the :func:`style` in force.

    Returns
    -------
    Page
        The figure and its free area.

    Examples
    --------
    >>> from wattmarket.plot.theme import style
    >>> with style():
    ...     sheet = page("Edge sites lose half", "index", "scenario x, seed 0", height_in=4.0)
    >>> 0 < sheet.bottom < sheet.top < 1
    True
    """
    figure = Figure(figsize=(WIDTH_IN, height_in), dpi=DPI)
    FigureCanvasAgg(figure)
    # Nothing draws the label: it tells those who can't see the figure what it shows.
    figure.set_label(f"{title}. {subtitle}")
    y_in = 0.17
    for lines, colour, (_, size, pitch_in, weight) in (
        (balanced(title, _TITLE[0]), look.ink, _TITLE),
        (textwrap.wrap(subtitle, _SUBTITLE[0]), look.muted, _SUBTITLE),
    ):
        for line in lines:
            y = 1 - y_in / height_in
            figure.text(_MARGIN_IN / WIDTH_IN, y, line, fontsize=size, color=colour, weight=weight, va="top")
            y_in += pitch_in
        y_in += 0.03
    if key:
        _key(figure, key, 1 - (y_in + 0.13) / height_in, look)
        y_in += _KEY_IN
    figure.text(_MARGIN_IN / WIDTH_IN, 0.13 / height_in, source, fontsize=7.0, color=look.faint, va="bottom")
    return Page(
        figure,
        left=left_in / WIDTH_IN,
        right=1 - right_in / WIDTH_IN,
        bottom=_FOOT_IN / height_in,
        top=1 - (y_in + (_PANEL_HEADING_IN if headings else _GAP_IN)) / height_in,
    )


def balanced(text: str, width: int) -> list[str]:
    """Break a text into as few lines of at most so many characters as will do, and these as equal as can be.

    Examples
    --------
    >>> balanced("The edge falls by a half, and the core by a third", 45)
    ['The edge falls by a half,', 'and the core by a third']
    """
    lines = textwrap.wrap(text, width)
    while len(lines) > 1 and len(narrower := textwrap.wrap(text, max(map(len, lines)) - 1)) == len(lines):
        lines = narrower
    return lines


def _key(figure: Figure, entries: Sequence[tuple[str, str]], y: float, look: Theme) -> None:
    """Write a row of coloured squares (or dashes, or dots) and names."""
    x = _MARGIN_IN
    for name, colour in entries:
        sign = name[0] if name[0] in _SIGNS else "■"
        weight = "bold" if sign == "—" else "normal"
        figure.text(x / WIDTH_IN, y, sign, fontsize=11, color=colour, va="center_baseline", weight=weight)
        text = figure.text(
            (x + 0.17) / WIDTH_IN, y, name.removeprefix(sign), fontsize=8.5, color=look.ink, va="center_baseline"
        )
        x += 0.17 + text.get_window_extent().width / figure.dpi + 0.22
