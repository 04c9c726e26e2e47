"""What several commands share: the option of threads, and the lines printed after a run."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

__all__ = ["print_run", "threads_option"]


def threads_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--threads`` to a command."""
    return click.option(
        "--threads",
        type=click.IntRange(1, 1024),
        expose_value=False,
        is_eager=True,
        callback=lambda context, option, value: _limit_threads(value),
        help="Threads to use at most; results never depend on it.",
    )(command)


def _limit_threads(threads: int | None) -> None:
    """Tell every library, before any of them is imported, to use so many threads."""
    if threads is not None:
        for library in ("POLARS_MAX_THREADS", "RAYON_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
            os.environ[library] = str(threads)


def print_run(folder: Path) -> None:
    """Print the finding of a run folder, and where its figures and tables lie."""
    from wattmarket.report import FIGURES_FOLDER, FINDINGS_TEXT

    click.echo((folder / FINDINGS_TEXT).read_text(encoding="utf-8"))
    figures = [figure.stem for figure in sorted((folder / FIGURES_FOLDER).glob("*.png"))]
    click.echo(f"figures  {folder / FIGURES_FOLDER}: {', '.join(figures)}" if figures else "figures  none")
    click.echo(f"tables   {folder}: {', '.join(table.stem for table in sorted(folder.glob('*.parquet')))}")
