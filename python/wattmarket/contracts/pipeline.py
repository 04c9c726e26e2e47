"""What is due at each place in each of the months to come."""

from __future__ import annotations

import numpy as np

from wattmarket.errors import InvariantError
from wattmarket.numeric import add_by, sum_by
from wattmarket.numeric.growing import Integer
from wattmarket.units import MONTHS_PER_YEAR

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
    Going a month on takes O(P), a start O(N). Conservation is checked when a month comes: what was added is complete or
    due; and once a year that the months to come add up to what is due, in O(horizon · P).
    """

    def __init__(self, places: int, horizon_months: int) -> None:
        self.horizon_months = horizon_months
        # Row (now + m) mod (horizon + 1) holds what is due m months from now; that of now is empty.
        self._due: Integer = np.zeros((horizon_months + 1, places), dtype=np.int64)
        self._now = 0
        # Months from now after which nothing is due.
        self._last = 0
        self._added: Integer = np.zeros(places, dtype=np.int64)
        self._completed: Integer = np.zeros(places, dtype=np.int64)
        self.total: Integer = np.zeros(places, dtype=np.int64)

    def add(self, place: Integer, quantity: Integer, months: Integer) -> None:
        """Add rows, int64 [N] each; months from 1 to the horizon."""
        self._last = max(self._last, int(months.max(initial=0)))
        add_by(self._due.reshape(-1), (self._now + months) % len(self._due) * len(self.total) + place, quantity)
        add_by(self._added, place, quantity)
        add_by(self.total, place, quantity)

    def cancel(self, place: Integer, quantity: Integer, months: Integer) -> tuple[Integer, Integer, Integer]:
        """Take out rows, int64 [N] each, as far as so much is due at a place in that month.

        Returns
        -------
        place, quantity, months
            int64 [M]: what was taken out, each place and month once.
        """
        spots, row = np.unique(months * len(self.total) + place, return_inverse=True)
        where, when = spots % len(self.total), spots // len(self.total)
        taken = np.minimum(sum_by(row, quantity, len(spots)), self._due[(self._now + when) % len(self._due), where])
        self.add(where, -taken, when)
        return where, taken, when

    def advance(self) -> Integer:
        """Go a month on and take out what is complete, int64 [P]."""
        self._now = (self._now + 1) % len(self._due)
        self._last = max(self._last - 1, 0)
        complete = np.array(self._due[self._now])
        self._due[self._now] = 0
        self._completed += complete
        self.total -= complete
        wrong = (complete < 0) | (self.total < 0) | (self._added != self._completed + self.total)
        if self._now % MONTHS_PER_YEAR == 0:
            wrong |= self._due.sum(axis=0) != self.total  # exact: integers
        if wrong.any():
            raise InvariantError("contracts: what was started is neither complete nor under construction")
        return complete

    def within(self, months: int) -> Integer:
        """Sum what is due within so many months, int64 [P]; O(months · P)."""
        if months >= self._last:
            return self.total.copy()
        rows = self._rows(months)
        return np.asarray(self._due[rows].sum(axis=0), dtype=np.int64)  # exact: integers

    def reached(self, place: Integer) -> Integer:
        """Sum what is due at some places from now to each month until nothing more is, int64 [N, months]."""
        return np.cumsum(self._due[np.ix_(self._rows(self._last), place)], axis=0).T

    def _rows(self, months: int) -> Integer:
        """Rows of the months 0 … `months` from now."""
        return (self._now + np.arange(max(months, 0) + 1, dtype=np.int64)) % len(self._due)
