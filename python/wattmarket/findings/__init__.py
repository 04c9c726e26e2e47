"""What runs show: the break of the edge index, its depth, and who is exposed."""

from __future__ import annotations

from wattmarket.findings.exposure import exposure_months, metro_exposure
from wattmarket.findings.find import ExposedMetro, Findings, RentChange, find
from wattmarket.findings.repricing import Break, find_break

__all__ = ["Break", "ExposedMetro", "Findings", "RentChange", "exposure_months", "find", "find_break", "metro_exposure"]
