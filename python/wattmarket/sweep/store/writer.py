"""Committing chunks: the table first, under a name that is its own SHA-256, then its manifest line."""

from __future__ import annotations

import base64
import datetime
import fcntl
import hashlib
import io
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import polars as pl

from wattmarket.errors import InputError
from wattmarket.sweep.play import Row
from wattmarket.sweep.store.files import one_line, sync_folder, write_whole
from wattmarket.sweep.store.lines import Line, written

__all__ = ["ROW_SCHEMA", "Writer", "frame_of", "keys_digest"]

ROW_SCHEMA: Final[dict[str, pl.DataType]] = {
    "key": pl.String(),
    "seed": pl.Int64(),
    "status": pl.String(),
    "error": pl.String(),
}
"""Columns of every chunk; those of what is kept follow."""


def frame_of(rows: Sequence[Row], schema: Mapping[str, pl.DataType]) -> pl.DataFrame:
    """Build the table of some rows; what a row lacks is null.

    Examples
    --------
    >>> frame_of([{"key": "a", "seed": 0, "status": "done", "month": "2030-01-01"}], {"month": pl.Date()})["month"][0]
    datetime.date(2030, 1, 1)
    """
    columns = []
    for name, kind in {**ROW_SCHEMA, **schema}.items():
        values: list[Any] = [row.get(name) for row in rows]
        if kind == pl.Date():
            values = [None if value is None else datetime.date.fromisoformat(value) for value in values]
        elif kind == pl.Binary():
            values = [None if value is None else base64.b64decode(value) for value in values]
        columns.append(pl.Series(name, values, dtype=kind))
    return pl.DataFrame(columns)


def keys_digest(keys: Iterable[str]) -> str:
    """SHA-256 of keys, sorted, one a line."""
    return hashlib.sha256("\n".join(sorted(keys)).encode()).hexdigest()


class Writer:
    """One process that commits to a store; it has a manifest of its own, locked while it lives.

    Parameters
    ----------
    folder
        The store, whose folders exist.
    schema
        Columns of what is kept of a run.
    """

    def __init__(self, folder: Path, schema: Mapping[str, pl.DataType]) -> None:
        self.folder, self.schema = folder, schema
        # A name that no writer on any machine has: copied manifests never meet. No result depends on it.
        self.name = os.urandom(8).hex()
        self.manifest = folder / "manifests" / f"{self.name}.jsonl"
        with one_line(self.manifest):
            self._handle = os.open(self.manifest, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o666)
            fcntl.flock(self._handle, fcntl.LOCK_EX)
            sync_folder(self.manifest.parent)

    def commit(self, rows: Sequence[Row]) -> Line:
        """Write rows as one chunk; when this returns they are on the disk.

        Raises
        ------
        InputError
            If they can't be written; none of them counts then.
        """
        # Sorted: the same runs make the same file.
        frame = frame_of(sorted(rows, key=lambda row: str(row["key"])), self.schema)
        buffer = io.BytesIO()
        frame.write_parquet(buffer, compression="lz4", statistics=False)
        data = buffer.getvalue()
        sha256 = hashlib.sha256(data).hexdigest()
        path = self.folder / "chunks" / f"{sha256}.parquet"
        with one_line(path):
            write_whole(path, data, path.with_name(f".{self.name}.part"))
        line = Line(sha256, len(data), frame.height, keys_digest(frame["key"]))
        self.append(line)
        return line

    def append(self, line: Line) -> None:
        """Append a line to the manifest, on the disk when this returns."""
        data = written(line)
        with one_line(self.manifest):
            if os.write(self._handle, data) != len(data):
                raise InputError(f"{self.manifest}: is cut short; is the disk full?")
            os.fsync(self._handle)

    def close(self) -> None:
        """Give up the lock; a manifest without lines is removed."""
        if os.fstat(self._handle).st_size == 0:
            self.manifest.unlink(missing_ok=True)
        os.close(self._handle)
