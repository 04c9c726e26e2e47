"""The command ``sweep analyse``: what a sweep says, in sentences, tables and figures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from wattmarket.cli.places import FOLDER

if TYPE_CHECKING:
    import polars as pl
    from matplotlib.figure import Figure

    from wattmarket.sweep.analysis import Counted, Evidence

__all__ = ["analyse_command"]

Part = tuple[str, "Counted", str, "dict[str, pl.DataFrame]", "Callable[..., Figure] | None"]
"""Name, what went in, sentences, tables by name, and what draws it."""
Ask = Callable[["Evidence", str, "float | None"], Part]


@click.command("analyse")
@click.argument("what", type=click.Path(path_type=Path, exists=True), metavar="FILE|STORE")
@click.option("--store", type=FOLDER, help="Folder of the store of FILE. [default: sweeps/NAME of the file]")
@click.option("--sweep", "name", metavar="NAME", help="Which sweep, if STORE holds several.")
@click.option(
    "--output", "outputs", multiple=True, metavar="COLUMN", help="What to explain; repeatable. [default: deepest]"
)
@click.option("--never", type=float, help="What a run without the output, as where nothing breaks, counts as.")
@click.option("--threshold", type=float, help="From which value on a point is of interest to scenario discovery.")
@click.option("--below", is_flag=True, help="Points below the threshold are of interest instead.")
@click.option("--map", "axes", nargs=2, metavar="X Y", help="Map the least drift.ceiling with which a run breaks.")
@click.option("--out", type=FOLDER, help="Folder to write tables and figures to; it must not exist.")
@click.option(
    "--theme", type=click.Choice(["light", "dark"]), default="light", show_default=True, help="Of the figures."
)
def analyse_command(  # noqa: PLR0917 - one parameter per option
    what: Path,
    store: Path | None,
    name: str | None,
    outputs: tuple[str, ...],
    never: float | None,
    threshold: float | None,
    below: bool,
    axes: tuple[str, str] | None,
    out: Path | None,
    theme: str,
) -> None:
    """Say what the runs of FILE, or of the sweep in STORE, tell about an output.

    Sobol' indices or Morris effects where the design allows it, a tornado, a quadratic response surface and the box
    that PRIM finds; each with the runs that went in. What can't be asked of these runs is said, and left out.
    """
    from wattmarket.errors import InputError

    if out is not None and out.exists():
        raise InputError(f"{out}: exists")
    found = _evidence(what, store, name)
    if axes is not None:
        _map(found, axes, out, theme)
        return
    for output in outputs or ("deepest",):
        # What is wrong with the output is wrong for all; what one analysis lacks is no matter of the others.
        found.output(output, never)
        for told in _parts(found, output, never, threshold, below):
            if isinstance(told, str):
                click.echo(f"\n{told}")
                continue
            title, counted, text, *_ = told
            click.echo(f"\n{title}: {counted.text()}")
            click.echo("\n".join(f"  {line}" for line in text.splitlines()))
            if out is not None:
                _write(out, f"{title.replace(' ', '_')}-{output}", told, found.title, theme)
    if out is not None:
        click.echo(f"\nwritten to {out}")


def _evidence(what: Path, store: Path | None, name: str | None) -> Evidence:
    from wattmarket.cli.sweep import store_of
    from wattmarket.errors import InputError
    from wattmarket.sweep import load_sweep
    from wattmarket.sweep.analysis import evidence
    from wattmarket.sweep.shape import Shape

    if what.is_dir():
        if store is not None:
            raise InputError("--store: goes with a file, not with a store")
        return evidence(what, name, title=name or what.name)
    sweep = load_sweep(what)
    return evidence(store_of(what, store), sweep.name, shape=Shape.of_sweep(sweep), title=sweep.title or sweep.name)


def _parts(
    found: Evidence, output: str, never: float | None, threshold: float | None, below: bool
) -> Iterator[Part | str]:
    """Do one analysis after the other; a sentence for each that can't be done."""
    from wattmarket.errors import InputError

    kind = found.shape.design.kind
    special: dict[str, Ask] = {"sobol": _sobol, "morris": _morris}
    asked: list[Ask] = [special[kind]] if kind in special else []
    asked += [_tornado, _surface, partial(_discovery, threshold=threshold, below=below)]
    for ask in asked:
        try:
            yield ask(found, output, never)
        except InputError as error:
            yield str(error)


def _sobol(found: Evidence, output: str, never: float | None) -> Part:
    from wattmarket.plot import sobol_figure
    from wattmarket.sweep.analysis import sobol_indices

    told = sobol_indices(found, output, never=never)
    tables = {"": told.frame, **({"-pairs": told.pairs} if told.pairs.height else {})}
    return "sobol indices", told.counted, told.text(), tables, partial(sobol_figure, told)


def _morris(found: Evidence, output: str, never: float | None) -> Part:
    from wattmarket.plot import morris_figure
    from wattmarket.sweep.analysis import morris_effects

    told = morris_effects(found, output, never=never)
    return "morris effects", told.counted, told.text(), {"": told.frame}, partial(morris_figure, told)


def _tornado(found: Evidence, output: str, never: float | None) -> Part:
    from wattmarket.plot import tornado_figure
    from wattmarket.sweep.analysis import tornado

    told = tornado(found, output, never=never)
    return "tornado", told.counted, told.text(), {"": told.frame}, partial(tornado_figure, told)


def _surface(found: Evidence, output: str, never: float | None) -> Part:
    from wattmarket.plot import surface_figure
    from wattmarket.sweep.analysis import response_surface

    told = response_surface(found, output, never=never)
    draw = partial(surface_figure, told) if len(told.names) > 1 else None
    return "response surface", told.counted, told.text(), {"": told.frame}, draw


def _discovery(found: Evidence, output: str, never: float | None, threshold: float | None, below: bool) -> Part:
    from wattmarket.plot import discovery_figure
    from wattmarket.sweep.analysis import discover

    told = discover(found, output, threshold=threshold, below=below, never=never)
    tables = {"": told.frame, "-trajectory": told.trajectory}
    return "scenario discovery", told.counted, told.text(), tables, partial(discovery_figure, told)


def _map(found: Evidence, axes: tuple[str, str], out: Path | None, theme: str) -> None:
    """Say and draw the critical share of every cell."""
    from wattmarket.plot import phase_figure
    from wattmarket.plot.theme import save
    from wattmarket.study.spread import cell_text
    from wattmarket.sweep.analysis import critical_cells

    cells, counted = critical_cells(found, *axes)
    click.echo(counted.text())
    for row in cells.iter_rows(named=True):
        value = cell_text(row, ".2f")
        ends = f"{row['low']:.2f} to {row['high']:.2f} with {row['coverage'] * 100:.0f} %"
        click.echo(f"{axes[0]} {row['x']:g}, {axes[1]} {row['y']:g}: {value} ({ends}, {row['seeds']} seeds)")
    if out is not None:
        out.mkdir(parents=True)
        cells.write_csv(out / "critical_share.csv")
        figure = phase_figure(cells, x=axes[0], y=axes[1], value="critical share", source=found.title, theme=theme)
        save(figure, out / "critical_share.png")
        click.echo(f"written to {out}")


def _write(out: Path, stem: str, part: Part, source: str, theme: str) -> None:
    """Write the tables of an analysis as CSV, and its figure."""
    from wattmarket.plot.theme import save

    out.mkdir(parents=True, exist_ok=True)
    *_, tables, draw = part
    for name, table in tables.items():
        table.write_csv(out / f"{stem}{name}.csv")
    if draw is not None:
        save(draw(source=source, theme=theme), out / f"{stem}.png")
