"""What building on a site costs and takes: shell, land, months, cooling, efficiency, own plant's running cost."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from wattmarket import numeric
from wattmarket.schema.world import EDGE_KINDS
from wattmarket.world.generators import energy_price

__all__ = ["add_costs"]

FloatArray = npt.NDArray[np.float64]

SHELL_COST_SPREAD: Final = 0.06
"""Sites of a market differ by this much either way in the cost of their shell (assumption)."""

LAND_COST_SPREAD: Final = 0.5

ONSITE_GAS_BASE: Final = 50.0
ONSITE_GAS_SLOPE: Final = 0.75
ONSITE_GAS_LOW: Final = 65.0
ONSITE_GAS_HIGH: Final = 130.0
"""Running cost of an own gas plant, $/MWh: 50 and 0.75 of the zone's PPA price, inside P19's range (assumption)."""

FIRM_PLANT_SHARE: Final = 0.9
"""A hydro, nuclear or geothermal plant next door asks this much of the zone's energy price (assumption)."""


def add_costs(sites: pl.DataFrame, metros: pl.DataFrame, zones: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Fill in costs, months, cooling and PUE from the kind, the metro and the zone.

    Parameters
    ----------
    sites
        Rows joined with the kinds table; ``metro`` and ``zone`` are rows of the drafted tables.
    metros, zones
        As drafted.
    seed
        The world's seed.

    Returns
    -------
    pl.DataFrame
        The same rows with ``shell_cost_usd_per_kw``, ``land_cost_usd_per_kw``, ``build_months``, ``cooling``, ``pue``
        and ``btm_cost_usd_per_mwh``.
    """
    entity = numeric.entity_hash(sites["site_id"].to_list())
    metro, zone = sites["metro"].to_numpy(), sites["zone"].to_numpy()
    edge = sites["kind"].is_in(list(EDGE_KINDS)).to_numpy()
    market = metros["shell_cost_index"].to_numpy()[metro]
    country = sites["country_shell_cost_index"].to_numpy()
    spread = 2.0 * numeric.uniform(seed, "site shell cost", entity) - 1.0
    shell_cost = sites["kind_shell_cost_usd_per_kw"].to_numpy() * np.where(edge, market, country)
    shell_cost = shell_cost * (1.0 + SHELL_COST_SPREAD * spread)
    spread = 2.0 * numeric.uniform(seed, "site land cost", entity) - 1.0
    pressure = (0.3 + 0.35 * zones["wait_years"].to_numpy()[zone]) * np.sqrt(
        np.minimum(1.0, metros["income"].to_numpy()[metro])
    )
    land_cost = (
        sites["kind_land_cost_usd_per_kw"].to_numpy()
        * np.where(edge, pressure, 1.0)
        * (1.0 + LAND_COST_SPREAD * spread)
    )
    low, high = sites["build_months_low"].to_numpy(), sites["build_months_high"].to_numpy()
    months = np.rint(low + (high - low) * numeric.uniform(seed, "site build months", entity))
    low, high = sites["pue_low"].to_numpy(), sites["pue_high"].to_numpy()
    pue = low + (high - low) * zones["climate"].to_numpy()[zone]
    liquid = numeric.uniform(seed, "site cooling", entity) < sites["liquid_share"].to_numpy()
    return sites.with_columns(
        pl.Series("shell_cost_usd_per_kw", np.rint(shell_cost)),
        pl.Series("land_cost_usd_per_kw", np.rint(land_cost)),
        pl.Series("build_months", months),
        pl.Series("pue", np.rint(pue * 1e3) / 1e3),
        pl.Series("cooling", np.where(liquid, "liquid", "air")),
        pl.col("btm_cost_usd_per_mwh").fill_null(pl.Series(np.rint(_plant_cost(zones)[zone] * 100.0) / 100.0)),
    )


def _plant_cost(zones: pl.DataFrame) -> FloatArray:
    gas = ONSITE_GAS_BASE + ONSITE_GAS_SLOPE * zones["ppa_usd_mwh"].to_numpy()
    gas = np.clip(gas, ONSITE_GAS_LOW, ONSITE_GAS_HIGH)
    return np.where(zones["onsite_gas"].to_numpy() > 0.0, gas, FIRM_PLANT_SHARE * energy_price(zones))
