"""The plan of a sweep in its store: which run belongs to which point, so that results are read without its file."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path
from typing import Any

import polars as pl

from wattmarket.errors import DigestMismatchError, InputError
from wattmarket.sweep.store.files import one_line, write_whole
from wattmarket.sweep.store.lines import FORMAT, sealed, unsealed
from wattmarket.sweep.store.store import Store

__all__ = ["read_plan", "write_plan"]


def write_plan(store: Store, name: str, table: pl.DataFrame, outputs: dict[str, Any], writer: str) -> None:
    """Write the plan of a sweep, in place of one that it had.

    Parameters
    ----------
    store, name
        Where, and the name of the sweep.
    table
        ``point``, ``seed``, parameters, ``key``.
    outputs
        What is kept, as `Outputs.table`.
    writer
        Name of who writes: two never use one temporary name.
    """
    buffer = io.BytesIO()
    table.write_parquet(buffer, compression="zstd", statistics=False)
    sha256 = hashlib.sha256(buffer.getvalue()).hexdigest()
    told = sealed({"format": FORMAT, "name": name, "sha256": sha256, "outputs": outputs})
    with one_line(store.plans):
        write_whole(store.plans / f"{sha256}.parquet", buffer.getvalue(), store.plans / f".{writer}.part")
        write_whole(_file(store, name), told, store.plans / f".{writer}.part")


def read_plan(store: Store, name: str | None) -> tuple[pl.DataFrame, dict[str, Any]]:
    """Read the plan of a sweep.

    Parameters
    ----------
    store
        Where.
    name
        Name of the sweep; None: the store's only one.

    Returns
    -------
    table, outputs
        As `write_plan` got them.

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
    if told["format"] != FORMAT:
        raise InputError(f"{path}: format {told['format']!r}: this version reads format {FORMAT}")
    table = store.plans / f"{told['sha256']}.parquet"
    try:
        data = table.read_bytes()
    except OSError as error:
        raise DigestMismatchError(f"{table}: {error.strerror or error}") from error
    if hashlib.sha256(data).hexdigest() != told["sha256"]:
        raise DigestMismatchError(f"{table}: damaged: its SHA-256 differs from its name")
    return pl.read_parquet(io.BytesIO(data)), told["outputs"]


def _file(store: Store, name: str) -> Path:
    return store.plans / f"{name}.json"


def _names(store: Store) -> list[str]:
    return [path.stem for path in sorted(store.plans.glob("*.json"))]


def _only(store: Store) -> Path:
    names = _names(store)
    if len(names) != 1:
        raise InputError(f"{store.folder}: holds {len(names)} sweeps ({', '.join(names)}); say which")
    return _file(store, names[0])
