"""How a difference spreads: month by month, how much of the world it has reached."""

from __future__ import annotations

from typing import Final

import polars as pl

from wattmarket.compare.course import comparable
from wattmarket.record import Run
from wattmarket.schema import RECORDED_TABLES

__all__ = ["REACHED", "spread_of"]

REACHED: Final = (("sites", "site_id"), ("metros", "metro_id"), ("zones", "zone_id"), ("agents", "agent_id"))
"""Tables whose rows are counted by the thing that they are about."""

INDICES: Final = ("edge_index", "core_index")


def spread_of(a: Run, b: Run, start: int) -> pl.DataFrame:
    """Count what differs between two runs, month by month.

    Parameters
    ----------
    a, b
        The runs.
    start
        First tick to count.

    Returns
    -------
    polars.DataFrame
        One row per tick from `start` that both runs have: ``tick``, ``month``; ``sites``, ``metros``, ``zones`` and
        ``agents``, those with any cell that differs; ``contracts``, events of contracts that only one of the two has
        (numbers of contracts don't count); ``edge_index_change`` and ``core_index_change``, those of B less those of A.
        A table that one of them didn't keep has no column.
    """
    months = [
        run.scan("ticks").filter(pl.col("tick") >= start).select("tick", "month", *INDICES).collect() for run in (a, b)
    ]
    found = months[0].join(months[1].drop("month"), on="tick", how="inner", suffix="_b", maintain_order="left")
    changes = [(pl.col(f"{name}_b") - pl.col(name)).alias(f"{name}_change") for name in INDICES]
    frame = found.select("tick", "month")
    for name, entity in REACHED:
        if comparable(a, b, name):
            frame = _with(frame, _entities(a, b, name, entity, start), name)
    if comparable(a, b, "contracts"):
        frame = _with(frame, _contracts(a, b, start), "contracts")
    return frame.with_columns(found.select(changes))


def _with(frame: pl.DataFrame, counts: pl.DataFrame, name: str) -> pl.DataFrame:
    joined = frame.join(counts.rename({"count": name}), on="tick", how="left", maintain_order="left")
    return joined.with_columns(pl.col(name).fill_null(0).cast(pl.Int64))


def _entities(a: Run, b: Run, name: str, entity: str, start: int) -> pl.DataFrame:
    """Count the sites, metros, zones or agents of a table with a row that differs, by tick."""
    table = next(table for table in RECORDED_TABLES if table.name == name)
    others = [column for column in table.names if column not in table.key]
    one, other = (run.scan(name).filter(pl.col("tick") >= start) for run in (a, b))
    there = pl.lit(value=True).alias("there")
    both = one.with_columns(there).join(
        other.with_columns(there), on=list(table.key), how="full", suffix="_b", coalesce=True, nulls_equal=True
    )
    differs = pl.any_horizontal(pl.col(column).ne_missing(pl.col(f"{column}_b")) for column in [*others, "there"])
    return both.filter(differs).group_by("tick").agg(pl.col(entity).n_unique().alias("count")).collect()


def _contracts(a: Run, b: Run, start: int) -> pl.DataFrame:
    """Count the events of contracts that only one of two runs has, by tick; equal events are paired off one by one."""
    counted = []
    for run, sign in ((a, 1), (b, -1)):
        rows = run.scan("contracts").filter(pl.col("tick") >= start).drop("contract")
        counted.append(rows.with_columns(pl.lit(sign, dtype=pl.Int64).alias("balance")))
    rows = pl.concat(counted)
    names = [name for name in rows.collect_schema().names() if name != "balance"]
    left = rows.group_by(names).agg(pl.col("balance").sum()).select("tick", pl.col("balance").abs().alias("count"))
    return left.group_by("tick").agg(pl.col("count").sum()).collect()
