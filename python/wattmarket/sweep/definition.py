"""A sweep: what is varied, at which points, with which seeds, and what is kept of each run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy.typing as npt

from wattmarket.scenario import Scenario, load_scenario
from wattmarket.sweep.design import Point
from wattmarket.sweep.design_spec import Design
from wattmarket.sweep.outputs import Outputs
from wattmarket.sweep.parameters import Parameter
from wattmarket.sweep.problem import read_problem

__all__ = ["ALWAYS", "LISTED", "Sweep"]

ALWAYS: Final = ('title=""', 'question=""', 'output.tables=["ticks"]', "output.figures=false", "run.seed=0")
"""Settings of every run of a sweep: a name changes no result, and tables and figures aren't kept."""
LISTED: Final = Design(kind="list")
"""The design of points that were drawn elsewhere."""


@dataclass(frozen=True, slots=True)
class Sweep:
    """A design: a base scenario, parameters, points, seeds and what is kept of each run.

    Parameters
    ----------
    name
        Name of the sweep: that of its file, without the ending.
    title, question
        As in the file.
    base_path
        File of the base scenario.
    settings
        Settings ``key=value`` of every run.
    base
        The base scenario with these settings.
    parameters, points
        What varies, and its combinations: a level for each parameter.
    seeds
        Seeds of the runs of every point: the same at each, so that points share every random draw.
    outputs
        What is kept.
    design
        How the points were chosen.
    """

    name: str
    title: str
    question: str
    base_path: Path
    settings: tuple[str, ...]
    base: Scenario
    parameters: tuple[Parameter, ...]
    points: Sequence[Point]
    seeds: range
    outputs: Outputs
    design: Design = LISTED

    @property
    def runs(self) -> int:
        """Runs in all."""
        return len(self.points) * len(self.seeds)

    @classmethod
    def from_problem(
        cls,
        problem: Mapping[str, Any],
        values: npt.ArrayLike,
        *,
        base: str | Path,
        settings: Sequence[str] = (),
        seeds: int = 1,
        first_seed: int = 0,
        outputs: Outputs | None = None,
        name: str = "problem",
    ) -> Sweep:
        """Make a sweep of points that SALib, or whoever else, has drawn.

        Parameters
        ----------
        problem
            As SALib takes it. Its ``names`` are keys of the scenario, ``key@2028-06`` if a value holds from a month on;
            ``levels``, which SALib doesn't read, gives the values of those that are chosen from a list
            (:func:`problem_of`).
        values
            One row per point, one column per name, within the bounds.
        base, settings
            File of the base scenario, and settings ``key=value`` of every run.
        seeds, first_seed
            Runs of every point, and the seed of the first.
        outputs
            What is kept of each run; the finding unless told otherwise.
        name
            Of the sweep, in its store.

        Raises
        ------
        InputError
            If the problem has other names than columns, an unknown key, or values that the scenario refuses.

        Examples
        --------
        >>> problem = {"num_vars": 1, "names": ["drift.ceiling"], "bounds": [[0.3, 0.9]]}
        >>> one = Sweep.from_problem(problem, [[0.4], [0.8]], base="scenarios/agentic_batch_drift.toml")
        >>> one.runs, one.points[1][0].value
        (2, 0.8)
        """
        parameters, points = read_problem(problem, values)
        always = (*settings, *ALWAYS)
        return cls(
            name=name,
            title="",
            question="",
            base_path=Path(base),
            settings=always,
            base=load_scenario(base, always),
            parameters=parameters,
            points=points,
            seeds=range(first_seed, first_seed + seeds),
            outputs=Outputs() if outputs is None else outputs,
        )
