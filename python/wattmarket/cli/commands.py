"""The commands ``run``, ``clear`` and ``scenarios``, and where all commands come together."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path

import click

from wattmarket import __version__
from wattmarket.cli.critical import critical_command
from wattmarket.cli.findings import findings_command
from wattmarket.cli.history import diff_command, fork_command, replay_command, verify_command
from wattmarket.cli.options import print_run, threads_option
from wattmarket.cli.places import FILE, FOLDER, RUN_FOLDER, SCENARIO_FOLDER, scenario_path
from wattmarket.cli.plot import plot_command
from wattmarket.cli.report import report_command
from wattmarket.cli.sweep import sweep_commands
from wattmarket.cli.why import why_command
from wattmarket.cli.world import world

__all__ = ["wattmarket"]


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="wattmarket %(version)s")
def wattmarket() -> None:
    """A market simulation of where AI compute gets built and what that is worth."""


@wattmarket.command("run")
@click.argument("scenario", type=FILE)
@click.option("--seed", type=click.IntRange(0, 2**63 - 1), help="Seed in place of the scenario's own.")
@click.option("--out", type=FOLDER, help="Run folder; it must not exist. [default: runs/SCENARIO-seedSEED]")
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="Set a key of the scenario; repeatable.")
@click.option("--no-twin", is_flag=True, help="Leave out the no-drift twin; then no break is looked for.")
@click.option("--quiet", "-q", is_flag=True, help="Show no progress and print the run folder alone.")
@click.option("--profile", is_flag=True, help="Print where the time went, phase by phase.")
@threads_option
def run_command(  # noqa: PLR0917 - one parameter per option
    scenario: Path,
    seed: int | None,
    out: Path | None,
    settings: tuple[str, ...],
    no_twin: bool,
    quiet: bool,
    profile: bool,
) -> None:
    """Run SCENARIO: a file, or the name of one in ./scenarios.

    Settings count in this order: --set (and --seed), the file, the files that it extends, the defaults.
    """
    from wattmarket.phases import unmeasured
    from wattmarket.report import run
    from wattmarket.scenario import load_scenario
    from wattmarket.stopwatch import Stopwatch

    path = scenario_path(scenario)
    if seed is not None:
        settings = (*settings, f"run.seed={seed}")
    resolved = load_scenario(path, settings)
    folder = out if out is not None else RUN_FOLDER / f"{path.stem}-seed{resolved.run.seed}"
    watch = Stopwatch() if profile else None
    with nullcontext() if watch is None else watch.watching():
        run(resolved, out=folder, twin=not no_twin, progress=not quiet, phases=watch or unmeasured)
    if not quiet:
        print_run(folder)
    if watch is not None:
        click.echo(watch.text())
    click.echo(f"run      {folder}")


@wattmarket.command("clear")
@click.argument("file", type=FILE)
@threads_option
def clear_command(file: Path) -> None:
    """Clear a min-cost-flow instance (DIMACS FILE.min) and write the solution to standard output."""
    from wattmarket.clearing import read_dimacs, write_solution
    from wattmarket.errors import InputError

    problem = read_dimacs(file)
    clearing = problem.network.clear()
    write_solution(problem, clearing, sys.stdout)
    if clearing.status != "optimal":
        raise InputError(f"{file}: {clearing.status}: no flow meets all supplies and demands")


@wattmarket.command("scenarios")
@click.option("--folder", type=FOLDER, default=SCENARIO_FOLDER, show_default=True, help="Where to look.")
def scenarios_command(folder: Path) -> None:
    """List the scenarios of a folder, each with its question."""
    from wattmarket.errors import InputError
    from wattmarket.scenario import load_scenario

    paths = sorted(folder.glob("*.toml"))
    if not paths:
        raise InputError(f"{folder}: holds no scenario")
    width = max(len(path.stem) for path in paths)
    for path in paths:
        click.echo(f"{path.stem:<{width}}  {load_scenario(path).question}")


_COMMANDS = (
    *(replay_command, verify_command, diff_command, fork_command),
    *(why_command, findings_command, report_command, critical_command, plot_command, sweep_commands, world),
)

for _command in _COMMANDS:
    wattmarket.add_command(_command)
