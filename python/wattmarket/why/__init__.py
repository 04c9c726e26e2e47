"""Why a price is what it is: from the rent of a site to the workload, constraint and bid that set it."""

from __future__ import annotations

from wattmarket.record import Why
from wattmarket.why.site import why

__all__ = ["Why", "why"]
