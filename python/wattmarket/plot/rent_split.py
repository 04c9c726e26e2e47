"""Rent by kind of site through time, split into silicon, watt and latency rent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from wattmarket.plot.lettering import thousands, year_axis, years
from wattmarket.plot.page import page
from wattmarket.plot.palette import Theme
from wattmarket.plot.subject import PlottedRun, source_line
from wattmarket.plot.theme import style
from wattmarket.schema.world import CORE_KINDS, EDGE_KINDS
from wattmarket.units import HOURS_PER_MONTH

__all__ = ["rent_by_kind", "rent_split_data", "rent_split_figure"]

_PARTS: Final = ("silicon", "watt", "latency")
_KIND_NAMES: Final = {
    "campus": "Campus",
    "brownfield": "Brownfield",
    "btm": "Behind the meter",
    "metro_dc": "Metro data centre",
    "central_office": "Central office",
    "tower": "Tower",
}


def rent_by_kind(sites: pl.DataFrame, world_sites: pl.DataFrame) -> pl.DataFrame:
    """Average each part of the rent over the capacity in use, by month and kind of site.

    Sums are taken over whole dollars, so that they are exact and the same on any number of threads.

    Parameters
    ----------
    sites
        A run's sites, to ``schema/run.py``.
    world_sites
        The world's sites, for their kind.

    Returns
    -------
    pl.DataFrame
        Columns tick, kind, used_kw and silicon, watt, latency ($/MWh of IT), sorted by kind and tick; months in which
        a kind is wholly idle are left out.

    Examples
    --------
    >>> run = {"tick": [0, 0], "site_id": ["A", "B"], "used_kw": [1000, 3000]}
    >>> run |= {f"{part}_rent_usd_per_mw_month": [0.0, 730.0] for part in ("silicon", "watt", "latency")}
    >>> world = pl.DataFrame({"site_id": ["A", "B"], "kind": ["tower", "tower"]})
    >>> rent_by_kind(pl.DataFrame(run), world)["watt"].to_list()
    [0.75]
    """
    used = sites.filter(pl.col("used_kw") > 0).join(world_sites.select("site_id", "kind"), on="site_id")
    dollars = [
        (pl.col(f"{part}_rent_usd_per_mw_month").round().cast(pl.Int64) * pl.col("used_kw")).sum().alias(part)
        for part in _PARTS
    ]
    return (
        used.group_by("kind", "tick")
        .agg(pl.col("used_kw").sum(), *dollars)
        .with_columns(pl.col(part) / pl.col("used_kw") / HOURS_PER_MONTH for part in _PARTS)
        .sort("kind", "tick")
    )


def rent_split_data(run: PlottedRun) -> pl.DataFrame:
    """Give :func:`rent_by_kind` of a run, with months."""
    rents = rent_by_kind(run.sites, run.world.sites)
    return rents.join(run.ticks.select("tick", "month"), on="tick", maintain_order="left")


def rent_split_figure(run: PlottedRun, *, theme: str | Theme = "light") -> Figure:
    """Draw one panel per kind of site: silicon, watt and latency rent stacked, their sum as a line.

    Parameters
    ----------
    run
        A run.
    theme
        ``light`` or ``dark``.

    Returns
    -------
    Figure
        Edge kinds above, core kinds below, on one scale; watt rent hangs below zero where power is dear.
    """
    rents = rent_split_data(run)
    kinds = [kind for kind in EDGE_KINDS + CORE_KINDS if rents["kind"].eq(kind).any()]
    with style(theme) as look:
        sheet = page(
            _title(rents),
            "Rent of accelerators in use, $ per MWh of IT, averaged over capacity",
            source_line(run),
            height_in=5.4,
            key=[
                ("silicon rent", look.rents["silicon"]),
                ("watt rent (below zero where power is dear)", look.rents["watt"]),
                ("latency rent", look.rents["latency"]),
                ("—their sum", look.ink),
            ],
            look=look,
        )
        columns = 3 if len(kinds) > 2 else max(1, len(kinds))
        rows = max(1, -(-len(kinds) // columns))
        panels = sheet.grid(rows, columns, share="both", hspace=0.28, wspace=0.12)
        for axes, kind in zip(panels, kinds, strict=False):
            rent = rents.filter(pl.col("kind") == kind).sort("tick")
            _panel(axes, rent, look)
            axes.set_title(_KIND_NAMES[kind], color=look.edge if kind in EDGE_KINDS else look.core)
        # The panels share both axes: what is set on one is set on all.
        thousands(panels[0])
        year_axis(panels[0], run.ticks["month"].to_list())
        for axes in panels[len(kinds) :]:
            axes.set_axis_off()
        return sheet.finished()


def _title(rents: pl.DataFrame) -> str:
    """State how far the edge's latency rent falls from its peak, if it does."""
    if rents.is_empty():
        return "Nothing is in use, nothing earns rent"
    edge = rents.filter(pl.col("kind") == EDGE_KINDS[0]).sort("tick")
    if edge.height < 2:
        return "Where the rent of a site comes from"
    peak, last = float(edge["latency"].max() or 0.0), float(edge["latency"][-1])  # type: ignore[arg-type]
    if peak < 1.0:
        return "Nearness earns next to nothing, at the edge or anywhere"
    if last < 0.5 * peak:
        return f"Nearness earned metro sites ${peak:,.0f} per MWh at its best; it ends at ${last:,.0f}"
    return f"Nearness still earns metro sites ${last:,.0f} per MWh at the end, of ${peak:,.0f} at its best"


def _panel(axes: Axes, rent: pl.DataFrame, look: Theme) -> None:
    """Stack the positive parts upward and a negative watt rent downward, and draw their sum."""
    months = years(rent["month"])
    if len(months) == 1:
        _bars(axes, rent, look)
        return
    base = pl.zeros(len(months), eager=True)
    for part in _PARTS:
        top = base + rent[part].clip(lower_bound=0.0)
        axes.fill_between(months, base.to_list(), top.to_list(), color=look.rents[part], lw=0, zorder=2)
        base = top
    dear = rent["watt"].clip(upper_bound=0.0).to_list()
    axes.fill_between(months, 0, dear, color=look.rents["watt"], lw=0, zorder=2)
    axes.plot(months, _total(rent), color=look.ink, lw=1.2, zorder=3)
    axes.axhline(0, color=look.muted, lw=0.8, zorder=3)


def _bars(axes: Axes, rent: pl.DataFrame, look: Theme) -> None:
    """Draw a single month as one stacked bar."""
    base = 0.0
    for part in _PARTS:
        value = float(rent[part][0])
        axes.bar(years(rent["month"]), [value], bottom=base if value > 0 else 0.0, width=0.03, color=look.rents[part])
        base += max(0.0, value)
    axes.axhline(0, color=look.muted, lw=0.8)


def _total(rent: pl.DataFrame) -> Sequence[float]:
    total: list[float] = (rent["silicon"] + rent["watt"] + rent["latency"]).to_list()
    return total
