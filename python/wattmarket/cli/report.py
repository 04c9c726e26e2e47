"""The command ``report``: a finished run as one web page."""

from __future__ import annotations

from pathlib import Path

import click

from wattmarket.cli.options import further_runs_options, load_with_further_runs, threads_option
from wattmarket.cli.places import FILE, FOLDER

__all__ = ["report_command"]


@click.command("report")
@click.argument("run_folder", metavar="RUN", type=FOLDER)
@click.option("--out", type=FILE, help="File to write. [default: RUN's name with .html, here]")
@click.option("--theme", type=click.Choice(["light", "dark"]), default="light", show_default=True, help="Colours.")
@further_runs_options
@threads_option
def report_command(  # noqa: PLR0917 - one parameter per option
    run_folder: Path, out: Path | None, theme: str, twins: int, attribute: bool, workers: int
) -> None:
    """Write RUN as one web page: findings, figures, scenario and provenance. It needs no server and no network."""
    from wattmarket.page import write_html

    run, others, causes = load_with_further_runs(run_folder, twins, attribute, workers)
    path = out if out is not None else Path(f"{run_folder.resolve().name}.html")
    click.echo(write_html(run, path, others=others, attribution=causes, theme=theme))
