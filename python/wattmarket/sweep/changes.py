"""What a run changes in the base scenario, and the scenario that this gives."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from wattmarket.scenario import Scenario
from wattmarket.sweep.parameters import Level, Parameter

__all__ = ["Change", "changed", "changes_of"]

Change = tuple[str, tuple[str, ...]]
"""First month, or empty text for the start, and the settings that hold from then on."""


def changes_of(parameters: Sequence[Parameter], point: Sequence[Level]) -> tuple[Change, ...]:
    """Settings of a point by month; those of the start come first.

    Examples
    --------
    >>> changes_of([Parameter("drift.ceiling"), Parameter("drift.start", since="2028-06")], [Level(0.5, 0.5)] * 2)
    (('', ('drift.ceiling=0.5',)), ('2028-06', ('drift.start=0.5',)))
    """
    found = []
    for month in sorted({parameter.since for parameter in parameters} | {""}):
        settings = tuple(
            parameter.setting(level)
            for parameter, level in zip(parameters, point, strict=True)
            if parameter.since == month
        )
        if settings:
            found.append((month, settings))
    return tuple(found)


def changed(base: Scenario, changes: Iterable[Change], seed: int) -> Scenario:
    """Give the scenario of a run.

    Raises
    ------
    InputError
        If the values don't go together, or a change lies outside the run.

    Examples
    --------
    >>> one = changed(Scenario(), [("", ("drift.ceiling=0.5",)), ("2028-06", ("drift.ceiling=0.6",))], seed=3)
    >>> one.run.seed, one.drift.ceiling, one.at("2028-06").drift.ceiling
    (3, 0.5, 0.6)
    """
    scenario = base
    for since, settings in changes:
        scenario = scenario.forked(since, settings) if since else scenario.with_settings(settings)
    return scenario.with_settings([f"run.seed={seed}"])
