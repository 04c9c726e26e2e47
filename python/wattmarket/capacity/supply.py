"""What a zone can deliver to compute: interconnection slots released month by month, and the plants behind them."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from wattmarket import numeric
from wattmarket.scenario import ZoneFactors
from wattmarket.units import KW_PER_MW, MUSD_PER_KWH_PER_USD_PER_MWH

__all__ = ["ZoneSupply"]

Float = NDArray[np.float64]
Integer = NDArray[np.int64]


class ZoneSupply:
    """Generation steps and slots of all zones, as kW of IT.

    Operating plants are there from the start. Candidate plants of a zone come on line in merit order, together as much
    as the zone has released slots for. A dormant plant comes back `build_months` after the start.

    Parameters
    ----------
    zones
        Table ``zones`` of a world, Z rows.
    generators
        Table ``generators``, G rows.

    Notes
    -----
    Grid quantities are divided by the PUE of the zone where the power is generated, and costs multiplied by it.
    """

    def __init__(self, zones: pl.DataFrame, generators: pl.DataFrame) -> None:
        position = {zone: row for row, zone in enumerate(zones["zone_id"].to_list())}
        self.step_zone: Integer = np.array([position[zone] for zone in generators["zone_id"]], dtype=np.int64)
        self._pue: Float = zones["pue"].to_numpy()
        self._grid_mw: Float = generators["grid_mw"].to_numpy()
        state = generators["state"].to_numpy()
        self._candidate = state == "candidate"
        self._dormant = state == "dormant"
        self._build_months = generators["build_months"].to_numpy()
        self._cost: Float = generators["marginal_cost_usd_per_mwh"].to_numpy()
        self._before_mw = _candidates_before(self.step_zone, self._candidate, self._cost, self._grid_mw)
        self.technologies: list[str] = generators["technology"].to_list()
        self._release_mw_per_month: Float = zones["slot_release_mw_per_month"].to_numpy()
        self._released_mw: Float = np.zeros(len(zones))
        self._month = 0
        self.change(ZoneFactors(len(zones), np.zeros(len(zones))))

    def change(self, factors: ZoneFactors) -> None:
        """Put the zone changes of a scenario in force: release, capacity and cost of plants."""
        self._release: Float = self._release_mw_per_month * factors.slot_release_scale
        self._scale: Float = factors.generation_scale[self.step_zone]
        cost = self._cost * factors.marginal_cost_scale[self.step_zone] * self._pue[self.step_zone]
        self.step_cost: Integer = numeric.to_integer(cost * MUSD_PER_KWH_PER_USD_PER_MWH, "marginal_cost_usd_per_mwh")

    def advance(self) -> None:
        """Release one more month of slots."""
        self._released_mw = self._released_mw + self._release
        self._month += 1

    def released_kw(self, months_ahead: int = 0) -> Integer:
        """Slots released since the start, some months from now at today's rate: int64 [Z] kW of IT."""
        released = self._released_mw + months_ahead * self._release
        return numeric.to_integer(released / self._pue * KW_PER_MW, "slot_release_mw_per_month")

    def step_kw(self, months_ahead: int = 0) -> Integer:
        """Capacity of every step, some months from now at today's rate of release: int64 [G] kW of IT."""
        released = self._released_mw + months_ahead * self._release
        on_line = np.clip(released[self.step_zone] - self._before_mw, 0.0, self._grid_mw)
        back = self._month + months_ahead >= self._build_months
        grid_mw = np.where(
            self._candidate, on_line, np.where(self._dormant, np.where(back, self._grid_mw, 0.0), self._grid_mw)
        )
        return numeric.to_integer(grid_mw * self._scale / self._pue[self.step_zone] * KW_PER_MW, "grid_mw")


def _candidates_before(zone: Integer, candidate: NDArray[np.bool_], cost: Float, grid_mw: Float) -> Float:
    """For every candidate step, the megawatts of cheaper candidates in its zone, float64 [G]."""
    before = np.zeros(len(zone))
    reached: dict[int, float] = {}
    for row in np.lexsort((np.arange(len(zone)), cost, zone)).tolist():
        if candidate[row]:
            before[row] = reached.get(int(zone[row]), 0.0)
            reached[int(zone[row])] = before[row] + float(grid_mw[row])
    return before
