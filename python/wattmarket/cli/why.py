"""The command ``why``: the chain from a site's rent to the bid that set it."""

from __future__ import annotations

import json
from pathlib import Path

import click

from wattmarket.cli.options import threads_option
from wattmarket.cli.places import FOLDER

__all__ = ["why_command"]


@click.command("why")
@click.argument("run_folder", metavar="RUN", type=FOLDER)
@click.option("--site", required=True, metavar="SITE", help="Id of the site.")
@click.option("--month", required=True, metavar="YYYY-MM", help="Month of the run.")
@click.option("--json", "as_json", is_flag=True, help="Print sentences and tables as JSON.")
@click.option("--quiet", "-q", is_flag=True, help="Show no progress.")
@threads_option
def why_command(run_folder: Path, site: str, month: str, as_json: bool, quiet: bool) -> None:
    """Explain the rent of a site: the workload, constraint and bid that set it.

    The run is played again up to the month, and each month must give the recorded digest.
    """
    from wattmarket.record import Run
    from wattmarket.why import why

    found = why(Run.load(run_folder), site, month, progress=not quiet)
    if as_json:
        click.echo(json.dumps(found.to_dict(), indent=1, ensure_ascii=False))
        return
    click.echo(found.text())
    click.echo(f"\n{found.table_text()}")
