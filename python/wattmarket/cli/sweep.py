"""The commands ``sweep plan``, ``run``, ``resume``, ``status``, ``merge`` and ``check``."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from wattmarket.cli.analyse import analyse_command
from wattmarket.cli.options import INTERRUPTED
from wattmarket.cli.places import FILE, FOLDER

if TYPE_CHECKING:
    from wattmarket.sweep import Engine, Summary

__all__ = ["store_of", "sweep_commands"]

STORE_FOLDER: Final = Path("sweeps")


def _sweep_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add what ``run`` and ``resume`` share."""
    for option in (
        click.option("--quiet", "-q", is_flag=True, help="Show no progress."),
        click.option(
            "--failed-ok", is_flag=True, help="Exit code 0 also where runs failed: their errors are in the store."
        ),
        click.option("--retry-failed", is_flag=True, help="Play runs that failed before once more."),
        click.option("--shard", metavar="i/N", help="Only the i-th of every N runs, i from 0."),
        click.option(
            "--workers",
            type=click.IntRange(1, 1024),
            default=1,
            show_default=True,
            help="Processes to play runs in, one thread each. No result depends on it.",
        ),
        click.option("--tls-key", type=FILE, help="Private key to that."),
        click.option("--tls-cert", type=FILE, help="Certificate that a tls:// scheduler asks for."),
        click.option("--tls-ca", type=FILE, help="Certificate of the authority that a tls:// scheduler is known by."),
        click.option("--scheduler", metavar="ADDRESS", help="Dask scheduler that runs already: tls://host:8786."),
        click.option(
            "--engine",
            type=click.Choice(["serial", "local", "dask"]),
            help="Where to play: this process, which a run that needs too much memory takes with it; worker processes; "
            "Dask. [default: local if --workers is above 1]",
        ),
        click.option("--store", type=FOLDER, help="Folder of the store. [default: sweeps/NAME of the file]"),
    ):
        command = option(command)
    return command


@click.group("sweep")
def sweep_commands() -> None:
    """Many runs of one scenario with other values: plan them, play them, never lose one."""


sweep_commands.add_command(analyse_command)


@sweep_commands.command("plan")
@click.argument("file", type=FILE)
@click.option("--workers", type=click.IntRange(1, 100_000), default=1, show_default=True, help="To reckon with.")
def plan_command(file: Path, workers: int) -> None:
    """Say how many runs FILE asks for, and what time, memory and disk they will take; plays some months of one."""
    from wattmarket.sweep import load_sweep
    from wattmarket.sweep.estimate import estimate

    click.echo(estimate(load_sweep(file)).text(workers))


@sweep_commands.command("run")
@click.argument("file", type=FILE)
@_sweep_options
def run_command(
    file: Path, store: Path | None, *, shard: str | None, retry_failed: bool, failed_ok: bool, quiet: bool, **place: Any
) -> int:
    """Play what FILE asks for and its store doesn't hold yet. To resume, run the same command again.

    The exit code is 1 if any run (of the shard) has failed, and 130 after Ctrl-C or SIGTERM, which keep what is done.
    """
    return _run(
        file,
        store_of(file, store),
        _engine(**place),
        shard=shard,
        retry_failed=retry_failed,
        failed_ok=failed_ok,
        quiet=quiet,
    )


@sweep_commands.command("resume")
@click.argument("file", type=FILE)
@_sweep_options
def resume_command(
    file: Path, store: Path | None, *, shard: str | None, retry_failed: bool, failed_ok: bool, quiet: bool, **place: Any
) -> int:
    """As run, for a store that is there already: a misspelt folder is an error, not an empty store."""
    from wattmarket.sweep.store import Store

    Store(store_of(file, store)).open()
    return _run(
        file,
        store_of(file, store),
        _engine(**place),
        shard=shard,
        retry_failed=retry_failed,
        failed_ok=failed_ok,
        quiet=quiet,
    )


