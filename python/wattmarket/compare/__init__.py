"""Two runs beside each other: what they were computed from, where they part, and how the difference spreads."""

from __future__ import annotations

from wattmarket.compare.course import FirstCell
from wattmarket.compare.difference import Difference, diff
from wattmarket.compare.inputs import InputChange
from wattmarket.compare.spread import spread_of

__all__ = ["Difference", "FirstCell", "InputChange", "diff", "spread_of"]
