"""A folder that appears whole or not at all.

Files are written to a hidden sibling, ``.NAME.partial-PID-N``, are flushed to the disk, and only then does the folder
take its name, by one rename. A process killed at any moment leaves the hidden folder behind; since the kernel drops a
dead process's lock, the next run to the same place knows it for a leftover and removes it.
"""

from __future__ import annotations

import contextlib
import fcntl
import itertools
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

from wattmarket.errors import InputError

__all__ = ["WholeFolder"]


class WholeFolder:
    """Context in which the files of `target` are written to `path`; leaving it without an error publishes them.

    Parameters
    ----------
    target
        The folder to make. Missing parents are made too.

    Raises
    ------
    InputError
        If `target` exists, or if a folder can't be written there. An error of the operating system within the
        context (a full disk, say) becomes an InputError of one line too.

    Examples
    --------
    >>> import tempfile
    >>> parent = Path(tempfile.mkdtemp())
    >>> with WholeFolder(parent / "run") as folder:
    ...     _ = (folder.path / "a.txt").write_text("a")
    ...     (parent / "run").exists()
    False
    >>> (parent / "run" / "a.txt").read_text()
    'a'
    """

    def __init__(self, target: Path) -> None:
        self.target = target
        self.path = target
        self._lock = -1

    def __enter__(self) -> WholeFolder:
        with _one_line(self.target):
            if self.target.exists() or self.target.is_symlink():
                raise InputError(f"{self.target}: exists already; name another folder or move this one away")
            parent = self.target.parent
            parent.mkdir(parents=True, exist_ok=True)
            # One process at a time removes leftovers and makes its own folder: none is ever seen before it is locked.
            with _locked(parent):
                self._remove_leftovers()
                self.path = self._make()
                self._lock = os.open(self.path, os.O_RDONLY)
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            with _one_line(self.target):
                if isinstance(error, OSError):
                    raise error
                if error is None:
                    self._publish()
        finally:
            # After a rename there is nothing under the hidden name any more.
            shutil.rmtree(self.path, ignore_errors=True)
            os.close(self._lock)

    @property
    def _prefix(self) -> str:
        return f".{self.target.name}.partial-"

    def _make(self) -> Path:
        for number in itertools.count():
            path = self.target.parent / f"{self._prefix}{os.getpid()}-{number}"
            with contextlib.suppress(FileExistsError):
                path.mkdir()
                return path
        raise AssertionError("unreachable")

    def _publish(self) -> None:
        for root, _, names in os.walk(self.path, topdown=False):
            for name in names:
                _sync(Path(root) / name)
            _sync(Path(root))
        try:
            self.path.rename(self.target)
        except OSError as error:
            if self.target.exists():
                raise InputError(f"{self.target}: was made by another process meanwhile") from error
            raise
        _sync(self.target.parent)

    def _remove_leftovers(self) -> None:
        for left in self.target.parent.iterdir():
            if left.name.startswith(self._prefix):
                # A folder whose lock is taken belongs to a run that is still alive.
                with contextlib.suppress(OSError), _locked(left, wait=False):
                    shutil.rmtree(left, ignore_errors=True)


@contextlib.contextmanager
def _locked(folder: Path, *, wait: bool = True) -> Iterator[None]:
    """Hold the lock of a folder; BlockingIOError if it is taken and `wait` is false."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(handle)


@contextlib.contextmanager
def _one_line(target: Path) -> Iterator[None]:
    """Turn an error of the operating system into one line that names the folder and the reason."""
    try:
        yield
    except OSError as error:
        raise InputError(f"{target}: cannot be written: {error.strerror or error}") from error


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
