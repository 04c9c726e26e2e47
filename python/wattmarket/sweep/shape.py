"""How the points of a sweep were chosen: all that an analysis needs to know besides its table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wattmarket.sweep.definition import Sweep
from wattmarket.sweep.design_spec import Design
from wattmarket.sweep.parameters import Level, Parameter

__all__ = ["Shape"]


@dataclass(frozen=True, slots=True)
class Shape:
    """A design and what it varies.

    Parameters
    ----------
    design
        How points were chosen.
    parameters
        What varies; levels are as tables show them.
    seeds
        Runs of each point.

    Examples
    --------
    >>> one = Shape(Design(kind="morris", trajectories=3), (Parameter("drift.ceiling", low=0.4, high=0.9),), 1)
    >>> Shape.of(one.table()) == one
    True
    """

    design: Design
    parameters: tuple[Parameter, ...]
    seeds: int

    @classmethod
    def of_sweep(cls, sweep: Sweep) -> Shape:
        """Describe a sweep."""
        shown = tuple(
            Parameter(
                one.key,
                tuple(Level(level.shown, level.shown) for level in one.levels),
                *(one.low, one.high, one.steps, one.whole, one.since),
            )
            for one in sweep.parameters
        )
        return cls(sweep.design, shown, len(sweep.seeds))

    def table(self) -> dict[str, Any]:
        """Give plain values, for JSON."""
        parameters = [
            {
                "key": one.key,
                "since": one.since,
                **({"levels": [level.shown for level in one.levels]} if one.levels else {}),
                **({} if one.levels else {"low": one.low, "high": one.high, "steps": one.steps, "whole": one.whole}),
            }
            for one in self.parameters
        ]
        return {"design": self.design.model_dump(exclude_unset=True), "parameters": parameters, "seeds": self.seeds}

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Shape:
        """Read what `table` wrote."""
        parameters = tuple(
            Parameter(
                one["key"],
                Level.several(one.get("levels", ())),
                *(one.get("low", 0.0), one.get("high", 0.0), one.get("steps", 0), one.get("whole", False)),
                one["since"],
            )
            for one in told["parameters"]
        )
        return cls(Design.model_validate(told["design"]), parameters, told["seeds"])
