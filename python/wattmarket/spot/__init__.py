"""The spot market: the Watt-Latency network cleared from columns, and the reading of its prices."""

from __future__ import annotations

from wattmarket.spot.columns import (
    NO_BUDGET,
    POOLED,
    RTT_UNITS_PER_MS,
    Corner,
    SpotClearing,
    SpotDemand,
    SpotLayout,
    SpotState,
)
from wattmarket.spot.layout import spot_layout
from wattmarket.spot.market import SpotMarket
from wattmarket.spot.reach import rtt_matrix
from wattmarket.spot.reading import LABELS, LATENCY_BOUND, WATT_BOUND, RentReading, read_rents

__all__ = [
    "LABELS",
    "LATENCY_BOUND",
    "NO_BUDGET",
    "POOLED",
    "RTT_UNITS_PER_MS",
    "WATT_BOUND",
    "Corner",
    "RentReading",
    "SpotClearing",
    "SpotDemand",
    "SpotLayout",
    "SpotMarket",
    "SpotState",
    "read_rents",
    "rtt_matrix",
    "spot_layout",
]
