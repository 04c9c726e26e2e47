"""The first cell in which two runs differ, in the order in which a month makes its tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from wattmarket.compare.rows import first_row
from wattmarket.record import Run
from wattmarket.schema import RECORDED_TABLES, Table

__all__ = ["COURSE", "FirstCell", "Stage", "first_cell"]


@dataclass(frozen=True, slots=True)
class Stage:
    """Columns of a table that one step of a month decides.

    Parameters
    ----------
    table
        Name of the table.
    columns
        Names beside the key; empty for all that no stage before has.
    chained
        Whether equal links of the hash chain and equal inputs mean equal cells.
    """

    table: str
    columns: tuple[str, ...] = ()
    chained: bool = False


COURSE: Final = (
    Stage("ticks", ("batch_share", "demand_kw"), chained=True),
    Stage("metros", ("demand_kw",), chained=True),
    Stage("bids"),
    Stage("awards", chained=True),
    Stage("contracts"),
    Stage("queue"),
    Stage("suppliers"),
    Stage("supply"),
    Stage("sites", ("pool_kw", "shell_kw", "grid_kw"), chained=True),
    Stage("flows", chained=True),
    Stage("metros", chained=True),
    Stage("zones", chained=True),
    Stage("sites", chained=True),
    Stage("curves"),
    Stage("agents"),
    Stage("valuations", ("price_kind", "value_usd_per_mw", "value_low_usd_per_mw", "value_high_usd_per_mw")),
    Stage("metro_values"),
    Stage("ticks", chained=True),
)
"""What a month makes, in order: so the first stage that differs is nearest to the cause."""

HINDSIGHT: Final = (Stage("valuations"), Stage("bubble"))
"""What is only known when the run is over: it differs before the cause, and says nothing about it."""

NOT_COMPARED: Final = ("pivots",)
"""How an optimum was found, not what it is."""


@dataclass(frozen=True, slots=True)
class FirstCell:
    """The first cell that differs.

    Parameters
    ----------
    tick
        Month since the start.
    table
        Name of the table.
    row
        The row's key, by column.
    column
        Name of the column; empty where only one run has the row.
    a, b
        The cell of each run, or the whole row as a mapping from column to cell; None where a run has no such row.
    """

    tick: int
    table: str
    row: dict[str, Any]
    column: str
    a: Any
    b: Any


def first_cell(a: Run, b: Run, parted: int | None, *, vouched: bool) -> FirstCell | None:
    """Find the first cell in which two runs differ.

    Parameters
    ----------
    a, b
        The runs.
    parted
        First tick at which their hash chains differ, or None. Later ticks are not loaded.
    vouched
        Whether both were computed from the same inputs: then tables that the chain covers are only loaded at the tick
        at which it parts.

    Returns
    -------
    FirstCell or None
        That of the earliest tick; within a tick, of the earliest stage of `COURSE`. None if all cells of the
        tables that both have are the same.
    """
    best = _earliest(a, b, COURSE, parted, vouched)
    return best if best is not None or parted is not None else _earliest(a, b, HINDSIGHT, None, vouched)


def _earliest(a: Run, b: Run, course: tuple[Stage, ...], parted: int | None, vouched: bool) -> FirstCell | None:
    best: FirstCell | None = None
    seen: dict[str, set[str]] = {}
    for stage in course:
        table = next(table for table in RECORDED_TABLES if table.name == stage.table)
        columns = _columns(stage, table, seen)
        if not comparable(a, b, stage.table):
            continue
        last = parted if best is None else best.tick
        frames = [
            _months(run.scan(stage.table), last, only=last if stage.chained and vouched else None) for run in (a, b)
        ]
        found = _first(frames[0], frames[1], table, columns)
        if found is not None and (best is None or found.tick < best.tick):
            best = found
    return best


def comparable(a: Run, b: Run, name: str) -> bool:
    """Whether both runs kept a table, and of the same months."""
    thinned = a.scenario.output.flows_every_months != b.scenario.output.flows_every_months
    return all(name in run.manifest.rows for run in (a, b)) and not (name == "flows" and thinned)


def _columns(stage: Stage, table: Table, seen: dict[str, set[str]]) -> list[str]:
    """Key, and the columns of a stage; those of the stages before are left out."""
    before = seen.setdefault(table.name, set())
    taken = stage.columns or tuple(name for name in table.names if name not in before and name not in NOT_COMPARED)
    before |= set(taken) - set(table.key)
    return [*table.key, *(name for name in taken if name not in table.key)]


def _months(frame: pl.LazyFrame, last: int | None, only: int | None) -> pl.LazyFrame:
    if only is not None:
        return frame.filter(pl.col("tick") == only)
    return frame if last is None else frame.filter(pl.col("tick") <= last)


def _first(a: pl.LazyFrame, b: pl.LazyFrame, table: Table, columns: list[str]) -> FirstCell | None:
    found = first_row(a, b, columns)
    if found is None:
        return None
    place, column = found
    rows = [_row(frame, place) for frame in (a, b)]
    # Where rows shift, the key tells which run has one that the other lacks.
    alone = [row is not None and not _has(other, table, row) for row, other in zip(rows, (b, a), strict=True)]
    one, other = rows
    if alone[0] and alone[1] and one is not None and other is not None and one["tick"] != other["tick"]:
        alone = [one["tick"] < other["tick"], other["tick"] < one["tick"]]
    if alone[0] and one is not None:
        return FirstCell(one["tick"], table.name, _key(table, one), "", one, None)
    if alone[1] and other is not None:
        return FirstCell(other["tick"], table.name, _key(table, other), "", None, other)
    assert one is not None
    assert other is not None
    return FirstCell(min(one["tick"], other["tick"]), table.name, _key(table, one), column, one[column], other[column])


def _row(frame: pl.LazyFrame, place: int) -> dict[str, Any] | None:
    rows = frame.slice(place, 1).collect()
    return rows.row(0, named=True) if rows.height else None


def _has(frame: pl.LazyFrame, table: Table, row: dict[str, Any]) -> bool:
    """Whether a table has a row with the key of another's row."""
    same = [pl.col(name).eq_missing(pl.lit(row[name], dtype=table_dtype(table, name))) for name in table.key]
    return bool(frame.filter(*same).select(pl.len()).collect().item())


def table_dtype(table: Table, name: str) -> pl.DataType:
    """Dtype of a table's column."""
    return next(column.dtype for column in table.columns if column.name == name)


def _key(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in table.key if name != "tick"}
