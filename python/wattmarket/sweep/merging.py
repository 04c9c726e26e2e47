"""Merging stores: chunks and manifests are copied; none ever has the name of another."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from wattmarket.errors import DigestMismatchError
from wattmarket.sweep.store import Store
from wattmarket.sweep.store.files import one_line, write_whole
from wattmarket.sweep.store.recovery import problems

__all__ = ["merge"]


def merge(target: str | Path, sources: Sequence[str | Path]) -> int:
    """Copy what other stores hold into one; how many chunks came.

    Chunks are named by their SHA-256 and manifests by their writers, so nothing is overwritten, and to copy the folders
    by other means comes to the same. Plans that the target has under the same name stay as they are there.

    Parameters
    ----------
    target
        The store that gets everything; made if it isn't there.
    sources
        The others; no driver may be at work in them.

    Raises
    ------
    InputError
        If a source is no store, or can't be copied.
    DigestMismatchError
        If a source is damaged, or a commit to it was interrupted; nothing is copied then.
    """
    place = Store(target)
    others = [Store(source).open() for source in sources]
    for other in others:
        if found := problems(other):
            raise DigestMismatchError(
                "\n".join([*found, f"{other.folder}: resume its sweep there before it is merged"])
            )
    place.make()
    before = len(place.contents().chunks)
    for other in others:
        # Chunks before the manifests that name them: killed half-way, the target is whole and lacks some.
        for kind in ("chunks", "plans", "manifests"):
            _copy(other.folder / kind, place.folder / kind)
    return len(place.contents().chunks) - before


def _copy(source: Path, target: Path) -> None:
    for path in sorted(source.iterdir(), key=lambda path: (path.suffix == ".json", path.name)):
        copy = target / path.name
        if path.name.startswith(".") or (copy.exists() and path.suffix != ".jsonl"):
            continue
        with one_line(copy):
            data = path.read_bytes()
            # A manifest only grows: the longer copy is the later one.
            if not copy.exists() or len(copy.read_bytes()) < len(data):
                write_whole(copy, data, copy.with_name(f".{path.stem}.merge"))
