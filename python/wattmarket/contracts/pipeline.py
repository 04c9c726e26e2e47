"""What is due at each place in each of the months to come."""

from __future__ import annotations

import numpy as np

from wattmarket.errors import InvariantError
from wattmarket.numeric.growing import Integer

__all__ = ["Pipeline"]


class Pipeline:
    """Quantities due at each of P places, by month, as a ring of months.

    Parameters
    ----------
    places
        P.
    horizon_months
        Longest time to completion.

    Attributes
    ----------
    total
        Everything that is due some time, int64 [P].

    Notes
    -----
    Going a month on takes O(horizon · P), a start O(N). Conservation is checked when a month comes: what was added is
    complete or due.
    """

    def __init__(self, places: int, horizon_months: int) -> None:
        self.horizon_months = horizon_months
        # Row (now + m) mod (horizon + 1) holds what is due m months from now; that of now is empty.
        self._due: Integer = np.zeros((horizon_months + 1, places), dtype=np.int64)
        self._now = 0
        self._added: Integer = np.zeros(places, dtype=np.int64)
        self._completed: Integer = np.zeros(places, dtype=np.int64)
        self.total: Integer = np.zeros(places, dtype=np.int64)

    def add(self, place: Integer, quantity: Integer, months: Integer) -> None:
        """Add rows, int64 [N] each; months from 1 to the horizon."""
        np.add.at(self._due, ((self._now + months) % len(self._due), place), quantity)
        np.add.at(self._added, place, quantity)
        np.add.at(self.total, place, quantity)

    def advance(self) -> Integer:
        """Go a month on and take out what is complete, int64 [P]."""
        self._now = (self._now + 1) % len(self._due)
        complete = np.array(self._due[self._now])
        self._due[self._now] = 0
        self._completed += complete
        self.total -= complete
        if (self._added != self._completed + self._due.sum(axis=0)).any():  # exact: integers
            raise InvariantError("contracts: what was started is neither complete nor under construction")
        return complete

    def within(self, months: int) -> Integer:
        """Sum what is due within so many months, int64 [P]; O(months · P)."""
        rows = self._rows(min(months, self.horizon_months))
        return np.asarray(self._due[rows].sum(axis=0), dtype=np.int64)  # exact: integers

    def reached(self, place: Integer) -> Integer:
        """Sum what is due at some places from now to each month, int64 [N, horizon + 1]."""
        return np.cumsum(self._due[self._rows(self.horizon_months)][:, place].T, axis=1) if len(place) else _none(self)

    def _rows(self, months: int) -> Integer:
        """Rows of the months 0 … `months` from now."""
        return (self._now + np.arange(max(months, 0) + 1, dtype=np.int64)) % len(self._due)


def _none(pipeline: Pipeline) -> Integer:
    return np.zeros((0, pipeline.horizon_months + 1), dtype=np.int64)
