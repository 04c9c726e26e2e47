"""The spot market: the Watt-Latency network cleared from columns, and the reading of its prices."""

from __future__ import annotations

from wattmarket.spot.batch import SpotBatch
from wattmarket.spot.chain import ChainLink, PriceChain, SpotChains
from wattmarket.spot.columns import (
    NO_BUDGET,
    POOLED,
    RTT_UNITS_PER_MS,
    Corner,
    SpotClearing,
    SpotDemand,
    SpotLayout,
    SpotOptimum,
    SpotState,
)
from wattmarket.spot.layout import spot_layout
from wattmarket.spot.market import SpotMarket
from wattmarket.spot.reach import rtt_matrix
from wattmarket.spot.reading import LABELS, LATENCY_BOUND, WATT_BOUND, RentReading, read_rents
from wattmarket.spot.rents import BINDING, RentReader, SiteRents
from wattmarket.spot.view import (
    SILICON_CLASSES,
    SpotView,
    latency_premium,
    marginal_step,
    price_width,
    read_clearing,
    silicon_codes,
    usd_per_mw_month,
    usd_per_mwh,
)

__all__ = [
    "BINDING",
    "LABELS",
    "LATENCY_BOUND",
    "NO_BUDGET",
    "POOLED",
    "RTT_UNITS_PER_MS",
    "SILICON_CLASSES",
    "WATT_BOUND",
    "ChainLink",
    "Corner",
    "PriceChain",
    "RentReader",
    "RentReading",
    "SiteRents",
    "SpotBatch",
    "SpotChains",
    "SpotClearing",
    "SpotDemand",
    "SpotLayout",
    "SpotMarket",
    "SpotOptimum",
    "SpotState",
    "SpotView",
    "latency_premium",
    "marginal_step",
    "price_width",
    "read_clearing",
    "read_rents",
    "rtt_matrix",
    "silicon_codes",
    "spot_layout",
    "usd_per_mw_month",
    "usd_per_mwh",
]
