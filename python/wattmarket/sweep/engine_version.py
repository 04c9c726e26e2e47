"""Which engine a run was played by, as far as its results go.

The version of wattmarket, and the label of the golden digests that it announces (``make golden``, CHANGELOG.md): a
change of any recorded result of a shipped scenario changes the label, with it every key of a store, and so no old run
is taken for a new one. A working copy between two versions whose change touches no golden digest is not told apart.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from wattmarket import __version__

__all__ = ["engine_version"]


@cache
def engine_version() -> str:
    """Version and label, as in ``0.1.0+32a238d1f5b7``.

    Examples
    --------
    >>> version, label = engine_version().split("+")
    >>> len(label)
    12
    """
    label = files("wattmarket.sweep").joinpath("results_label.txt").read_text(encoding="utf-8").strip()
    return f"{__version__}+{label}"
