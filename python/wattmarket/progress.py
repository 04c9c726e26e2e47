"""Progress on standard error: a bar on a terminal and in a notebook, a plain line now and then elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Protocol

from tqdm import tqdm

__all__ = ["Progress", "progress_lines"]

LINES_EVERY = 12
"""Ticks between two plain lines."""


class Progress(Protocol):
    """What a run tells of itself: called once a tick with the month just finished."""

    def __call__(self, month: str) -> None:
        """Tell that a month is finished."""


@contextmanager
def progress_lines(
    label: str, total: int, *, shown: bool, unit: str = "month", every: int = LINES_EVERY
) -> Iterator[Progress]:
    """Show the progress of `total` units under `label`, a plain line for `every` so many; nothing unless `shown`."""
    if not shown:
        yield lambda month: None
    elif sys.stderr.isatty() or _in_notebook():
        with _bar()(total=total, desc=label, unit=unit, leave=False, file=sys.stderr) as bar:

            def advance(month: str) -> None:
                bar.set_postfix_str(month, refresh=False)
                bar.update()

            yield advance
    else:
        done = 0

        def line(month: str) -> None:
            nonlocal done
            done += 1
            if done % every == 0 or done == total:
                print(f"{label}: {month}, {done} of {total} {unit}s", file=sys.stderr, flush=True)

        yield line


def _in_notebook() -> bool:
    """Whether standard error is a notebook's."""
    return type(sys.stderr).__module__.startswith("ipykernel.")


def _bar() -> type[tqdm[Any]]:
    """A bar of text; in a notebook that has what it takes, a widget."""
    if _in_notebook() and find_spec("ipywidgets") is not None:
        widget: type[tqdm[Any]] = import_module("tqdm.notebook").tqdm
        return widget
    return tqdm
