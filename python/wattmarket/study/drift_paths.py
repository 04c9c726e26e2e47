"""Drift up to a batch share, or down to it from above; and what the edge index loses by it against its twin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wattmarket import numeric
from wattmarket.errors import InputError
from wattmarket.findings.repricing import shortfall
from wattmarket.months import month_name, month_number
from wattmarket.scenario import Scenario
from wattmarket.study.play import play_all
from wattmarket.units import MONTHS_PER_YEAR

__all__ = ["DriftLosses", "Ramp"]

Float = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Ramp:
    """Straight lines that stand for a scenario's logistic drift: same middle, same speed there for a full drift.

    A logistic goes fastest half-way, at a quarter of its speed times its height; the line with that slope takes
    4 / `drift.speed_per_year` years, around `drift.midpoint`. Unlike the logistic, it arrives.

    Parameters
    ----------
    start
        Batch share before.
    first
        Month number at which the run starts.
    leaves, arrives
        Month numbers between which the share moves.
    """

    start: float
    first: int
    leaves: int
    arrives: int

    @classmethod
    def of(cls, scenario: Scenario, window: int = MONTHS_PER_YEAR) -> Ramp:
        """Read the ramp off a scenario.

        Parameters
        ----------
        scenario
            Its section `drift` has start, midpoint and speed; what its path is doesn't matter.
        window
            Months at the end of the run for which the share must stand where it arrived.

        Raises
        ------
        InputError
            If the run has no room for it, or an event changes the drift.

        Examples
        --------
        >>> ramp = Ramp.of(Scenario())
        >>> month_name(ramp.leaves), month_name(ramp.arrives)
        ('2027-01', '2031-01')
        """
        drift, first = scenario.drift, month_number(scenario.run.start)
        if any(key.startswith("drift.") for event in scenario.event for key, _ in event.set):
            raise InputError("critical share: an event of the scenario changes the drift, which the search must set")
        middle, half = month_number(drift.midpoint), max(1, round(2 * MONTHS_PER_YEAR / drift.speed_per_year))
        ramp = cls(drift.start, first, middle - half, middle + half)
        if ramp.leaves - first < 2:
            raise InputError(f"critical share: the drift sets out {month_name(ramp.leaves)}, too soon after the start")
        if ramp.arrives > first + scenario.run.months - window:
            raise InputError(
                f"critical share: the drift arrives {month_name(ramp.arrives)}, "
                f"which leaves less than {window} months of the run"
            )
        return ramp

    def up_to(self, share: float) -> dict[str, float]:
        """Points of a drift that rises to a share and stays there."""
        return {month_name(self.leaves): self.start, month_name(self.arrives): share}

    def down_to(self, share: float, plateau: float) -> dict[str, float]:
        """Points of a drift that comes down to a share while the other rises to it.

        It reaches the plateau half-way between the start of the run and the month in which the other sets out, and
        stands there as long: from then on the two have the same time.

        Examples
        --------
        >>> Ramp.of(Scenario()).down_to(0.3, 0.9)
        {'2023-01': 0.1, '2025-01': 0.9, '2027-01': 0.9, '2031-01': 0.3}
        """
        high = (self.first + self.leaves) // 2
        path = {month_name(self.first): self.start, month_name(high): plateau}
        return path | {month_name(self.leaves): plateau, month_name(self.arrives): share}


class DriftLosses:
    """Mean shortfall of the edge index against the no-drift twin of the same seed over the last months of a run.

    Called with (batch share, seed) pairs, it plays a run for each, and remembers what twins ended on.

    Parameters
    ----------
    scenario
        What to play; its drift is replaced by a `Ramp`, its seed by those asked for.
    window
        Months at the end over which shortfalls are averaged.
    workers
        Processes to play in.

    Raises
    ------
    InputError
        As `Ramp.of`.
    """

    def __init__(self, scenario: Scenario, *, window: int = MONTHS_PER_YEAR, workers: int = 1) -> None:
        self.scenario = scenario
        self.window = window
        self.ramp = Ramp.of(scenario, window)
        self._workers = workers
        self._twins: dict[int, Float] = {}

    def play_twins(self, seeds: Sequence[int]) -> None:
        """Play the no-drift twins of seeds: one run each."""
        twin = self.scenario.with_settings(["drift.path=flat"]).twin()
        scenarios = [twin.with_settings([f"run.seed={seed}"]) for seed in seeds]
        self._twins |= dict(zip(seeds, self._ends(scenarios), strict=True))

    def forward(self, probes: Sequence[tuple[float, int]]) -> list[float]:
        """Losses where the batch share rises to a dose."""
        return self._losses([(self.ramp.up_to(dose), seed) for dose, seed in probes])

    def backward(self, probes: Sequence[tuple[float, int]], plateau: float) -> list[float]:
        """Losses where the batch share stands at a plateau first and comes down to a dose."""
        return self._losses([(self.ramp.down_to(dose, plateau), seed) for dose, seed in probes])

    def _losses(self, paths: Sequence[tuple[dict[str, float], int]]) -> list[float]:
        ends = self._ends([self._drifting(points, seed) for points, seed in paths])
        twins = [self._twins[seed] for _, seed in paths]
        return [_mean(shortfall(end, twin)) for end, twin in zip(ends, twins, strict=True)]

    def _drifting(self, points: dict[str, float], seed: int) -> Scenario:
        path = ", ".join(f"{month} = {share!r}" for month, share in points.items())
        return self.scenario.with_settings([f"run.seed={seed}", "drift.path=piecewise", f"drift.points={{ {path} }}"])

    def _ends(self, scenarios: Sequence[Scenario]) -> list[Float]:
        """Play scenarios; the edge index over each one's last months, float64 [window]."""
        played = play_all(scenarios, (), workers=self._workers)
        return [one.tables["ticks"]["edge_index"].to_numpy()[-self.window :] for one in played]


def _mean(values: Float) -> float:
    return numeric.total(values) / len(values)
