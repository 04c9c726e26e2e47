"""The replay: a run recomputed from its own folder, link by link of the chain and cell by cell of every table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from wattmarket.compare.cells import unequal
from wattmarket.errors import DigestMismatchError
from wattmarket.record import Recorder, Run
from wattmarket.record.run import TWIN_PREFIX
from wattmarket.runner import NOT_IN_DIGEST, OF_TWIN, Past, differs, simulate, twin_tables, wanted_tables

__all__ = ["Replay", "known_world", "replay"]


@dataclass(frozen=True, slots=True)
class Replay:
    """What a replay found to be the same: ticks of the run and of its twin (0 if none was run)."""

    ticks: int
    twin_ticks: int


def replay(run: str | Path | Run, *, progress: bool = False) -> Replay:
    """Recompute a run from its own folder and compare digests tick by tick, then every table cell by cell.

    Parameters
    ----------
    run
        A run or its folder.
    progress
        Whether to show progress on standard error.

    Raises
    ------
    InputError
        If it isn't a run folder.
    DigestMismatchError
        If a file is damaged, or if other bits come out: it names the first tick that differs.
    """
    recorded = Run.given(run)
    known_world(recorded)
    scenario = recorded.scenario
    main = _again(recorded, "", wanted_tables(scenario), progress)
    if recorded.twin_ticks is None:
        return Replay(len(main.digests), 0)
    twin = _again(recorded, TWIN_PREFIX, twin_tables(scenario), progress)
    return Replay(len(main.digests), len(twin.digests))


def known_world(recorded: Run) -> None:
    """Check every file of a run's folder, and that its world is the one that was played.

    Raises
    ------
    DigestMismatchError
        If a file is damaged, or if the world is another.
    """
    recorded.verify()
    if recorded.world.digest != recorded.manifest.world_sha256:
        raise DigestMismatchError(f"{recorded.path}: world: digest {recorded.world.digest} is not the recorded one")


def _again(recorded: Run, prefix: str, tables: Sequence[str], progress: bool) -> Recorder:
    """Play a run (or, with a prefix, its twin) once more and compare all that comes out."""
    scenario, told = recorded.scenario, recorded.manifest
    frames = {"": "ticks", TWIN_PREFIX: f"{TWIN_PREFIX}ticks"}
    past = Past(recorded, getattr(recorded, frames[prefix])["digest"].to_list(), whose=OF_TWIN if prefix else "")
    again = simulate(
        scenario.twin() if prefix else scenario,
        recorded.world,
        label="replay of the twin" if prefix else "replay",
        tables=tables,
        progress=progress,
        past=past,
    )
    last = told.twin_digest if prefix else told.digest
    if again.chain.hex != last:
        raise DigestMismatchError(differs(recorded, f"{prefix}digest {again.chain.hex}"))
    kept = {name for name in told.rows if name.startswith(TWIN_PREFIX) == bool(prefix)}
    if others := sorted(kept ^ {prefix + name for name in again.names}):
        raise DigestMismatchError(differs(recorded, f"{', '.join(others)}: the list of tables"))
    for name in again.names:
        before = recorded.twin(name) if prefix else getattr(recorded, name)
        assert before is not None
        _compare(recorded, prefix + name, again.frame(name), before)
    return again


def _compare(recorded: Run, name: str, again: pl.DataFrame, before: pl.DataFrame) -> None:
    """Compare one table cell by cell; integers, text and the bits of floats."""
    if again.schema != before.schema:
        raise DigestMismatchError(differs(recorded, f"{name}: columns {again.schema}"))
    if again.height != before.height:
        raise DigestMismatchError(differs(recorded, f"{name}: {again.height} rows instead of {before.height}"))
    for column in before.columns:
        if f"{name.removeprefix(TWIN_PREFIX)}.{column}" in NOT_IN_DIGEST:
            continue
        wrong = unequal(again[column], before[column])
        if wrong.any():
            row = wrong.arg_true()[0]
            cells = f"{again[column][row]!r} instead of {before[column][row]!r}"
            raise DigestMismatchError(differs(recorded, f"{name}: tick {before['tick'][row]}: {column}: {cells}"))
