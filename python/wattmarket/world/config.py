"""What the builder is asked for: counts, shares and world totals at the start."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from wattmarket.errors import InputError
from wattmarket.schema.world import SITE_KINDS

__all__ = ["DEFAULT_KIND_SHARES", "REFERENCE_SITES", "WorldConfig"]

REFERENCE_SITES: Final = 5_000
"""Number of sites at which one row stands for one site; below it a row stands for several alike."""

LARGEST_METROS: Final = 1_080
LARGEST_SITES: Final = 50_000

DEFAULT_KIND_SHARES: Final[Mapping[str, float]] = MappingProxyType(
    {"campus": 0.08, "brownfield": 0.03, "btm": 0.03, "metro_dc": 0.62, "central_office": 0.16, "tower": 0.08}
)


@dataclass(frozen=True)
class WorldConfig:
    """Size of a built world and its totals at the start.

    Parameters
    ----------
    metros
        Number of metros, 1 to 1,080: the shipped ones by demand weight, then cities by population and income.
    sites
        Number of sites, 50 to 50,000, named sites included.
    kind_shares
        Share of each kind among the sites; sums to 1.
    ai_power_start_gw
        AI power of the world at the start, GW of IT (fact D41); pools standing are 3 % more.
    edge_share_start
        Share of the pools that stands at edge kinds.
    non_ai_power_start_gw
        Cloud and enterprise load in edge kinds at the start, GW of IT (assumption: D07 less AI).
    campus_cap_mw
        Largest shell that one core site may reach, MW of IT.
    metro_zone_weight
        How readily built core sites go to zones around metros, against 1 for interior zones (assumption: not at all).
    core_buildable_gw, metro_buildable_gw
        Shell that could stand in all at core kinds and at metro data centres, GW of IT, with 5,000 sites or fewer; with
        more sites they grow in proportion (assumption).

    Raises
    ------
    InputError
        With one line per value out of range.

    Examples
    --------
    >>> WorldConfig(sites=10)
    Traceback (most recent call last):
    wattmarket.errors.InputError: world: sites: 10 is not in 50 to 50000
    """

    metros: int = 120
    sites: int = REFERENCE_SITES
    kind_shares: Mapping[str, float] = field(default_factory=lambda: DEFAULT_KIND_SHARES)
    ai_power_start_gw: float = 7.4
    edge_share_start: float = 0.30
    non_ai_power_start_gw: float = 26.0
    campus_cap_mw: float = 1_000.0
    metro_zone_weight: float = 0.0
    core_buildable_gw: float = 220.0
    metro_buildable_gw: float = 95.0

    def __post_init__(self) -> None:
        problems = []
        for name, low, high in (
            ("metros", 1, LARGEST_METROS),
            ("sites", 50, LARGEST_SITES),
            ("ai_power_start_gw", 0.01, 1_000.0),
            ("edge_share_start", 0.0, 1.0),
            ("non_ai_power_start_gw", 0.0, 1_000.0),
            ("campus_cap_mw", 50.0, 10_000.0),
            ("metro_zone_weight", 0.0, 100.0),
            ("core_buildable_gw", 0.0, 10_000.0),
            ("metro_buildable_gw", 0.0, 10_000.0),
        ):
            value = getattr(self, name)
            # A comparison with NaN is false, so NaN is out of every range.
            if not low <= value <= high:
                problems.append(f"world: {name}: {value} is not in {low} to {high}")
        problems += self._wrong_shares()
        if problems:
            raise InputError(problems)

    def _wrong_shares(self) -> list[str]:
        unknown = [f"world: kind_shares: {kind}: unknown kind" for kind in self.kind_shares if kind not in SITE_KINDS]
        missing = [f"world: kind_shares: {kind}: is missing" for kind in SITE_KINDS if kind not in self.kind_shares]
        if unknown or missing:
            return unknown + missing
        wrong = [
            f"world: kind_shares: {k}: {v} is not in 0 to 1" for k, v in self.kind_shares.items() if not 0 <= v <= 1
        ]
        total = math.fsum(self.kind_shares.values())
        if not wrong and abs(total - 1.0) > 1e-9:
            wrong = [f"world: kind_shares: sum to {total:g}, not to 1"]
        return wrong

    @property
    def rows_per_site(self) -> float:
        """Sites that one row stands for: 1 from 5,000 rows on."""
        return max(1.0, REFERENCE_SITES / self.sites)

    @property
    def land_factor(self) -> float:
        """Buildable land against that of 5,000 sites: 1 up to there."""
        return max(1.0, self.sites / REFERENCE_SITES)
