"""Runs of a sweep before they are played: what each changes, and the key that says which run it is."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import polars as pl

from wattmarket.errors import InputError
from wattmarket.record.digest import file_digest
from wattmarket.scenario import Scenario
from wattmarket.sweep.engine_version import engine_version
from wattmarket.sweep.file import Sweep
from wattmarket.sweep.outputs import Outputs
from wattmarket.sweep.parameters import Level, Parameter, column_of

__all__ = ["Change", "Job", "Plan", "Work", "changed", "plan_of"]

KEY_FORMAT: Final = 1
"""Version of what a key is made of, and of what `outputs` reads off a run."""

Change = tuple[str, tuple[str, ...]]
"""First month, or empty text for the start, and the settings that hold from then on."""


@dataclass(frozen=True, slots=True)
class Work:
    """What all runs of a sweep share: the base scenario, and what is kept.

    Parameters
    ----------
    base_path, settings
        File of the base scenario and the settings of every run.
    base_sha256
        Digest of the base scenario so set: a file that changes meanwhile is noticed.
    outputs
        What is kept, as `Outputs.table`.
    """

    base_path: str
    settings: tuple[str, ...]
    base_sha256: str
    outputs: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Job:
    """One run to play: its key, its changes to the base scenario, and its seed."""

    key: str
    changes: tuple[Change, ...]
    seed: int


def changed(base: Scenario, changes: Iterable[Change], seed: int) -> Scenario:
    """Give the scenario of a run.

    Raises
    ------
    InputError
        If the values don't go together, or a change lies outside the run.

    Examples
    --------
    >>> one = changed(Scenario(), [("", ("drift.ceiling=0.5",)), ("2028-06", ("drift.ceiling=0.6",))], seed=3)
    >>> one.run.seed, one.drift.ceiling, one.at("2028-06").drift.ceiling
    (3, 0.5, 0.6)
    """
    scenario = base
    for since, settings in changes:
        scenario = scenario.forked(since, settings) if since else scenario.with_settings(settings)
    return scenario.with_settings([f"run.seed={seed}"])


@dataclass(frozen=True, slots=True)
class Plan:
    """All runs of a sweep.

    Parameters
    ----------
    work
        What they share.
    table
        One row per run: ``point``, ``seed``, a column per parameter, ``key``; sorted by point and seed.
    changes
        Changes of each point.
    impossible
        Points whose values don't go together, each with the reason: their runs are recorded as failed.
    """

    work: Work
    table: pl.DataFrame
    changes: Sequence[tuple[Change, ...]]
    impossible: dict[int, str]

    def jobs(self, rows: Iterable[int]) -> Iterator[Job]:
        """Give the runs of some rows of `table`."""
        points, seeds, keys = (self.table[name] for name in ("point", "seed", "key"))
        for row in rows:
            yield Job(keys[row], self.changes[points[row]], seeds[row])


def plan_of(sweep: Sweep) -> Plan:
    """Resolve every point of a sweep and key its runs.

    The key is the SHA-256 of the resolved scenario (its seed aside), of the files that it names, of the seed, of the
    engine's version and of what is kept: one key, one result.

    Raises
    ------
    InputError
        If a file that the scenarios name can't be read.
    """
    outputs = sweep.outputs.table()
    work = Work(str(sweep.base_path), sweep.settings, sweep.base.digest, outputs)
    keys: list[str] = []
    changes, impossible = [], {}
    for number, point in enumerate(sweep.points):
        made = tuple(_changes(sweep.parameters, point))
        changes.append(made)
        try:
            scenario = changed(sweep.base, made, seed=0)
            identity = [scenario.digest, *_named_files(scenario)]
        except InputError as error:
            impossible[number] = error.problems[0]
            identity = ["impossible", sweep.base.digest, json.dumps(made)]
        keys += [_key([*identity, engine_version(), outputs, seed]) for seed in sweep.seeds]
    return Plan(work, _table(sweep, keys), changes, impossible)


def _changes(parameters: Sequence[Parameter], point: Sequence[Level]) -> Iterator[Change]:
    """Settings by month; those of the start come first."""
    months = sorted({parameter.since for parameter in parameters} | {""})
    for month in months:
        settings = tuple(
            parameter.setting(level)
            for parameter, level in zip(parameters, point, strict=True)
            if parameter.since == month
        )
        if settings:
            yield month, settings


def _named_files(scenario: Scenario) -> list[str]:
    """Digests of what a scenario reads besides itself."""
    names = [scenario.capacity.file, scenario.agents.file]
    paths = [scenario.file(name) for name in names if name]
    if scenario.world.folder:
        folder = scenario.file(scenario.world.folder)
        paths += sorted(path for path in folder.iterdir() if path.is_file()) if folder.is_dir() else []
    return [f"{path.name} {_digest(path)}" for path in paths]


def _digest(path: Path) -> str:
    try:
        return file_digest(path)
    except OSError as error:
        raise InputError(f"{path}: can't be read: {error.strerror}") from error


def _key(identity: list[Any]) -> str:
    return hashlib.sha256(json.dumps([KEY_FORMAT, *identity], sort_keys=True).encode()).hexdigest()


def _table(sweep: Sweep, keys: list[str]) -> pl.DataFrame:
    seeds = len(sweep.seeds)
    columns = [
        pl.Series("point", range(len(sweep.points)), dtype=pl.Int64),
        *(
            column_of(parameter.name, [point[place] for point in sweep.points])
            for place, parameter in enumerate(sweep.parameters)
        ),
    ]
    points = pl.DataFrame(columns).select(pl.all().repeat_by(seeds).explode())
    names = points.columns
    return points.with_columns(
        pl.Series("seed", list(sweep.seeds) * len(sweep.points), dtype=pl.Int64),
        pl.Series("key", keys, dtype=pl.String),
    ).select(names[0], "seed", *names[1:], "key")


def outputs_of(work: Work) -> Outputs:
    """Give what a sweep keeps of each run."""
    return Outputs.of(work.outputs)
