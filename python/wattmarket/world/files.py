"""Reading and writing the files of a world."""

from __future__ import annotations

import csv
import io
import os
import shutil
import tempfile
from pathlib import Path
from typing import Final

import polars as pl

from wattmarket.errors import InputError

__all__ = ["LARGEST_FILE_BYTES", "find_table", "read_table", "write_table"]

LARGEST_FILE_BYTES: Final = 256 * 1024 * 1024
_SUFFIXES: Final = (".csv", ".parquet")


def find_table(folder: Path, name: str) -> Path:
    """Path of a table's file.

    Raises
    ------
    InputError
        If the file is missing, or the table is there in both formats.
    """
    found = [path for suffix in _SUFFIXES if (path := folder / f"{name}{suffix}").is_file()]
    if not found:
        raise InputError(f"{folder}: {name}.csv or {name}.parquet is missing")
    if len(found) > 1:
        raise InputError(f"{folder}: {name}.csv and {name}.parquet are both there: keep one")
    return found[0]


def read_table(path: Path) -> pl.DataFrame:
    """Rows of a CSV file (every column as text, empty cells as null) or of a Parquet file.

    Raises
    ------
    InputError
        If the file is too large, is not UTF-8, has rows of the wrong length or repeated column names, or is damaged.
    """
    try:
        if path.stat().st_size > LARGEST_FILE_BYTES:
            raise InputError(f"{path.name}: is larger than {LARGEST_FILE_BYTES // 1024**2} MiB")
        return _read_csv(path) if path.suffix == ".csv" else pl.read_parquet(path)
    except UnicodeDecodeError as error:
        raise InputError(f"{path.name}: byte {error.start}: is not UTF-8") from None
    except (OSError, csv.Error) as error:
        raise InputError(f"{path.name}: cannot be read: {error}") from None
    except pl.exceptions.PolarsError as error:
        raise InputError(f"{path.name}: is not a sound Parquet file: {str(error).splitlines()[0]}") from None


def _read_csv(path: Path) -> pl.DataFrame:
    """Read every cell as text, so that a bad one can be named by its row and column."""
    rows = list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline=""), strict=True))
    if not rows:
        raise InputError(f"{path.name}: is empty")
    header, body = rows[0], rows[1:]
    problems = [f"{path.name}: {name}: column appears twice" for name in sorted(set(header)) if header.count(name) > 1]
    problems += [
        f"{path.name}: row {number}: has {len(row)} cells, the header has {len(header)}"
        for number, row in enumerate(body, start=1)
        if len(row) != len(header)
    ][:20]
    if problems:
        raise InputError(problems)
    columns = zip(*body, strict=True) if body else ([] for _ in header)
    return pl.DataFrame(
        [
            pl.Series(name, [cell or None for cell in column], dtype=pl.String)
            for name, column in zip(header, columns, strict=True)
        ]
    )


def write_table(frames: dict[str, pl.DataFrame], folder: Path, format: str) -> None:
    """Write one file per table to a temporary sibling and rename it once everything is on disk.

    Raises
    ------
    InputError
        If the format is unknown, or the folder exists or cannot be written.
    """
    if format not in ("csv", "parquet"):
        raise InputError(f"format: {format!r} is neither csv nor parquet")
    if folder.exists():
        raise InputError(f"{folder}: exists already")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    except OSError as error:
        raise InputError(f"{folder}: cannot be written: {error.strerror}") from None
    try:
        for name, frame in frames.items():
            target = scratch / f"{name}.{format}"
            if format == "csv":
                frame.write_csv(target)
            else:
                frame.write_parquet(target, compression="lz4")
            with target.open("rb+") as file:
                os.fsync(file.fileno())
        scratch.chmod(0o755)
        scratch.rename(folder)
    except OSError as error:
        raise InputError(f"{folder}: cannot be written: {error.strerror}") from None
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
