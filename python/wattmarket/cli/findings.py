"""The command ``findings``: what a finished run found, with further twins and causes switched off if asked for."""

from __future__ import annotations

import json
from pathlib import Path

import click

from wattmarket.cli.options import further_runs_options, load_with_further_runs, threads_option
from wattmarket.cli.places import FOLDER

__all__ = ["findings_command"]


@click.command("findings")
@click.argument("run_folder", metavar="RUN", type=FOLDER)
@further_runs_options
@click.option("--json", "as_json", is_flag=True, help="Write numbers, not words.")
@threads_option
def findings_command(run_folder: Path, twins: int, attribute: bool, workers: int, as_json: bool) -> None:
    """Say what RUN found: when, where and how hard the edge reprices, who gains and loses, and how sure that is."""
    from wattmarket.findings import find

    run, others, causes = load_with_further_runs(run_folder, twins, attribute, workers)
    finding = find(run, others)
    if as_json:
        extra = {} if causes is None else {"attribution": causes.frame().to_dicts()}
        click.echo(json.dumps(finding.to_dict() | extra, indent=1))
        return
    click.echo(finding.text())
    if causes is not None:
        click.echo(f"\n{causes.text()}")
