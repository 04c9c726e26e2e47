"""The tables that ship with the package and that the builder reads; ``docs/world.md`` lists their sources."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import Final

import polars as pl

__all__ = ["shipped"]

S: Final = pl.String()
F: Final = pl.Float64()

_COLUMNS: Final[dict[str, dict[str, pl.DataType]]] = {
    "metros": {
        "metro_id": S,
        "name": S,
        "country": S,
        "lat": F,
        "lon": F,
        "population_m": F,
        "dc_inventory_mw": F,
        "shell_cost_usd_per_kw": F,
        "room": F,
        "home_zone_id": S,
        "source": S,
    },
    "cities": {"geoname_id": S, "name": S, "country": S, "lat": F, "lon": F, "population_m": F},
    "countries": {
        "country": S,
        "name": S,
        "bloc": S,
        "income_usd_per_head": F,
        "access_rtt_ms": F,
        "stretch": F,
        "shell_cost_index": F,
        "income_basis": S,
    },
    "zones": {
        "zone_id": S,
        "name": S,
        "operator": S,
        "country": S,
        "lat": F,
        "lon": F,
        "surroundings": S,
        "ppa_usd_mwh": F,
        "ppa_low_usd_mwh": F,
        "ppa_high_usd_mwh": F,
        "delivered_firm_usd_mwh": F,
        "wait_years": F,
        "spare_gw_5y": F,
        "onsite_gas": F,
        "counterparty_risk": F,
        "interconnection": S,
        "carbon_kg_per_mwh": F,
        "radius_km": F,
        "source": S,
    },
    "generation": {"zone_id": S, "technology": S, "operating_share": F, "candidate_share": F},
    "land": {"south_lat": F, "runs": S},
    "technologies": {
        "technology": S,
        "merit": F,
        "fixed_cost_usd_per_kw_year": F,
        "build_months": F,
        "basis": S,
        "source": S,
    },
    "plants": {
        "generator_id": S,
        "zone_id": S,
        "technology": S,
        "grid_mw": F,
        "marginal_cost_usd_per_mwh": F,
        "fixed_cost_usd_per_kw_year": F,
        "build_months": F,
        "owner": S,
        "state": S,
        "basis": S,
        "source": S,
    },
    "kinds": {
        "kind": S,
        "size_low_mw": F,
        "size_high_mw": F,
        "standing_share": F,
        "shell_cost_usd_per_kw": F,
        "land_cost_usd_per_kw": F,
        "build_months_low": F,
        "build_months_high": F,
        "pue_low": F,
        "pue_high": F,
        "fibre_rtt_ms": F,
        "radius_km": F,
        "liquid_share": F,
        "backend": pl.Boolean(),
        "basis": S,
        "source": S,
    },
    "named_sites": {
        "site_id": S,
        "name": S,
        "kind": S,
        "zone_id": S,
        "lat": F,
        "lon": F,
        "owner": S,
        "shell_mw": F,
        "shell_buildable_mw": F,
        "pool_mw": F,
        "grid_mw": F,
        "btm_mw": F,
        "btm_cost_usd_per_mwh": F,
        "basis": S,
        "source": S,
    },
}


@cache
def shipped(name: str) -> pl.DataFrame:
    """One shipped table, in the order of its file.

    Parameters
    ----------
    name
        ``metros``, ``cities``, ``countries``, ``land``, ``zones``, ``generation``, ``technologies``, ``plants``,
        ``kinds`` or ``named_sites``.

    Examples
    --------
    >>> shipped("metros").height, shipped("zones").height
    (80, 99)
    """
    raw = files("wattmarket.world").joinpath(f"data/{name}.csv").read_bytes()
    return pl.read_csv(BytesIO(raw), schema=_COLUMNS[name])
