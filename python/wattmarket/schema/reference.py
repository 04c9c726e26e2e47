"""The table reference of the docs, written from the tables themselves."""

from __future__ import annotations

from collections.abc import Sequence

from wattmarket.schema.living import LIVING_TABLES
from wattmarket.schema.run import RUN_TABLES
from wattmarket.schema.table import Column, Table
from wattmarket.schema.world import WORLD_TABLES

__all__ = ["reference"]


def reference() -> str:
    """Return every table of worlds and runs as MyST Markdown: each column with its dtype, unit and meaning.

    Examples
    --------
    >>> print(reference()[:17])
    # Table reference
    """
    return "\n".join(
        [
            "# Table reference",
            "",
            "Written from the schemas that the loader and the recorder check against. No cell of a float column may be",
            "NaN or infinite; a cell may be empty only where it says *may be empty*. Columns in **bold** form the key.",
            "",
            *_section("Tables of a run", RUN_TABLES),
            *_section("Tables of a run of the living market", LIVING_TABLES),
            *_section("Tables of a world", WORLD_TABLES),
        ]
    )


def _section(title: str, tables: Sequence[Table]) -> list[str]:
    return [f"## {title}", "", *(line for table in tables for line in _table(table))]


def _table(table: Table) -> list[str]:
    rows = [_row(column, column.name in table.key) for column in table.columns]
    head = ["| column | dtype | unit | meaning |", "| --- | --- | --- | --- |"]
    return [f"### `{table.name}`", "", table.meaning, "", *head, *rows, ""]


def _row(column: Column, key: bool) -> str:
    name = f"**`{column.name}`**" if key else f"`{column.name}`"
    return f"| {name} | {column.dtype} | {_escape(column.unit)} | {_escape('; '.join(_meaning(column)))} |"


def _meaning(column: Column) -> list[str]:
    """Meaning, then what the check demands of the column."""
    parts = [column.meaning]
    if column.values is not None:
        parts.append("one of " + ", ".join(f"`{value}`" for value in column.values))
    if column.low is not None and column.high is not None:
        parts.append(f"{column.low:g} to {column.high:g}")
    elif column.low is not None:
        parts.append(f"at least {column.low:g}")
    elif column.high is not None:
        parts.append(f"at most {column.high:g}")
    if column.key_of is not None:
        parts.append(f"a key of `{column.key_of}`")
    if column.optional:
        parts.append("may be empty")
    return parts


def _escape(text: str) -> str:
    """Keep Markdown from reading a cell's dollar signs as mathematics and its bars as borders."""
    return text.replace("|", "\\|").replace("$", "\\$")
