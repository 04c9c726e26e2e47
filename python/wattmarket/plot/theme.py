"""The look of every figure: colours, type, and how it is written to disk.

Colours keep one meaning throughout: blue is nearness (the edge, latency rent), orange is power (the core, watt rent),
grey is what neither explains, purple is drift. Blue and orange stay apart under every common colour blindness, and
figures label lines directly where they can, so that no reading depends on a colour alone. All type is DejaVu Sans,
which matplotlib ships.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import matplotlib as mpl
from matplotlib.figure import Figure

__all__ = [
    "CORE",
    "DPI",
    "DRIFT",
    "EDGE",
    "FAINT",
    "GRID",
    "INK",
    "LABEL_COLOURS",
    "MUTED",
    "RENT_COLOURS",
    "WIDTH_IN",
    "save",
    "style",
    "workload_colours",
]

INK: Final = "#1c2126"
MUTED: Final = "#5b6570"
FAINT: Final = "#9aa3ad"
GRID: Final = "#e4e8ec"

EDGE: Final = "#1a6aa6"
CORE: Final = "#d9730d"
DRIFT: Final = "#7b3f98"

LABEL_COLOURS: Final = {
    "latency-bound": EDGE,
    "watt-bound": CORE,
    "marginal": "#7d8790",
    "idle": "#9aa3ad",
}
RENT_COLOURS: Final = {"silicon": "#c3c9cf", "watt": "#f0a35a", "latency": "#5b9fd0"}

_WORKLOADS: Final = {
    "voice": "#0b3c6f",
    "ar_robotics": "#c2417c",
    "chat": "#2580c3",
    "copilot": "#2a9d8f",
    "agents": "#80a832",
    "foreground_agents": "#80a832",
    "batch": DRIFT,
    "training": "#96601c",
    "non_ai": "#6d7780",
}
_SPARE: Final = ("#4d7c0f", "#0e7490", "#a16207", "#475569", "#be123c")

WIDTH_IN: Final = 9.0
DPI: Final = 160

_RC: Final[dict[str, Any]] = {
    "font.family": ["DejaVu Sans"],
    "font.size": 8.5,
    "text.color": INK,
    "axes.edgecolor": FAINT,
    "axes.labelcolor": MUTED,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "axes.titlelocation": "left",
    "axes.titlesize": 9.0,
    "axes.titleweight": "bold",
    "axes.titlecolor": INK,
    "axes.titlepad": 6.0,
    "text.parse_math": False,
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "xtick.color": FAINT,
    "ytick.color": FAINT,
    "xtick.labelcolor": MUTED,
    "ytick.labelcolor": MUTED,
    "xtick.labelsize": 8.0,
    "ytick.labelsize": 8.0,
    "xtick.major.size": 3.0,
    "ytick.major.size": 0.0,
    "lines.linewidth": 1.8,
    "lines.solid_capstyle": "round",
    "figure.facecolor": "white",
    "axes.facecolor": "white",
    "savefig.facecolor": "white",
}


@contextmanager
def style() -> Iterator[None]:
    """Apply the project's matplotlib settings inside a ``with`` block, over matplotlib's own defaults.

    The reader's ``matplotlibrc`` is set aside, so that a figure looks the same everywhere; what was set before is back
    afterwards.

    Examples
    --------
    >>> with style():
    ...     figure = Figure()
    >>> figure.get_facecolor()
    (1.0, 1.0, 1.0, 1.0)
    """
    settings: dict[Any, Any] = {key: value for key, value in mpl.rcParamsDefault.items() if key != "backend"}
    with mpl.rc_context(settings | _RC):
        yield


def workload_colours(workloads: Sequence[str]) -> dict[str, str]:
    """Colour of each workload: fixed for the shipped ones, in order of appearance for a scenario's own.

    Parameters
    ----------
    workloads
        Names, in the order of the scenario.

    Returns
    -------
    dict[str, str]
        Hex colour by name.

    Examples
    --------
    >>> workload_colours(["chat", "translation"])
    {'chat': '#2580c3', 'translation': '#4d7c0f'}
    """
    own = [name for name in workloads if name not in _WORKLOADS]
    spare = {name: _SPARE[place % len(_SPARE)] for place, name in enumerate(own)}
    return {name: _WORKLOADS.get(name) or spare[name] for name in workloads}


def save(figure: Figure, path: Path) -> Path:
    """Write a figure as PNG, the same bytes each time: fixed resolution, no software or date in the metadata.

    Parameters
    ----------
    figure
        The figure.
    path
        File to write.

    Returns
    -------
    Path
        The same path.
    """
    with style():
        figure.savefig(path, format="png", dpi=DPI, metadata={"Software": None})
    return path
