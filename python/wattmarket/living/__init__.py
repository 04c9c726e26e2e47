"""The living market: agents on Mesa who build the world they believe in."""

from __future__ import annotations

from wattmarket.living.economy import Economy
from wattmarket.living.market import WattMarketModel, play

__all__ = ["Economy", "WattMarketModel", "play"]
