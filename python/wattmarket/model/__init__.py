"""The model: demand, capacity and the spot market, stepped month by month."""

from __future__ import annotations

from wattmarket.model.market import Model

__all__ = ["Model"]
