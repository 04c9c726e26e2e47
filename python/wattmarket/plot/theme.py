"""The look of every figure: colours on light and on dark ground, type, and how it is written to disk.

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

from wattmarket.errors import InputError
from wattmarket.plot.palette import DARK, LIGHT, Theme

__all__ = ["DPI", "FORMATS", "THEMES", "WIDTH_IN", "save", "style", "theme_of", "workload_colours"]

WIDTH_IN: Final = 9.0
DPI: Final = 160

THEMES: Final[dict[str, Theme]] = {"light": LIGHT, "dark": DARK}

# Without a date, a program or a random id, the same figure is the same bytes.
FORMATS: Final[dict[str, dict[str, Any]]] = {
    "png": {"Software": None},
    "svg": {"Date": None, "Creator": None},
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
}
"""What each format writes about itself: nothing."""

_RC: Final[dict[str, Any]] = {
    "font.family": ["DejaVu Sans"],
    "font.size": 8.5,
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
    "axes.titlepad": 6.0,
    "text.parse_math": False,
    "grid.linewidth": 0.8,
    "hatch.linewidth": 0.7,
    "xtick.labelsize": 8.0,
    "ytick.labelsize": 8.0,
    "xtick.major.size": 3.0,
    "ytick.major.size": 0.0,
    "lines.linewidth": 1.8,
    "lines.solid_capstyle": "round",
    "savefig.facecolor": "auto",
    "svg.fonttype": "path",
    "svg.hashsalt": "wattmarket",
}


def theme_of(name: str | Theme) -> Theme:
    """Look up a theme.

    Parameters
    ----------
    name
        ``light``, ``dark``, or a theme of one's own.

    Raises
    ------
    InputError
        If there is none of that name.

    Examples
    --------
    >>> theme_of("dark").name
    'dark'
    """
    if isinstance(name, Theme):
        return name
    if name not in THEMES:
        raise InputError(f"theme: {name!r} is not one of {', '.join(THEMES)}")
    return THEMES[name]


@contextmanager
def style(theme: str | Theme = "light") -> Iterator[Theme]:
    """Apply the project's matplotlib settings inside a ``with`` block, over matplotlib's own defaults.

    The reader's ``matplotlibrc`` is set aside, so that a figure looks the same everywhere; what was set before is back
    afterwards.

    Parameters
    ----------
    theme
        ``light``, ``dark``, or a theme of one's own; the block gets its colours.

    Raises
    ------
    InputError
        If there is no such theme.

    Examples
    --------
    >>> with style() as look:
    ...     figure = Figure()
    >>> figure.get_facecolor(), look.name
    ((1.0, 1.0, 1.0, 1.0), 'light')
    """
    look = theme_of(theme)
    settings: dict[Any, Any] = {key: value for key, value in mpl.rcParamsDefault.items() if key != "backend"}
    with mpl.rc_context(settings | _RC | _colours(look)):
        yield look


def _colours(look: Theme) -> dict[str, Any]:
    """Matplotlib's settings of colour."""
    return {
        "text.color": look.ink,
        "axes.edgecolor": look.faint,
        "axes.labelcolor": look.muted,
        "axes.titlecolor": look.ink,
        "grid.color": look.grid,
        "xtick.color": look.faint,
        "ytick.color": look.faint,
        "xtick.labelcolor": look.muted,
        "ytick.labelcolor": look.muted,
        "figure.facecolor": look.ground,
        "axes.facecolor": look.ground,
    }


def workload_colours(workloads: Sequence[str], theme: str | Theme = "light") -> dict[str, str]:
    """Colour of each workload: fixed for the shipped ones, in order of appearance for a scenario's own.

    Parameters
    ----------
    workloads
        Names, in the order of the scenario.
    theme
        Whose colours.

    Returns
    -------
    dict[str, str]
        Hex colour by name.

    Examples
    --------
    >>> workload_colours(["chat", "translation"])
    {'chat': '#2580c3', 'translation': '#4d7c0f'}
    """
    look = theme_of(theme)
    own = [name for name in workloads if name not in look.workloads]
    spare = {name: look.spare[place % len(look.spare)] for place, name in enumerate(own)}
    return {name: look.workloads.get(name) or spare[name] for name in workloads}


def save(figure: Figure, path: Path) -> Path:
    """Write a figure, the same bytes each time: fixed resolution, nothing about program or date.

    Parameters
    ----------
    figure
        The figure.
    path
        File to write; its ending, of :data:`FORMATS`, says how.

    Returns
    -------
    Path
        The same path.

    Raises
    ------
    InputError
        If figures are not written in that format.
    """
    kind = path.suffix.removeprefix(".")
    if kind not in FORMATS:
        raise InputError(f"{path}: figures are written as {', '.join(FORMATS)}")
    with style():
        figure.savefig(path, format=kind, dpi=DPI, metadata=FORMATS[kind])
    return path
