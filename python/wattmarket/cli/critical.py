"""The command ``critical``: the batch share at which the edge index loses a stated part, and its map."""

from __future__ import annotations

import json
from pathlib import Path

import click

from wattmarket.cli.options import threads_option
from wattmarket.cli.places import FILE, FOLDER, scenario_path

__all__ = ["critical_command"]


@click.command("critical")
@click.argument("scenario", type=FILE)
@click.option("--part", type=float, default=0.10, show_default=True, help="Part of the index that is lost.")
@click.option("--seeds", type=click.IntRange(1, 1000), default=5, show_default=True, help="Seeds, from the scenario's.")
@click.option("--tolerance", type=float, default=0.02, show_default=True, help="Batch shares this close are one.")
@click.option("--high", type=float, default=0.90, show_default=True, help="Highest batch share tried.")
@click.option("--budget", type=click.IntRange(1), help="Runs to play at most. [default: enough]")
@click.option("--backward", is_flag=True, help="Search for the share at which the index recovers, too.")
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="Set a key of the scenario; repeatable.")
@click.option("--workers", type=click.IntRange(1, 1024), default=1, show_default=True, help="Processes to play in.")
@click.option("--json", "as_json", is_flag=True, help="Write numbers, not words.")
@click.option("--out", type=FOLDER, help="Folder to write tables to; it must not exist.")
@threads_option
def critical_command(  # noqa: PLR0917 - one parameter per option
    scenario: Path,
    part: float,
    seeds: int,
    tolerance: float,
    high: float,
    budget: int | None,
    backward: bool,
    settings: tuple[str, ...],
    workers: int,
    as_json: bool,
    out: Path | None,
) -> None:
    """Search for the batch share at which the edge index of SCENARIO loses a stated part against its no-drift twin."""
    from wattmarket.errors import InputError
    from wattmarket.scenario import load_scenario
    from wattmarket.study import Terms, critical_share

    if out is not None and out.exists():
        raise InputError(f"{out}: exists")
    resolved = load_scenario(scenario_path(scenario), settings)
    terms = Terms(part=part, tolerance=tolerance, high=high)
    numbers = range(resolved.run.seed, resolved.run.seed + seeds)
    found = critical_share(resolved, numbers, terms, backward=backward, budget=budget, workers=workers)
    if out is not None:
        out.mkdir(parents=True)
        found.tests().write_parquet(out / "tests.parquet")
        found.seeds().write_parquet(out / "seeds.parquet")
    click.echo(json.dumps(found.to_dict(), indent=1) if as_json else found.text())