@sweep_commands.command("status")
@click.argument("file", type=FILE)
@click.option("--store", type=FOLDER, help="Folder of the store. [default: sweeps/NAME of the file]")
def status_command(file: Path, store: Path | None) -> None:
    """Say how many runs of FILE are done, have failed and are missing."""
    from wattmarket.sweep import load_sweep, status

    click.echo(_told(status(load_sweep(file), store_of(file, store))))


@sweep_commands.command("merge")
@click.argument("target", type=FOLDER)
@click.argument("sources", type=FOLDER, nargs=-1, required=True)
def merge_command(target: Path, sources: tuple[Path, ...]) -> None:
    """Copy what the stores SOURCES hold into the store TARGET; copying the folders by hand comes to the same."""
    from wattmarket.sweep import merge

    click.echo(f"{target}: {merge(target, sources)} chunks came")


@sweep_commands.command("check")
@click.argument("store", type=FOLDER)
def check_command(store: Path) -> None:
    """Check every file of STORE against its SHA-256, and every manifest line against its seal."""
    from wattmarket.errors import DigestMismatchError
    from wattmarket.sweep.store import Store
    from wattmarket.sweep.store.recovery import problems

    place = Store(store).open()
    if found := problems(place):
        raise DigestMismatchError("\n".join([*found, f"{store}: resume the sweep to mend this"]))
    click.echo(f"{store}: all {len(place.contents().chunks)} chunks are as they were written")


def _engine(  # noqa: PLR0917 - one parameter per option
    engine: str | None,
    workers: int,
    scheduler: str | None,
    tls_ca: Path | None,
    tls_cert: Path | None,
    tls_key: Path | None,
) -> Engine:
    """Give the engine that the options ask for."""
    from wattmarket.errors import InputError
    from wattmarket.sweep import Certificates, Dask, Local, Serial

    if engine != "dask" and (scheduler or tls_ca or tls_cert or tls_key):
        raise InputError("--scheduler, --tls-ca, --tls-cert, --tls-key: are for --engine dask")
    if engine == "dask":
        if (tls_ca or tls_cert or tls_key) and not scheduler:
            raise InputError("--tls-ca, --tls-cert, --tls-key: are for --scheduler; a cluster of its own makes its own")
        if not scheduler:
            return Dask(workers)
        if tls_ca and tls_cert and tls_key:
            return Dask(scheduler=scheduler, certificates=Certificates(tls_ca, tls_cert, tls_key))
        if tls_ca or tls_cert or tls_key:
            raise InputError("--tls-ca, --tls-cert, --tls-key: go together")
        return Dask(scheduler=scheduler)
    return Serial() if engine == "serial" or (engine is None and workers == 1) else Local(workers)


def _run(
    file: Path, store: Path, engine: Engine, *, shard: str | None, retry_failed: bool, failed_ok: bool, quiet: bool
) -> int:
    from wattmarket.sweep import load_sweep, run_sweep

    part = _shard(shard)
    found = run_sweep(load_sweep(file), store, engine=engine, shard=part, retry_failed=retry_failed, progress=not quiet)
    for line in found.repaired:
        click.echo(f"wattmarket: {line}", err=True)
    click.echo(f"{_told(found)}; {found.played:,} played now")
    click.echo(f"store    {store}")
    if found.interrupted:
        click.echo("wattmarket: interrupted; what is done is kept, and the same command goes on from there", err=True)
        return INTERRUPTED
    return 1 if found.failed_here and not failed_ok else 0


def _told(found: Summary) -> str:
    return f"runs     {found.runs:,}: {found.done:,} done, {found.failed:,} failed, {found.missing:,} missing"


def _shard(text: str | None) -> tuple[int, int]:
    from wattmarket.errors import InputError

    if text is None:
        return 0, 1
    match = re.fullmatch(r"(\d{1,9})/(\d{1,9})", text)
    if match is None:
        raise InputError(f"--shard: {text[:40]!r} is not i/N")
    return int(match[1]), int(match[2])


def store_of(file: Path, given: Path | None) -> Path:
    """Return the store that was given, or the one by the name of a sweep's file."""
    return given if given is not None else STORE_FOLDER / file.stem
