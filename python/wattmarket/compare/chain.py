"""Where two hash chains part."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["parting_tick"]


def parting_tick(a: Sequence[str], b: Sequence[str]) -> int | None:
    """Return the first tick whose links differ, found by bisection: links that differ once differ ever after.

    Parameters
    ----------
    a, b
        Links of two runs, one per tick. Where one is shorter and all its links are the other's, they part at its end.

    Returns
    -------
    int or None
        None if both chains are the same.

    Examples
    --------
    >>> parting_tick(["a", "b", "c"], ["a", "x", "y"])
    1
    >>> parting_tick(["a", "b"], ["a", "b", "c"]), parting_tick(["a"], ["a"])
    (2, None)
    """
    low, high = 0, min(len(a), len(b))
    while low < high:
        middle = (low + high) // 2
        if a[middle] == b[middle]:
            low = middle + 1
        else:
            high = middle
    return low if low < max(len(a), len(b)) else None
