"""Metros: the shipped ones, then cities; their demand weight, access, stretch and home zone."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from wattmarket import numeric
from wattmarket.world.shipped import shipped
from wattmarket.world.sphere import nearest

__all__ = ["INCOME_EXPONENT", "draft_metros", "home_zones"]

INCOME_EXPONENT: Final = 0.7
"""Use of AI per head grows with income to this power (recalled: Anthropic Economic Index, September 2025)."""

FARTHEST_ZONE_AT_HOME_KM: Final = 2_000.0
FARTHEST_ZONE_IN_BLOC_KM: Final = 1_500.0
"""How far a metro may be from the zone that stands in for its own grid (assumption)."""


def draft_metros(count: int) -> pl.DataFrame:
    """Choose metros and give each what its country says.

    Parameters
    ----------
    count
        Number of metros: below 80 the shipped ones of largest demand weight, above 80 cities are added in their order.

    Returns
    -------
    pl.DataFrame
        The columns of the metros table, and ``income``, ``dc_inventory_mw``, ``shell_cost_index``, ``room`` and
        ``home_zone_id`` for the builder; sorted by ``metro_id``.
    """
    base = shipped("metros").rename({"source": "note"})
    cities = shipped("cities").head(max(0, count - base.height))
    cities = cities.with_columns(
        pl.format("G{}", "geoname_id").alias("metro_id"),
        pl.format("GeoNames {}", "geoname_id").alias("note"),
    ).drop("geoname_id")
    metros = pl.concat([base, cities], how="diagonal")
    countries = shipped("countries").drop("name")
    metros = metros.join(countries, on="country", how="left", maintain_order="left")
    america = countries.filter(pl.col("country") == "US")["income_usd_per_head"].item()
    income = metros["income_usd_per_head"].to_numpy() / america
    weight = metros["population_m"].to_numpy() * numeric.power(income, INCOME_EXPONENT)
    metros = metros.with_columns(
        pl.Series("income", income),
        pl.Series("demand_weight", np.rint(weight * 1e4) / 1e4),
        pl.lit("assumption").alias("basis"),
        pl.format("{}; income {}; access L06, stretch L03 by tier of country", "note", "income_basis").alias("source"),
        # A city priced by name keeps its own cost, against the 11,700 $/kW of B01.
        (pl.col("shell_cost_usd_per_kw") / 11_700.0).fill_null(pl.col("shell_cost_index")).alias("shell_cost_index"),
    )
    if count < base.height:
        metros = metros.sort("demand_weight", "metro_id", descending=[True, False]).head(count)
    return metros.sort("metro_id")


def home_zones(metros: pl.DataFrame, zones: pl.DataFrame) -> npt.NDArray[np.int64]:
    """Row of the zone that each metro's edge sites draw from, or -1 where no zone stands for its grid.

    Notes
    -----
    The facts name the zone of the 80 shipped metros. A city takes the nearest zone of its country within 2,000 km, else
    the nearest of its bloc within 1,500 km; a city with neither has users and no sites.

    Parameters
    ----------
    metros, zones
        As drafted.

    Returns
    -------
    int64 [M]
    """
    row_of_zone = {zone: row for row, zone in enumerate(zones["zone_id"])}
    home = np.array([row_of_zone.get(zone, -1) for zone in metros["home_zone_id"]], dtype=np.int64)
    for column, farthest in (("country", FARTHEST_ZONE_AT_HOME_KM), ("bloc", FARTHEST_ZONE_IN_BLOC_KM)):
        for place in metros[column].gather(np.flatnonzero(home < 0)).unique().sort():
            theirs = np.flatnonzero((zones[column] == place).to_numpy())
            ours = np.flatnonzero((home < 0) & (metros[column] == place).to_numpy())
            if len(theirs) == 0:
                continue
            points = (metros[name].to_numpy()[ours] for name in ("lat", "lon"))
            index, km = nearest(*points, *(zones[name].to_numpy()[theirs] for name in ("lat", "lon")))
            home[ours] = np.where(km <= farthest, theirs[index], -1)
    return home
