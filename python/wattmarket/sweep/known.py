"""What a driver knows of the runs of its plan: which are done, have failed, have been given out."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from wattmarket.sweep.keys import Index, Keys, packed
from wattmarket.sweep.play import DONE
from wattmarket.sweep.store import Store

__all__ = ["Known"]

_DONE: Final = 1
_FAILED: Final = 2
_FAILED_BEFORE: Final = 4
_GIVEN: Final = 8


class Known:
    """Which runs of a plan a store holds, a byte for each; looks only at chunks that it hasn't seen.

    Parameters
    ----------
    store
        The store.
    keys
        (runs,) keys of the plan.
    """

    def __init__(self, store: Store, keys: Keys) -> None:
        self.store, self.index = store, Index(keys)
        # Of runs that share a key, the first stands for all.
        self.state = np.zeros(len(keys), dtype=np.uint8)
        self._seen: set[str] = set()
        self._sizes: dict[Path, int] = {}

    def count(self, shard: tuple[int, int] = (0, 1)) -> tuple[int, int]:
        """How many runs of a shard are done, and how many have failed and were never played to their ends."""
        state = self.state[self.index.first[shard[0] :: shard[1]]]
        done = state & _DONE > 0
        return int(np.count_nonzero(done)), int(np.count_nonzero(~done & (state & _FAILED > 0)))

    def note(self, keys: Iterable[str], states: Iterable[str]) -> None:
        """Note what has become of some runs."""
        rows = self.index.rows(packed(keys))
        marks = np.array([_DONE if state == DONE else _FAILED for state in states], dtype=np.uint8)
        np.bitwise_or.at(self.state, rows[rows >= 0], marks[rows >= 0])

    def refresh(self) -> None:
        """Read what has come since, if any manifest has grown."""
        sizes = {path: path.stat().st_size for path in sorted(self.store.manifests.glob("*.jsonl")) if path.exists()}
        if sizes == self._sizes:
            return
        self._sizes = sizes
        for frame in self.store.frames(but=self._seen):
            self.note(frame["key"], frame["status"])

    def wanted(self, shard: tuple[int, int], retry_failed: bool) -> npt.NDArray[np.intp]:
        """Rows of a shard that are to be played, from what is known when a driver begins."""
        self.state[self.state & _FAILED > 0] |= _FAILED_BEFORE
        rows = np.arange(shard[0], len(self.state), shard[1])
        no_more = _DONE if retry_failed else _DONE | _FAILED
        found: npt.NDArray[np.intp] = rows[self.state[self.index.first[rows]] & no_more == 0]
        return found

    def give(self, row: int) -> bool:
        """Whether a run is still to be played when its turn comes: another driver or point may have played it."""
        first = self.index.first[row]
        state = self.state[first]
        failed_since = state & _FAILED and not state & _FAILED_BEFORE
        if state & (_DONE | _GIVEN) or failed_since:
            return False
        self.state[first] |= _GIVEN
        return True
