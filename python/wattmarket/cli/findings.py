"""The command ``findings``: what a finished run found, with further twins and causes switched off if asked for."""

from __future__ import annotations

import json
from pathlib import Path

import click

from wattmarket.cli.options import threads_option
from wattmarket.cli.places import FOLDER

__all__ = ["findings_command"]


@click.command("findings")
@click.argument("run_folder", metavar="RUN", type=FOLDER)
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
@click.option("--json", "as_json", is_flag=True, help="Write numbers, not words.")
@threads_option
def findings_command(run_folder: Path, twins: int, attribute: bool, workers: int, as_json: bool) -> None:
    """Say what RUN found: when, where and how hard the edge reprices, who gains and loses, and how sure that is."""
    from wattmarket.findings import find
    from wattmarket.record import Run
    from wattmarket.study import attribute as attribution_of
    from wattmarket.study import placebo_twins

    run = Run.load(run_folder)
    compared = run.twin_ticks is not None
    others = placebo_twins(run.scenario, twins, workers=workers) if compared else []
    finding = find(run, others)
    causes = attribution_of(run, workers=workers) if attribute else None
    if as_json:
        extra = {} if causes is None else {"attribution": causes.frame().to_dicts()}
        click.echo(json.dumps(finding.to_dict() | extra, indent=1))
        return
    click.echo(finding.text())
    if causes is not None:
        click.echo(f"\n{causes.text()}")
