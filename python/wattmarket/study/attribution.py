"""What the fall of the edge is made of: the same seed with one cause switched off at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from wattmarket import numeric
from wattmarket.errors import InputError
from wattmarket.findings import Uncertain, find_break, placebo_band
from wattmarket.findings.repricing import shortfall
from wattmarket.months import month_name, month_number
from wattmarket.record import Run
from wattmarket.scenario import Scenario
from wattmarket.study.play import play_all
from wattmarket.units import MONTHS_PER_YEAR

__all__ = ["CAUSES", "HOW_TO_READ", "Attribution", "Cause", "attribute"]

Float = NDArray[np.float64]

CAUSES: Final = {
    "mix": "work itself stays as it was; agents alone hear of the drift",
    "beliefs": "agents never hear of the drift; work alone drifts",
    "growth": "demand stops growing a year before the break, in run and twin",
    "entry": "no shell is started from a year before the break on, in run and twin",
}
"""What is switched off, one at a time."""

HOW_TO_READ: Final = (
    "Causes work through each other: what goes with each need not add up to the fall. Ranges: how far twins part by "
    "chance (nine in ten)."
)


@dataclass(frozen=True, slots=True)
class Cause:
    """What is left of the fall without a cause, and what the cause is worth: a share of the twin's index each.

    Parameters
    ----------
    name
        One of `CAUSES`.
    without
        Mean shortfall of the index with the cause switched off, over the same twelve months.
    worth
        The fall less that: how much of it goes when the cause goes.
    """

    name: str
    without: Uncertain
    worth: Uncertain


@dataclass(frozen=True, slots=True)
class Attribution:
    """The fall of the edge index over the twelve months from the break on, and what each cause is worth.

    Parameters
    ----------
    month
        Month of the break, ``YYYY-MM``.
    since_month
        Month from which growth or entry are switched off.
    fall
        Mean shortfall of the index against its twin, a share.
    causes
        In the order of `CAUSES`. Causes work through each other: their worths need not add up to the fall.
    """

    month: str
    since_month: str
    fall: Uncertain
    causes: tuple[Cause, ...]

    def frame(self) -> pl.DataFrame:
        """One row per cause: ``cause``, ``switched_off``, and ``without`` and ``worth`` with their ranges."""
        rows = [
            {
                "cause": cause.name,
                "switched_off": CAUSES[cause.name],
                **{
                    f"{part}{end}": getattr(getattr(cause, part), name)
                    for part in ("without", "worth")
                    for end, name in (("", "value"), ("_low", "low"), ("_high", "high"))
                },
            }
            for cause in self.causes
        ]
        return pl.DataFrame(rows)

    def fall_in_words(self) -> str:
        """Say how deep the fall is that is attributed."""
        return f"In the year from {self.month} on the edge index is on average {self.fall.text('.0%')} below its twin."

    def text(self) -> str:
        """Write it in words."""
        lines = [f"{self.fall_in_words()} With one cause switched off:"]
        width = max(map(len, CAUSES))
        lines += [
            f"  {cause.name:<{width}}  {cause.without.text('.0%')} is left, {cause.worth.text('+.0%')} goes: "
            f"{CAUSES[cause.name]}"
            for cause in self.causes
        ]
        lines.append(HOW_TO_READ)
        return "\n".join(lines)


def attribute(run: Run, *, workers: int = 1) -> Attribution:
    """Play a run's scenario again with one cause switched off at a time: six runs.

    Parameters
    ----------
    run
        A run that breaks away from its no-drift twin.
    workers
        Processes to play in.

    Raises
    ------
    InputError
        If no twin was run, or the run doesn't break.
    """
    twin, rule = run.twin_ticks, run.scenario.findings
    if twin is None:
        raise InputError("attribution: the run has no no-drift twin")
    index, flat = _index(run.ticks), _index(twin)
    found = find_break(index, flat, depth=rule.depth, months=rule.months)
    if found is None:
        raise InputError("attribution: the edge does not break in this run: there is no fall to attribute")
    start = month_number(run.scenario.run.start)
    since = month_name(start + max(found.tick - MONTHS_PER_YEAR, 1))
    played = [one.tables["ticks"] for one in play_all(_switched(run.scenario, since), (), workers=workers)]
    mix, beliefs, growth, growth_twin, entry, entry_twin = map(_index, played)
    months = slice(found.tick, found.tick + MONTHS_PER_YEAR)
    chance = float(numeric.exp(float(placebo_band(len(index), run.world.sites.height)[months].max()))) - 1.0
    fall = _mean(shortfall(index, flat)[months])
    pairs = {
        "mix": (mix, flat),
        "beliefs": (beliefs, flat),
        "growth": (growth, growth_twin),
        "entry": (entry, entry_twin),
    }
    causes = []
    for name in CAUSES:
        without = _mean(shortfall(*pairs[name])[months])
        causes.append(Cause(name, _around(without, chance), _around(fall - without, 2.0 * chance)))
    return Attribution(month_name(start + found.tick), since, _around(fall, chance), tuple(causes))


def _switched(scenario: Scenario, since: str) -> list[Scenario]:
    """Runs with mix and beliefs off, whose twin is the run's own; then run and twin without growth, without entry."""
    growth = scenario.forked(since, ["demand.growth=[{ per_year = 1.0 }]"])
    entry = scenario.forked(since, ["agents.new_shells=false"])
    return [
        scenario.with_settings(["drift.reaches=agents"]),
        scenario.with_settings(["drift.reaches=demand"]),
        *(one for switched in (growth, entry) for one in (switched, switched.twin())),
    ]


def _index(ticks: pl.DataFrame) -> Float:
    return np.asarray(ticks["edge_index"].to_numpy())


def _mean(values: Float) -> float:
    return numeric.total(values) / len(values)


def _around(value: float, chance: float) -> Uncertain:
    return Uncertain(value, value - chance, value + chance)
