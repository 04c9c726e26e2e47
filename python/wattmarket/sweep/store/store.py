"""Reading a store, and what is found when its files are looked at."""

from __future__ import annotations

import fcntl
import hashlib
import io
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from wattmarket.errors import DigestMismatchError, InputError
from wattmarket.sweep.store.files import one_line
from wattmarket.sweep.store.lines import Line, read_lines
from wattmarket.sweep.store.writer import keys_digest

__all__ = ["Store", "read_chunk"]


def read_chunk(path: Path, line: Line | None = None) -> pl.DataFrame:
    """Read a chunk from the very bytes whose SHA-256 was found to be right.

    Parameters
    ----------
    path
        The file, named by its SHA-256.
    line
        Its manifest line, if it is known.

    Raises
    ------
    DigestMismatchError
        If the file is missing or damaged, or holds other runs than its line says.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DigestMismatchError(f"{path}: {error.strerror or error}") from error
    if hashlib.sha256(data).hexdigest() != path.stem:
        raise DigestMismatchError(f"{path}: damaged: its SHA-256 differs from its name")
    frame = pl.read_parquet(io.BytesIO(data))
    if line is not None and (frame.height, keys_digest(frame["key"])) != (line.rows, line.keys_sha256):
        raise DigestMismatchError(f"{path}: holds other runs than its manifest line says")
    return frame


@dataclass(frozen=True, slots=True)
class Contents:
    """What the manifests of a store say.

    Parameters
    ----------
    chunks
        Lines of the chunks that should be there, by SHA-256.
    bad
        Manifests with the numbers of lines that are torn or damaged.
    """

    chunks: dict[str, Line] = field(default_factory=dict)
    bad: dict[Path, list[int]] = field(default_factory=dict)


class Store:
    """A store of runs.

    Parameters
    ----------
    folder
        Its folder.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        self.chunks = self.folder / "chunks"
        self.manifests = self.folder / "manifests"
        self.plans = self.folder / "plans"
        self.damaged = self.folder / "damaged"

    def make(self) -> None:
        """Make the folders that are missing.

        Raises
        ------
        InputError
            If they can't be made.
        """
        with one_line(self.folder):
            for folder in (self.chunks, self.manifests, self.plans):
                folder.mkdir(parents=True, exist_ok=True)

    def open(self) -> Store:
        """Make sure that the folder is a store.

        Raises
        ------
        InputError
            If it isn't.
        """
        if not self.chunks.is_dir() or not self.manifests.is_dir():
            raise InputError(f"{self.folder}: is no store of a sweep")
        return self

    def contents(self) -> Contents:
        """Read all manifests."""
        told: dict[str, Line] = {}
        lost: list[str] = []
        bad: dict[Path, list[int]] = {}
        for path in sorted(self.manifests.glob("*.jsonl")):
            try:
                data = path.read_bytes()
            except FileNotFoundError:
                continue  # its writer had nothing to say
            lines, wrong = read_lines(data)
            told |= {line.sha256: line for line in lines if not line.lost}
            lost += [line.sha256 for line in lines if line.lost]
            # The last line of a writer that lives may be half written.
            if wrong and not _is_locked(path):
                bad[path] = wrong
        # A chunk that was lost and is there again counts: the same runs made the same file.
        gone = [sha256 for sha256 in lost if not self.chunk(sha256).exists()]
        return Contents({sha256: told[sha256] for sha256 in sorted(told) if sha256 not in gone}, bad)

    def chunk(self, sha256: str) -> Path:
        """File of a chunk."""
        return self.chunks / f"{sha256}.parquet"

    def frame(self, line: Line) -> pl.DataFrame:
        """Read a chunk, checked against its manifest line.

        Raises
        ------
        DigestMismatchError
            If it is missing or damaged.
        """
        return read_chunk(self.chunk(line.sha256), line)

    def frames(self, but: set[str] | None = None) -> Iterator[pl.DataFrame]:
        """Read all chunks, each checked against its SHA-256.

        Parameters
        ----------
        but
            Chunks to leave out; those that are read are added.

        Raises
        ------
        DigestMismatchError
            At the first that is missing or damaged.
        """
        for sha256, line in self.contents().chunks.items():
            if but is None or sha256 not in but:
                yield self.frame(line)
            if but is not None:
                but.add(sha256)

    def orphans(self) -> list[Path]:
        """Chunks that no manifest names: of an interrupted commit, or of a manifest that was cut short."""
        named = self.contents().chunks
        return [path for path in sorted(self.chunks.glob("*.parquet")) if path.stem not in named]

    def parts(self) -> list[Path]:
        """Chunks that were being written by writers that are no more."""
        found = []
        for path in sorted(self.chunks.glob(".*.part")):
            manifest = self.manifests / f"{path.name[1:-5]}.jsonl"
            if not manifest.exists() or not _is_locked(manifest):
                found.append(path)
        return found

    def others_at_work(self, own: Path) -> bool:
        """Whether another writer lives."""
        return any(path != own and _is_locked(path) for path in sorted(self.manifests.glob("*.jsonl")))


def _is_locked(path: Path) -> bool:
    try:
        handle = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(handle)
    return False
