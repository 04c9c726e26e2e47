"""Studies: findings that take more runs than one."""

from __future__ import annotations

from wattmarket.study.attribution import Attribution, attribute
from wattmarket.study.critical import CriticalShare, Terms, critical_share
from wattmarket.study.placebos import placebo_twins

__all__ = ["Attribution", "CriticalShare", "Terms", "attribute", "critical_share", "placebo_twins"]
