"""What must hold between the tables of a world, and between the columns of a row."""

from __future__ import annotations

import polars as pl

from wattmarket.schema.table import Table, cell_problems

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
    for column in table.columns:
        if column.key_of in frames:
            known = frames[column.key_of].to_series(0)
            cells = frames[table.name][column.name]
            problems += _absent(cells, known, where[table.name], where[column.key_of])
    return problems


def _absent(cells: pl.Series, known: pl.Series, where: str, target: str) -> list[str]:
    dangling = ~cells.is_in(known.implode())
    return cell_problems(where, cells.name, dangling, lambda row: f"{cells[row]!r} is not in {target}")


def impossible_rows(name: str, frame: pl.DataFrame, where: str) -> list[str]:
    """Lines for every row whose columns contradict each other.

    A pool stands in a shell and a shell on buildable land; a link joins two zones.
    """
    if name == "sites":
        return _at_most(frame, where, "pool_mw", "shell_mw") + _at_most(frame, where, "shell_mw", "shell_buildable_mw")
    if name == "links":
        same = frame["from_zone_id"] == frame["to_zone_id"]
        return cell_problems(where, "to_zone_id", same, lambda row: "is the zone that the link starts from")
    return []


def _at_most(frame: pl.DataFrame, where: str, lesser: str, greater: str) -> list[str]:
    less, more = frame[lesser], frame[greater]
    return cell_problems(where, lesser, less > more, lambda row: f"{less[row]} is more than {greater} {more[row]}")
