"""The commands ``world build``, ``world show`` and ``world check``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from wattmarket.cli.places import FOLDER, scenario_path

if TYPE_CHECKING:
    from wattmarket.world import World

__all__ = ["world"]


@click.group()
def world() -> None:
    """Build, show and check worlds."""


@world.command("build")
@click.argument("out", type=FOLDER)
@click.option("--metros", default=120, show_default=True, help="Demand metros.")
@click.option("--sites", default=5_000, show_default=True, help="Sites, named ones included.")
@click.option("--seed", default=0, show_default=True, type=click.IntRange(0, 2**63 - 1), help="Seed of the builder.")
@click.option("--format", type=click.Choice(["csv", "parquet"]), default="csv", show_default=True, help="Of the files.")
def build_command(out: Path, metros: int, sites: int, seed: int, format: Literal["csv", "parquet"]) -> None:
    """Build a world from the shipped tables and write it to the new folder OUT.

    A scenario plays on it with world.folder, once the folder lies beside the scenario's file.
    """
    from wattmarket.world import WorldConfig, build_world

    built = build_world(WorldConfig(metros=metros, sites=sites), seed)
    built.save(out, format=format)
    click.echo(f"{out}: {_counts(built)}")


@world.command("show")
@click.argument("which", type=click.Path(path_type=Path))
def show_command(which: Path) -> None:
    """Describe a world: WHICH is its folder, or a scenario that names or builds one."""
    from wattmarket.scenario import load_scenario
    from wattmarket.world import World, world_of

    shown = World.load(which) if which.is_dir() else world_of(load_scenario(scenario_path(which)))
    click.echo(f"{shown.name}: {_counts(shown)}\ndigest {shown.digest}\n")
    click.echo("\n".join(_kinds(shown)))


@world.command("check")
@click.argument("folder", type=FOLDER)
def check_command(folder: Path) -> None:
    """Check every row of the world in FOLDER against the schema; name each that is wrong."""
    from wattmarket.world import World

    checked = World.load(folder)
    click.echo(f"{folder}: sound: {_counts(checked)}\ndigest {checked.digest}")


def _counts(shown: World) -> str:
    tables = ("metros", "zones", "generators", "links", "sites")
    return ", ".join(f"{getattr(shown, name).height} {name}" for name in tables)


def _kinds(shown: World) -> list[str]:
    """One line per kind of site: number, and megawatts standing and buildable."""
    from wattmarket.schema.world import SITE_KINDS

    head = f"{'kind':<16}{'sites':>7}{'accelerators MW':>17}{'shell MW':>10}{'buildable MW':>14}"
    lines = [head]
    for kind in SITE_KINDS:
        sites = shown.sites.filter(shown.sites["kind"] == kind)
        pool, shell, buildable = (float(sites[name].sum()) for name in ("pool_mw", "shell_mw", "shell_buildable_mw"))
        lines.append(f"{kind:<16}{sites.height:>7}{pool:>17,.0f}{shell:>10,.0f}{buildable:>14,.0f}")
    return lines
