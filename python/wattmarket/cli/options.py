"""What several commands share: options, the further runs that a finding takes, and the lines printed after a run."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from wattmarket.threads import THREADS

if TYPE_CHECKING:
    from wattmarket.findings import TwinTables
    from wattmarket.record import Run
    from wattmarket.study import Attribution

__all__ = ["INTERRUPTED", "further_runs_options", "load_with_further_runs", "print_run", "threads_option"]

INTERRUPTED: Final = 130
"""Exit code after Ctrl-C, as shells have it."""


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
        for library in THREADS:
            os.environ[library] = str(threads)


def further_runs_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--twins``, ``--attribute`` and ``--workers``, as `load_with_further_runs` takes them, to a command."""
    options = (
        click.option(
            "--twins",
            type=click.IntRange(0, 200),
            default=2,
            show_default=True,
            help="Further twins to play, each with a placebo: metros and agents get their ranges from them.",
        ),
        click.option(
            "--attribute", is_flag=True, help="Play the run with one cause switched off at a time: six more runs."
        ),
        click.option(
            "--workers", type=click.IntRange(1, 1024), default=1, show_default=True, help="Processes to play them in."
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def load_with_further_runs(
    run_folder: Path, twins: int, attribute: bool, workers: int
) -> tuple[Run, list[TwinTables], Attribution | None]:
    """Load a run, and play the twins (if it has one itself) and the attribution that are asked for."""
    from wattmarket import study
    from wattmarket.record import Run

    run = Run.load(run_folder)
    # First, since it says at once if there is no fall to attribute.
    causes = study.attribute(run, workers=workers) if attribute else None
    if run.twin_ticks is None and _was_given("twins") and twins:
        click.echo(
            f"--twins {twins} can't be used: {run_folder} has no no-drift twin of its own to set them beside", err=True
        )
    others = [] if run.twin_ticks is None else study.placebo_twins(run.scenario, twins, workers=workers)
    return run, others, causes


def _was_given(option: str) -> bool:
    """Whether an option of the command at hand stands on the command line."""
    source = click.get_current_context().get_parameter_source(option)
    return source is click.core.ParameterSource.COMMANDLINE


def print_run(folder: Path) -> None:
    """Print the finding of a run folder, and where its figures and tables lie."""
    from wattmarket.report import FIGURES_FOLDER, FINDINGS_TEXT

    click.echo((folder / FINDINGS_TEXT).read_text(encoding="utf-8"))
    figures = [figure.stem for figure in sorted((folder / FIGURES_FOLDER).glob("*.png"))]
    click.echo(f"figures  {folder / FIGURES_FOLDER}: {', '.join(figures)}" if figures else "figures  none")
    click.echo(f"tables   {folder}: {', '.join(table.stem for table in sorted(folder.glob('*.parquet')))}")
