"""What contracts make parties pay each other in a month, in whole dollars."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from wattmarket.numeric import sum_by
from wattmarket.numeric.growing import Integer
from wattmarket.units import MUSD_PER_USD

__all__ = ["LARGEST_MUSD", "Payments", "whole_usd"]

LARGEST_MUSD: Final = 2**62
"""No payment of one contract in one month is larger, in micro-$: four trillion dollars."""


def whole_usd(musd: Integer) -> Integer:
    """Round micro-$ down to whole dollars: the one door by which money enters books.

    Parameters
    ----------
    musd
        int64 of any shape, not negative: what one party owes another.

    Examples
    --------
    >>> import numpy as np
    >>> whole_usd(np.array([1_999_999, 2_000_000])).tolist()
    [1, 2]
    """
    return musd // MUSD_PER_USD


@dataclass(frozen=True, slots=True)
class Payments:
    """Who pays whom; each amount leaves one party and reaches the other.

    Parameters
    ----------
    contract
        int64 [N]: id of the contract.
    payer, payee
        int64 [N]: parties.
    usd
        int64 [N]: whole $, positive.
    """

    contract: Integer
    payer: Integer
    payee: Integer
    usd: Integer

    def __len__(self) -> int:
        return len(self.usd)

    def received_usd(self, parties: int) -> Integer:
        """Sum what reaches each party 0 … `parties` − 1, int64 [parties] $; outside accounts are left out."""
        return _by_party(self.payee, self.usd, parties)

    def paid_usd(self, parties: int) -> Integer:
        """Sum what leaves each party 0 … `parties` − 1, int64 [parties] $; outside accounts are left out."""
        return _by_party(self.payer, self.usd, parties)


def _by_party(party: Integer, usd: Integer, parties: int) -> Integer:
    inside = (party >= 0) & (party < parties)
    return sum_by(party[inside], usd[inside], parties)
