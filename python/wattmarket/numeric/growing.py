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
        if last > self._data.shape[1]:
            wider = np.zeros((len(self.NAMES), 2 * last), dtype=np.int64)
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

    What has ended is not looked at again, so that asking takes time in what is left and not in what there ever was;
    and none where no row was appended and nobody has said that any ended.

    Parameters
    ----------
    last
        Highest code in the column ``state`` of rows that have not ended.
    kinds
        Codes in the column ``kind`` of the rows that are looked for; a row's never changes. Without any: all rows.

    Examples
    --------
    >>> class Lamps(GrowingColumns):
    ...     NAMES = ("state",)
    >>> lamps, lit = Lamps(), RowsLeft(last=0)
    >>> _ = lamps.append(3, {})
    >>> lamps.state[1] = 1
    >>> lit.some_ended()
    >>> _ = lamps.append(1, {})
    >>> lit.of(lamps).tolist()
    [0, 2, 3]
    """

    def __init__(self, last: int, kinds: tuple[int, ...] = ()) -> None:
        self._last = last
        self._kinds = kinds
        self._rows: Integer = np.zeros(0, dtype=np.int64)
        self._seen = 0
        self._ended = False

    def some_ended(self) -> None:
        """Say that rows have come to an end: whoever writes such a state must."""
        self._ended = True

    def of(self, table: GrowingColumns) -> Integer:
        """Find the rows that are left, int64 [N], in their order; always of the same table, please."""
        state: Integer = table.state  # type: ignore[attr-defined]
        if self._ended:
            self._rows = self._rows.compress(state[self._rows] <= self._last)
            self._ended = False
        if self._seen < len(table):
            self._rows = np.concatenate([self._rows, self._new(table, state[self._seen :] <= self._last)])
            self._seen = len(table)
        self._rows.setflags(write=False)
        return self._rows

    def _new(self, table: GrowingColumns, left: NDArray[np.bool_]) -> Integer:
        """Of the rows that were appended since, those that are left and of the kinds looked for."""
        if self._kinds:
            kind: Integer = table.kind  # type: ignore[attr-defined]
            left = left & np.logical_or.reduce([kind[self._seen :] == code for code in self._kinds])
        return self._seen + np.flatnonzero(left)
