"""Power that zones offer under contract: the uncontracted kilowatts of every step, and what their owners ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wattmarket.numeric.growing import Integer

__all__ = ["FIRMING_USD_PER_MWH", "MINIMUM_SHARE", "PpaOffers"]

FIRMING_USD_PER_MWH: Final[Mapping[str, float]] = MappingProxyType({})
"""What owners ask for making a technology's output firm, $ per MWh of grid; 0 where none is given.

Nothing in a world that was built from the shipped tables: its marginal costs are prices of firm energy offered to a
large load, so that firming is in them. A world whose solar and wind costs are of energy as generated needs it.
"""

MINIMUM_SHARE: Final = 0.5
"""Part of a dormant unit that must be sold before it restarts (assumption; all of Crane went to one buyer, P05)."""


@dataclass(frozen=True, slots=True)
class PpaOffers:
    """Offers of firm-equivalent power, at most two a step: of what stands or is being built, and of what is not.

    Parameters
    ----------
    step, zone
        Rows of the generators and zones, int64 [N].
    ask
        Micro-$ per kW-month, int64 [N].
    kw
        kW of IT, int64 [N], positive.
    least_kw
        What must be sold of it if anything is, int64 [N].
    key
        Hash of the generator's id, and of whether it is to be built, uint64 [N].
    unbuilt
        Whether a sale starts building, bool [N].
    """

    step: Integer
    zone: Integer
    ask: Integer
    kw: Integer
    least_kw: Integer
    key: NDArray[np.uint64]
    unbuilt: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.step)
