"""What the edge index loses at every batch share tested, on the way up and on the way down."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from wattmarket.plot.page import page
from wattmarket.plot.palette import Theme
from wattmarket.plot.theme import style

if TYPE_CHECKING:
    from wattmarket.study import CriticalShare

__all__ = ["loss_data", "loss_figure"]

_WAYS: Final = {"forward": "rising to the share", "backward": "coming down to it"}


def loss_data(found: CriticalShare) -> pl.DataFrame:
    """List the shares tested, by direction, seed and share.

    Returns
    -------
    pl.DataFrame
        Columns direction, seed, batch_share, loss (a share).
    """
    return found.tests().sort("direction", "seed", "batch_share")


def loss_figure(found: CriticalShare, *, source: str = "", theme: str | Theme = "light") -> Figure:
    """Draw the loss of the edge index over the batch share, a line per seed and direction.

    Parameters
    ----------
    found
        What `wattmarket.study.critical_share` found.
    source
        Line under the figure.
    theme
        ``light`` or ``dark``.

    Returns
    -------
    Figure
        The part that counts as lost is a horizontal line, the interval of each critical share a pale stretch.
    """
    data, terms = loss_data(found), found.terms
    with style(theme) as look:
        colours = {"forward": look.drift, "backward": look.gain}
        spreads = {"forward": found.share} | ({} if found.back is None else {"backward": found.back})
        sheet = page(
            _title(found),
            f"Loss of the edge index against the no-drift twin, mean of the last {terms.window} months, %, over the "
            "batch share, %. A line for each seed. Pale: interval of the critical share.",
            source,
            key=[(f"—{_WAYS[name]}", colours[name]) for name in spreads],
            height_in=5.0,
            headings=False,
            look=look,
        )
        (axes,) = sheet.grid()
        start, high = found.ramp.start, terms.high
        for name, spread in spreads.items():
            ends = [min(max(end, start), high) * 100 for end in (spread.low, spread.high)]
            axes.axvspan(*ends, color=colours[name], alpha=0.13, lw=0, zorder=0)
            _lines(axes, data.filter(pl.col("direction") == name), colours[name])
        axes.axhline(terms.part * 100, color=look.ink, lw=0.9, zorder=1.5)
        axes.axhline(0, color=look.faint, lw=0.8, zorder=1)
        axes.set_xlim(start * 100, high * 100)
        return sheet.finished()


def _title(found: CriticalShare) -> str:
    """State both shares with their intervals."""
    ends = found.ramp.start, found.terms.high
    up = f"The edge index loses {found.terms.part:.0%} at a batch share of {found.share.text('.3f', *ends)}"
    return up if found.back is None else f"{up}, and is back at {found.back.text('.3f', *ends)}"


def _lines(axes: Axes, data: pl.DataFrame, colour: str) -> None:
    """Draw the losses of each seed."""
    for mine in data.partition_by("seed", maintain_order=True):
        shares, losses = ((mine[column] * 100).to_list() for column in ("batch_share", "loss"))
        axes.plot(shares, losses, color=colour, lw=1.0, alpha=0.75, marker="o", ms=3.0, zorder=2)
