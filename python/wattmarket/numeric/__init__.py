"""Numbers with the same bits on every machine: portable functions, ordered sums, one rounding door, keyed draws.

NumPy's ``exp``, ``log``, ``power`` and ``sum`` differ in the last bit between processors (they choose their
instructions at run time), so nothing on the way to a result may use them. This module takes their place; its functions
come from Rust's portable ``libm``. Additions, products, square roots, comparisons and ``cumsum`` are fixed by IEEE 754
and may be NumPy's own.

Every random draw is a pure function of (seed, purpose, entity, tick), by Philox4x32-10 [1]_: two runs that differ in
one parameter share every other draw, and adding a site moves nobody else's luck.

References
----------
.. [1] J. K. Salmon, M. A. Moraes, R. O. Dror & D. E. Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC11, 2011.
"""

from __future__ import annotations

from wattmarket.numeric.draws import entity_hash, normal, uniform
from wattmarket.numeric.functions import asin, atan2, cos, exp, log, logistic, power, sin
from wattmarket.numeric.sums import (
    add_by,
    before_in_group,
    first_in_group,
    group_total,
    overlaps,
    products,
    sum_by,
    to_integer,
    total,
    weighted_mean,
)

__all__ = [
    "add_by",
    "asin",
    "atan2",
    "before_in_group",
    "cos",
    "entity_hash",
    "exp",
    "first_in_group",
    "group_total",
    "log",
    "logistic",
    "normal",
    "overlaps",
    "power",
    "products",
    "sin",
    "sum_by",
    "to_integer",
    "total",
    "uniform",
    "weighted_mean",
]
