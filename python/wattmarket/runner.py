"""One scenario in, one run out; and the replay that recomputes a run and compares its digests."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from wattmarket import __version__
from wattmarket.errors import DigestMismatchError
from wattmarket.model import Model
from wattmarket.months import month_name, month_number
from wattmarket.phases import Phases, unmeasured
from wattmarket.progress import progress_lines
from wattmarket.record import Manifest, Recorder, Run, WholeFolder
from wattmarket.record.manifest import MANIFEST_FILE
from wattmarket.record.recorder import write_parquet
from wattmarket.record.run import CAPACITY_FILE, PLAYERS_FILE, SCENARIO_FILE, TWIN_PREFIX, WORLD_FOLDER
from wattmarket.scenario import Scenario, load_scenario
from wattmarket.schema import LIVING_TABLES, WORLD_TABLES
from wattmarket.tick import ClosingRecord, TickRecord
from wattmarket.world import World, world_of

__all__ = ["Replay", "replay", "run"]

logger = logging.getLogger(__name__)

NOT_IN_DIGEST: Final = {
    "ticks.pivots": "says how the optimum was found, not what it is",
    "all other columns": "are computed from the prices and flows in the chain, and from the scenario and the world",
}

TWIN_TABLES: Final = ("ticks",)
"""Tables kept of the no-drift twin."""

Finish = Callable[[Run, Path], None]
"""What writes further files (findings, figures) into a run's folder before it is closed."""


def run(
    scenario: str | Path | Scenario,
    *,
    seed: int | None = None,
    out: str | Path | None = None,
    set: Sequence[str] = (),
    twin: bool = True,
    progress: bool = False,
    finish: Finish | None = None,
    phases: Phases = unmeasured,
) -> Run:
    """Run a scenario from its first month to its last.

    Parameters
    ----------
    scenario
        A scenario, or the path of a scenario file.
    seed
        Seed in place of the scenario's own.
    out
        Folder to write, which must not exist; it appears whole or not at all. None: the run is kept in memory.
    set
        Settings ``key=value`` that come before those of the file.
    twin
        Whether to run the no-drift twin too, if the scenario drifts.
    progress
        Whether to show progress on standard error.
    finish
        Writes further files into the folder before it is closed; only called when there is a folder.
    phases
        Is told which phase of the run begins.

    Raises
    ------
    InputError
        If the scenario is wrong, or if the folder exists or can't be written.
    InvariantError
        If the model breaks one of its laws.
    """
    asked = _scenario(scenario, [*set, *([] if seed is None else [f"run.seed={seed}"])])
    with nullcontext() if out is None else WholeFolder(Path(out)) as folder:
        phases("world")
        world = world_of(asked)
        main = _simulate(asked, world, label="run", tables=_wanted(asked), progress=progress, phases=phases)
        flat = asked.twin()
        other = None
        if twin and flat != asked:
            other = _simulate(flat, world, label="no-drift twin", tables=TWIN_TABLES, progress=progress, phases=phases)
        phases("write")
        kept = _self_contained(asked)
        manifest = _manifest(kept, world, main, other)
        if folder is None:
            return Run(asked, manifest, None, _tables(main, other), world)
        _write(folder.path, asked, world, main, other)
        if finish is not None:
            phases("findings")
            finish(Run(kept, manifest, folder.path, {}, world), folder.path)
            phases("write")
        manifest = manifest.with_files(folder.path)
        (folder.path / MANIFEST_FILE).write_text(manifest.to_text(), encoding="utf-8")
    return Run.load(folder.target)


@dataclass(frozen=True, slots=True)
class Replay:
    """What a replay found to be the same: ticks of the run and of its twin (0 if none was run)."""

    ticks: int
    twin_ticks: int


def replay(path: str | Path, *, progress: bool = False) -> Replay:
    """Recompute a run from its own folder and compare digests tick by tick, then every table cell by cell.

    Raises
    ------
    InputError
        If it isn't a run folder.
    DigestMismatchError
        If a file is damaged, or if other bits come out: it names the first tick that differs.
    """
    recorded = Run.load(path)
    recorded.verify()
    world = recorded.world
    if world.digest != recorded.manifest.world_sha256:
        raise DigestMismatchError(f"{path}: world: digest {world.digest} is not the recorded one")
    scenario = recorded.scenario
    again = _simulate(scenario, world, progress=progress, label="replay", tables=_wanted(scenario), recorded=recorded)
    for name in again.names:
        _compare(recorded, name, again.frame(name), getattr(recorded, name))
    if recorded.twin_ticks is None:
        return Replay(len(again.digests), 0)
    twin = _simulate(scenario.twin(), world, progress=progress, label="replay of the twin", tables=TWIN_TABLES)
    _compare(recorded, f"{TWIN_PREFIX}ticks", twin.frame("ticks"), recorded.twin_ticks)
    return Replay(len(again.digests), len(twin.digests))


def _scenario(given: str | Path | Scenario, settings: Sequence[str]) -> Scenario:
    if isinstance(given, Scenario):
        return given.with_settings(settings) if settings else given
    return load_scenario(given, settings)


def _self_contained(scenario: Scenario) -> Scenario:
    """Return the scenario with the files that it names where `_write` puts their copies."""
    settings = []
    if scenario.world.folder:
        settings.append(f"world.folder={WORLD_FOLDER}")
    if scenario.capacity.file:
        settings.append(f"capacity.file={CAPACITY_FILE}")
    if _reads_players(scenario):
        settings.append(f"agents.file={PLAYERS_FILE}")
    return scenario.with_settings(settings) if settings else scenario


