"""Where the edge reprices first and last: the break of every metro's edge value from the no-drift twin's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from wattmarket.findings.findings import MetroBreak
from wattmarket.findings.repricing import find_break
from wattmarket.findings.twins import TwinTables
from wattmarket.findings.uncertain import Uncertain
from wattmarket.months import month_name, month_number
from wattmarket.record import Run

__all__ = ["metro_breaks", "metros_in_order"]

Float = NDArray[np.float64]


def metro_breaks(values: pl.DataFrame, twin_values: pl.DataFrame, *, depth: float, months: int) -> pl.DataFrame:
    """Find the break of every metro, by the rule of the index.

    Parameters
    ----------
    values, twin_values
        Table ``metro_values`` of a run and of its no-drift twin.
    depth, months
        As in `find_break`.

    Returns
    -------
    pl.DataFrame
        One row per metro, those that break first come first, those that never do last (ties by id): ``metro_id``,
        ``tick`` of the break and ``deepest`` shortfall from then on (null: none), ``opening_value_usd_per_mw``.

    Examples
    --------
    >>> def table(fall):
    ...     value = [100.0] * 3 + [100.0 - fall] * 3
    ...     return pl.DataFrame({"tick": range(6), "metro_id": "M1", "edge_value_usd_per_mw": value})
    >>> metro_breaks(table(40.0), table(0.0), depth=0.1, months=3).row(0)
    ('M1', 3, 0.4, 100.0)
    """
    names, run = _by_metro(values)
    _, twin = _by_metro(twin_values)
    found = [find_break(mine, flat, depth=depth, months=months) for mine, flat in zip(run, twin, strict=True)]
    frame = pl.DataFrame(
        {
            "metro_id": pl.Series(names, dtype=pl.String),
            "tick": pl.Series([None if one is None else one.tick for one in found], dtype=pl.Int64),
            "deepest": pl.Series([None if one is None else one.deepest for one in found], dtype=pl.Float64),
            "opening_value_usd_per_mw": pl.Series(run[:, 0].tolist(), dtype=pl.Float64),
        }
    )
    return frame.sort("tick", "metro_id", nulls_last=True)


def metros_in_order(run: Run, twins: Sequence[TwinTables]) -> tuple[list[MetroBreak], Uncertain | None]:
    """Name the metros that break, first to last, and count them; nothing is said from one twin.

    Parameters
    ----------
    run
        A run.
    twins
        Its own twin, then others.

    Returns
    -------
    list of MetroBreak, Uncertain or None
        Those that break against the own twin, with ranges over all twins; and how many do against each.
    """
    tables = [twin.metro_values for twin in twins if twin.metro_values is not None]
    if len(tables) < 2 or "metro_values" not in run.manifest.rows:
        return [], None
    rule = run.scenario.findings
    own, *others = (
        metro_breaks(run.metro_values, table, depth=rule.depth, months=rule.months).drop_nulls("tick")
        for table in tables
    )
    count = Uncertain.of(own.height, [frame.height for frame in others])
    beside: list[dict[str, dict[str, Any]]] = [
        {row["metro_id"]: row for row in frame.iter_rows(named=True)} for frame in others
    ]
    names = dict(zip(run.world.metros["metro_id"], run.world.metros["name"], strict=True))
    start = month_number(run.scenario.run.start)
    found = []
    for row in own.iter_rows(named=True):
        rows = [other[row["metro_id"]] for other in beside if row["metro_id"] in other]
        ticks = [row["tick"], *(other["tick"] for other in rows)]
        certain = len(ticks) == len(tables)
        found.append(
            MetroBreak(
                row["metro_id"],
                names[row["metro_id"]],
                month_name(start + row["tick"]),
                month_name(start + min(ticks)),
                month_name(start + max(ticks)) if certain else None,
                Uncertain.of(row["deepest"], [other["deepest"] for other in rows]),
            )
        )
    return found, count


def _by_metro(values: pl.DataFrame) -> tuple[list[str], Float]:
    """Metros in the order of their ids, and value by metro and month, [M, T]."""
    rows = values.sort("metro_id", "tick")
    names = rows["metro_id"].unique(maintain_order=True).to_list()
    return names, rows["edge_value_usd_per_mw"].to_numpy().reshape(len(names), -1)
