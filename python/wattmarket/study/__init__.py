"""Studies: findings that take more runs than one."""

from __future__ import annotations

from wattmarket.study.attribution import Attribution, attribute
from wattmarket.study.critical import CriticalShare, Terms, critical_share
from wattmarket.study.phase_map import Axis, critical_map
from wattmarket.study.placebos import placebo_twins

__all__ = [
    "Attribution",
    "Axis",
    "CriticalShare",
    "Terms",
    "attribute",
    "critical_map",
    "critical_share",
    "placebo_twins",
]
