"""The critical share over two keys of a scenario, within a budget of runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from wattmarket.errors import InputError
from wattmarket.scenario import Scenario
from wattmarket.study.critical import CriticalShare, Terms, critical_share

__all__ = ["Axis", "critical_map", "far_apart"]

_COLUMNS = {
    **{"x": pl.Float64, "y": pl.Float64, "value": pl.Float64, "low": pl.Float64, "high": pl.Float64, "runs": pl.Int64},
    **{"seeds": pl.Int64, "above": pl.Int64, "below": pl.Int64, "open": pl.Int64, "not_monotone": pl.Int64},
    **{"unsettled": pl.Int64, "coverage": pl.Float64, "beyond": pl.String},
}

Cell = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Axis:
    """A key of the scenario and the values that it takes.

    Parameters
    ----------
    key
        Dotted, as for ``--set``.
    values
        Different finite numbers.

    Raises
    ------
    InputError
        If there is no value, or one comes twice.

    Examples
    --------
    >>> Axis.read("agents.count=20,40")
    Axis(key='agents.count', values=(20, 40))
    """

    key: str
    values: tuple[float, ...]

    def __post_init__(self) -> None:
        if not self.values or len(dict.fromkeys(self.values)) < len(self.values):
            raise InputError(f"map: {self.key}: there must be values, all different")

    @classmethod
    def read(cls, text: str) -> Axis:
        """Read ``KEY=v1,v2,v3``; whole numbers stay whole.

        Raises
        ------
        InputError
            If it isn't that.
        """
        key, equals, values = text.partition("=")
        try:
            numbers = tuple(_number(value) for value in values.split(","))
        except ValueError:
            numbers = ()
        if not equals or not key.strip() or not numbers:
            raise InputError(f"map: {text!r}: is not KEY=v1,v2,… with numbers")
        return cls(key.strip(), numbers)


def critical_map(
    scenario: Scenario,
    x: Axis,
    y: Axis,
    seeds: Sequence[int] = (0, 1, 2, 3, 4),
    terms: Terms | None = None,
    *,
    budget: int,
    workers: int = 1,
) -> pl.DataFrame:
    """Search for the critical share in every cell of a grid, as far as the budget goes.

    Cells come in the order of `far_apart`, so that a budget that ends early leaves a coarse map of the whole rather
    than a fine one of a corner. All cells share their seeds, and each seed's search starts from its bracket in the
    nearest cell that is done: that changes how many runs it takes, and not what counts as found.

    Parameters
    ----------
    scenario
        What to play.
    x, y
        Keys and values; not both the same key.
    seeds, terms, workers
        As for `critical_share`.
    budget
        Runs to play at most, twins included. No cell is begun with fewer left than three a seed.

    Returns
    -------
    pl.DataFrame
        One row per cell, by y and x: ``x``, ``y``; ``value``, the median over seeds, null where it lies beyond the
        range, is left open, or the cell was not reached; ``low`` and ``high``, its interval, an end beyond the range
        given as that of the range; ``runs``; how many seeds lie ``above`` and ``below`` the range, are ``open``,
        ``not_monotone`` or ``unsettled``; ``coverage`` of the interval; ``beyond``, ``below`` or ``above`` where the
        median lies there. `wattmarket.plot.phase_figure` draws it.

    Raises
    ------
    InputError
        If a scenario is wrong, or the budget does not reach for one cell.
    """
    asked = Terms() if terms is None else terms
    if x.key == y.key:
        raise InputError(f"map: {x.key}: is on both axes")
    least = 3 * len(seeds)
    if budget < least:
        raise InputError(f"budget: {budget} runs are too few: the first cell is begun with {least}")
    scenarios = {
        (column, row): scenario.with_settings([f"{x.key}={across!r}", f"{y.key}={up!r}"])
        for column, across in enumerate(x.values)
        for row, up in enumerate(y.values)
    }
    done: dict[Cell, CriticalShare] = {}
    left = budget
    for cell in far_apart(len(x.values), len(y.values)):
        if left < least:
            break
        here = scenarios[cell]
        most = min(left, asked.enough(here.drift.start, len(seeds)))
        done[cell] = critical_share(here, seeds, asked, budget=most, workers=workers, hints=_hints(cell, done))
        left -= done[cell].runs
    rows = [
        {"x": float(across), "y": float(up), **_row(done.get((column, row)))}
        for row, up in enumerate(y.values)
        for column, across in enumerate(x.values)
    ]
    return pl.DataFrame(rows, schema=_COLUMNS).sort("y", "x")


def far_apart(columns: int, rows: int) -> list[Cell]:
    """Order the cells of a grid so that each is as far as can be from those before it; ties by row, then column.

    Examples
    --------
    >>> far_apart(3, 2)
    [(0, 0), (2, 1), (1, 0), (2, 0), (0, 1), (1, 1)]
    """
    ordered: list[Cell] = []
    waiting = [(column, row) for row in range(rows) for column in range(columns)]
    while waiting:
        cell = max(waiting, key=lambda one: min((_distance(one, other) for other in ordered), default=0))
        waiting.remove(cell)
        ordered.append(cell)
    return ordered


def _distance(one: Cell, other: Cell) -> int:
    across, up = one[0] - other[0], one[1] - other[1]
    return across * across + up * up


def _hints(cell: Cell, done: Mapping[Cell, CriticalShare]) -> dict[int, tuple[float, float]]:
    """Where each seed's threshold lies in the nearest cell that is done; the first of several as near."""
    if not done:
        return {}
    nearest = done[min(done, key=lambda other: _distance(cell, other))]
    low, high = nearest.ramp.start, nearest.terms.high
    hints = {}
    for bracket in nearest.forward:
        if bracket.kind == "found":
            hints[bracket.seed] = (max(bracket.below or low, low), min(bracket.loses or high, high))
        elif bracket.kind == "above":
            hints[bracket.seed] = (high, high)
    return hints


def _row(found: CriticalShare | None) -> dict[str, float | int | None]:
    if found is None:
        return {"runs": 0}
    share = found.share
    numbers = share.numbers()
    settled = _count(bracket.settled for bracket in found.forward)
    return {
        "value": numbers["value"],
        "low": max(share.low, found.ramp.start),
        "high": min(share.high, found.terms.high),
        "runs": found.runs,
        **{name: numbers[name] for name in ("seeds", "above", "below", "open", "coverage", "beyond")},
        "not_monotone": share.seeds - _count(bracket.monotone for bracket in found.forward),
        "unsettled": share.seeds - settled,
    }


def _count(holds: Iterable[bool]) -> int:
    return list(holds).count(True)


def _number(text: str) -> float:
    try:
        return int(text)
    except ValueError:
        return float(text)
