"""Dots on a map of the world: where they are, how large, which colour, and the key that adds them up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection

from wattmarket.plot.outlines import load_outlines
from wattmarket.plot.palette import Theme
from wattmarket.plot.projection import equal_earth
from wattmarket.schema.world import EDGE_KINDS
from wattmarket.units import KW_PER_GW

__all__ = ["WorldMap", "dots_of"]

_WEST, _EAST, _SOUTH, _NORTH = -146.0, 172.0, -55.5, 75.0
"""Frame of the map: west and east along the equator, degrees; New Zealand and Tierra del Fuego are just inside."""
_INK_AREA_POINTS: Final = 9_000.0
"""Area of all dots together, square points; each map has its own scale, or the world's growth would hide the first."""
_LARGEST_SCALE_POINTS_PER_GW: Final = 300.0
_SMALLEST_AREA_POINTS: Final = 1.2


def dots_of(labelled: pl.DataFrame, world_sites: pl.DataFrame, metros: pl.DataFrame) -> pl.DataFrame:
    """List the dots of one map: each core site on its own, a metro's edge sites of one label together at the metro.

    Parameters
    ----------
    labelled
        Columns site_id, label, pool_kw; sites without accelerators are left out.
    world_sites, metros
        Tables of the world.

    Returns
    -------
    pl.DataFrame
        Columns lat, lon (degrees), label, pool_kw; largest first.

    Examples
    --------
    >>> sites = pl.DataFrame({"site_id": ["A", "B"], "kind": ["tower", "tower"], "metro_id": ["M", "M"]})
    >>> sites = sites.with_columns(lat=pl.lit(1.0), lon=pl.lit(2.0))
    >>> metros = pl.DataFrame({"metro_id": ["M"], "lat": [5.0], "lon": [6.0]})
    >>> labelled = pl.DataFrame({"site_id": ["A", "B"], "label": ["idle", "idle"], "pool_kw": [100, 50]})
    >>> dots_of(labelled, sites, metros).row(0)
    (5.0, 6.0, 'idle', 150)
    """
    standing = labelled.filter(pl.col("pool_kw") > 0).select("site_id", "label", "pool_kw")
    placed = standing.join(world_sites.select("site_id", "kind", "metro_id", "lat", "lon"), on="site_id")
    edge = pl.col("kind").is_in(EDGE_KINDS)
    together = placed.filter(edge).group_by("metro_id", "label").agg(pl.col("pool_kw").sum())
    columns = ("lat", "lon", "label", "pool_kw")
    at_metros = together.join(metros.select("metro_id", "lat", "lon"), on="metro_id").select(columns)
    dots = pl.concat([placed.filter(~edge).select(columns), at_metros])
    return dots.sort("pool_kw", "lat", "lon", "label", descending=[True, False, False, False])


@dataclass(frozen=True, slots=True)
class WorldMap:
    """A map on some axes.

    Parameters
    ----------
    axes
        Where to draw.
    colours
        Colour of each label, in the order of the key.
    hollow
        The label whose dots are hollow.
    look
        Colours of the figure.
    """

    axes: Axes
    colours: Mapping[str, str]
    hollow: str
    look: Theme

    def land(self) -> None:
        """Draw the continents and frame the axes on them."""
        rings = [np.column_stack(equal_earth(outline.lon, outline.lat)) for outline in load_outlines()]
        land = PolyCollection(rings, facecolors=self.look.land, edgecolors=self.look.ground, linewidths=0.45, zorder=1)
        self.axes.add_collection(land)
        left, right = equal_earth([_WEST, _EAST], [0.0, 0.0])[0]
        bottom, top = equal_earth([0.0, 0.0], [_SOUTH, _NORTH])[1]
        self.axes.set_xlim(left, right)
        self.axes.set_ylim(bottom, top)
        self.axes.set_aspect("equal", anchor="W")
        self.axes.set_axis_off()

    def show(self, dots: pl.DataFrame) -> list[Artist]:
        """Draw dots, the key with its sums, and how large a dot is; give all that was drawn."""
        scale = _area_per_gw(dots)
        return [self._dots(dots, scale), *self._tally(dots), *self._sizes(scale)]

    def _dots(self, dots: pl.DataFrame, scale: float) -> Artist:
        """Draw the dots, large below small, so that none is hidden whole."""
        x, y = equal_earth(dots["lon"].to_numpy(), dots["lat"].to_numpy())
        area = np.maximum(dots["pool_kw"].to_numpy() / KW_PER_GW * scale, _SMALLEST_AREA_POINTS)
        faces, rims = zip(*(self._paint(label) for label in dots["label"]), strict=True) if dots.height else ((), ())
        return self.axes.scatter(x, y, s=area, facecolors=faces, edgecolors=rims, alpha=0.88, linewidths=0.45, zorder=3)

    def _paint(self, label: str) -> tuple[str, str]:
        """Face and rim of a label's dot."""
        colour, ground = self.colours[label], self.look.ground
        return (ground, colour) if label == self.hollow else (colour, ground)

    def _tally(self, dots: pl.DataFrame) -> list[Artist]:
        """Write the capacity under each label in the empty South Pacific: key and summary in one."""
        axes = self.axes
        at: dict[str, Any] = {"transform": axes.transAxes, "va": "center_baseline", "fontsize": 8.5}
        at["color"] = self.look.ink
        drawn: list[Artist] = []
        for row, (label, colour) in enumerate(self.colours.items()):
            face, _ = self._paint(label)
            gigawatts = dots.filter(pl.col("label") == label)["pool_kw"].sum() / KW_PER_GW
            y = 0.30 - 0.068 * row
            spot = axes.scatter(
                [0.015], [y], s=30, facecolor=face, edgecolor=colour, transform=axes.transAxes, zorder=4
            )
            amount = axes.text(0.114, y, f"{gigawatts:,.1f} GW", ha="right", weight="bold", **at)
            drawn += [spot, amount, axes.text(0.123, y, label, **at)]
        return drawn

    def _sizes(self, scale: float) -> list[Artist]:
        """Draw two empty circles that say how large a dot is."""
        drawn: list[Artist] = []
        axes, rim = self.axes, self.look.faint
        for x, gigawatts in ((0.65, 0.1), (0.76, 1.0)) if scale > 60 else ((0.65, 0.5), (0.76, 3.0)):
            area = gigawatts * scale
            drawn.append(
                axes.scatter(
                    [x], [0.06], s=area, facecolors="none", edgecolors=rim, linewidths=0.9, transform=axes.transAxes
                )
            )
            drawn.append(
                axes.annotate(
                    f"{gigawatts:g} GW" if gigawatts >= 1 else f"{gigawatts * 1000:g} MW",
                    xy=(x, 0.06),
                    xycoords="axes fraction",
                    xytext=(area**0.5 / 2 + 4, 0),
                    textcoords="offset points",
                    va="center",
                    fontsize=7.5,
                    color=self.look.muted,
                )
            )
        return drawn


def _area_per_gw(dots: pl.DataFrame) -> float:
    """Choose how large a gigawatt is drawn, square points, so that a map is full but not covered."""
    total = int(dots["pool_kw"].sum()) / KW_PER_GW
    return min(_LARGEST_SCALE_POINTS_PER_GW, _INK_AREA_POINTS / total) if total else _LARGEST_SCALE_POINTS_PER_GW