def _reads_players(scenario: Scenario) -> bool:
    """Whether a scenario is played by agents of a table of its own."""
    return scenario.capacity.mode == "agents" and bool(scenario.agents.file)


def _wanted(scenario: Scenario) -> tuple[str, ...]:
    """Tables that a scenario asks for and that its mode of capacity has."""
    if scenario.capacity.mode == "agents":
        return scenario.output.tables
    of_agents = [table.name for table in LIVING_TABLES]
    return tuple(name for name in scenario.output.tables if name not in of_agents)


def _simulate(
    scenario: Scenario,
    world: World,
    *,
    progress: bool,
    label: str,
    tables: Sequence[str],
    recorded: Run | None = None,
    phases: Phases = unmeasured,
) -> Recorder:
    """Step a model from first to last tick; stop at the first digest that differs from the recorded ones, if given."""
    start, ticks = month_number(scenario.run.start), scenario.run.months
    recorder = Recorder(start, tables, scenario.output.flows_every_months)
    expected = recorded.ticks["digest"].to_list() if recorded is not None else None
    logger.info("%s: %d ticks", label, ticks)
    with progress_lines(label, ticks, shown=progress) as advance:
        phases("model")
        for tick, record in enumerate(_played(scenario, world, phases)):
            phases("record")
            if isinstance(record, ClosingRecord):
                recorder.close(record)
                break
            digest = recorder.add(record)
            month = month_name(start + tick)
            if expected is not None and (tick >= len(expected) or digest != expected[tick]):
                raise DigestMismatchError(_differs(recorded, f"tick {tick} ({month}): digest {digest}"))
            advance(month)
            phases("model")
    logger.info("%s: digest %s", label, recorder.chain.hex)
    return recorder


def _played(scenario: Scenario, world: World, phases: Phases) -> Iterator[TickRecord | ClosingRecord]:
    """Play a scenario month by month, by agents or without."""
    if scenario.capacity.mode == "agents":
        # Mesa takes half a second to import, and most of a small run's memory: not before it is needed.
        from wattmarket.living import play  # noqa: PLC0415

        yield from play(scenario, world, phases)
        return
    model = Model(scenario, world)
    for _ in range(model.ticks_total):
        yield model.step()


def _manifest(scenario: Scenario, world: World, main: Recorder, twin: Recorder | None) -> Manifest:
    rows = main.rows
    if twin is not None:
        rows |= {f"{TWIN_PREFIX}{name}": count for name, count in twin.rows.items()}
    return Manifest(
        wattmarket=__version__,
        polars=pl.__version__,
        title=scenario.title,
        seed=scenario.run.seed,
        start=scenario.run.start,
        ticks=len(main.digests),
        scenario_sha256=scenario.digest,
        world=world.name,
        world_sha256=world.digest,
        digest=main.chain.hex,
        digest_columns=main.chain.names,
        not_in_digest=NOT_IN_DIGEST,
        twin_digest=twin.chain.hex if twin is not None else None,
        rows=rows,
    )


def _tables(main: Recorder, twin: Recorder | None) -> dict[str, pl.DataFrame]:
    tables = {name: main.frame(name) for name in main.names}
    return tables if twin is None else tables | {f"{TWIN_PREFIX}{name}": twin.frame(name) for name in twin.names}


def _write(folder: Path, scenario: Scenario, world: World, main: Recorder, twin: Recorder | None) -> None:
    (folder / SCENARIO_FILE).write_text(_self_contained(scenario).to_toml(), encoding="utf-8")
    if scenario.capacity.file:
        shutil.copyfile(scenario.file(scenario.capacity.file), folder / CAPACITY_FILE)
    if _reads_players(scenario):
        shutil.copyfile(scenario.file(scenario.agents.file), folder / PLAYERS_FILE)
    (folder / WORLD_FOLDER).mkdir()
    for table in WORLD_TABLES:
        write_parquet(getattr(world, table.name), folder / WORLD_FOLDER / f"{table.name}.parquet")
    main.write(folder)
    if twin is not None:
        twin.write(folder, TWIN_PREFIX)


def _compare(recorded: Run, name: str, again: pl.DataFrame, before: pl.DataFrame) -> None:
    """Compare one table cell by cell; integers, text and the bits of floats."""
    names = [column for column in before.columns if f"{name.removeprefix(TWIN_PREFIX)}.{column}" not in NOT_IN_DIGEST]
    if again.height != before.height:
        raise DigestMismatchError(_differs(recorded, f"{name}: {again.height} rows instead of {before.height}"))
    for column in names:
        unequal = again[column].ne_missing(before[column])
        if unequal.any():
            row = unequal.arg_true()[0]
            cells = f"{again[column][row]!r} instead of {before[column][row]!r}"
            raise DigestMismatchError(_differs(recorded, f"{name}: tick {before['tick'][row]}: {column}: {cells}"))


def _differs(recorded: Run | None, what: str) -> str:
    assert recorded is not None
    other = recorded.manifest.wattmarket
    versions = "" if other == __version__ else f" (recorded by version {other}, recomputed by {__version__})"
    return f"{recorded.path}: {what} differs from the recorded one{versions}"
