"""The manifest of a run folder: what was run, with which inputs, and the SHA-256 of every file.

It holds no time, no host and no path outside the folder: two runs of one scenario with one seed write the same bytes.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path, PurePosixPath
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from wattmarket.errors import DigestMismatchError, InputError
from wattmarket.record.digest import file_digest

__all__ = ["FORMAT", "MANIFEST_FILE", "FileEntry", "Manifest", "Origin"]

FORMAT: Final = 1
"""Version of the run folder's layout."""

MANIFEST_FILE: Final = "manifest.json"


class FileEntry(BaseModel):
    """One file of a run folder: its size in bytes and its SHA-256."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    size: int = Field(ge=0)
    sha256: str = Field(pattern="^[0-9a-f]{64}$")


class Origin(BaseModel):
    """The run that a run was forked from: its last link of the hash chain, the month, and the last link of both."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    digest: str = Field(description="last link of the hash chain of the run forked from", pattern="^[0-9a-f]{64}$")
    scenario_sha256: str = Field(description="of its resolved scenario")
    month: str = Field(description="first month that may differ, YYYY-MM")
    past_digest: str = Field(description="link of the month before, which both share", pattern="^[0-9a-f]{64}$")


class Manifest(BaseModel):
    """What was run, with which inputs, what came out, and the SHA-256 of every file.

    Examples
    --------
    >>> manifest = Manifest(wattmarket="0.1.0", polars="2.1.0", title="", seed=0, start="2023-01", ticks=1,
    ...     scenario_sha256="", world="", world_sha256="", digest="", digest_columns=(), not_in_digest={})
    >>> Manifest.from_text(manifest.to_text(), "manifest.json") == manifest
    True
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    format: int = FORMAT
    wattmarket: str = Field(description="version of wattmarket and of its engine, which are one")
    polars: str = Field(
        description="version of Polars that wrote the tables: their bytes depend on it, their rows don't"
    )
    title: str
    seed: int
    start: str = Field(description="first month, YYYY-MM")
    ticks: int
    scenario_sha256: str = Field(description="of the resolved scenario")
    world: str = Field(description="name of the world")
    world_sha256: str = Field(description="of the world's tables")
    digest: str = Field(description="last link of the hash chain")
    digest_columns: tuple[str, ...] = Field(description="prices and flows in the chain, in order", strict=False)
    not_in_digest: dict[str, str] = Field(description="columns that the chain leaves out, and why")
    twin_digest: str | None = Field(None, description="last link of the no-drift twin's chain, if it was run")
    forked_from: Origin | None = Field(None, description="the run whose past this one shares, if it is a fork")
    rows: dict[str, int] = Field(default_factory=dict, description="rows of each table")
    files: dict[str, FileEntry] = Field(default_factory=dict, description="every other file of the folder")

    def to_text(self) -> str:
        """Return the manifest as JSON, closed by the SHA-256 of all that precedes it."""
        content = self.model_dump(mode="json")
        # Left out where there is nothing to say: so folders of versions that couldn't fork still read.
        if self.forked_from is None:
            del content["forked_from"]
        content["files"] = dict(sorted(content["files"].items()))
        content["seal"] = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
        return json.dumps(content, indent=1, ensure_ascii=True) + "\n"

    @staticmethod
    def from_text(text: str, where: str) -> Manifest:
        """Read a manifest back; the text must be, byte for byte, one that `to_text` wrote.

        Raises
        ------
        InputError
            If the format is of another version.
        DigestMismatchError
            If the text was damaged or altered.
        """
        try:
            content = json.loads(text)
            version = content["format"]
            del content["seal"]
        except (ValueError, KeyError, TypeError) as error:
            raise DigestMismatchError(f"{where}: damaged: not a manifest") from error
        if version != FORMAT:
            raise InputError(f"{where}: format {version!r}: this version reads format {FORMAT}")
        try:
            manifest = Manifest.model_validate(content)
        except ValidationError as error:
            raise DigestMismatchError(f"{where}: damaged: {_first_problem(error)}") from error
        if manifest.to_text() != text:
            raise DigestMismatchError(f"{where}: damaged: its seal does not match its content")
        return manifest

    @staticmethod
    def load(folder: Path) -> Manifest:
        """Read the manifest of a run folder."""
        path = folder / MANIFEST_FILE
        try:
            text = path.read_bytes().decode()
        except UnicodeDecodeError as error:
            raise DigestMismatchError(f"{path}: damaged: not a manifest") from error
        except OSError as error:
            raise InputError(f"{folder}: not a run folder: {MANIFEST_FILE}: {error.strerror}") from error
        return Manifest.from_text(text, str(path))

    def with_files(self, folder: Path) -> Manifest:
        """Return this manifest with the entries of all files now in `folder`."""
        paths = sorted(path for path in folder.rglob("*") if path.is_file())
        entries = {
            path.relative_to(folder).as_posix(): FileEntry(size=path.stat().st_size, sha256=file_digest(path))
            for path in paths
            if path.name != MANIFEST_FILE or path.parent != folder
        }
        return self.model_copy(update={"files": entries})

    def damage(self, folder: Path, only: str | None = None) -> list[str]:
        """Compare the folder's files, or the one named `only`, with their entries; one line for each that differs."""
        entries = self.files if only is None else {only: self.files[only]}
        lines = [_damage(folder, name, entry) for name, entry in entries.items()]
        return [line for line in lines if line]


def _damage(folder: Path, name: str, entry: FileEntry) -> str:
    relative = PurePosixPath(name)
    if relative.is_absolute() or ".." in relative.parts:
        return f"{folder}: {name}: lies outside the folder"
    path = folder / relative
    if not path.is_file():
        return f"{path}: missing"
    if path.stat().st_size != entry.size:
        return f"{path}: damaged: {path.stat().st_size} bytes instead of {entry.size}"
    if file_digest(path) != entry.sha256:
        return f"{path}: damaged: its SHA-256 differs from the manifest's"
    return ""


def _first_problem(error: ValidationError) -> str:
    problem = error.errors()[0]
    return f"{'.'.join(str(part) for part in problem['loc'])}: {problem['msg']}"
