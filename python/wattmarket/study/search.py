"""Search for the least dose that does so much harm: bisection with checks, for many seeds side by side.

Nothing here knows of markets: a *dose* is a number, a *loss* another, and who searches is told the loss of any dose and
seed. So the search is tested on problems whose answer is known (docs/critical.md).
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import Final

from wattmarket.errors import InputError

__all__ = ["Bracket", "Goal", "Losses", "Outcome", "one_by_one", "search"]

Probe = tuple[float, int]
Losses = Callable[[Sequence[Probe]], Sequence[float]]
"""Losses of several (dose, seed) pairs at once, in order: where they can be played beside each other, they are."""

_DIGITS: Final = 9


def one_by_one(loss: Callable[[float, int], float]) -> Losses:
    """Make a function of one dose and seed answer for several.

    Examples
    --------
    >>> one_by_one(lambda dose, seed: dose * seed)([(0.5, 1), (0.5, 2)])
    [0.5, 1.0]
    """
    return lambda probes: [loss(dose, seed) for dose, seed in probes]


@dataclass(frozen=True, slots=True)
class Goal:
    """What is searched for: the least dose in a range whose loss reaches a part.

    Parameters
    ----------
    low, high
        Ends of the range of doses.
    part
        The loss that counts.
    tolerance
        Width of a bracket that is narrow enough.
    checks
        Number of doses, evenly spaced inside the range, near each of which something must have been tested at the end:
        bisection alone never looks outside its bracket, and would take any noise for a threshold.

    Raises
    ------
    InputError
        If the range is empty, the tolerance below 1e-8, or the number of checks negative.
    """

    low: float
    high: float
    part: float
    tolerance: float
    checks: int = 3

    def __post_init__(self) -> None:
        if not -inf < self.low < self.high < inf:
            raise InputError(f"search: the range from {self.low} to {self.high} is empty")
        if not 1e-8 <= self.tolerance < inf:
            raise InputError(f"tolerance: {self.tolerance}: must be at least 1e-8")
        if self.checks < 0:
            raise InputError(f"checks: {self.checks}: must not be negative")


@dataclass(slots=True)
class Bracket:
    """What is known about one seed: doses tested with their losses, and where the threshold lies between them.

    Parameters
    ----------
    seed
        Which seed.
    goal
        What is searched for.
    hint
        Where the threshold is expected, from a neighbouring problem; None: nowhere.
    tested
        (dose, loss), by dose.
    """

    seed: int
    goal: Goal
    hint: tuple[float, float] | None = None
    tested: list[tuple[float, float]] = field(default_factory=list)

    @property
    def loses(self) -> float | None:
        """Lowest dose tested that loses enough."""
        return next((dose for dose, loss in self.tested if self._enough(loss)), None)

    @property
    def holds(self) -> float | None:
        """Highest dose tested that does not."""
        return next((dose for dose, loss in reversed(self.tested) if not self._enough(loss)), None)

    @property
    def below(self) -> float | None:
        """Highest dose tested below which, itself included, no dose tested loses enough."""
        first = self.loses
        return next((dose for dose, _ in reversed(self.tested) if first is None or dose < first), None)

    @property
    def monotone(self) -> bool:
        """Whether no dose that holds was found above one that loses."""
        holds, loses = self.holds, self.loses
        return holds is None or loses is None or holds < loses

    @property
    def kind(self) -> str:
        """Give ``found``; ``above`` or ``below`` where the threshold lies beyond the range; or ``open``."""
        if self.below is not None and self.loses is not None:
            return "found"
        if self.loses is not None and self.loses <= self.goal.low:
            return "below"
        return "above" if self.below is not None and self.below >= self.goal.high else "open"

    @property
    def value(self) -> float | None:
        """Middle between `below` and `loses`; ∞ or −∞ beyond the range; None where the search has not got there."""
        below, loses = self.below, self.loses
        if below is not None and loses is not None:
            return (below + loses) / 2.0
        return {"above": inf, "below": -inf}.get(self.kind)

    @property
    def low(self) -> float:
        """The threshold is not below this, by what was tested; −∞: anything is possible."""
        return -inf if self.below is None else self.below

    @property
    def high(self) -> float:
        """Nor above this: every dose tested from here on loses enough; ∞: anything is possible."""
        holds = self.holds
        return next((dose for dose, _ in self.tested if holds is None or dose > holds), inf)

    @property
    def settled(self) -> bool:
        """Whether there is nothing left to test."""
        return self.next_dose() is None

    def add(self, dose: float, loss: float) -> None:
        """Take in a dose and its loss."""
        if not -inf < loss < inf:
            raise InputError(f"search: the loss at {dose} with seed {self.seed} is {loss}")
        insort(self.tested, (dose, loss))

    def next_dose(self) -> float | None:
        """Give the dose to test next, None once all is known that is asked for."""
        dose, below, loses = self._towards_bracket(), self.below, self.loses
        if dose is not None:
            return round(dose, _DIGITS)
        if below is not None and loses is not None and loses - below > self.goal.tolerance * (1.0 + 1e-9):
            return round((below + loses) / 2.0, _DIGITS)
        return self._check()

    def _enough(self, loss: float) -> bool:
        return loss >= self.goal.part - 1e-12

    def _towards_bracket(self) -> float | None:
        """Give a dose on the side on which nothing is known yet: from the hint outwards, in ever larger steps."""
        goal, hint, below, loses = self.goal, self.hint, self.below, self.loses
        inside = [dose for dose, _ in self.tested if goal.low < dose < goal.high]
        if loses is None and (below is None or below < goal.high):
            if hint is None:
                return goal.low if below is None else goal.high
            if not inside and (below is None or below < hint[0]):
                return max(goal.low, hint[0])
            return round(
                min(goal.high, max(hint[1], max(inside, default=goal.low) + self._step(hint, inside))), _DIGITS
            )
        if below is None and loses is not None and loses > goal.low:
            return goal.low if hint is None else max(goal.low, loses - self._step(hint, inside))
        return None

    def _step(self, hint: tuple[float, float], inside: list[float]) -> float:
        """Give a step as wide as the hint, then twice that, four times that, and so on."""
        return max(hint[1] - hint[0], self.goal.tolerance) * float(1 << min(max(len(inside) - 1, 0), 30))

    def _check(self) -> float | None:
        """Give an evenly spaced dose that nothing tested is near to."""
        goal = self.goal
        if self.kind not in {"found", "above"}:
            return None
        between = (goal.high - goal.low) / (goal.checks + 1)
        near = max(goal.tolerance, between / 4.0)
        for number in range(1, goal.checks + 1):
            dose = round(goal.low + between * number, _DIGITS)
            if all(abs(dose - other) > near for other, _ in self.tested):
                return dose
        return None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a search found.

    Parameters
    ----------
    brackets
        One per seed, in the order of the seeds.
    probes
        How many losses were asked for.
    """

    brackets: tuple[Bracket, ...]
    probes: int


