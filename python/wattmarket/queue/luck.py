"""What is drawn for requests and for outside developers' projects, keyed by what stays the same whoever files first."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from wattmarket import numeric
from wattmarket.numeric.growing import Integer
from wattmarket.queue.rule import LARGEST_USD_PER_KW

__all__ = ["luck_of", "outside_bears_usd_per_kw", "request_key", "upgrade_usd_per_kw"]

Hash = NDArray[np.uint64]

UPGRADE_MEDIAN_USD_PER_KW: Final = 120.0
UPGRADE_SPREAD: Final = 1.6
"""Upgrade costs are lognormal: median, and standard deviation of the logarithm.

Fitted, with what outside projects bear, to what completed and withdrawn projects cost on average: 84 and 599 $/kW in
PJM (I08), 102 and 452 in MISO (I09). ``docs/queue.md`` has what comes out.
"""

OUTSIDE_GENUINE_SHARE: Final = 0.35
OUTSIDE_BEARS_MEDIAN_USD_PER_KW: Final = 250.0
OUTSIDE_BEARS_SPREAD: Final = 0.7
"""Outside developers' projects: the share that has a customer, and what those bear, lognormal. The others bear nothing:
they leave as soon as a cost is known. Fitted to the share of requests that is ever energised (I06)."""

_GOLDEN: Final = np.uint64(0x9E3779B97F4A7C15)
_ODD: Final = np.uint64(0xBF58476D1CE4E5B9)


def request_key(project: Integer, zone_key: Hash, site: Integer) -> Hash:
    """Key of the draws of a request: of its project, zone and site, not of its id.

    Parameters
    ----------
    project, site
        int64 [N].
    zone_key
        uint64 [N], hash of the zone's id.

    Returns
    -------
    uint64 [N]
    """
    # Products wrap around at 2**64, which is what hashing wants.
    return ((project.astype(np.uint64) * _GOLDEN) ^ zone_key) * _ODD + site.astype(np.uint64)


def luck_of(seed: int, key: Hash, filed: Integer) -> Integer:
    """Draw the number that orders the requests of one tick, int64 [N] in 0 … 2**53 − 1."""
    return numeric.to_integer(numeric.uniform(seed, "queue order", key, filed) * float(1 << 53), "luck")


def upgrade_usd_per_kw(seed: int, key: Hash, filed: Integer) -> Integer:
    """Draw what connecting a request costs in network upgrades, int64 [N] $/kW.

    Lognormal: most pay little, a few would have to pay for a line.
    """
    return _lognormal(numeric.normal(seed, "queue upgrade cost", key, filed), UPGRADE_MEDIAN_USD_PER_KW, UPGRADE_SPREAD)


def outside_bears_usd_per_kw(seed: int, project: Integer) -> Integer:
    """Draw what outside developers' projects bear in upgrade costs, int64 [N] $/kW."""
    bears = _lognormal(
        numeric.normal(seed, "queue outside project bears", project),
        OUTSIDE_BEARS_MEDIAN_USD_PER_KW,
        OUTSIDE_BEARS_SPREAD,
    )
    genuine = numeric.uniform(seed, "queue outside project genuine", project) < OUTSIDE_GENUINE_SHARE
    return np.where(genuine, bears, 0)


def _lognormal(normal: NDArray[np.float64], median: float, spread: float) -> Integer:
    value = median * numeric.exp(spread * normal)
    return numeric.to_integer(np.minimum(value, LARGEST_USD_PER_KW), "usd_per_kw")
