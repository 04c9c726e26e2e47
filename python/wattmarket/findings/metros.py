"""Where the edge reprices first and last: the break of every metro's edge value from the no-drift twin's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from wattmarket.findings.beyond import LEAST_TWINS
from wattmarket.findings.findings import MetroBreak, MetroCount
from wattmarket.findings.repricing import find_break, shortfall
from wattmarket.findings.twins import TwinTables
from wattmarket.findings.uncertain import Uncertain
from wattmarket.months import month_name, month_number
from wattmarket.record import Run

__all__ = ["MetrosBeyond", "metro_breaks", "metros_beyond", "metros_in_order"]

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


def metros_in_order(run: Run, twins: Sequence[TwinTables]) -> tuple[list[MetroBreak], MetroCount | None]:
    """Name the metros that break beyond chance, first to last, and count them.

    A metro's value may part among twins that differ in nothing that matters. So it is named only if it breaks against
    every twin, and falls further below each of them, for as long as the rule asks, than any twin falls below another.

    Parameters
    ----------
    run
        A run.
    twins
        Its own twin, then others.

    Returns
    -------
    list of MetroBreak, MetroCount or None
        Nothing from fewer twins than tell chance.
    """
    tables = [twin.metro_values for twin in twins if twin.metro_values is not None]
    if len(tables) < LEAST_TWINS or "metro_values" not in run.manifest.rows:
        return [], None
    rule = run.scenario.findings
    found = metros_beyond(run.metro_values, tables, depth=rule.depth, months=rule.months)
    beyond = [name for name, told in zip(found.metro_id, found.told.tolist(), strict=True) if told]
    middle = sorted(found.among)[len(found.among) // 2]
    count = MetroCount(
        len(found.metro_id),
        Uncertain.of(found.against[0], found.against[1:]),
        Uncertain.of(middle, found.among),
        len(beyond),
    )
    breaks = [metro_breaks(run.metro_values, table, depth=rule.depth, months=rule.months) for table in tables]
    return _in_order(run, breaks, beyond), count


@dataclass(frozen=True, slots=True)
class MetrosBeyond:
    """Metros against twins.

    Parameters
    ----------
    metro_id
        Metros, in the order of their ids.
    against, among
        How many of them break against every twin; and of every twin against every other.
    told
        Which of them break beyond chance, bool [M].
    """

    metro_id: list[str]
    against: list[int]
    among: list[int]
    told: NDArray[np.bool_]


def metros_beyond(values: pl.DataFrame, twins: Sequence[pl.DataFrame], *, depth: float, months: int) -> MetrosBeyond:
    """Tell the metros that break beyond chance.

    Parameters
    ----------
    values, twins
        Table ``metro_values`` of a run and of its twins, at least two.
    depth, months
        As in `find_break`.
    """
    names, mine = _by_metro(values)
    flat = [_by_metro(table)[1] for table in twins]
    against = np.array([_lasting(mine, twin, months) for twin in flat])
    among = np.array([_lasting(one, twin, months) for one in flat for twin in flat if one is not twin])
    # As `find_break` has it.
    least = depth - 1e-12
    breaking, parting = ([int(np.count_nonzero(row >= least)) for row in falls] for falls in (against, among))
    nearest = against.min(axis=0)
    return MetrosBeyond(names, breaking, parting, (nearest >= least) & (nearest > among.max(axis=0)))


def _in_order(run: Run, breaks: Sequence[pl.DataFrame], beyond: Sequence[str]) -> list[MetroBreak]:
    own, *others = ({row["metro_id"]: row for row in frame.iter_rows(named=True)} for frame in breaks)
    names = dict(zip(run.world.metros["metro_id"], run.world.metros["name"], strict=True))
    start = month_number(run.scenario.run.start)
    found = []
    for name in sorted(beyond, key=lambda name: (own[name]["tick"], name)):
        rows = [one[name] for one in (own, *others)]
        ticks = [row["tick"] for row in rows]
        found.append(
            MetroBreak(
                name,
                names[name],
                month_name(start + ticks[0]),
                month_name(start + min(ticks)),
                month_name(start + max(ticks)),
                Uncertain.of(rows[0]["deepest"], [row["deepest"] for row in rows[1:]]),
            )
        )
    return found


def _lasting(value: Float, twin: Float, months: int) -> Float:
    """Largest shortfall that each metro keeps for so many months in a row, [M] from [M, T]; nil of shorter runs."""
    if value.shape[1] < months:
        return np.zeros(len(value))
    short = np.array([shortfall(mine, flat) for mine, flat in zip(value, twin, strict=True)])
    kept: Float = np.lib.stride_tricks.sliding_window_view(short, months, axis=1).min(axis=2)
    longest: Float = kept.max(axis=1)
    return longest


def _by_metro(values: pl.DataFrame) -> tuple[list[str], Float]:
    """Metros in the order of their ids, and value by metro and month, [M, T]."""
    rows = values.sort("metro_id", "tick")
    names = rows["metro_id"].unique(maintain_order=True).to_list()
    return names, rows["edge_value_usd_per_mw"].to_numpy().reshape(len(names), -1)
