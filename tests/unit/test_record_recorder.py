"""The recorder: frames keep the schema, files keep whole ticks, and a model's slip is named."""

from __future__ import annotations

import hashlib
import resource
from datetime import date
from pathlib import Path
from typing import Any, get_args

import numpy as np
import polars as pl
import pytest
from small_model import small_record

from wattmarket.errors import InvariantError
from wattmarket.months import month_number
from wattmarket.record import Recorder
from wattmarket.record.recorder import ROWS_PER_GROUP, write_parquet
from wattmarket.scenario.sections import Output, TableName
from wattmarket.schema import BUBBLE, OPT_IN_TABLES, QUEUE, RECORDED_TABLES, RUN_TABLES
from wattmarket.tick import ClosingRecord, Names, TickRecord

START = month_number("2023-11")


def _recorder(ticks: int, **options: Any) -> Recorder:
    recorder = Recorder(START, **options)
    for tick in range(ticks):
        recorder.add(small_record(tick))
    return recorder


def _altered(table: str, **columns: Any) -> TickRecord:
    record = small_record(0)
    tables = {name: dict(content) for name, content in record.tables.items()}
    for name, cells in columns.items():
        if cells is None:
            del tables[table][name]
        else:
            tables[table][name] = cells
    return TickRecord(0, tables, record.digest_columns)


def test_frames_keep_the_schema() -> None:
    recorder = _recorder(3)
    for table in RUN_TABLES:
        frame = recorder.frame(table.name)
        assert frame.columns == table.names
        assert frame.dtypes == [column.dtype for column in table.columns]
        assert frame["tick"].unique().sort().to_list() == [0, 1, 2]


def test_ticks_carry_month_and_digest() -> None:
    ticks = _recorder(3).frame("ticks")
    assert ticks["month"].to_list() == [date(2023, 11, 1), date(2023, 12, 1), date(2024, 1, 1)]
    assert ticks["digest"].to_list() == _recorder(3).digests


def test_names_become_text_and_minus_one_an_empty_cell() -> None:
    zones = _recorder(1).frame("zones")
    assert zones["zone_id"].to_list() == ["Z1", "Z2"]
    assert zones["marginal_technology"].to_list() == ["wind", None]


def test_arrays_used_again_by_the_model_do_not_change_the_past() -> None:
    record = small_record(0)
    recorder = Recorder(START)
    recorder.add(record)
    rent = record.tables["sites"]["rent_usd_per_mw_month"]
    assert isinstance(rent, np.ndarray)
    before = rent.copy()
    rent += 1e9
    codes = record.tables["sites"]["site_id"]
    assert isinstance(codes, Names)
    codes.codes[:] = 0
    frame = recorder.frame("sites")
    assert frame["rent_usd_per_mw_month"].to_list() == before.tolist()
    assert frame["site_id"].n_unique() == 3


def test_tables_and_months_not_wanted_are_left_out() -> None:
    recorder = _recorder(5, tables=("flows",), flows_every_months=2)
    assert recorder.names == ("ticks", "flows")
    assert recorder.frame("flows")["tick"].unique().sort().to_list() == [0, 2, 4]


def test_a_table_without_rows_keeps_its_columns() -> None:
    assert Recorder(START).frame("flows").columns == ["tick", "metro_id", "workload", "site_id", "flow_kw"]


@pytest.mark.parametrize(
    ("table", "columns", "message"),
    [
        ("sites", {"pool_kw": np.zeros(3)}, "tick 0: sites: pool_kw: dtype float64 is not int64"),
        ("sites", {"pool_kw": np.zeros(2, np.int64)}, "columns of different lengths"),
        ("sites", {"pool_kw": None}, "tick 0: sites: pool_kw: column is missing"),
        ("sites", {"pools_kw": np.zeros(3, np.int64)}, "tick 0: sites: pools_kw: unknown column"),
        ("sites", {"tick": np.zeros(3, np.int32)}, "tick 0: sites: tick: the recorder's own"),
        ("metros", {"served_share": np.array([0.5, np.nan])}, "metros: served_share: row 2: nan is not a finite"),
    ],
)
def test_a_slip_of_the_model_is_named(table: str, columns: dict[str, Any], message: str) -> None:
    with pytest.raises(InvariantError, match=message):
        Recorder(START).add(_altered(table, **columns))


