"""A world: five checked tables and the digest of their contents."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Self

import polars as pl

from wattmarket.errors import InputError
from wattmarket.schema.table import Table
from wattmarket.schema.world import WORLD_TABLES
from wattmarket.world.consistency import dangling_keys, impossible_rows
from wattmarket.world.files import find_table, read_table, write_table

__all__ = ["World"]


@dataclass(frozen=True, eq=False)
class World:
    """Metros, zones, generators, links and sites.

    Parameters
    ----------
    name
        For people; not part of the digest.
    metros, zones, generators, links, sites
        One frame each, as declared in `wattmarket.schema.world`; checked and sorted by key on the way in.

    Attributes
    ----------
    digest : str
        SHA-256 (hex) over the tables' names, columns, dtypes and values: the same for CSV, Parquet and built worlds.

    Raises
    ------
    InputError
        With one line per problem, ``table: row N: column: reason``, all tables at once.
    """

    name: str
    metros: pl.DataFrame
    zones: pl.DataFrame
    generators: pl.DataFrame
    links: pl.DataFrame
    sites: pl.DataFrame
    digest: str = field(init=False)

    def __post_init__(self) -> None:
        frames = {table.name: getattr(self, table.name) for table in WORLD_TABLES}
        checked = _checked(frames, {name: name for name in frames})
        for name, frame in checked.items():
            object.__setattr__(self, name, frame)
        object.__setattr__(self, "digest", _digest(checked))

    @classmethod
    def load(cls, folder: str | Path) -> Self:
        """Read a world from a folder with one CSV or Parquet file per table.

        Parameters
        ----------
        folder
            Holds ``metros``, ``zones``, ``generators``, ``links`` and ``sites``, each as ``.csv`` or ``.parquet``.

        Raises
        ------
        InputError
            With one line per problem, ``file: row N: column: reason``; row 1 is the first below the header.
        """
        folder = Path(folder)
        if not folder.is_dir():
            raise InputError(f"{folder}: is not a folder")
        frames: dict[str, pl.DataFrame] = {}
        where: dict[str, str] = {}
        problems: list[str] = []
        for table in WORLD_TABLES:
            try:
                path = find_table(folder, table.name)
                frames[table.name], where[table.name] = read_table(path), path.name
            except InputError as error:
                problems += error.problems
        try:
            checked = _checked(frames, where)
        except InputError as error:
            raise InputError(problems + error.problems) from None
        if problems:
            raise InputError(problems)
        return cls(name=folder.resolve().name, **checked)

    def save(self, folder: str | Path, format: Literal["csv", "parquet"] = "csv") -> None:
        """Write one file per table into a new folder, which appears whole or not at all.

        Parameters
        ----------
        folder
            Must not exist yet.
        format
            ``csv`` or ``parquet``; both keep every bit.

        Raises
        ------
        InputError
            If the folder exists or cannot be written, or the format is unknown.
        """
        write_table({table.name: getattr(self, table.name) for table in WORLD_TABLES}, Path(folder), format)

    def __repr__(self) -> str:
        counts = ", ".join(f"{getattr(self, table.name).height} {table.name}" for table in WORLD_TABLES)
        return f"World({self.name!r}: {counts}; digest {self.digest[:12]})"


def _checked(frames: dict[str, pl.DataFrame], where: dict[str, str]) -> dict[str, pl.DataFrame]:
    """Check each table alone, then what holds between tables, and sort by key."""
    problems: list[str] = []
    checked: dict[str, pl.DataFrame] = {}
    tables: list[Table] = [table for table in WORLD_TABLES if table.name in frames]
    for table in tables:
        try:
            checked[table.name] = table.check(frames[table.name], where[table.name])
        except InputError as error:
            problems += error.problems
    for table in tables:
        if table.name in checked:
            problems += dangling_keys(table, checked, where)
            problems += impossible_rows(table.name, checked[table.name], where[table.name])
    if problems:
        raise InputError(problems)
    return {table.name: checked[table.name].sort(table.key) for table in tables}


def _digest(frames: dict[str, pl.DataFrame]) -> str:
    digest = hashlib.sha256()
    for name, frame in frames.items():
        for part in _canonical_bytes(name, frame):
            digest.update(len(part).to_bytes(8, "little"))
            digest.update(part)
    return digest.hexdigest()


def _canonical_bytes(name: str, frame: pl.DataFrame) -> Iterator[bytes]:
    """Name and height, then each column as its name, dtype and values; UTF-8 never uses the bytes between texts."""
    yield f"{name} {frame.height}".encode()
    for column in frame.iter_columns():
        yield f"{column.name} {column.dtype}".encode()
        if column.dtype == pl.String:
            yield b"\xff".join([b"\xfe" if value is None else value.encode() for value in column.to_list()])
        elif column.dtype == pl.Boolean:
            yield bytes(column.to_list())
        else:
            yield column.to_numpy().astype("<f8").tobytes()
