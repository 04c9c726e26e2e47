"""Studies: findings that take more runs than one."""

from __future__ import annotations

from wattmarket.study.attribution import Attribution, attribute
from wattmarket.study.placebos import placebo_twins

__all__ = ["Attribution", "attribute", "placebo_twins"]
