"""Figures of a run: one per file, each a function from a run to a matplotlib ``Figure``.

Nothing here touches pyplot or any other global state of matplotlib, so figures can be drawn anywhere, threads aside.
"""

from __future__ import annotations

from wattmarket.plot.exposure import exposure_figure
from wattmarket.plot.figures import FIGURES, write_figures
from wattmarket.plot.index import index_figure
from wattmarket.plot.line_map import line_map_figure
from wattmarket.plot.prices import price_figure
from wattmarket.plot.rent_split import rent_split_figure

__all__ = [
    "FIGURES",
    "exposure_figure",
    "index_figure",
    "line_map_figure",
    "price_figure",
    "rent_split_figure",
    "write_figures",
]
