"""Spot clearing: the Watt-Latency network, its flows and its prices."""

from __future__ import annotations

from wattmarket.spot.market import (
    NO_BUDGET,
    POOLED,
    RTT_UNITS_PER_MS,
    Corner,
    SpotClearing,
    SpotDemand,
    SpotLayout,
    SpotMarket,
    SpotState,
    rtt_matrix,
)

__all__ = [
    "NO_BUDGET",
    "POOLED",
    "RTT_UNITS_PER_MS",
    "Corner",
    "SpotClearing",
    "SpotDemand",
    "SpotLayout",
    "SpotMarket",
    "SpotState",
    "rtt_matrix",
]
