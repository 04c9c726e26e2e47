"""Digests: the hash chain over a run's prices and flows, and the SHA-256 of a file.

The chain starts at 32 zero bytes. At each tick

    state = SHA-256(state ‖ tick ‖ for each column: length of its name ‖ its name ‖ number of cells ‖ cells)

with every number as eight little-endian bytes (two's complement), names as UTF-8 and cells in row-major order. So
the digest of a tick vouches for all ticks before it, and it can be recomputed by anyone from the columns alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from wattmarket.errors import InvariantError

__all__ = ["DigestChain", "file_digest"]


class DigestChain:
    """Hash chain over int64 columns, one link a tick.

    Examples
    --------
    >>> chain = DigestChain()
    >>> chain.advance(0, [("price", np.array([1, 2]))])[:16]
    '67a0b97738550fe5'
    >>> chain.names
    ('price',)
    """

    def __init__(self) -> None:
        self._state = bytes(32)
        self.names: tuple[str, ...] = ()

    @property
    def hex(self) -> str:
        """The digest up to now, 64 hexadecimal digits."""
        return self._state.hex()

    def advance(self, tick: int, columns: Sequence[tuple[str, NDArray[np.int64]]]) -> str:
        """Add one tick and return the digest up to it.

        Parameters
        ----------
        tick
            Month since the start of the run.
        columns
            (name, int64 array of any shape), the same names in the same order at every tick.

        Returns
        -------
        str
            64 hexadecimal digits.

        Raises
        ------
        InvariantError
            If a column is not int64, or if the names differ from those of the tick before.
        """
        names = tuple(name for name, _ in columns)
        if self.names and names != self.names:
            raise InvariantError(f"tick {tick}: digest columns {names} differ from {self.names}")
        self.names = names
        link = hashlib.sha256(self._state)
        link.update(_word(tick))
        for name, cells in columns:
            if cells.dtype != np.int64:
                raise InvariantError(f"tick {tick}: digest column {name}: dtype {cells.dtype} is not int64")
            link.update(_word(len(name.encode())))
            link.update(name.encode())
            link.update(_word(cells.size))
            link.update(np.ascontiguousarray(cells, dtype="<i8").data)
        self._state = link.digest()
        return self.hex


def _word(number: int) -> bytes:
    return number.to_bytes(8, "little", signed=True)


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, 64 hexadecimal digits."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
