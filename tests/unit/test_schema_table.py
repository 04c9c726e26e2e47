"""One small sound table, spoilt once per test."""

from __future__ import annotations

import datetime

import polars as pl
import pytest

from wattmarket.errors import InputError
from wattmarket.schema import RECORDED_TABLES, WORLD_TABLES, Column, Table

PLANTS = Table(
    "plants",
    "Plants of a test.",
    (
        Column("plant_id", pl.String(), "", "id"),
        Column("technology", pl.String(), "", "technology", values=("hydro", "wind")),
        Column("grid_mw", pl.Float64(), "MW", "capacity", 0.0, 1000.0),
        Column("units", pl.Int64(), "", "number of units", 1),
        Column("running", pl.Boolean(), "", "whether it runs"),
        Column("owner", pl.String(), "", "owner, or empty", optional=True),
    ),
    ("plant_id",),
)


def sound() -> dict[str, list[str | None]]:
    return {
        "plant_id": ["A", "B", "C"],
        "technology": ["hydro", "wind", "wind"],
        "grid_mw": ["1.5", "0", "1000"],
        "units": ["1", "2", "3"],
        "running": ["true", "false", "true"],
        "owner": [None, "someone", None],
    }


def problems(**columns: list[object]) -> list[str]:
    with pytest.raises(InputError) as caught:
        PLANTS.check(pl.DataFrame(sound() | columns, strict=False), "plants.csv")
    return caught.value.problems


def test_text_becomes_the_declared_types_in_the_declared_order():
    frame = pl.DataFrame(sound()).select(reversed(PLANTS.names))
    checked = PLANTS.check(frame, "plants.csv")
    assert checked.columns == PLANTS.names
    assert checked.dtypes == [column.dtype for column in PLANTS.columns]
    assert checked["grid_mw"].to_list() == [1.5, 0.0, 1000.0]
    assert checked["running"].to_list() == [True, False, True]


def test_a_checked_frame_passes_unchanged():
    checked = PLANTS.check(pl.DataFrame(sound()), "plants.csv")
    assert PLANTS.check(checked, "plants.csv").equals(checked)


def test_unknown_column_names_the_nearest_one():
    assert problems(grid_kw=["1", "2", "3"]) == ["plants.csv: grid_kw: unknown column; did you mean grid_mw?"]


def test_missing_column_and_bad_cells_are_named_together():
    columns = sound() | {"units": ["1", "x", "0"]}
    del columns["running"]
    with pytest.raises(InputError) as caught:
        PLANTS.check(pl.DataFrame(columns), "plants.csv")
    assert caught.value.problems == [
        "plants.csv: running: column is missing",
        "plants.csv: row 2: units: 'x' is not a whole number",
        "plants.csv: row 3: units: 0 is below 1",
    ]


@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        ("grid_mw", "fast", "'fast' is not a number"),
        ("grid_mw", "1,5", "'1,5' is not a number"),
        ("grid_mw", "nan", "nan is not a finite number"),
        ("grid_mw", "inf", "inf is not a finite number"),
        ("grid_mw", "1e999", "inf is not a finite number"),
        ("grid_mw", "-0.1", "-0.1 is below 0"),
        ("grid_mw", "1000.5", "1000.5 is above 1000"),
        ("grid_mw", None, "is empty"),
        ("units", "1.5", "'1.5' is not a whole number"),
        ("units", "99999999999999999999", "'99999999999999999999' is not a whole number"),
        ("running", "yes", "'yes' is not true or false"),
        ("running", "True", "'True' is not true or false"),
        ("technology", "steam", "'steam' is not one of hydro, wind"),
        ("technology", None, "is empty"),
    ],
)
def test_bad_cell_is_named_once_with_row_and_reason(column, cell, reason):
    cells = [*sound()[column][:1], cell, *sound()[column][2:]]
    assert problems(**{column: cells}) == [f"plants.csv: row 2: {column}: {reason}"]


def test_duplicate_key_names_the_later_row():
    assert problems(plant_id=["A", "B", "A"]) == ["plants.csv: row 3: plant_id: A appears before"]


def test_two_empty_keys_are_empty_and_not_duplicates():
    assert problems(plant_id=["A", None, None]) == [
        "plants.csv: row 2: plant_id: is empty",
        "plants.csv: row 3: plant_id: is empty",
    ]


def test_key_of_several_columns():
    table = Table("t", "", (Column("a", pl.String(), "", ""), Column("b", pl.Int64(), "", "")), ("a", "b"))
    table.check(pl.DataFrame({"a": ["x", "x"], "b": [1, 2]}), "t")
    with pytest.raises(InputError, match=r"t: row 2: a, b: x, 1 appears before"):
        table.check(pl.DataFrame({"a": ["x", "x"], "b": [1, 1]}), "t")


def test_a_flood_of_bad_cells_is_cut_at_twenty():
    frame = pl.DataFrame({"load_mw": ["x"] * 25})
    with pytest.raises(InputError) as caught:
        Table("t", "", (Column("load_mw", pl.Float64(), "MW", ""),), ()).check(frame, "t.csv")
    assert len(caught.value.problems) == 21
    assert caught.value.problems[-1] == "t.csv: load_mw: and 5 more rows like these"


@pytest.mark.parametrize(
    ("column", "values", "reason"),
    [
        ("plant_id", [1, 2, 3], "is Int64, not text"),
        ("grid_mw", [True, False, True], "is Boolean, not a number"),
        ("running", [1, 0, 1], "is Int64, not true or false"),
        ("grid_mw", [datetime.date(2023, 1, 1)] * 3, "is Date, not a number"),
        ("grid_mw", [[1.0], [2.0], [3.0]], "is List(Float64), not a number"),
    ],
)
def test_typed_column_of_another_kind_is_refused_whole(column, values, reason):
    assert problems(**{column: values}) == [f"plants.csv: {column}: {reason}"]


def test_whole_floats_may_become_integers_and_others_not():
    assert PLANTS.check(pl.DataFrame(sound() | {"units": [1.0, 2.0, 3.0]}), "p")["units"].to_list() == [1, 2, 3]
    assert problems(units=[1.0, 2.5, 3.0]) == ["plants.csv: row 2: units: 2.5 is not a whole number"]


def test_empty_frame_with_all_columns_passes():
    assert PLANTS.check(pl.DataFrame(sound()).clear(), "plants.csv").height == 0


@pytest.mark.parametrize("table", [*WORLD_TABLES, *RECORDED_TABLES], ids=lambda table: table.name)
def test_declarations_are_complete(table):
    assert len(set(table.names)) == len(table.names)
    assert set(table.key) <= set(table.names)
    for column in table.columns:
        assert column.meaning
        assert column.low is None or column.dtype.is_numeric()
        for unit in ("_mw", "_kw", "_usd_per_mwh", "_months", "_ms"):
            if column.name.endswith(unit):
                assert column.unit, f"{column.name} ends in a unit and declares none"
