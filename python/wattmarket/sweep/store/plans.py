"""The plan of a sweep in its store: which run belongs to which point, so that results are read without its file.

A plan lies in pieces of some thousand runs, each named by its SHA-256; a small sealed file lists them.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import polars as pl

from wattmarket.errors import DigestMismatchError, InputError
from wattmarket.sweep.store.files import one_line, write_whole
from wattmarket.sweep.store.lines import sealed, unsealed
from wattmarket.sweep.store.store import Store

__all__ = ["KeptPlan", "read_plan", "write_plan"]

PLAN_FORMAT: Final = 2


@dataclass(frozen=True, slots=True)
class KeptPlan:
    """A plan as its store has it.

    Parameters
    ----------
    folder, sha256, rows
        Where its pieces are, the SHA-256 of each, and how many runs it has.
    outputs
        What is kept of a run, as `Outputs.table`.
    shape
        How the points were chosen, as `Shape.table`; None if who wrote it didn't say.
    """

    folder: Path
    sha256: Sequence[str]
    rows: Sequence[int]
    outputs: dict[str, Any]
    shape: dict[str, Any] | None = None

    def piece(self, number: int, columns: list[str] | None = None) -> pl.DataFrame:
        """Read a piece, or some of its columns: ``point``, ``seed``, parameters, ``key``.

        Raises
        ------
        DigestMismatchError
            If it is damaged or gone.
        """
        path = self.folder / f"{self.sha256[number]}.parquet"
        try:
            data = path.read_bytes()
        except OSError as error:
            raise DigestMismatchError(f"{path}: {error.strerror or error}") from error
        if hashlib.sha256(data).hexdigest() != self.sha256[number]:
            raise DigestMismatchError(f"{path}: damaged: its SHA-256 differs from its name")
        return pl.read_parquet(io.BytesIO(data), columns=columns)

    def pieces(self, columns: list[str] | None = None) -> Iterator[pl.DataFrame]:
        """Read all pieces, one after the other."""
        return (self.piece(number, columns) for number in range(len(self.sha256)))


def write_plan(
    store: Store,
    name: str,
    pieces: Iterable[pl.DataFrame],
    outputs: dict[str, Any],
    writer: str,
    *,
    shape: dict[str, Any] | None = None,
) -> None:
    """Write the plan of a sweep, in place of one that it had.

    Parameters
    ----------
    store, name
        Where, and the name of the sweep.
    pieces
        ``point``, ``seed``, parameters, ``key``.
    outputs
        What is kept, as `Outputs.table`.
    writer
        Name of who writes: two never use one temporary name.
    shape
        How the points were chosen, as `Shape.table`, if that is to be known without the sweep's file.

    Raises
    ------
    InputError
        If it can't be written; the plan that was there is there still.
    """
    part = store.plans / f".{writer}.part"
    written = []
    with one_line(store.plans):
        for piece in pieces:
            buffer = io.BytesIO()
            piece.write_parquet(buffer, compression="zstd", statistics=False)
            sha256 = hashlib.sha256(buffer.getvalue()).hexdigest()
            write_whole(store.plans / f"{sha256}.parquet", buffer.getvalue(), part)
            written.append({"sha256": sha256, "rows": piece.height})
        told = {"format": PLAN_FORMAT, "name": name, "pieces": written, "outputs": outputs, "shape": shape}
        write_whole(_file(store, name), sealed(told), part)


def read_plan(store: Store, name: str | None) -> KeptPlan:
    """Read which pieces the plan of a sweep has.

    Parameters
    ----------
    store
        Where.
    name
        Name of the sweep; None: the store's only one.

    Raises
    ------
    InputError
        If there is no such plan, or several and no name.
    DigestMismatchError
        If it is damaged.
    """
    path = _only(store) if name is None else _file(store, name)
    if not path.is_file():
        raise InputError(
            f"{store.folder}: holds no sweep named {name!r}; it holds {', '.join(_names(store)) or 'none'}"
        )
    text = path.read_bytes()
    told = unsealed(text[:-1])
    if told is None or not text.endswith(b"\n"):
        raise DigestMismatchError(f"{path}: damaged: its seal does not match its content")
    if told["format"] != PLAN_FORMAT:
        raise InputError(
            f"{path}: format {told['format']!r}: this version reads format {PLAN_FORMAT}; resume its sweep"
        )
    pieces = told["pieces"]
    return KeptPlan(
        store.plans,
        [piece["sha256"] for piece in pieces],
        [piece["rows"] for piece in pieces],
        told["outputs"],
        told.get("shape"),
    )


def _file(store: Store, name: str) -> Path:
    return store.plans / f"{name}.json"


def _names(store: Store) -> list[str]:
    return [path.stem for path in sorted(store.plans.glob("*.json"))]


def _only(store: Store) -> Path:
    names = _names(store)
    if len(names) != 1:
        raise InputError(f"{store.folder}: holds {len(names)} sweeps ({', '.join(names)}); say which")
    return _file(store, names[0])
