"""The figures of a run as pictures within the page."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from typing import Final

from matplotlib.figure import Figure

from wattmarket.findings import TwinTables
from wattmarket.page.html import picture
from wattmarket.plot import FIGURES, Theme, drawable, gain_figure, index_figure
from wattmarket.plot.theme import DPI, FORMATS, style
from wattmarket.record import Run

__all__ = ["figure_html", "further_figures", "index_html"]

HOW_TO_READ: Final = {
    "line_map": (
        "Each dot is a core site; a metro’s edge sites share one for each colour. The colour says which adds more to "
        "what accelerators earn on poor ground, nearness or power; marginal: neither does."
    ),
    "constraints": (
        "Each dot is a core site; a metro’s edge sites share one for each colour. The colour says which good is short: "
        "the one that bound most of what was bought there in the last twelve months or, where nothing was, what bound "
        "on the spot market that month."
    ),
    "rent_split": "Rent splits exactly into silicon (what accelerators earn on poor ground), power and nearness.",
    "prices": "What users of each workload pay; where waiting costs nobody anything, all pay one price.",
    "forward_curves": "What each cohort expected rents to be, beside what came.",
    "bubble": (
        "What the market paid, over what the rents that came were worth: where that is a bubble by the rule, and where "
        "the test sees one."
    ),
    "exposure": (
        "Who lives on nearness: latency rent in the year before the break, or in the best year without one; pale, from "
        "its lowest to its highest month."
    ),
    "gains": (
        "Profit since the start against the same seed’s no-drift twins. The lines are as far as one more twin might "
        "lie; what is pale is not told from chance, and with fewer than three twins nothing is."
    ),
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


def index_html(run: Run, theme: Theme) -> str:
    """Write the figure of the index, with the band that chance alone leaves open."""
    dashed = "" if run.twin_ticks is None else " Dashed: the no-drift twin. An index within the pale area says nothing."
    caption = f"Market value of edge and core sites, first month = 100.{dashed}"
    return figure_html(index_figure(run, theme=theme), caption)


def further_figures(run: Run, theme: Theme, others: Sequence[TwinTables] = ()) -> list[str]:
    """Write every other figure that the run kept the tables for, each under its heading; gains with further twins."""
    return [
        f"<h3>{name.replace('_', ' ').capitalize()}</h3>\n"
        + figure_html(
            gain_figure(run, others, theme=theme) if name == "gains" else FIGURES[name](run, theme=theme),
            HOW_TO_READ.get(name, ""),
        )
        for name in drawable(run)
        if name != "index"
    ]
