"""What one tick of a model hands to the recorder: the rows of each table and the columns of the digest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["ClosingRecord", "Names", "TickRecord"]


@dataclass(frozen=True, slots=True)
class Names:
    """A text column written as positions in a list of names, so that no text is copied while the model runs.

    Parameters
    ----------
    codes
        Position in `names` of each row, int array of shape (rows,); -1 stands for an empty cell.
    names
        The names, in the order that the codes count. The same object at every tick is the cheapest.
    """

    codes: NDArray[np.integer[Any]]
    names: Sequence[str]

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.codes)

    def copy(self) -> Names:
        """Copy the codes; the names are the same object."""
        return Names(self.codes.astype(np.int32), self.names)


@dataclass(frozen=True, slots=True)
class TickRecord:
    """The record of one tick, made by a model's ``step()``.

    Parameters
    ----------
    tick
        Month since the start of the run, from 0.
    tables
        Table name to column name to the column: the rows that this tick adds to the tables of `schema.run` and
        `schema.living` (``ticks`` has one row). A number, flag or date column is a NumPy array of the column's own
        dtype (dates as ``datetime64[D]``), a text column a NumPy array of text or `Names`. In a float column that may
        be empty, NaN stands for an empty cell. The column ``tick`` of every table and the columns ``month`` and
        ``digest`` of ``ticks`` are the recorder's: leave them out.
    digest_columns
        Prices and flows that enter the digest, as (name, int64 array) in a fixed order.
    """

    tick: int
    tables: Mapping[str, Mapping[str, NDArray[Any] | Names]]
    digest_columns: Sequence[tuple[str, NDArray[np.int64]]]


@dataclass(frozen=True, slots=True)
class ClosingRecord:
    """The tables that can only be written when the whole run is known.

    Parameters
    ----------
    tables
        As in `TickRecord`, but with all rows of the run at once, in order of ticks, and the column ``tick`` (int32) in
        them.
    """

    tables: Mapping[str, Mapping[str, NDArray[Any] | Names]]
