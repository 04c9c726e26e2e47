"""Zones: what follows from the shipped table of prices, waits and spare capacity."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from wattmarket.units import MONTHS_PER_YEAR
from wattmarket.world.shipped import shipped

__all__ = ["MONTHS_OF_SPARE", "draft_zones"]

MONTHS_OF_SPARE: Final = 60
"""The facts give spare capacity over five years."""

COLD_LATITUDE: Final = 62.0
HOT_LATITUDE: Final = 12.0
PUE_BY_SURROUNDINGS: Final = {"interior": (1.12, 1.20), "metro": (1.25, 1.45)}
"""Power usage effectiveness from the coldest to the hottest place (facts, table A1)."""

PERMITTING_MONTHS: Final = {"CN": 4, "GULF": 4, "IN": 8, "SEA": 8, "NAM": 9, "LATAM": 10, "ANZ": 12, "EASIA": 14}
PERMITTING_MONTHS_ELSEWHERE: Final = 15
PERMITTING_MONTHS_MORE_IN_METRO: Final = 6
"""Local permitting (assumption)."""

STUDY_SHARE_OF_WAIT: Final = 0.5
QUEUE_SHARE_OF_WAIT: Final = 0.5
"""Half of today's wait is study; and the backlog of January 2023 was half of what today's wait implies (I22)."""


def draft_zones() -> pl.DataFrame:
    """Derive the zones table from the shipped one.

    Returns
    -------
    pl.DataFrame
        The 99 rows of the zones table, and the shipped columns that the builder reads besides, with ``climate`` from 0
        (cold) to 1 (hot); sorted by ``zone_id``.

    Notes
    -----
    Slots: spare capacity of five years over 60 months. Queue: release times half the wait. PUE: table A1's range for
    the zone's surroundings by climate, which is latitude, and a tenth more in the Gulf.
    """
    zones = shipped("zones").join(
        shipped("countries").select("country", "bloc"), on="country", how="left", maintain_order="left"
    )
    hot = np.clip((COLD_LATITUDE - np.abs(zones["lat"].to_numpy())) / (COLD_LATITUDE - HOT_LATITUDE), 0.0, 1.0)
    climate = np.minimum(1.0, hot + 0.1 * (zones["bloc"] == "GULF").to_numpy())
    low, high = (
        zones["surroundings"].replace_strict({key: pair[end] for key, pair in PUE_BY_SURROUNDINGS.items()}).to_numpy()
        for end in (0, 1)
    )
    release = zones["spare_gw_5y"].to_numpy() * 1000.0 / MONTHS_OF_SPARE
    wait = zones["wait_years"].to_numpy() * MONTHS_PER_YEAR
    permitting = zones["bloc"].replace_strict(PERMITTING_MONTHS, default=PERMITTING_MONTHS_ELSEWHERE).to_numpy()
    permitting = permitting + PERMITTING_MONTHS_MORE_IN_METRO * (zones["surroundings"] == "metro").to_numpy()
    return zones.with_columns(
        pl.Series("climate", climate),
        pl.Series("pue", np.rint((low + (high - low) * climate) * 1e3) / 1e3),
        pl.col("delivered_firm_usd_mwh").alias("retail_tariff_usd_per_mwh"),
        pl.Series("slot_release_mw_per_month", np.rint(release * 1e3) / 1e3),
        pl.Series("initial_queue_mw", np.rint(release * wait * QUEUE_SHARE_OF_WAIT)),
        pl.Series("study_months", np.rint(wait * STUDY_SHARE_OF_WAIT)),
        pl.Series("permitting_months", permitting.astype(np.float64)),
        pl.lit("assumption").alias("basis"),
        pl.format("{}; PUE A1 by climate; carbon, permitting and study assumed", "source").alias("source"),
    ).sort("zone_id")
