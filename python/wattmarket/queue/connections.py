"""Slots that were sold and whose connections are being built, or stand."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from wattmarket.numeric import first_in_group
from wattmarket.numeric.growing import GrowingColumns, Integer

__all__ = ["Connections"]


class Connections(GrowingColumns):
    """Every sale of a slot, as int64 columns [C]: request, kW grid, tick at which it is energised, whether it is."""

    NAMES: ClassVar[tuple[str, ...]] = ("request", "kw", "due", "energised")

    request: Integer
    kw: Integer
    due: Integer
    energised: Integer

    def energise(self, tick: int) -> tuple[Integer, Integer]:
        """Energise what is due.

        Returns
        -------
        ids, kw
            Requests, each once, and what became energised of them: int64 [N].
        """
        rows = np.flatnonzero((self.energised == 0) & (self.due <= tick))
        self.energised[rows] = 1
        ids, place = np.unique(self.request[rows], return_inverse=True)
        kw = np.zeros(len(ids), dtype=np.int64)
        np.add.at(kw, place, self.kw[rows])
        return ids, kw

    def take(self, ids: Integer, kw: Integer) -> tuple[Integer, Integer, Integer]:
        """Take kilowatts that are being built from requests, those due first first.

        Parameters
        ----------
        ids, kw
            int64 [N]: requests, each once, and how much of them, at most what is being built.

        Returns
        -------
        which, kw, due
            int64 [C]: what was taken, with the position in `ids`.
        """
        where = np.full(int(max(self.request.max(initial=-1), ids.max(initial=-1))) + 1, -1, dtype=np.int64)
        where[ids] = np.arange(len(ids))
        open_rows = np.flatnonzero(self.energised == 0)
        open_rows = open_rows[where[self.request[open_rows]] >= 0]
        which = where[self.request[open_rows]]
        order = np.lexsort((open_rows, self.due[open_rows], which))
        rows, which = open_rows[order], which[order]
        taken = first_in_group(kw[which], which, self.kw[rows])
        self.kw[rows] -= taken
        some = taken > 0
        return which[some], taken[some], self.due[rows[some]]

    def move(self, ids: Integer, new: Integer) -> None:
        """Give all connections of some requests, each once, to others: int64 [N] each."""
        holder = np.arange(int(max(self.request.max(initial=-1), ids.max(initial=-1))) + 1, dtype=np.int64)
        holder[ids] = new
        self.request[:] = holder[self.request]

    def bound_kw(self, since: int, requests: int) -> Integer:
        """Count what was energised after a tick, int64 [requests] kW grid."""
        rows = np.flatnonzero((self.energised == 1) & (self.due > since))
        kw = np.zeros(requests, dtype=np.int64)
        np.add.at(kw, self.request[rows], self.kw[rows])
        return kw
