"""Belief cohorts: how groups of agents learn about demand and its mix, and what they make of their rivals."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, isnan
from typing import Final, Literal

from wattmarket.errors import InputError

__all__ = ["DEFAULT_COHORTS", "MIXES", "Cohort", "Mix"]

Mix = Literal["naive", "attentive", "extrapolator"]

MIXES: Final[tuple[Mix, ...]] = ("naive", "attentive", "extrapolator")
"""How a cohort forecasts the batch share."""

_RANGES: Final[tuple[tuple[str, float, float], ...]] = (
    ("lag_months", 0, 120),
    ("noise_sd", 0.0, 2.0),
    ("gain", 0.0, 1.0),
    ("attention", 0.0, 1.0),
    ("neglect", 0.0, 1.0),
    ("growth_half_life_months", 0.0, inf),
    ("growth_long_run", 0.1, 10.0),
)


@dataclass(frozen=True, slots=True)
class Cohort:
    """A group of agents who believe the same.

    Parameters
    ----------
    name
        Keys the cohort's draws.
    mix
        How it forecasts the batch share: ``naive``, the mix of today stays for ever; ``attentive``, a logistic with a
        prior on its ceiling; ``extrapolator``, the trend of the logit goes on.
    lag_months
        Publication lag: what happened in a month is seen so many months later.
    noise_sd
        Standard deviation of the noise in what is seen, of log power and of the logit of the batch share alike.
    gain
        How strongly news of demand moves level and trend of power, 0 to 1 (see `trend_gains`).
    attention
        α: how strongly news of the batch share moves the belief about it, 0 (never learns) to 1 (takes news as it is).
    neglect
        θ: the part of rivals' entry and pipeline that the cohort leaves out, 0 rational to 1 blind.
    growth_half_life_months
        Half-life with which the growth that it expects fades from what it filtered to `growth_long_run`; ``math.inf``:
        never, 0: at once.
    growth_long_run
        Yearly growth factor of AI power in the long run.
    ceiling_prior
        Mean and standard deviation of the prior on the ceiling of the batch share; the attentive use it.

    Raises
    ------
    InputError
        Naming cohort, key, value and reason.

    Examples
    --------
    >>> Cohort("sleepers", "naive", attention=0.0).lag_months
    3
    >>> Cohort("sleepers", "naive", attention=1.5)
    Traceback (most recent call last):
    wattmarket.errors.InputError: cohort sleepers: attention: 1.5: must be within 0 and 1
    """

    name: str
    mix: Mix
    lag_months: int = 3
    noise_sd: float = 0.01
    gain: float = 0.15
    attention: float = 0.15
    neglect: float = 0.5
    growth_half_life_months: float = 36.0
    growth_long_run: float = 1.15
    ceiling_prior: tuple[float, float] = (0.5, 0.25)

    def __post_init__(self) -> None:
        problems = []
        if not self.name:
            problems.append("cohort: name: is empty")
        if self.mix not in MIXES:
            problems.append(f"cohort {self.name}: mix: {self.mix!r}: must be one of {', '.join(MIXES)}")
        for key, low, high in _RANGES:
            value = getattr(self, key)
            if isnan(value) or not low <= value <= high:
                limits = f"at least {low:g}" if high == inf else f"within {low:g} and {high:g}"
                problems.append(f"cohort {self.name}: {key}: {value}: must be {limits}")
        if int(self.lag_months) != self.lag_months:
            problems.append(f"cohort {self.name}: lag_months: {self.lag_months}: must be a whole number")
        mean, deviation = self.ceiling_prior
        if not (0.0 < mean < 1.0 and 0.0 < deviation <= 10.0):
            problems.append(
                f"cohort {self.name}: ceiling_prior: {self.ceiling_prior}: a mean within 0 and 1, a positive deviation"
            )
        if problems:
            raise InputError(problems)


DEFAULT_COHORTS: Final[tuple[Cohort, ...]] = (
    Cohort("naive", "naive", gain=0.10, attention=0.20, neglect=0.5, growth_half_life_months=36.0),
    Cohort("attentive", "attentive", gain=0.15, attention=0.50, neglect=0.25, growth_half_life_months=24.0),
    Cohort("extrapolator", "extrapolator", gain=0.15, attention=0.35, neglect=0.9, growth_half_life_months=84.0),
)
"""Three cohorts, all of whose parameters are assumptions.

Naive: mix frozen at its filtered level for ever. Attentive: watches the drift, with a wide prior on its ceiling, and
reckons with three quarters of what its rivals will do. Extrapolator: follows trends quickly, lets growth fade slowest
and leaves out most of what its rivals will do, as shipowners partly did (Greenwood & Hanson 2015). All see the world a
quarter late, as quarterly reports tell it.
"""
