"""Figures of a run, and of what a sweep says: one per file, each a function to a matplotlib ``Figure``.

Every figure has a light and a dark theme. Nothing here touches pyplot or any other global state of matplotlib, so
figures can be drawn anywhere, threads aside.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from wattmarket.plot.bubble import bubble_data, bubble_figure
from wattmarket.plot.constraints import constraint_data, constraint_map_figure, site_constraints
from wattmarket.plot.exposure import exposure_data, exposure_figure
from wattmarket.plot.figures import FIGURES, Drawing, drawable, write_data, write_figures
from wattmarket.plot.forward_curves import forward_curve_data, forward_curve_figure
from wattmarket.plot.gains import gain_data, gain_figure, gains_figure
from wattmarket.plot.index import index_data, index_figure, twin_band
from wattmarket.plot.line_map import line_map_data, line_map_figure
from wattmarket.plot.losses import loss_data, loss_figure
from wattmarket.plot.merit_order import merit_order_data, merit_order_figure
from wattmarket.plot.palette import Theme
from wattmarket.plot.phase import phase_data, phase_figure
from wattmarket.plot.prices import price_data, price_figure
from wattmarket.plot.queue import queue_data, queue_figure
from wattmarket.plot.rent_split import rent_split_data, rent_split_figure
from wattmarket.plot.theme import THEMES

if TYPE_CHECKING:
    from wattmarket.plot.animation import animate_constraints
    from wattmarket.plot.sweep_discovery import discovery_figure
    from wattmarket.plot.sweep_morris import morris_figure
    from wattmarket.plot.sweep_sobol import sobol_figure
    from wattmarket.plot.sweep_surface import surface_figure
    from wattmarket.plot.sweep_tornado import tornado_figure

__all__ = [
    "FIGURES",
    "THEMES",
    "Drawing",
    "Theme",
    "animate_constraints",
    "bubble_data",
    "bubble_figure",
    "constraint_data",
    "constraint_map_figure",
    "discovery_figure",
    "drawable",
    "exposure_data",
    "exposure_figure",
    "forward_curve_data",
    "forward_curve_figure",
    "gain_data",
    "gain_figure",
    "gains_figure",
    "index_data",
    "index_figure",
    "line_map_data",
    "line_map_figure",
    "loss_data",
    "loss_figure",
    "merit_order_data",
    "merit_order_figure",
    "morris_figure",
    "phase_data",
    "phase_figure",
    "price_data",
    "price_figure",
    "queue_data",
    "queue_figure",
    "rent_split_data",
    "rent_split_figure",
    "site_constraints",
    "sobol_figure",
    "surface_figure",
    "tornado_figure",
    "twin_band",
    "write_data",
    "write_figures",
]

_HOMES = {
    "animate_constraints": "wattmarket.plot.animation",
    "discovery_figure": "wattmarket.plot.sweep_discovery",
    "morris_figure": "wattmarket.plot.sweep_morris",
    "sobol_figure": "wattmarket.plot.sweep_sobol",
    "surface_figure": "wattmarket.plot.sweep_surface",
    "tornado_figure": "wattmarket.plot.sweep_tornado",
}


if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        """Import the film and the figures of sweeps when they are first used: those of a run wait for neither."""
        if name not in _HOMES:
            raise AttributeError(f"module 'wattmarket.plot' has no attribute {name!r}")
        return getattr(import_module(_HOMES[name]), name)
