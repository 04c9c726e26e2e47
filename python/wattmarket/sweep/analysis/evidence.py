"""What an analysis starts from: the table of a sweep, how its points were chosen, and what an output counts as."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from wattmarket.errors import InputError
from wattmarket.scenario.problems import near
from wattmarket.sweep.parameters import Parameter
from wattmarket.sweep.play import DONE, FAILED
from wattmarket.sweep.results import scan
from wattmarket.sweep.shape import Shape
from wattmarket.sweep.table_scan import shape_of
from wattmarket.units import MONTHS_PER_YEAR

__all__ = ["NEVER", "SHARES", "Counted", "Evidence", "Output", "counted", "evidence", "in_words", "whole"]

NEVER: Final = {"deepest": 0.0, "fastest_year": 0.0}
"""What a run that never breaks counts as, where nothing else is said: it has lost nothing. Other outputs have none."""

SHARES: Final = ("breaks", "deepest", "fastest_year", "batch_share_at_break", "core_index_change")
"""Outputs that are shares, and are best read in per cent."""
_WORDS: Final = {
    "breaks": "whether the edge breaks",
    "deepest": "the deepest shortfall",
    "fastest_year": "the fastest year’s fall",
    "break_month": "the month of the break",
    "batch_share_at_break": "the batch share at the break",
}

Float = NDArray[np.float64]


def in_words(output: str) -> str:
    """Say what an output is, as a sentence has it.

    Examples
    --------
    >>> in_words("deepest"), in_words("edge_index@last")
    ('the deepest shortfall', 'edge_index@last')
    """
    return _WORDS.get(output, output)


@dataclass(frozen=True, slots=True)
class Counted:
    """Which runs went into an analysis.

    Parameters
    ----------
    output
        What was looked at.
    runs, done, failed, missing
        Runs of the sweep, those played to their ends, those that failed, those not played yet.
    never
        Runs played to their ends that have no such output, since nothing broke.
    counted_as
        The number that those count as.
    units, used
        What the analysis needs whole (points, base samples, trajectories), how many there are, and how many were: the
        rest have failed or missing runs and are left out.
    """

    output: str
    runs: int
    done: int
    failed: int
    missing: int
    never: int
    counted_as: float | None
    units: str = "points"
    of: int = 0
    used: int = 0

    def text(self) -> str:
        """Say it in sentences.

        Examples
        --------
        >>> print(Counted("deepest", 9, 8, 1, 0, 2, 0.0, "points", 9, 8).text())
        deepest: 9 runs, 8 played, 1 failed, 0 missing; 2 never break and count as 0. Of 9 points 8 are whole and used;
        the others are left out.
        """
        said = (
            f"{self.output}: {self.runs:,} runs, {self.done:,} played, {self.failed:,} failed, {self.missing:,} missing"
        )
        if self.never:
            said += f"; {self.never:,} never break and count as {self.counted_as:g}"
        if self.used == self.of:
            return f"{said}. All {self.of:,} {self.units} are used."
        return f"{said}. Of {self.of:,} {self.units} {self.used:,} are whole and used; the others are left out."


@dataclass(frozen=True, slots=True, eq=False)
class Output:
    """An output as numbers.

    Parameters
    ----------
    values
        (points, seeds); nan where the run failed or was not played yet.
    counted
        Which runs these are.
    """

    values: Float
    counted: Counted

    def means(self) -> Float:
        """(points,) mean over seeds; nan unless all runs of the point are there."""
        return np.asarray(self.values.mean(axis=1), dtype=np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """A sweep as an analysis sees it.

    Parameters
    ----------
    table
        As `wattmarket.sweep.scan` gives it: ``point``, ``seed``, a column per parameter, ``status``, outputs; all
        points with all their seeds.
    shape
        How the points were chosen.
    title
        Of the sweep, for figures.

    Raises
    ------
    InputError
        If the table does not have the runs of the shape.
    """

    table: pl.DataFrame
    shape: Shape
    title: str = ""
    points: int = field(init=False)

    def __post_init__(self) -> None:
        points, left = divmod(self.table.height, self.shape.seeds)
        if left or not points:
            raise InputError(f"sweep: {self.table.height} rows are not points of {self.shape.seeds} runs each")
        object.__setattr__(self, "points", points)

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """What varies."""
        return self.shape.parameters

    @property
    def names(self) -> list[str]:
        """Names of the parameters' columns."""
        return [parameter.name for parameter in self.shape.parameters]

    def values(self) -> Float:
        """(points, parameters) value of each; of a list without numbers, the place in it."""
        firsts = self.table[:: self.shape.seeds]
        columns = []
        for parameter in self.parameters:
            column = firsts[parameter.name]
            if not column.dtype.is_numeric():
                shown = [str(level.shown) for level in parameter.levels]
                column = pl.Series([shown.index(str(value)) for value in column], dtype=pl.Float64)
            columns.append(column.cast(pl.Float64).to_numpy())
        return np.array(columns).T

    def output(self, name: str, never: float | None = None) -> Output:
        """Read an output: truth as 0 and 1, months as years, and runs that never break as they count.

        Parameters
        ----------
        name
            Its column.
        never
            What a run counts as that was played to its end and has no such output; :data:`NEVER` unless given.

        Raises
        ------
        InputError
            If there is no such column, nothing was played, or nothing says what runs without the output count as.
        """
        beside = ("point", "seed", "key", "status", "error", "digest", *self.names)
        outputs = [column for column in self.table.columns if column not in beside]
        if name not in outputs:
            like = near(name, outputs)
            hint = f"; did you mean {like}?" if like else f", which has {', '.join(outputs) or 'none'}"
            raise InputError(f"output: {name!r} is no output of the sweep{hint}")
        status = self.table["status"]
        done = status == DONE
        column = _numbers(self.table[name], name)
        lacking = done & column.is_null()
        counts = NEVER.get(name) if never is None else never
        if not done.any():
            raise InputError(f"output: {name}: no run was played to its end yet")
        if lacking.any() and counts is None:
            raise InputError(
                f"output: {name}: {int(lacking.sum()):,} of {int(done.sum()):,} runs have none, as where nothing "
                f"breaks; say what they count as, or look at `breaks`"
            )
        filled = column.set(lacking, counts) if counts is not None else column
        values = filled.set(~done, None).cast(pl.Float64).fill_null(float("nan")).to_numpy()
        failed = int((status == FAILED).sum())
        counted = Counted(
            *(name, self.table.height, int(done.sum()), failed, self.table.height - int(done.sum()) - failed),
            *(int(lacking.sum()), counts if lacking.any() else None),
        )
        return Output(values.reshape(self.points, self.shape.seeds), counted)


