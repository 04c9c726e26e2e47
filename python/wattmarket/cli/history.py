"""The commands ``replay``, ``verify``, ``diff`` and ``fork``: what was run, and what would have been."""

from __future__ import annotations

from pathlib import Path

import click

from wattmarket.cli.options import print_run, threads_option
from wattmarket.cli.places import FOLDER

__all__ = ["diff_command", "fork_command", "replay_command", "verify_command"]


@click.command("replay")
@click.argument("run_folder", metavar="RUN", type=FOLDER)
@click.option("--quiet", "-q", is_flag=True, help="Show no progress.")
@threads_option
def replay_command(run_folder: Path, quiet: bool) -> None:
    """Recompute a run from its own folder and compare it with what was recorded, tick by tick."""
    from wattmarket.history import replay

    same = replay(run_folder, progress=not quiet)
    twin = f", and {same.twin_ticks} of the no-drift twin" if same.twin_ticks else ""
    click.echo(f"{run_folder}: the same bits at all {same.ticks} ticks{twin}")


@click.command("verify")
@click.argument("run_folder", metavar="RUN", type=FOLDER)
def verify_command(run_folder: Path) -> None:
    """Check every file of a run folder against its recorded SHA-256."""
    from wattmarket.record import Run

    run = Run.load(run_folder)
    run.verify()
    click.echo(f"{run_folder}: all {len(run.manifest.files)} files are as they were written")


@click.command("diff")
@click.argument("a", type=FOLDER)
@click.argument("b", type=FOLDER)
@click.option("--every-month", is_flag=True, help="Show how the difference spreads in every month, not in some.")
@threads_option
def diff_command(a: Path, b: Path, every_month: bool) -> int:
    """Name the first tick, table, row and column in which the runs A and B differ, and how the difference spreads.

    The exit code is 0 if nothing differs and 1 if something does.
    """
    from wattmarket.compare import diff

    found = diff(a, b)
    click.echo(f"A {a}\nB {b}\n{found.text(every_month=every_month)}")
    return 0 if found.same else 1


@click.command("fork")
@click.argument("run_folder", metavar="RUN", type=FOLDER)
@click.option("--at", required=True, metavar="YYYY-MM", help="First month in which the changes hold.")
@click.option("--set", "settings", multiple=True, required=True, metavar="KEY=VALUE", help="A change; repeatable.")
@click.option("--out", type=FOLDER, help="Run folder; it must not exist. [default: RUN-fork-YYYY-MM]")
@click.option("--no-twin", is_flag=True, help="Leave out the no-drift twin; then no break is looked for.")
@click.option("--quiet", "-q", is_flag=True, help="Show no progress and print the run folder alone.")
@threads_option
def fork_command(  # noqa: PLR0917 - one parameter per option
    run_folder: Path, at: str, settings: tuple[str, ...], out: Path | None, no_twin: bool, quiet: bool
) -> None:
    """Continue the history in RUN into another future: with other values of some keys from a month on.

    The months before are computed again, and each must give the recorded digest.
    """
    from wattmarket.report import fork

    folder = out if out is not None else run_folder.with_name(f"{run_folder.name}-fork-{at}")
    fork(run_folder, at=at, set=settings, out=folder, twin=not no_twin, progress=not quiet)
    if not quiet:
        print_run(folder)
    click.echo(f"run      {folder}")
