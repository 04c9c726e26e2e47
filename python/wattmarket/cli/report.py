"""The command ``report``: a finished run as one web page."""

from __future__ import annotations

from pathlib import Path

import click

from wattmarket.cli.options import threads_option
from wattmarket.cli.places import FILE, FOLDER

__all__ = ["report_command"]


@click.command("report")
@click.argument("run_folder", metavar="RUN", type=FOLDER)
@click.option("--out", type=FILE, help="File to write. [default: RUN's name with .html, here]")
@click.option("--theme", type=click.Choice(["light", "dark"]), default="light", show_default=True, help="Colours.")
@click.option(
    "--twins",
    type=click.IntRange(0, 200),
    default=2,
    show_default=True,
    help="Further twins to play, each with a placebo: metros and agents get their ranges from them.",
)
@click.option("--attribute", is_flag=True, help="Play the run with one cause switched off at a time: six more runs.")
@click.option(
    "--workers", type=click.IntRange(1, 1024), default=1, show_default=True, help="Processes to play them in."
)
@threads_option
def report_command(  # noqa: PLR0917 - one parameter per option
    run_folder: Path, out: Path | None, theme: str, twins: int, attribute: bool, workers: int
) -> None:
    """Write RUN as one web page: findings, figures, scenario and provenance. It needs no server and no network."""
    from wattmarket.page import write_html
    from wattmarket.record import Run
    from wattmarket.study import attribute as attribution_of
    from wattmarket.study import placebo_twins

    run = Run.load(run_folder)
    compared = run.twin_ticks is not None
    others = placebo_twins(run.scenario, twins, workers=workers) if compared else []
    causes = attribution_of(run, workers=workers) if attribute else None
    path = out if out is not None else Path(f"{run_folder.resolve().name}.html")
    click.echo(write_html(run, path, others=others, attribution=causes, theme=theme))