def evidence(path: str | Path, sweep: str | None = None, *, shape: Shape | None = None, title: str = "") -> Evidence:
    """Read a sweep from its store.

    Parameters
    ----------
    path
        The store.
    sweep
        Name of the sweep, if the store holds several.
    shape
        How its points were chosen, if the store doesn't say.
    title
        Of the sweep, for figures.

    Raises
    ------
    InputError
        If it isn't a store, holds no such sweep, or doesn't say how the points were chosen.
    DigestMismatchError
        If a file is damaged.
    """
    return Evidence(scan(path, sweep).collect(), shape_of(path, sweep) if shape is None else shape, title)


def _numbers(column: pl.Series, name: str) -> pl.Series:
    if column.dtype == pl.Date:
        return (column.dt.year() + (column.dt.month() - 1) / MONTHS_PER_YEAR).cast(pl.Float64)
    if column.dtype == pl.Boolean or column.dtype.is_numeric():
        return column.cast(pl.Float64)
    raise InputError(f"output: {name} is neither a number nor true or false")


def whole(values: Float, step: int) -> NDArray[np.bool_]:
    """Say of which blocks of so many points every value is there."""
    blocks = values.reshape(-1, step)
    return np.asarray(np.isfinite(blocks).all(axis=1), dtype=np.bool_)


def counted(output: Output, units: str, of: int, used: int) -> Counted:
    """Say how much of an output an analysis used."""
    told: dict[str, Any] = {
        name: getattr(output.counted, name)
        for name in ("output", "runs", "done", "failed", "missing", "never", "counted_as")
    }
    return Counted(**told, units=units, of=of, used=used)
