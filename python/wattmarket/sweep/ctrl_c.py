"""Ctrl-C while a sweep is driven: it ends the wait for rows, and cuts nothing else in two."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator
from types import FrameType

__all__ = ["CtrlC"]


class CtrlC:
    """As long as it is entered, Ctrl-C raises `KeyboardInterrupt` within `may_come` alone.

    One that comes at another moment, as during a commit, is kept and raised when `may_come` is entered next. Where
    somebody else handles Ctrl-C, or outside of the main thread, which never gets it, nothing is changed.

    Examples
    --------
    >>> with CtrlC() as ctrl_c:
    ...     signal.raise_signal(signal.SIGINT)
    ...     print("a commit goes to its end")
    ...     try:
    ...         with ctrl_c.may_come():
    ...             print("never reached")
    ...     except KeyboardInterrupt:
    ...         print("ended")
    a commit goes to its end
    ended
    """

    def __init__(self) -> None:
        self._came = self._open = self._ours = False

    def __enter__(self) -> CtrlC:
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            with contextlib.suppress(ValueError):  # not the main thread
                signal.signal(signal.SIGINT, self._handle)
                self._ours = True
        return self

    def __exit__(self, *_: object) -> None:
        if self._ours:
            signal.signal(signal.SIGINT, signal.default_int_handler)

    @contextlib.contextmanager
    def may_come(self) -> Iterator[None]:
        """Let Ctrl-C end what is done in here.

        Raises
        ------
        KeyboardInterrupt
            If it comes, or has come.
        """
        self._open = True
        try:
            if self._came:
                raise KeyboardInterrupt
            yield
        finally:
            self._open = False

    def _handle(self, number: int, frame: FrameType | None) -> None:
        self._came = True
        if self._open:
            # Wherever in `may_come` this is, its end included.
            self._open = False
            raise KeyboardInterrupt
