"""One scenario in, one run out."""

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
from wattmarket.record.manifest import MANIFEST_FILE, Origin
from wattmarket.record.recorder import write_parquet
from wattmarket.record.run import CAPACITY_FILE, PLAYERS_FILE, SCENARIO_FILE, TWIN_PREFIX, TWIN_TABLES, WORLD_FOLDER
from wattmarket.scenario import Scenario, Settings, each_setting, load_scenario
from wattmarket.schema import LIVING_TABLES, WORLD_TABLES
from wattmarket.tick import ClosingRecord, TickRecord
from wattmarket.world import World, world_of

__all__ = [
    "NOT_IN_DIGEST",
    "OF_TWIN",
    "Finish",
    "Past",
    "asked_for",
    "carry_out",
    "differs",
    "run",
    "simulate",
    "twin_tables",
    "wanted_tables",
]

logger = logging.getLogger(__name__)

NOT_IN_DIGEST: Final = {
    "ticks.pivots": "says how the optimum was found, not what it is",
    "all other columns": "are computed from the prices and flows in the chain, and from the scenario and the world",
}

IN_HAND: Final = ("ticks", "sites", "metros", "metro_values", "agents", "queue", "valuations", "bubble")
"""Tables that the finding and the first figures read: they get them as they were written, others from the folder."""

OF_TWIN: Final = "no-drift twin: "
"""How a line about the twin begins."""

Finish = Callable[[Run, Path], None]
"""What writes further files (findings, figures) into a run's folder before it is closed."""


def run(
    scenario: str | Path | Scenario,
    *,
    seed: int | None = None,
    out: str | Path | None = None,
    set: Settings = (),
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
    asked = asked_for(scenario, seed, set)
    return carry_out(asked, out=out, twin=twin, progress=progress, finish=finish, phases=phases)


@dataclass(frozen=True, slots=True)
class Past:
    """Months that a run shares with a recorded one: their links of the hash chain must come out again.

    Parameters
    ----------
    recorded
        The run that they are of.
    digests
        Links of the first months of the run.
    twin_digests
        The same of its no-drift twin; none if it has no twin.
    origin
        What the manifest says about where the history comes from.
    whose
        Empty for the run's own months, ``"no-drift twin: "`` for those of its twin.
    """

    recorded: Run
    digests: Sequence[str]
    twin_digests: Sequence[str] = ()
    origin: Origin | None = None
    whose: str = ""


def carry_out(
    scenario: Scenario,
    *,
    out: str | Path | None,
    twin: bool,
    progress: bool,
    finish: Finish | None,
    phases: Phases,
    past: Past | None = None,
) -> Run:
    """Play a scenario and keep what came out; as `run`, but with a past that is known, if it has one.

    Raises
    ------
    DigestMismatchError
        If the past doesn't come out again.
    """
    if scenario.capacity.mode == "agents":
        # Imports are no phase's work.
        import wattmarket.living  # noqa: F401, PLC0415
    with nullcontext() if out is None else WholeFolder(Path(out)) as folder:
        phases("world")
        world = world_of(scenario) if past is None else past.recorded.world
        tables = wanted_tables(scenario)
        main = simulate(scenario, world, label="run", tables=tables, progress=progress, phases=phases, past=past)
        flat = scenario.twin()
        other = None
        if twin and flat != scenario:
            known = None if past is None else Past(past.recorded, past.twin_digests, whose=OF_TWIN)
            label, tables = "no-drift twin", twin_tables(scenario)
            other = simulate(flat, world, label=label, tables=tables, progress=progress, phases=phases, past=known)
        phases("write")
        kept = _self_contained(scenario)
        manifest = _manifest(kept, world, main, other, None if past is None else past.origin)
        if folder is None:
            return Run(scenario, manifest, None, _tables(main, other), world)
        written = _write(folder.path, scenario, world, main, other)
        if finish is not None:
            phases("findings")
            # As it is read back: files that it names lie in the folder.
            finish(Run(load_scenario(folder.path / SCENARIO_FILE), manifest, folder.path, written, world), folder.path)
            phases("write")
        manifest = manifest.with_files(folder.path)
        (folder.path / MANIFEST_FILE).write_text(manifest.to_text(), encoding="utf-8")
    return Run.load(folder.target)


def asked_for(given: str | Path | Scenario, seed: int | None, given_settings: Settings) -> Scenario:
    """Read the scenario that a run is asked for, with its settings and seed."""
    settings = each_setting(given_settings)
    if seed is not None:
        settings = [*settings, f"run.seed={seed}"]
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


def wanted_tables(scenario: Scenario) -> tuple[str, ...]:
    """Tables that a scenario asks for and that its mode of capacity has."""
    if scenario.capacity.mode == "agents":
        return scenario.output.tables
    of_agents = [table.name for table in LIVING_TABLES]
    return tuple(name for name in scenario.output.tables if name not in of_agents)


def twin_tables(scenario: Scenario) -> tuple[str, ...]:
    """Tables to keep of a scenario's no-drift twin."""
    return tuple(name for name in wanted_tables(scenario) if name in TWIN_TABLES)


def simulate(
    scenario: Scenario,
    world: World,
    *,
    progress: bool,
    label: str,
    tables: Sequence[str],
    past: Past | None = None,
    phases: Phases = unmeasured,
) -> Recorder:
    """Step a model from first to last tick.

    Raises
    ------
    DigestMismatchError
        At the first month of a known past whose link of the hash chain doesn't come out again.
    """
    start, ticks = month_number(scenario.run.start), scenario.run.months
    recorder = Recorder(start, tables, scenario.output.flows_every_months)
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
            if past is not None and tick < len(past.digests) and digest != past.digests[tick]:
                raise DigestMismatchError(differs(past.recorded, f"{past.whose}tick {tick} ({month}): digest {digest}"))
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


def _manifest(
    scenario: Scenario, world: World, main: Recorder, twin: Recorder | None, origin: Origin | None
) -> Manifest:
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
        forked_from=origin,
        rows=rows,
    )


def _tables(main: Recorder, twin: Recorder | None) -> dict[str, pl.DataFrame]:
    tables = {name: main.frame(name) for name in main.names}
    return tables if twin is None else tables | {f"{TWIN_PREFIX}{name}": twin.frame(name) for name in twin.names}


def _write(
    folder: Path, scenario: Scenario, world: World, main: Recorder, twin: Recorder | None
) -> dict[str, pl.DataFrame]:
    """Write a run's inputs and tables; give the tables of :data:`IN_HAND`."""
    (folder / SCENARIO_FILE).write_text(_self_contained(scenario).to_toml(), encoding="utf-8")
    if scenario.capacity.file:
        shutil.copyfile(scenario.file(scenario.capacity.file), folder / CAPACITY_FILE)
    if _reads_players(scenario):
        shutil.copyfile(scenario.file(scenario.agents.file), folder / PLAYERS_FILE)
    (folder / WORLD_FOLDER).mkdir()
    for table in WORLD_TABLES:
        write_parquet(getattr(world, table.name), folder / WORLD_FOLDER / f"{table.name}.parquet")
    written = main.write(folder, keep=IN_HAND)
    return written if twin is None else written | twin.write(folder, TWIN_PREFIX, IN_HAND)


def differs(recorded: Run, what: str) -> str:
    """Say in a line that something differs from a recorded run, and which versions were at work if they differ."""
    other = recorded.manifest.wattmarket
    versions = "" if other == __version__ else f" (recorded by version {other}, recomputed by {__version__})"
    place = recorded.path if recorded.path is not None else "run"
    return f"{place}: {what} differs from the recorded one{versions}"
