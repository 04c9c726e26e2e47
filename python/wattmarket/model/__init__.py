"""The model: demand, capacity and the spot market, stepped month by month."""

from __future__ import annotations

from wattmarket.model.ground import ClearedMonth, Ground
from wattmarket.model.market import Model
from wattmarket.model.opening import opening_market

__all__ = ["ClearedMonth", "Ground", "Model", "opening_market"]
