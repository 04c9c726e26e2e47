"""Columns and stable names of a world's rows that the living market needs besides the sites' own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from wattmarket import numeric
from wattmarket.units import KW_PER_MW
from wattmarket.world import World

__all__ = ["WorldRows"]

Float = NDArray[np.float64]
Integer = NDArray[np.int64]
Keys = NDArray[np.uint64]
Truth = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class WorldRows:
    """What stands still.

    Parameters
    ----------
    site_key, zone_key
        uint64 [S], [Z]: stable names.
    site_bloc
        int64 [S]: bloc of data residency.
    site_pue, zone_pue
        float64 [S], [Z]: grid kW per kW of IT.
    campus, brownfield, btm
        bool [S]: kinds of site.
    shell_cost_usd_per_mw
        int64 [S]: shell and land.
    """

    site_key: Keys
    zone_key: Keys
    site_bloc: Integer
    site_pue: Float
    zone_pue: Float
    campus: Truth
    brownfield: Truth
    btm: Truth
    shell_cost_usd_per_mw: Integer

    @classmethod
    def of(cls, world: World) -> Self:
        """Read a world."""
        sites, zones = world.sites, world.zones
        blocs = {bloc: row for row, bloc in enumerate(sorted(set(sites["bloc"].to_list())))}
        kinds = sites["kind"].to_numpy()
        cost = sites["shell_cost_usd_per_kw"].to_numpy() + sites["land_cost_usd_per_kw"].to_numpy()
        return cls(
            site_key=numeric.entity_hash(sites["site_id"].to_list()),
            zone_key=numeric.entity_hash(zones["zone_id"].to_list()),
            site_bloc=np.array([blocs[bloc] for bloc in sites["bloc"].to_list()], dtype=np.int64),
            site_pue=sites["pue"].to_numpy(),
            zone_pue=zones["pue"].to_numpy(),
            campus=kinds == "campus",
            brownfield=kinds == "brownfield",
            btm=kinds == "btm",
            shell_cost_usd_per_mw=numeric.to_integer(cost * KW_PER_MW, "shell_cost_usd_per_kw"),
        )
