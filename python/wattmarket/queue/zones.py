"""The zones of a queue: what each releases, what stands there at the start, how long studies take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import polars as pl

from wattmarket import numeric
from wattmarket.errors import InputError
from wattmarket.numeric.growing import Integer
from wattmarket.units import KW_PER_MW

__all__ = ["FILED_PER_FIRM_KW", "QueueZones"]

FILED_PER_FIRM_KW: Final = 6.0
"""Filed kW at the start for each kW of a world's initial queue.

The world's is derived from waits and so counts what will be built; this is one over the share that is ever energised
(I06). It gives 12.6 GW in Northern Virginia in January 2023, against 21 GW in contract stages in mid-2024 (I18).
"""


@dataclass(frozen=True, slots=True)
class QueueZones:
    """Columns of the zones, Z rows.

    Parameters
    ----------
    zone_id
        Z texts, unique.
    region
        Z texts; a project files in several zones of one region, never across.
    release_kw_per_month
        int64 [Z], connection capacity released to large loads, kW grid per month.
    initial_queue_kw
        int64 [Z], requests standing at the start, kW grid.
    study_months
        int64 [Z], from request to agreement.
    age_months
        int64 [Z], how long ago the oldest of the standing requests was filed.

    Raises
    ------
    InputError
        If a column has another length or a negative value, or an id comes twice.
    """

    zone_id: tuple[str, ...]
    region: tuple[str, ...]
    release_kw_per_month: Integer
    initial_queue_kw: Integer
    study_months: Integer
    age_months: Integer

    def __post_init__(self) -> None:
        problems = []
        if len(set(self.zone_id)) != len(self.zone_id):
            problems.append("zone_id: an id comes twice")
        if len(self.region) != len(self.zone_id):
            problems.append(f"region: expected {len(self.zone_id)} rows, found {len(self.region)}")
        for name in ("release_kw_per_month", "initial_queue_kw", "study_months", "age_months"):
            column = getattr(self, name)
            if column.shape != (len(self.zone_id),) or column.dtype != np.int64 or (column < 0).any():
                problems.append(f"{name}: expected {len(self.zone_id)} int64, none negative")
        if problems:
            raise InputError(problems)

    def __len__(self) -> int:
        return len(self.zone_id)

    @classmethod
    def from_world(cls, zones: pl.DataFrame, filed_per_firm_kw: float = FILED_PER_FIRM_KW) -> Self:
        """Read the table ``zones`` of a world.

        Parameters
        ----------
        zones
            Z rows.
        filed_per_firm_kw
            Filed kW at the start for each kW of ``initial_queue_mw``; 1 takes the table at its word.

        Examples
        --------
        >>> from wattmarket.world import WorldConfig, build_world
        >>> zones = QueueZones.from_world(build_world(WorldConfig(metros=2, sites=50)).zones)
        >>> virginia = zones.zone_id.index("US-PJM-DOM")
        >>> int(zones.release_kw_per_month[virginia]), int(zones.initial_queue_kw[virginia])
        (50000, 12600000)
        """
        release = zones["slot_release_mw_per_month"].to_numpy()
        queue = zones["initial_queue_mw"].to_numpy()
        study = zones["study_months"].to_numpy()
        # A line that is worked off in so many months was filed over so many months, and over those of its study.
        line = np.where(release > 0.0, queue / np.where(release > 0.0, release, 1.0), 0.0)
        return cls(
            tuple(zones["zone_id"]),
            tuple(zones["bloc"]),
            numeric.to_integer(release * KW_PER_MW, "slot_release_mw_per_month"),
            numeric.to_integer(queue * KW_PER_MW * filed_per_firm_kw, "initial_queue_mw"),
            numeric.to_integer(study, "study_months"),
            numeric.to_integer(study + line, "study_months"),
        )
