"""A stand-in for the model: three sites, one metro, two zones; cheap, deterministic, and faithful to the protocol."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from wattmarket.schema import RUN_TABLES, Column
from wattmarket.tick import Names, TickRecord

SITES = ("ALPHA", "BETA", "GAMMA")
KEYS: dict[str, dict[str, Any]] = {
    "ticks": {},
    "sites": {"site_id": Names(np.arange(3), SITES)},
    "metros": {"metro_id": Names(np.zeros(2, np.int32), ("M1",)), "workload": np.array(["batch", "voice"])},
    "zones": {"zone_id": np.array(["Z1", "Z2"]), "marginal_technology": Names(np.array([0, -1]), ("wind",))},
    "flows": {
        "metro_id": Names(np.zeros(3, np.int32), ("M1",)),
        "workload": np.array(["batch", "voice", "voice"]),
        "site_id": Names(np.arange(3), SITES),
    },
    "metro_values": {"metro_id": Names(np.zeros(1, np.int32), ("M1",))},
}
ROWS = {"ticks": 1, "sites": 3, "metros": 2, "zones": 2, "flows": 3, "metro_values": 1}


def small_record(tick: int, seed: int = 0) -> TickRecord:
    """One tick of numbers that depend on tick and seed alone."""
    draws = np.random.default_rng((seed, tick))
    tables = {}
    for table in RUN_TABLES:
        keys = {name: _fresh(cells) for name, cells in KEYS[table.name].items()}
        others = {
            column.name: _cells(column, ROWS[table.name], draws)
            for column in table.columns
            if column.name not in keys and column.name not in ("tick", "month", "digest")
        }
        tables[table.name] = keys | others
    prices = draws.integers(-5, 90, (1, 2))
    return TickRecord(tick, tables, [("demand_price", prices), ("flow", tables["flows"]["flow_kw"])])


def _fresh(cells: Any) -> Any:
    return Names(cells.codes.copy(), cells.names) if isinstance(cells, Names) else cells.copy()


def _cells(column: Column, rows: int, draws: np.random.Generator) -> Any:
    if column.values is not None:
        return np.array(column.values)[draws.integers(0, len(column.values), rows)]
    if column.dtype == pl.String():
        return np.array([str(number) for number in draws.integers(0, 9, rows)])
    if column.dtype == pl.Float64():
        return draws.random(rows)
    return draws.integers(0, 1000, rows)


class SmallModel:
    """Steps through `small_record`; the drift path changes the numbers, as it does in the model."""

    def __init__(self, scenario: Any, world: Any) -> None:
        self.ticks_total = scenario.run.months
        self._seed = scenario.run.seed + 1000 * (scenario.drift.path == "flat")
        self._tick = 0

    def step(self) -> TickRecord:
        self._tick += 1
        return small_record(self._tick - 1, self._seed)