def search(
    losses: Losses,
    seeds: Sequence[int],
    goal: Goal,
    *,
    budget: int,
    known: Mapping[float, float] | None = None,
    hints: Mapping[int, tuple[float, float]] | None = None,
) -> Outcome:
    """Search for the least dose that loses enough, for each seed.

    Every round asks for one dose per seed that is not settled: first the ends of the range (or, with a hint, doses
    from there outwards), then the middle of the bracket, then the checks; a check that loses below the bracket takes
    the search there.

    Parameters
    ----------
    losses
        Losses of (dose, seed) pairs.
    seeds
        Different seeds.
    goal
        What is searched for.
    budget
        How many losses may be asked for, over all seeds; when they are used up, brackets stay as wide as they are.
    known
        Losses that need not be asked for, by dose, the same for every seed.
    hints
        Where the threshold is expected, by seed.

    Raises
    ------
    InputError
        If there is no seed, one comes twice, the budget is negative, or a loss is not a finite number.

    Notes
    -----
    About 2 + log₂(range / tolerance) + `checks` losses per seed at most, if the loss is monotone.

    Examples
    --------
    >>> found = search(one_by_one(lambda dose, seed: dose), [7], Goal(0.0, 1.0, part=0.3, tolerance=0.05), budget=20)
    >>> bracket = found.brackets[0]
    >>> bracket.below, bracket.loses, bracket.monotone, found.probes
    (0.28125, 0.3125, True, 8)
    """
    if not seeds or len(dict.fromkeys(seeds)) < len(seeds):
        raise InputError(f"seeds: {list(seeds)}: there must be some, all different")
    if budget < 0:
        raise InputError(f"budget: {budget}: must not be negative")
    brackets = tuple(Bracket(seed, goal, (hints or {}).get(seed)) for seed in seeds)
    for bracket in brackets:
        for dose, loss in (known or {}).items():
            bracket.add(dose, loss)
    probes = 0
    while probes < budget:
        nexts = [(bracket, bracket.next_dose()) for bracket in brackets]
        wanted = [(bracket, dose) for bracket, dose in nexts if dose is not None][: budget - probes]
        if not wanted:
            break
        answers = losses([(dose, bracket.seed) for bracket, dose in wanted])
        for (bracket, dose), loss in zip(wanted, answers, strict=True):
            bracket.add(dose, float(loss))
        probes += len(wanted)
    return Outcome(brackets, probes)
