"""The run of ten milliseconds as a Mesa model: in a file of its own, since Mesa takes half a second to import."""

from __future__ import annotations

from typing import Any

from mesa import Model
from mesa.datacollection import DataCollector

from benchmarks.sweep_runs import waste

__all__ = ["Wasteful"]


class Wasteful(Model):  # type: ignore[misc]
    """Takes one step, of ten milliseconds."""

    def __init__(self, number: int = 0, **told: Any) -> None:
        super().__init__(**told)
        self.number = number
        self.datacollector = DataCollector(model_reporters={"number": "number"})

    def step(self) -> None:
        """Waste the time, and stop."""
        self.number = waste(self.number)
        self.datacollector.collect(self)
        self.running = False
