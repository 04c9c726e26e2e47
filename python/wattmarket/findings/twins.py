"""What is kept of a no-drift twin for a run to be compared with."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from wattmarket.record import Run

__all__ = ["TwinTables"]


@dataclass(frozen=True, slots=True)
class TwinTables:
    """What is kept of a no-drift twin; None where a scenario doesn't ask for a table."""

    ticks: pl.DataFrame
    metro_values: pl.DataFrame | None
    agents: pl.DataFrame | None

    @classmethod
    def of(cls, run: Run) -> TwinTables | None:
        """Tables of a run's own twin; None if none was run."""
        ticks = run.twin("ticks")
        return None if ticks is None else cls(ticks, run.twin("metro_values"), run.twin("agents"))
