"""The recorder: rows of each tick in, one frame and one Parquet file per table out."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl

from wattmarket.errors import InvariantError
from wattmarket.months import first_day
from wattmarket.record.digest import DigestChain
from wattmarket.record.sheet import Sheet
from wattmarket.schema import CLOSING_TABLES, RECORDED_TABLES, RUN_TABLES
from wattmarket.tick import ClosingRecord, TickRecord

__all__ = ["TABLE_NAMES", "Recorder", "write_parquet"]

ROWS_PER_GROUP: Final = 65_536
"""Aim for the rows of a Parquet row group; a group holds whole ticks wherever a table has equal rows every tick."""

TABLE_NAMES: Final = tuple(table.name for table in RUN_TABLES)
"""The tables of every run; the living market has more."""


class Recorder:
    """Collects the records of a run's ticks, checks each against the schema, and keeps the digest chain.

    Parameters
    ----------
    start
        Number of the first month (`months.month_number`).
    tables
        Names of the tables to keep, of `schema.RECORDED_TABLES`; ``ticks`` is always kept.
    flows_every_months
        Keep the flows of every so many ticks (1: of all).
    """

    def __init__(
        self,
        start: int,
        tables: Sequence[str] = TABLE_NAMES,
        flows_every_months: int = 1,
    ) -> None:
        self.chain = DigestChain()
        self.digests: list[str] = []
        self._start = start
        self._flows_every = flows_every_months
        wanted = {*tables, "ticks"}
        self._sheets = {table.name: Sheet(table) for table in RECORDED_TABLES if table.name in wanted}

    def add(self, record: TickRecord) -> str:
        """Add one tick and return its digest.

        The arrays are copied: the model may use them again.

        Raises
        ------
        InvariantError
            If ticks don't come in order, or if a table breaks its schema.
        """
        if record.tick != len(self.digests):
            raise InvariantError(f"tick {record.tick} recorded where tick {len(self.digests)} was due")
        digest = self.chain.advance(record.tick, record.digest_columns)
        for name, sheet in self._sheets.items():
            if name in CLOSING_TABLES or (name == "flows" and record.tick % self._flows_every):
                continue
            if name not in record.tables:
                raise InvariantError(f"tick {record.tick}: {name}: table is missing")
            own: dict[str, Any] = {"tick": np.int32(record.tick)}
            if name == "ticks":
                own |= {"month": np.datetime64(first_day(self._start + record.tick)), "digest": digest}
            sheet.add(record.tables[name], f"tick {record.tick}: {name}", own)
        self.digests.append(digest)
        return digest

    def close(self, record: ClosingRecord) -> None:
        """Add the tables that are written after the last tick.

        Raises
        ------
        InvariantError
            If one of them is missing or breaks its schema.
        """
        for name in CLOSING_TABLES:
            if name not in self._sheets:
                continue
            if name not in record.tables:
                raise InvariantError(f"{name}: table is missing")
            self._sheets[name].add(record.tables[name], name)

    def frame(self, name: str) -> pl.DataFrame:
        """Return one table with all rows up to now.

        Raises
        ------
        InvariantError
            If a key appears twice, or a cell is empty or not among the values declared.
        """
        return self._sheets[name].frame()

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the tables kept."""
        return tuple(self._sheets)

    @property
    def rows(self) -> dict[str, int]:
        """Rows up to now of each table kept."""
        return {name: sum(sheet.heights) for name, sheet in self._sheets.items()}

    def write(self, folder: Path, prefix: str = "", keep: Collection[str] = ()) -> dict[str, pl.DataFrame]:
        """Write ``PREFIX<table>.parquet`` for every table kept; give ``PREFIX<table>`` and frame of some.

        Parameters
        ----------
        folder, prefix
            Where to, and how the names of the files begin.
        keep
            The tables whose frames are given.
        """
        kept = {}
        for name in self._sheets:
            frame = self.frame(name)
            write_parquet(frame, folder / f"{prefix}{name}.parquet", self._rows_per_tick(name))
            if name in keep:
                kept[f"{prefix}{name}"] = frame
        return kept

    def _rows_per_tick(self, name: str) -> int:
        heights = set(self._sheets[name].heights)
        if name in CLOSING_TABLES and self.digests:
            each, rest = divmod(max(heights, default=0), len(self.digests))
            return 0 if rest else each
        return heights.pop() if len(heights) == 1 else 0


def write_parquet(frame: pl.DataFrame, path: Path, rows_per_tick: int = 0) -> None:
    """Write a frame as lz4 Parquet with row groups of whole ticks (of a fixed size if ticks differ in rows).

    Raises
    ------
    OSError
        If the file can't be written whole.
    """
    group = ROWS_PER_GROUP
    if rows_per_tick:
        group = rows_per_tick * max(1, ROWS_PER_GROUP // rows_per_tick)
    try:
        frame.write_parquet(path, compression="lz4", row_group_size=group, statistics=True)
    except pl.exceptions.ComputeError as error:
        # Polars keeps the operating system's number in its text alone, and drops it where the footer is cut short.
        number = re.search(r"os error (\d+)", str(error))
        if number is None:
            raise OSError(errno.EIO, f"{path.name} was cut short; is the disk full?") from error
        raise OSError(int(number[1]), os.strerror(int(number[1]))) from error
