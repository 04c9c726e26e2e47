"""A world of one or two zones and a few plants, for tests of contracts."""

from __future__ import annotations

import polars as pl

from wattmarket.contracts import PlantFleet

Plant = tuple[str, str, str, float, float, float, int]
"""Zone, technology, state, grid MW, $/MWh, $/kW-year, months."""

OPERATING: Plant = ("A", "gas_ccgt", "operating", 0.1, 50.0, 260.0, 60)
CANDIDATE: Plant = ("A", "gas_ccgt", "candidate", 0.2, 60.0, 260.0, 30)
DORMANT: Plant = ("B", "nuclear_restart", "dormant", 0.3, 35.0, 210.0, 42)


def plants(*rows: Plant, pue: float = 1.0, firming: dict[str, float] | None = None) -> PlantFleet:
    zones = pl.DataFrame({"zone_id": ["A", "B"], "pue": [pue, pue]})
    columns = ("zone_id", "technology", "state", "grid_mw", "marginal_cost_usd_per_mwh")
    columns += ("fixed_cost_usd_per_kw_year", "build_months")
    generators = pl.DataFrame(list(rows), schema=list(columns), orient="row").with_columns(
        pl.Series("generator_id", [f"G{row}" for row in range(len(rows))]), pl.col("build_months").cast(pl.Float64)
    )
    return PlantFleet(zones, generators, **({} if firming is None else {"firming_usd_per_mwh": firming}))
