"""Links between neighbouring zones of one interconnection."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from wattmarket.world.sphere import distance_km

__all__ = ["make_links"]

FARTHEST_KM: Final = 700.0
SHARE_OF_SPARE: Final = 0.10
"""A link carries a tenth of the smaller neighbour's five-year spare capacity for large loads (assumption)."""

WHEELING_LOW: Final = 5.0
WHEELING_HIGH: Final = 15.0


def make_links(zones: pl.DataFrame) -> pl.DataFrame:
    """Join zones of one interconnection whose centres lie within 700 km, in both directions.

    Parameters
    ----------
    zones
        As drafted.

    Returns
    -------
    pl.DataFrame
        The links table, sorted by ``link_id``. Wheeling costs 5 $/MWh and 1 $/MWh per 70 km, at most 15.
    """
    n = zones.height
    first, second = (side.reshape(-1) for side in np.meshgrid(np.arange(n), np.arange(n), indexing="ij"))
    lat, lon = zones["lat"].to_numpy(), zones["lon"].to_numpy()
    km = distance_km(lat[first], lon[first], lat[second], lon[second])
    system = zones["interconnection"].to_numpy()
    keep = (first != second) & (system[first] == system[second]) & (km <= FARTHEST_KM)
    first, second, km = first[keep], second[keep], km[keep]
    spare = zones["spare_gw_5y"].to_numpy() * 1000.0
    capacity = SHARE_OF_SPARE * np.minimum(spare[first], spare[second])
    wheeling = np.clip(WHEELING_LOW + km / 70.0, WHEELING_LOW, WHEELING_HIGH)
    return (
        pl.DataFrame(
            {
                "from_zone_id": zones["zone_id"].gather(first),
                "to_zone_id": zones["zone_id"].gather(second),
                "capacity_mw": capacity,
                "wheeling_cost_usd_per_mwh": np.rint(wheeling * 100.0) / 100.0,
            }
        )
        .select(
            pl.format("{}>{}", "from_zone_id", "to_zone_id").alias("link_id"),
            pl.all(),
            pl.lit("assumption").alias("basis"),
            pl.lit("neighbours of one interconnection; a tenth of the smaller's spare capacity").alias("source"),
        )
        .sort("link_id")
    )
