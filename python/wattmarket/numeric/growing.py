"""Tables of integer columns that grow by rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

__all__ = ["GrowingColumns", "Integer", "RowsLeft"]

Integer = NDArray[np.int64]

_FIRST_ROWS = 64


class GrowingColumns:
    """A struct of int64 arrays of equal length; rows are appended and never removed.

    A subclass lists its columns in `NAMES` and declares each as an attribute. An attribute is a writable view [N] of
    the rows there are; `append` binds new ones, so that no view may be kept across it.

    Notes
    -----
    Space doubles when it runs out: appending N rows one by one takes O(N) in all.
    """

    NAMES: ClassVar[tuple[str, ...]] = ()

    def __init__(self) -> None:
        self._data = np.zeros((len(self.NAMES), _FIRST_ROWS), dtype=np.int64)
        self._count = 0
        self._bind()

    def __len__(self) -> int:
        return self._count

    def append(self, count: int, columns: Mapping[str, Integer | int]) -> Integer:
        """Append rows; a column that is not named is 0.

        Returns
        -------
        int64 [count]
            The numbers of the new rows.
        """
        first, last = self._count, self._count + count
        capacity = self._data.shape[1]
        if last > capacity:
            wider = np.zeros((len(self.NAMES), max(2 * capacity, last)), dtype=np.int64)
            wider[:, :first] = self._data[:, :first]
            self._data = wider
        self._count = last
        self._bind()
        for name, values in columns.items():
            getattr(self, name)[first:] = values
        return np.arange(first, last, dtype=np.int64)

    def _bind(self) -> None:
        for row, name in enumerate(self.NAMES):
            setattr(self, name, self._data[row, : self._count])


class RowsLeft:
    """Rows of a table that have not come to an end: a row whose state is beyond the last never comes back.

    What has ended is not looked at again, so that asking takes time in what is left and not in what there ever was.

    Parameters
    ----------
    last
        Highest code in the column ``state`` of rows that have not ended.

    Examples
    --------
    >>> class Lamps(GrowingColumns):
    ...     NAMES = ("state",)
    >>> lamps, lit = Lamps(), RowsLeft(last=0)
    >>> _ = lamps.append(3, {})
    >>> lamps.state[1] = 1
    >>> _ = lamps.append(1, {})
    >>> lit.of(lamps).tolist()
    [0, 2, 3]
    """

    def __init__(self, last: int) -> None:
        self._last = last
        self._rows: Integer = np.zeros(0, dtype=np.int64)
        self._seen = 0

    def of(self, table: GrowingColumns) -> Integer:
        """Find the rows that are left, int64 [N], in their order; always of the same table, please."""
        state: Integer = table.state  # type: ignore[attr-defined]
        rows = np.concatenate([self._rows, np.arange(self._seen, len(table), dtype=np.int64)])
        self._rows, self._seen = rows[state[rows] <= self._last], len(table)
        self._rows.setflags(write=False)
        return self._rows
