"""The table reference names every column of every table."""

from __future__ import annotations

from wattmarket.schema import RECORDED_TABLES, WORLD_TABLES
from wattmarket.schema.reference import reference


def test_every_column_has_its_row() -> None:
    text = reference()
    for table in RECORDED_TABLES + WORLD_TABLES:
        section = text.split(f"### `{table.name}`\n\n{table.meaning}\n")[1].split("###")[0]
        for column in table.columns:
            (row,) = [line for line in section.splitlines() if f"`{column.name}`" in line.split(" | ")[0]]
            assert row.count(" | ") == 3
            assert str(column.dtype) in row
            assert row.startswith("| **`") == (column.name in table.key)


def test_ranges_values_and_dollars_are_written_out() -> None:
    text = reference()
    assert "one of `latency-bound`, `watt-bound`, `marginal`, `idle`" in text
    assert "| degrees | latitude, north positive; -90 to 90 |" in text
    assert "| \\$/MWh |" in text
