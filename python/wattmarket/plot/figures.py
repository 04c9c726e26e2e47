"""All figures of a run, written to a folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from matplotlib.figure import Figure

from wattmarket.plot.exposure import exposure_figure
from wattmarket.plot.index import index_figure
from wattmarket.plot.line_map import line_map_figure
from wattmarket.plot.prices import price_figure
from wattmarket.plot.rent_split import rent_split_figure
from wattmarket.plot.subject import PlottedRun
from wattmarket.plot.theme import save

__all__ = ["FIGURES", "TABLES_READ", "write_figures"]

FIGURES: Final[dict[str, Callable[[PlottedRun], Figure]]] = {
    "index": index_figure,
    "line_map": line_map_figure,
    "rent_split": rent_split_figure,
    "prices": price_figure,
    "exposure": exposure_figure,
}
"""Each figure by the name of its file."""

TABLES_READ: Final[dict[str, tuple[str, ...]]] = {
    "index": ("ticks",),
    "line_map": ("ticks", "sites"),
    "rent_split": ("ticks", "sites"),
    "prices": ("ticks", "metros"),
    "exposure": ("ticks", "sites"),
}
"""The tables of a run that each figure reads."""


def write_figures(run: PlottedRun, folder: str | Path) -> list[Path]:
    """Draw every figure of a run and write it as PNG.

    Parameters
    ----------
    run
        A run. Figures whose tables it did not keep (``output.tables``) are left out.
    folder
        Folder to write to; made if absent.

    Returns
    -------
    list[Path]
        The files, in the order of :data:`FIGURES`. The same run gives the same bytes with the same matplotlib.
    """
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    kept = run.manifest.rows
    names = [name for name in FIGURES if all(table in kept for table in TABLES_READ[name])]
    return [save(FIGURES[name](run), target / f"{name}.png") for name in names]
