"""The forward market: one joint auction of accelerators, land, interconnection slots and energy."""

from __future__ import annotations

from wattmarket.forward.book import (
    FAMILIES,
    ROUTES,
    Bids,
    Budgets,
    Caps,
    Family,
    ForwardBook,
    Lots,
    Offers,
    Route,
)
from wattmarket.forward.market import ForwardClearing, ForwardCorner, clear_forward

__all__ = [
    "FAMILIES",
    "ROUTES",
    "Bids",
    "Budgets",
    "Caps",
    "Family",
    "ForwardBook",
    "ForwardClearing",
    "ForwardCorner",
    "Lots",
    "Offers",
    "Route",
    "clear_forward",
]
