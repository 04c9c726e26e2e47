"""The batch share at which the edge index loses a stated part: forward, backward, and the gap between the two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from math import inf
from typing import Any, Final

import polars as pl

from wattmarket.errors import InputError
from wattmarket.months import month_name
from wattmarket.scenario import Scenario
from wattmarket.study.drift_paths import DriftLosses, Ramp
from wattmarket.study.search import Bracket, Goal, search
from wattmarket.study.spread import Spread, spread_of
from wattmarket.units import MONTHS_PER_YEAR

__all__ = ["CriticalShare", "Terms", "critical_share"]

_TESTS: Final = {"direction": pl.String, "seed": pl.Int64, "batch_share": pl.Float64, "loss": pl.Float64}
_SEEDS: Final = {
    **{"direction": pl.String, "seed": pl.Int64, "kind": pl.String, "value": pl.Float64, "low": pl.Float64},
    **{"high": pl.Float64, "below": pl.Float64, "loses": pl.Float64, "holds": pl.Float64},
    **{"monotone": pl.Boolean, "settled": pl.Boolean, "tests": pl.Int64},
}


@dataclass(frozen=True, slots=True)
class Terms:
    """What counts as critical, and how closely it is looked for.

    Parameters
    ----------
    part
        Part of its value that the edge index loses against the no-drift twin: 0.1 is ten per cent.
    tolerance
        Width of a bracket of batch shares that is narrow enough.
    high
        Highest batch share tried, and the plateau from which the share falls back; the lowest is `drift.start`.
    checks
        Batch shares, evenly spaced, near which something must be tested at the end (`Goal`).
    window
        Months at the end of the run over which shortfalls are averaged.

    Raises
    ------
    InputError
        If the part is not within 0 and 1, the highest share is above 0.99, or the window is empty.
    """

    part: float = 0.10
    tolerance: float = 0.02
    high: float = 0.90
    checks: int = 3
    window: int = MONTHS_PER_YEAR

    def __post_init__(self) -> None:
        if not 0.0 < self.part < 1.0:
            raise InputError(f"part: {self.part}: must lie between 0 and 1")
        if not self.high <= 0.99:
            raise InputError(f"high: {self.high}: a batch share must not be above 0.99")
        if self.window < 1:
            raise InputError(f"window: {self.window}: must be at least 1 month")

    def goal(self, start: float) -> Goal:
        """What is searched for, in a scenario whose batch share starts here."""
        return Goal(start, self.high, self.part, self.tolerance, self.checks)

    def enough(self, start: float, seeds: int, directions: int = 1) -> int:
        """Give a budget of runs with which every seed is settled if its loss is monotone."""
        halvings, width = 0, self.high - start
        while width > self.tolerance:
            halvings, width = halvings + 1, width / 2.0
        return seeds * (1 + directions * (2 + halvings + self.checks))


@dataclass(frozen=True, slots=True)
class CriticalShare:
    """What a search for the critical share found.

    Parameters
    ----------
    terms
        What counted as critical.
    ramp
        When the batch share moved.
    forward
        One bracket per seed: the share at which the index is lost.
    backward
        One per seed: the share below which it is back, having been lost; none if it wasn't looked for.
    runs
        Runs played, twins included.
    """

    terms: Terms
    ramp: Ramp
    forward: tuple[Bracket, ...]
    backward: tuple[Bracket, ...]
    runs: int

    @property
    def share(self) -> Spread:
        """Critical share, forward: median over seeds, and its interval."""
        return _spread(self.forward)

    @property
    def back(self) -> Spread | None:
        """Critical share, backward."""
        return _spread(self.backward) if self.backward else None

    @property
    def hysteresis(self) -> Spread | None:
        """Forward less backward, seed by seed: how much further the share must fall than it rose."""
        if not self.backward:
            return None
        pairs = list(zip(self.forward, self.backward, strict=True))
        return spread_of(
            [_less(up.value, down.value) for up, down in pairs],
            [-inf if up.low == -inf or down.high == inf else up.low - down.high for up, down in pairs],
            [inf if up.high == inf or down.low == -inf else up.high - down.low for up, down in pairs],
        )

    def tests(self) -> pl.DataFrame:
        """One row per run that drifted: ``direction``, ``seed``, ``batch_share``, ``loss``."""
        rows = [
            {"direction": name, "seed": bracket.seed, "batch_share": dose, "loss": loss}
            for name, brackets in self._directions()
            for bracket in brackets
            for dose, loss in bracket.tested
        ]
        return pl.DataFrame(rows, schema=_TESTS)

    def seeds(self) -> pl.DataFrame:
        """One row per direction and seed: its bracket, whether losses rose with the share, and whether it is settled.

        ``kind`` is ``found``, ``above`` or ``below`` (the range searched), or ``open`` (the budget was used up).
        """
        rows = [
            {"direction": name, "tests": len(bracket.tested)}
            | {column: getattr(bracket, column) for column in _SEEDS if column not in {"direction", "tests"}}
            for name, brackets in self._directions()
            for bracket in brackets
        ]
        numbers = [name for name, kind in _SEEDS.items() if kind == pl.Float64]
        finite = [pl.when(pl.col(name).is_finite()).then(pl.col(name)).alias(name) for name in numbers]
        return pl.DataFrame(rows, schema=_SEEDS).with_columns(finite)

    def to_dict(self) -> dict[str, Any]:
        """Everything as numbers."""
        terms = {name: getattr(self.terms, name) for name in ("part", "tolerance", "high", "checks", "window")}
        return {
            **terms,
            "start": self.ramp.start,
            "leaves": month_name(self.ramp.leaves),
            "arrives": month_name(self.ramp.arrives),
            "runs": self.runs,
            "forward": self.share.numbers(),
            "backward": None if self.back is None else self.back.numbers(),
            "hysteresis": None if self.hysteresis is None else self.hysteresis.numbers(),
            "seeds": self.seeds().to_dicts(),
            "tests": self.tests().to_dicts(),
        }

    def text(self) -> str:
        """Write it in words."""
        terms, ramp, share = self.terms, self.ramp, self.share
        ends = ramp.start, terms.high
        lines = [
            f"The edge index loses {terms.part:.0%} at a batch share of {share.text('.3f', *ends)}.",
            f"The share rises from {ramp.start:g} between {month_name(ramp.leaves)} and {month_name(ramp.arrives)}; "
            f"losses are means over the last {terms.window} months, against the no-drift twin of the same seed.",
        ]
        back, gap = self.back, self.hysteresis
        if back is not None and gap is not None:
            lines += [
                f"Coming down from {terms.high:g}, it is back at a share of {back.text('.3f', *ends)}.",
                f"Hysteresis, forward less backward: {gap.text('+.3f')}.",
            ]
        lines.append(
            f"Median of {share.seeds} seeds of one world and, in brackets, its interval from order statistics "
            f"({share.coverage:.0%}), each end widened by its seed's own bracket. {self.runs} runs."
        )
        for name, brackets in self._directions():
            lines += [f"  {name:<8} seed {bracket.seed}: {_told(bracket)}" for bracket in brackets]
        return "\n".join(lines)

    def _directions(self) -> list[tuple[str, tuple[Bracket, ...]]]:
        return [("forward", self.forward), ("backward", self.backward)]


def critical_share(
    scenario: Scenario,
    seeds: Sequence[int] = (0, 1, 2, 3, 4),
    terms: Terms | None = None,
    *,
    backward: bool = False,
    budget: int | None = None,
    workers: int = 1,
    hints: dict[int, tuple[float, float]] | None = None,
) -> CriticalShare:
    """Search for the batch share at which the edge index loses a stated part against its no-drift twin.

    Parameters
    ----------
    scenario
        What to play; see `Ramp` for how its drift is replaced.
    seeds
        Seeds of the runs, all in the same world.
    terms
        What counts as critical; `Terms` by default.
    backward
        Whether to search for the share at which the index recovers, too.
    budget
        Runs to play at most, twins included; by default enough to settle all seeds if losses are monotone.
    workers
        Processes to play in; no result depends on it.
    hints
        Where the forward share of a seed is expected.

    Raises
    ------
    InputError
        If the scenario has no room for the drift, the terms are wrong, or the budget is below two runs a seed.
    """
    asked = Terms() if terms is None else terms
    losses = DriftLosses(scenario, window=asked.window, workers=workers)
    start = losses.ramp.start
    goal, directions = asked.goal(start), 2 if backward else 1
    runs = asked.enough(start, len(seeds), directions) if budget is None else budget
    if runs < (1 + directions) * len(seeds):
        raise InputError(
            f"budget: {runs} runs are too few: {len(seeds)} seeds take a twin and a test per direction each"
        )
    losses.play_twins(seeds)
    left = runs - len(seeds)
    # A drift to where the share is already is none: the run is its own twin.
    up = search(losses.forward, seeds, goal, budget=left // directions, known={start: 0.0}, hints=hints)
    left -= up.probes
    if not backward:
        return CriticalShare(asked, losses.ramp, up.brackets, (), len(seeds) + up.probes)
    down = search(partial(losses.backward, plateau=asked.high), seeds, goal, budget=left)
    return CriticalShare(asked, losses.ramp, up.brackets, down.brackets, len(seeds) + up.probes + down.probes)


def _spread(brackets: Sequence[Bracket]) -> Spread:
    return spread_of(
        [bracket.value for bracket in brackets],
        [bracket.low for bracket in brackets],
        [bracket.high for bracket in brackets],
    )


def _less(one: float | None, other: float | None) -> float | None:
    """Difference, None where it is not known."""
    return None if one is None or other is None or one == other in {inf, -inf} else one - other


def _told(bracket: Bracket) -> str:
    goal = bracket.goal
    told = {
        "found": f"between {bracket.below or 0.0:.3f} and {bracket.loses or 0.0:.3f}",
        "above": f"above {goal.high:g}: no share tested loses enough",
        "below": f"below {goal.low:g}: every share tested loses enough",
        "open": "not known: the budget was used up",
    }[bracket.kind]
    if not bracket.monotone:
        told += f"; not monotone: {bracket.holds:.3f} holds too"
    return told + ("" if bracket.settled or bracket.kind == "open" else "; unfinished: the budget was used up")
