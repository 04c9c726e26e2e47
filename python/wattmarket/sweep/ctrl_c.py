"""Ctrl-C and SIGTERM while a sweep is driven: they end the wait for rows, and cut nothing else in two."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator
from types import FrameType
from typing import Any

__all__ = ["CtrlC"]


class CtrlC:
    """As long as it is entered, Ctrl-C raises `KeyboardInterrupt` within `may_come` alone.

    So does SIGTERM, by which schedulers of clusters say that the time is over. One that comes at another moment, as
    during a commit, is kept and raised when `may_come` is entered next. Where somebody else handles a signal, or
    outside of the main thread, which never gets one, nothing is changed.

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
        self._came = self._open = False
        self._before: dict[int, Any] = {}

    def __enter__(self) -> CtrlC:
        for number, usual in ((signal.SIGINT, signal.default_int_handler), (signal.SIGTERM, signal.SIG_DFL)):
            if signal.getsignal(number) is usual:
                with contextlib.suppress(ValueError):  # not the main thread
                    signal.signal(number, self._handle)
                    self._before[number] = usual
        return self

    def __exit__(self, *_: object) -> None:
        for number, usual in self._before.items():
            signal.signal(number, usual)

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