def test_a_key_twice_or_a_value_not_declared_is_named() -> None:
    recorder = Recorder(START)
    recorder.add(_altered("sites", site_id=np.array(["A", "B", "A"]), label=np.array(["idle", "idle", "lazy"])))
    with pytest.raises(InvariantError, match=r"'lazy' is not one of(.|\n)*0, A appears before"):
        recorder.frame("sites")


def test_ticks_come_in_order() -> None:
    with pytest.raises(InvariantError, match="tick 1 recorded where tick 0 was due"):
        Recorder(START).add(small_record(1))


def test_files_read_back_equal_and_are_the_same_bytes_every_time(tmp_path: Path) -> None:
    digests = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        recorder = _recorder(4)
        recorder.write(tmp_path / name)
        files = sorted((tmp_path / name).iterdir())
        assert [path.stem for path in files] == sorted(recorder.names)
        assert all(pl.read_parquet(path).equals(recorder.frame(path.stem)) for path in files)
        digests.append([hashlib.sha256(path.read_bytes()).hexdigest() for path in files])
    assert digests[0] == digests[1]


def test_frames_asked_for_are_given_as_they_are_read_back(tmp_path: Path) -> None:
    kept = _recorder(3).write(tmp_path, "twin_", ("ticks", "zones", "awards"))
    assert list(kept) == ["twin_ticks", "twin_zones"]
    assert all(pl.read_parquet(tmp_path / f"{name}.parquet").equals(frame) for name, frame in kept.items())


def test_a_row_group_holds_whole_ticks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = []
    monkeypatch.setattr(pl.DataFrame, "write_parquet", lambda *_, row_group_size, **__: sizes.append(row_group_size))
    for rows in (3, 5000, 100_000, 0):
        write_parquet(pl.DataFrame(), tmp_path / "a", rows)
    assert sizes == [65_535, 65_000, 100_000, ROWS_PER_GROUP]


def test_a_full_disk_raises_rather_than_leave_a_short_file_unnoticed(tmp_path: Path) -> None:
    frame = pl.DataFrame({"a": np.random.default_rng(0).random(50_000)})
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, hard))
    try:
        with pytest.raises(OSError, match="File too large"):
            write_parquet(frame, tmp_path / "a.parquet")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def _queue(tick: int, **columns: Any) -> TickRecord:
    record = small_record(tick)
    kw = {name: np.zeros(2, np.int64) for name in QUEUE.names if name.endswith("_kw")}
    waits = {name: np.array([12.5, np.nan]) for name in QUEUE.names if name.endswith("_months")}
    queue = {"zone_id": np.array(["Z1", "Z2"]), **kw, **waits, **columns}
    return TickRecord(tick, {**record.tables, "queue": queue}, record.digest_columns)


def test_nan_stands_for_an_empty_cell_where_one_may_be() -> None:
    recorder = Recorder(START, tables=("queue",))
    recorder.add(_queue(0))
    assert recorder.names == ("ticks", "queue")
    assert recorder.frame("queue")["wait_expected_months"].to_list() == [12.5, None]
    with pytest.raises(InvariantError, match="wait_expected_months: row 2: inf is not a finite number"):
        recorder.add(_queue(1, wait_expected_months=np.array([1.0, np.inf])))


def _bubble(ticks: int) -> ClosingRecord:
    columns = {name: np.ones(ticks) for name in BUBBLE.names if name != "tick"}
    return ClosingRecord({"bubble": {"tick": np.arange(ticks, dtype=np.int32), **columns}})


def test_closing_tables_come_after_the_last_tick(tmp_path: Path) -> None:
    recorder = _recorder(3, tables=("bubble",))
    assert recorder.frame("bubble").height == 0
    recorder.close(_bubble(3))
    assert recorder.frame("bubble")["tick"].to_list() == [0, 1, 2]
    recorder.write(tmp_path)
    assert pl.read_parquet(tmp_path / "bubble.parquet").height == 3
    with pytest.raises(InvariantError, match="valuations: table is missing"):
        _recorder(3, tables=("bubble", "valuations")).close(_bubble(3))


def test_scenarios_may_ask_for_the_tables_there_are() -> None:
    names = [table.name for table in RECORDED_TABLES]
    assert list(get_args(TableName)) == names
    assert list(Output().tables) == [name for name in names if name not in OPT_IN_TABLES]
