"""Generators: each zone's merit order for large loads, around the delivered firm price less network charges."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from wattmarket.units import MONTHS_PER_YEAR
from wattmarket.world.shipped import shipped

__all__ = ["HORIZON_MONTHS", "energy_price", "make_generators", "network_charge"]

FloatArray = npt.NDArray[np.float64]

HORIZON_MONTHS: Final = 156
"""Candidates cover the release of January 2023 to December 2035."""

LOAD_MARGIN: Final = 1.05
SPARE_AT_START_MONTHS: Final = MONTHS_PER_YEAR
SPREAD_LOW: Final = 0.75
SPREAD_HIGH: Final = 1.35
"""The merit order runs from the zone's low PPA price to its high one over the middle one, within these bounds."""


def network_charge(delivered_firm: FloatArray) -> FloatArray:
    """Wires and levies inside a delivered firm price, $/MWh: 8, and 40 % of what exceeds 80 (assumption).

    Examples
    --------
    >>> network_charge(np.array([55.0, 180.0])).tolist()
    [8.0, 48.0]
    """
    return 8.0 + 0.4 * np.maximum(0.0, delivered_firm - 80.0)


def energy_price(zones: pl.DataFrame) -> FloatArray:
    """Anchor of each zone's merit order, $/MWh of grid energy: delivered firm price less network charge."""
    firm = zones["delivered_firm_usd_mwh"].to_numpy()
    return firm - network_charge(firm)


def make_generators(zones: pl.DataFrame, load_mw: FloatArray) -> pl.DataFrame:
    """Generators of a world: operating steps, candidates and single plants.

    Parameters
    ----------
    zones
        As drafted.
    load_mw
        float64 [Z], grid MW that the sites of each zone draw at the start with full shells.

    Returns
    -------
    pl.DataFrame
        The generators table. Operating rows of a zone add up to 1.05 times its load and a year's slot release;
        candidate rows to the release over the horizon.
    """
    rows = shipped("generation").join(
        zones.select(
            "zone_id", "slot_release_mw_per_month", "ppa_usd_mwh", "ppa_low_usd_mwh", "ppa_high_usd_mwh"
        ).with_columns(pl.Series("load_mw", load_mw), pl.Series("energy_price", energy_price(zones))),
        on="zone_id",
        how="left",
        maintain_order="left",
    )
    rows = rows.join(shipped("technologies"), on="technology", how="left", maintain_order="left")
    release = rows["slot_release_mw_per_month"].to_numpy()
    operating = rows["load_mw"].to_numpy() * LOAD_MARGIN + release * SPARE_AT_START_MONTHS
    cost = np.rint(rows["energy_price"].to_numpy() * _position(rows) * 100.0) / 100.0
    rows = rows.with_columns(
        pl.Series("marginal_cost_usd_per_mwh", cost),
        pl.lit("assumption").alias("basis"),
        pl.format("zone's delivered firm price and PPA range; mix assumed; {}", "source").alias("source"),
        pl.lit(None, dtype=pl.String).alias("owner"),
    )
    parts = [
        _state(rows, "operating", operating * rows["operating_share"].to_numpy()),
        _state(rows, "candidate", release * HORIZON_MONTHS * rows["candidate_share"].to_numpy()),
    ]
    plants = shipped("plants")
    return pl.concat([*parts, plants.select(parts[0].columns)]).sort("generator_id")


def _position(rows: pl.DataFrame) -> FloatArray:
    """Price against the anchor: low at merit 0, 1 at merit 0.5, high at merit 1."""
    merit = rows["merit"].to_numpy()
    middle = rows["ppa_usd_mwh"].to_numpy()
    low = np.clip(rows["ppa_low_usd_mwh"].to_numpy() / middle, SPREAD_LOW, 1.0)
    high = np.clip(rows["ppa_high_usd_mwh"].to_numpy() / middle, 1.0, SPREAD_HIGH)
    position: FloatArray = np.where(
        merit < 0.5, low + (1.0 - low) * merit / 0.5, 1.0 + (high - 1.0) * (merit - 0.5) / 0.5
    )
    return position


def _state(rows: pl.DataFrame, state: str, grid_mw: FloatArray) -> pl.DataFrame:
    suffix = "" if state == "operating" else "/new"
    return (
        rows.with_columns(
            pl.format(f"{{}}/{{}}{suffix}", "zone_id", "technology").alias("generator_id"),
            pl.Series("grid_mw", np.rint(grid_mw * 1e3) / 1e3),
            pl.lit(state).alias("state"),
        )
        .filter(pl.col("grid_mw") > 0.0)
        .select(
            "generator_id",
            "zone_id",
            "technology",
            "grid_mw",
            "marginal_cost_usd_per_mwh",
            "fixed_cost_usd_per_kw_year",
            "build_months",
            "owner",
            "state",
            "basis",
            "source",
        )
    )
