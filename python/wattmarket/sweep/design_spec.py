"""The table ``[design]`` of a sweep file: the kind of design, its size, and the points that it asks for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from wattmarket.errors import InputError
from wattmarket.sweep.design import Point, Shares, grid, latin_hypercube
from wattmarket.sweep.parameters import Parameter
from wattmarket.sweep.sampled import morris, saltelli, sobol_sequence

__all__ = ["MOST_RUNS", "Design", "Part"]

MOST_RUNS: Final = 10_000_000
_SIZE: Final = {
    "latin_hypercube": "points",
    "sobol_sequence": "points",
    "sobol": "base_samples",
    "morris": "trajectories",
}
"""By which key each kind says how large it is; grids and lists say it by their values."""
_OWN: Final = {
    "points": ("latin_hypercube", "sobol_sequence"),
    "base_samples": ("sobol",),
    "second_order": ("sobol",),
    "trajectories": ("morris",),
    "levels": ("morris",),
}
"""Which kinds read a key."""


class Part(BaseModel):
    """A table of a sweep file: unknown keys and values of another type are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Design(Part):
    """Which combinations of values are run.

    Parameters
    ----------
    kind
        ``grid``, ``list``, ``latin_hypercube``, ``sobol`` (Saltelli's sampling, for Sobol' indices),
        ``sobol_sequence``, ``morris``.
    points
        Size of a Latin hypercube or Sobol' sequence.
    base_samples, second_order
        Of Saltelli's sampling.
    trajectories, levels
        Of Morris's.
    seed
        Of the design; it has nothing to do with the seeds of the runs.
    """

    kind: Literal["grid", "list", "latin_hypercube", "sobol", "sobol_sequence", "morris"] = "grid"
    points: int | None = Field(default=None, ge=1, le=MOST_RUNS)
    base_samples: int | None = Field(default=None, ge=1, le=MOST_RUNS)
    second_order: bool = False
    trajectories: int | None = Field(default=None, ge=2, le=MOST_RUNS)
    levels: int = Field(default=4, ge=2, le=1_000)
    seed: int = Field(default=0, ge=0, le=2**63 - 1)

    def checked(self, where: str) -> Design:
        """Make sure that the design says how large it is, and nothing that its kind doesn't read.

        Raises
        ------
        InputError
            If it doesn't; names the key.
        """
        size = _SIZE.get(self.kind)
        if size is not None and getattr(self, size) is None:
            raise InputError(f"{where}: design.{size}: is missing")
        for key, kinds in _OWN.items():
            if key in self.model_fields_set and self.kind not in kinds:
                raise InputError(f'{where}: design.{key}: is not read with design.kind = "{self.kind}"')
        if self.kind in ("sobol", "sobol_sequence") and size is not None:
            count = getattr(self, size)
            if count & (count - 1):
                raise InputError(f"{where}: design.{size}: {count} is not a power of two, as a Sobol' sequence needs")
        if self.levels % 2:
            raise InputError(f"{where}: design.levels: {self.levels} is not even")
        return self

    def step(self, parameters: int) -> int:
        """How many points belong together, of which indices need all: those of a base sample or of a trajectory.

        Examples
        --------
        >>> Design(kind="sobol", base_samples=8).step(3), Design(kind="morris", trajectories=8).step(3)
        (5, 4)
        """
        if self.kind == "sobol":
            return 2 * parameters + 2 if self.second_order else parameters + 2
        return parameters + 1 if self.kind == "morris" else 1

    def count(self, parameters: Sequence[Parameter]) -> int | None:
        """How many points that makes; None if the values of the parameters say it."""
        size = _SIZE.get(self.kind)
        return None if size is None else int(getattr(self, size)) * self.step(len(parameters))

    def shares(self, parameters: int) -> np.ndarray[Any, np.dtype[np.float64]]:
        """Draw the places from 0 to 1 of a ``sobol``, ``sobol_sequence`` or ``morris`` design, a row for each point.

        Raises
        ------
        InputError
            If SALib isn't installed.
        """
        if self.kind == "morris":
            return morris(parameters, self.trajectories or 0, self.levels, self.seed)
        if self.kind == "sobol":
            return saltelli(parameters, self.base_samples or 0, self.seed, second_order=self.second_order)
        return sobol_sequence(parameters, self.points or 0, self.seed)

    def drawn(self, parameters: Sequence[Parameter]) -> Sequence[Point]:
        """Make the points of a design that isn't a list.

        A list of values is a range that is divided equally among them; the levels of a Morris design fall into the
        middles of their parts, so that each value is as likely as it can be.

        Raises
        ------
        InputError
            If SALib is needed and isn't installed.
        """
        if self.kind == "grid":
            return grid(parameters)
        if self.kind == "latin_hypercube":
            return latin_hypercube(parameters, self.points or 0, self.seed)
        shares = self.shares(len(parameters))
        if self.kind == "morris":
            listed = [place for place, parameter in enumerate(parameters) if parameter.levels]
            shares[:, listed] = (shares[:, listed] * (self.levels - 1) + 0.5) / self.levels
        return Shares(tuple(parameters), shares)
