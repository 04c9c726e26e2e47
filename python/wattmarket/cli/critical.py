"""The command ``critical``: the batch share at which the edge index loses a stated part, and its map."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from wattmarket.cli.options import threads_option
from wattmarket.cli.places import FILE, FOLDER, scenario_path

if TYPE_CHECKING:
    import polars as pl

    from wattmarket.scenario import Scenario
    from wattmarket.study import Axis, CriticalShare

__all__ = ["critical_command"]


@click.command("critical")
@click.argument("scenario", type=FILE)
@click.option("--part", type=float, default=0.10, show_default=True, help="Part of the index that is lost.")
@click.option("--seeds", type=click.IntRange(1, 1000), default=5, show_default=True, help="Seeds, from the scenario's.")
@click.option("--tolerance", type=float, default=0.02, show_default=True, help="Batch shares this close are one.")
@click.option("--high", type=float, default=0.90, show_default=True, help="Highest batch share tried.")
@click.option("--budget", type=click.IntRange(1), help="Runs to play at most. [default: enough]")
@click.option("--backward", is_flag=True, help="Search for the share at which the index recovers, too.")
@click.option(
    "--map",
    "axes",
    nargs=2,
    metavar="KEY=V,… KEY=V,…",
    help="Search in every cell of a grid over two keys, as far as --budget goes.",
)
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="Set a key of the scenario; repeatable.")
@click.option("--workers", type=click.IntRange(1, 1024), default=1, show_default=True, help="Processes to play in.")
@click.option("--json", "as_json", is_flag=True, help="Write numbers, not words.")
@click.option("--out", type=FOLDER, help="Folder to write tables and figure to; it must not exist.")
@threads_option
def critical_command(  # noqa: PLR0917 - one parameter per option
    scenario: Path,
    part: float,
    seeds: int,
    tolerance: float,
    high: float,
    budget: int | None,
    backward: bool,
    axes: tuple[str, str] | None,
    settings: tuple[str, ...],
    workers: int,
    as_json: bool,
    out: Path | None,
) -> None:
    """Search for the batch share at which the edge index of SCENARIO loses a stated part against its no-drift twin."""
    from wattmarket.errors import InputError
    from wattmarket.scenario import load_scenario
    from wattmarket.study import Axis, Terms, critical_map, critical_share

    if out is not None and out.exists():
        raise InputError(f"{out}: exists")
    resolved = load_scenario(scenario_path(scenario), settings)
    terms = Terms(part=part, tolerance=tolerance, high=high)
    numbers = range(resolved.run.seed, resolved.run.seed + seeds)
    if axes is not None:
        if backward or budget is None:
            raise InputError("--map: needs --budget, and goes without --backward")
        x, y = Axis.read(axes[0]), Axis.read(axes[1])
        grid = critical_map(resolved, x, y, numbers, terms, budget=budget, workers=workers)
        if out is not None:
            _write_map(grid, (x, y), _source(resolved, numbers, sum(grid["runs"].to_list())), out)
        click.echo(json.dumps(grid.to_dicts(), indent=1) if as_json else _told(grid, (x, y)))
        return
    found = critical_share(resolved, numbers, terms, backward=backward, budget=budget, workers=workers)
    if out is not None:
        _write_search(found, _source(resolved, numbers, found.runs), out)
    click.echo(json.dumps(found.to_dict(), indent=1) if as_json else found.text())


def _source(scenario: Scenario, seeds: range, runs: int) -> str:
    """Name what was played, for the line under a figure."""
    sites = "" if scenario.world.folder else f"{scenario.world.sites:,} sites, "
    return f"{scenario.title}: {sites}{scenario.run.months} months, seeds {seeds[0]} to {seeds[-1]}, {runs} runs"


def _write_search(found: CriticalShare, source: str, out: Path) -> None:
    """Write what was tested and found as tables, and the losses as a figure."""
    from wattmarket.plot import loss_figure
    from wattmarket.plot.theme import save

    out.mkdir(parents=True)
    found.tests().write_parquet(out / "tests.parquet")
    found.seeds().write_parquet(out / "seeds.parquet")
    save(loss_figure(found, source=source), out / "losses.png")


def _write_map(found: pl.DataFrame, axes: tuple[Axis, Axis], source: str, out: Path) -> None:
    """Write the map as a table and a figure."""
    from wattmarket.plot import phase_figure
    from wattmarket.plot.theme import save

    out.mkdir(parents=True)
    found.write_parquet(out / "map.parquet")
    x, y = (axis.key for axis in axes)
    save(phase_figure(found, x=x, y=y, value="critical batch share", source=source), out / "map.png")


def _told(found: pl.DataFrame, axes: tuple[Axis, Axis]) -> str:
    """Write the map as lines."""
    from wattmarket.study.spread import cell_text

    widths = [max(len(axis.key), 8) for axis in axes]
    heads = "  ".join(f"{axis.key:>{width}}" for axis, width in zip(axes, widths, strict=True))
    lines = [f"{heads}  critical share  interval        runs"]
    for row in found.iter_rows(named=True):
        place = "  ".join(f"{row[name]:>{width}g}" for name, width in zip("xy", widths, strict=True))
        value, ends = "none", "not reached"
        if row["low"] is not None:
            value, ends = cell_text(row, ".3f"), f"{row['low']:.3f} to {row['high']:.3f}"
        lines.append(f"{place}  {value:>14}  {ends:<14}  {row['runs']:>4}")
    return "\n".join(lines)
