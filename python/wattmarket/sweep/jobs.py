"""Runs of a sweep before they are played: what each changes, and the key that says which run it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl

from wattmarket.errors import InputError
from wattmarket.sweep.changes import Change, changed, changes_of
from wattmarket.sweep.definition import Sweep
from wattmarket.sweep.keys import Keys, keys_of, unpacked
from wattmarket.sweep.outputs import Outputs
from wattmarket.sweep.parameters import column_of

__all__ = ["Job", "Plan", "Work", "outputs_of", "plan_of"]


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


PIECE: Final = 1 << 13
"""Runs of a plan that are written out at a time."""
LOOKED_AT: Final = 1_000
"""Points that are looked at to say how many have values that don't go together."""


@dataclass(frozen=True, slots=True)
class Plan:
    """All runs of a sweep, sorted by point and seed; 32 bytes each.

    Parameters
    ----------
    sweep
        The sweep.
    work
        What the runs share.
    keys
        (runs,) key of each.
    """

    sweep: Sweep
    work: Work
    keys: Keys

    @property
    def table(self) -> pl.DataFrame:
        """One row per run: ``point``, ``seed``, a column per parameter, ``key``. All in memory, unlike `pieces`."""
        return pl.concat(self.pieces())

    def pieces(self, runs: int = PIECE) -> Iterator[pl.DataFrame]:
        """Give `table` piece by piece, of so many runs at most."""
        for start in range(0, len(self.keys), runs):
            yield _piece(self.sweep, start, self.keys[start : start + runs])

    def changes(self, point: int) -> tuple[Change, ...]:
        """What a point changes in the base scenario."""
        return changes_of(self.sweep.parameters, self.sweep.points[point])

    def jobs(self, rows: Iterable[int]) -> Iterator[Job]:
        """Give the runs of some rows of `table`."""
        seeds = self.sweep.seeds
        for row in rows:
            point, seed = divmod(row, len(seeds))
            yield Job(unpacked(self.keys[row : row + 1])[0], self.changes(point), seeds[seed])

    def impossible(self) -> tuple[dict[int, str], int]:
        """Find points whose values don't go together: their runs will be recorded as failed.

        Returns
        -------
        found, looked_at
            Number of each with the reason; and how many points were looked at: all, or `LOOKED_AT` evenly among them.
        """
        found, sizes = self.looked_at()
        return found, len(found) + len(sizes)

    def looked_at(self) -> tuple[dict[int, str], dict[int, tuple[int, int]]]:
        """Look at all points, or at `LOOKED_AT` evenly among them.

        Returns
        -------
        impossible, possible
            By number of the point: why its values don't go together, or its sites and months.
        """
        points = len(self.sweep.points)
        count = min(points, LOOKED_AT)
        impossible, possible = {}, {}
        for number in (place * points // count for place in range(count)):
            try:
                scenario = changed(self.sweep.base, self.changes(number), seed=0)
                possible[number] = scenario.world.sites, scenario.run.months
            except InputError as error:
                impossible[number] = error.problems[0]
        return impossible, possible


def plan_of(sweep: Sweep) -> Plan:
    """Key the runs of a sweep (`keys_of`).

    Raises
    ------
    InputError
        If a file that the scenarios name can't be read.
    """
    work = Work(str(sweep.base_path), sweep.settings, sweep.base.digest, sweep.outputs.table())
    return Plan(sweep, work, keys_of(sweep))


def _piece(sweep: Sweep, start: int, keys: Keys) -> pl.DataFrame:
    rows, seeds = np.arange(start, start + len(keys)), len(sweep.seeds)
    numbers = rows // seeds
    points = sweep.points[int(numbers[0]) : int(numbers[-1]) + 1]
    columns = [
        column_of(parameter, [point[place] for point in points]).gather(numbers - numbers[0])
        for place, parameter in enumerate(sweep.parameters)
    ]
    return pl.DataFrame(
        [
            pl.Series("point", numbers, dtype=pl.Int64),
            pl.Series("seed", rows % seeds + sweep.seeds.start, dtype=pl.Int64),
            *columns,
            pl.Series("key", unpacked(keys), dtype=pl.String),
        ]
    )


def outputs_of(work: Work) -> Outputs:
    """Give what a sweep keeps of each run."""
    return Outputs.of(work.outputs)
