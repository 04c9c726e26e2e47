"""Writing a file so that it is there whole or not at all, whenever the power goes."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from wattmarket.errors import InputError

__all__ = ["one_line", "sync_folder", "write_whole"]


def write_whole(path: Path, data: bytes, part: Path) -> None:
    """Write a file under another name, flush it to the disk, give it its name, and flush the folder.

    Parameters
    ----------
    path, data
        The file.
    part
        The other name, in the same folder.

    Raises
    ------
    OSError
        If it can't be written; nothing is left behind then.
    """
    try:
        with part.open("wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        part.rename(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Flush the names in a folder to the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextlib.contextmanager
def one_line(place: Path) -> Iterator[None]:
    """Turn an error of the operating system into one line that names the place and the reason."""
    try:
        yield
    except OSError as error:
        raise InputError(f"{place}: {error.strerror or error}") from error
