"""Looking for damage, and putting it aside: what was lost is played again, what is whole is taken up."""

from __future__ import annotations

import contextlib
from pathlib import Path

from wattmarket.errors import DigestMismatchError, InputError
from wattmarket.sweep.store.files import one_line
from wattmarket.sweep.store.lines import Line
from wattmarket.sweep.store.plans import read_plan
from wattmarket.sweep.store.store import Store, read_chunk
from wattmarket.sweep.store.writer import Writer, keys_digest

__all__ = ["problems", "recover"]


def problems(store: Store) -> list[str]:
    """Check every file of a store; one line for each thing that is wrong."""
    contents = store.contents()
    found = [f"{path}: line {number}: torn or damaged" for path, numbers in contents.bad.items() for number in numbers]
    for sha256, line in contents.chunks.items():
        try:
            read_chunk(store.chunk(sha256), line)
        except DigestMismatchError as error:
            found.append(str(error))
    for path in store.orphans():
        try:
            read_chunk(path)
        except DigestMismatchError as error:
            found.append(str(error))
        else:
            found.append(f"{path}: no manifest names it: a commit was interrupted, or a manifest is cut short")
    for path in sorted(store.plans.glob("*.json")):
        try:
            for _ in read_plan(store, path.stem).pieces(["key"]):
                pass
        except (DigestMismatchError, InputError) as error:
            found.append(str(error))
    return found


def recover(store: Store, writer: Writer) -> list[str]:
    """Put aside what is damaged and take up what is whole; one line for each thing done.

    A manifest with a bad line moves to ``damaged/``, and its chunks, which carry their SHA-256 as names, are taken up
    by the writer's own manifest. A chunk that is damaged or missing is noted as lost: its runs count as not played.
    """
    done = []
    with one_line(store.folder):
        for path in store.parts():
            path.unlink(missing_ok=True)
        for path in store.contents().bad:
            done += _put_aside(store, path)
        for sha256, line in store.contents().chunks.items():
            path = store.chunk(sha256)
            try:
                read_chunk(path, line)
            except DigestMismatchError:
                done += _put_aside(store, path) or [f"{path}: is gone"]
                writer.append(Line(sha256, line.size, line.rows, line.keys_sha256, lost=True))
        for path in store.orphans():
            done += _take_up(store, path, writer)
    return done


def _put_aside(store: Store, path: Path) -> list[str]:
    store.damaged.mkdir(exist_ok=True)
    # Another driver may have done it just now.
    with contextlib.suppress(FileNotFoundError):
        path.rename(store.damaged / path.name)
        return [f"{path}: damaged: moved to {store.damaged}"]
    return []


def _take_up(store: Store, path: Path, writer: Writer) -> list[str]:
    try:
        frame = read_chunk(path)
    except DigestMismatchError:
        return _put_aside(store, path)
    writer.append(Line(path.stem, path.stat().st_size, frame.height, keys_digest(frame["key"])))
    return [f"{path}: whole, and named by no manifest: taken up"]
