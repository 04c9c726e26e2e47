"""What must hold between the tables of a world, and between the columns of a row."""

from __future__ import annotations

import polars as pl

from wattmarket.schema.table import LARGEST_PROBLEMS_PER_COLUMN, Table

__all__ = ["dangling_keys", "impossible_rows"]


def dangling_keys(table: Table, frames: dict[str, pl.DataFrame], where: dict[str, str]) -> list[str]:
    """Lines for every cell that refers to a row that does not exist.

    Parameters
    ----------
    table
        The table to look at.
    frames
        The tables that are sound in themselves; references to others are not judged.
    where
        File of each table.
    """
    problems = []
    frame = frames[table.name]
    for column in table.columns:
        target = column.key_of
        if target is None or target not in frames:
            continue
        known = frames[target].to_series(0)
        rows = (~frame[column.name].is_in(known.implode())).arg_true().to_list()
        problems += [
            f"{where[table.name]}: row {row + 1}: {column.name}: {frame[column.name][row]!r} is not in {where[target]}"
            for row in rows[:LARGEST_PROBLEMS_PER_COLUMN]
        ]
    return problems


def impossible_rows(name: str, frame: pl.DataFrame, where: str) -> list[str]:
    """Lines for every row whose columns contradict each other.

    A pool stands in a shell and a shell on buildable land; a link joins two zones.
    """
    if name == "sites":
        return _at_most(frame, where, "pool_mw", "shell_mw") + _at_most(frame, where, "shell_mw", "shell_buildable_mw")
    if name == "links":
        rows = (frame["from_zone_id"] == frame["to_zone_id"]).arg_true().to_list()
        return [
            f"{where}: row {row + 1}: to_zone_id: is the zone it starts from"
            for row in rows[:LARGEST_PROBLEMS_PER_COLUMN]
        ]
    return []


def _at_most(frame: pl.DataFrame, where: str, lesser: str, greater: str) -> list[str]:
    rows = (frame[lesser] > frame[greater]).arg_true().to_list()
    return [
        f"{where}: row {row + 1}: {lesser}: {frame[lesser][row]} is more than {greater} {frame[greater][row]}"
        for row in rows[:LARGEST_PROBLEMS_PER_COLUMN]
    ]
