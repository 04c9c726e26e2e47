"""The map of the critical share, read off a grid of runs: the least share in each cell with which a run breaks."""

from __future__ import annotations

from math import isfinite
from typing import Any

import numpy as np
import polars as pl

from wattmarket.errors import InputError
from wattmarket.study.search import Bracket, Goal
from wattmarket.study.spread import spread_of
from wattmarket.sweep.analysis.evidence import Counted, Evidence, counted

__all__ = ["critical_cells"]

_NUMBERS = ("seeds", "above", "below", "open", "coverage", "beyond")


def critical_cells(
    evidence: Evidence,
    x: str,
    y: str,
    *,
    share: str = "drift.ceiling",
    output: str = "breaks",
    part: float = 0.5,
    never: float | None = None,
) -> tuple[pl.DataFrame, Counted]:
    """Find the least share with which a run breaks, cell by cell of two other parameters.

    Each seed's runs are taken for what a search has tested (`wattmarket.study.search`), and the seeds of a cell are put
    together as those of `wattmarket.study.critical_map` are: median, and an interval from order statistics. What
    differs is the question: a break by the rule of the findings, not a loss in the last year.

    Parameters
    ----------
    evidence
        A sweep of three parameters with numbers.
    x, y
        Parameters along the sides.
    share
        The third.
    output, part, never
        What counts as a break: this output at this value or above.

    Returns
    -------
    cells
        One row per cell, by y and x, as `critical_map` gives them, for `wattmarket.plot.phase_figure`: ``x``, ``y``,
        ``value`` (null where it lies beyond the shares played or is not known), ``low`` and ``high`` (an end beyond
        them given as the last of them), ``runs``, ``seeds``, how many lie ``above`` and ``below`` the shares played,
        are ``open`` or ``not_monotone``, ``coverage`` of the interval, and ``beyond``: ``below`` or ``above`` where
        the median lies there.
    counted
        Which runs went in. Runs that failed or are missing are shares that were not tested: they widen the interval.

    Raises
    ------
    InputError
        If the sweep does not have these three parameters, with numbers, and two shares.
    """
    if sorted((x, y, share)) != sorted(evidence.names):
        raise InputError(f"map: takes a sweep of {share} and the two named, not one of {', '.join(evidence.names)}")
    for name in (x, y, share):
        if not evidence.table[name].dtype.is_numeric():
            raise InputError(f"map: {name} has no numbers")
    read = evidence.output(output, never)
    values = evidence.values()
    shares, across, up = (values[:, evidence.names.index(name)] for name in (share, x, y))
    ladder = np.unique(shares)
    if len(ladder) < 2:
        raise InputError(f"map: {share} does not vary")
    goal = Goal(float(ladder[0]), float(ladder[-1]), part, float(np.diff(ladder).max()), checks=0)
    rows = []
    for place_y in np.unique(up).tolist():
        for place_x in np.unique(across).tolist():
            mine = (across == place_x) & (up == place_y)
            rows.append({"x": place_x, "y": place_y, **_cell(shares[mine], read.values[mine], goal)})
    whole = int(np.isfinite(read.values).all(axis=1).sum())
    return pl.DataFrame(rows, infer_schema_length=None).sort("y", "x"), counted(read, "points", evidence.points, whole)


def _cell(shares: np.ndarray[Any, Any], losses: np.ndarray[Any, Any], goal: Goal) -> dict[str, float | int | None]:
    brackets = []
    for seed in range(losses.shape[1]):
        bracket = Bracket(seed, goal)
        for share, loss in zip(shares.tolist(), losses[:, seed].tolist(), strict=True):
            if isfinite(loss):
                bracket.add(share, loss)
        brackets.append(bracket)
    spread = spread_of(
        [bracket.value for bracket in brackets],
        [bracket.low for bracket in brackets],
        [bracket.high for bracket in brackets],
    )
    numbers = spread.numbers()
    return {
        "value": numbers["value"],
        "low": max(spread.low, goal.low),
        "high": min(spread.high, goal.high),
        "runs": int(np.isfinite(losses).sum()),
        **{name: numbers[name] for name in _NUMBERS},
        "not_monotone": [bracket.monotone for bracket in brackets].count(False),
    }
