"""The command ``plot``: figures of a finished run, as pictures, as data and as a film."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from wattmarket.cli.places import FOLDER

__all__ = ["plot_command"]

FIGURE_FOLDER: Final = Path("figures")


@click.command("plot")
@click.argument("run_folder", metavar="RUN", type=FOLDER)
@click.option("--out", type=FOLDER, help="Folder to write to; made if absent. [default: figures/RUN]")
@click.option("--only", multiple=True, metavar="NAME", help="Draw this figure; repeatable. [default: all]")
@click.option("--theme", type=click.Choice(["light", "dark"]), default="light", show_default=True, help="Colours.")
@click.option(
    "--format", "kind", type=click.Choice(["png", "svg", "pdf"]), default="png", show_default=True, help="Of pictures."
)
@click.option(
    "--data", type=click.Choice(["csv", "parquet"]), help="Write what is drawn as tables too, in this format."
)
@click.option("--film", type=click.Choice(["gif", "mp4"]), help="Write the map of what binds through time too.")
@click.option("--list", "listed", is_flag=True, help="Only name the figures that this run has the tables for.")
def plot_command(  # noqa: PLR0917 - one parameter per option
    run_folder: Path,
    out: Path | None,
    only: tuple[str, ...],
    theme: str,
    kind: str,
    data: str | None,
    film: str | None,
    listed: bool,
) -> None:
    """Draw the figures of RUN, a run folder. Nothing is written into the run folder itself."""
    from wattmarket.errors import InputError
    from wattmarket.plot import animate_constraints, drawable, write_data, write_figures
    from wattmarket.record import Run

    run = Run.load(run_folder)
    if listed:
        click.echo("\n".join(drawable(run)))
        return
    folder = out if out is not None else FIGURE_FOLDER / run_folder.resolve().name
    if folder.resolve().is_relative_to(run_folder.resolve()):
        raise InputError(f"{folder}: lies in the run folder, whose files are sealed; name another with --out")
    names = drawable(run, only or None)
    if film is not None:
        drawable(run, ["constraints"])
    written = []
    if film is not None:
        folder.mkdir(parents=True, exist_ok=True)
        written.append(animate_constraints(run, folder / f"constraints.{film}", theme=theme))
    written += write_figures(run, folder, only=names, theme=theme, kind=kind)
    if data is not None:
        written += write_data(run, folder, only=names, kind=data)
    for path in written:
        click.echo(path)
