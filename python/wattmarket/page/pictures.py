"""The figures of a run as pictures within the page."""

from __future__ import annotations

import base64
import io
from typing import Final

import polars as pl
from matplotlib.figure import Figure

from wattmarket import numeric
from wattmarket.findings import placebo_band
from wattmarket.page.html import picture
from wattmarket.plot import FIGURES, Theme, drawable, index_figure
from wattmarket.plot.theme import DPI, FORMATS, style
from wattmarket.record import Run

__all__ = ["figure_html", "further_figures", "index_html", "twin_band"]

HOW_TO_READ: Final = {
    "line_map": "Each dot is a site, before and after; its colour says which part of its rent is the larger one.",
    "constraints": "Each dot is a site; its colour says which scarce good its last award paid most for.",
    "rent_split": "Rent splits exactly into silicon (what accelerators earn on poor ground), power and nearness.",
    "prices": "What users of each workload pay; where waiting costs nobody anything, all pay one price.",
    "forward_curves": "What each cohort expected rents to be, beside what came.",
    "exposure": "Who lives on nearness: latency rent in the year before the break, or in the best year without one.",
    "gains": "Profit since the start against the same seed's no-drift twin.",
    "queue": "What waits for a grid connection in each zone, and how long.",
    "merit_order": "What a zone's plants cost, in order of cost, and which part of them is sold forward.",
}
"""How to read what a figure shows; one that is not named here stands without."""


def figure_html(figure: Figure, caption: str) -> str:
    """Write a figure as a picture within the page: PNG, the same bytes each time."""
    stream = io.BytesIO()
    with style():
        figure.savefig(stream, format="png", dpi=DPI, metadata=FORMATS["png"])
    width, height = (int(inches * DPI) for inches in figure.get_size_inches())
    data = base64.b64encode(stream.getvalue()).decode("ascii")
    return picture(f"data:image/png;base64,{data}", str(figure.get_label()), caption, (width, height))


def twin_band(run: Run) -> pl.DataFrame | None:
    """Band around the twin's edge index within which a run parts from it by chance; None without a twin.

    Returns
    -------
    pl.DataFrame or None
        One row per month: ``tick``, ``low``, ``high``, index points.
    """
    if run.twin_ticks is None:
        return None
    index, band = run.twin_ticks["edge_index"].to_numpy(), placebo_band(run.ticks.height)
    ends = {"low": index * numeric.exp(-band), "high": index * numeric.exp(band)}
    return pl.DataFrame({"tick": run.twin_ticks["tick"], **ends})


def index_html(run: Run, theme: Theme) -> str:
    """Write the figure of the index, with the band that chance alone leaves open."""
    name = "how far twins part by chance, nine in ten"
    figure = index_figure(run, band=twin_band(run), band_name=name, theme=theme)
    drifts = run.twin_ticks is not None
    dashed = " Dashed: the no-drift twin. An index within the pale area says nothing." if drifts else ""
    return figure_html(figure, f"Market value of edge and core sites, first month = 100.{dashed}")


def further_figures(run: Run, theme: Theme) -> list[str]:
    """Write every other figure that the run kept the tables for, each under its heading."""
    return [
        f"<h3>{name.replace('_', ' ').capitalize()}</h3>\n"
        + figure_html(FIGURES[name](run, theme=theme), HOW_TO_READ.get(name, ""))
        for name in drawable(run)
        if name != "index"
    ]
