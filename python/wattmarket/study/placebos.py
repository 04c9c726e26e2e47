"""More twins: each like the no-drift twin but for a placebo, a drift too small to matter."""

from __future__ import annotations

from typing import Final

from wattmarket.findings import TwinTables
from wattmarket.record.run import TWIN_TABLES
from wattmarket.scenario import Scenario
from wattmarket.study.play import play_all

__all__ = ["PLACEBO_SHARE", "placebo", "placebo_twins"]

PLACEBO_SHARE: Final = 0.001
"""By how much a placebo raises the batch share in the long run: a tenth of a percentage point for each."""


def placebo(scenario: Scenario, number: int) -> Scenario:
    """Give the no-drift twin of a scenario with a drift of so many tenths of a percentage point.

    Parameters
    ----------
    number
        1, 2, …: which placebo.

    Examples
    --------
    >>> twin = placebo(Scenario(), 2)
    >>> twin.drift.path, round(twin.drift.ceiling - twin.drift.start, 6)
    ('logistic', 0.002)
    """
    twin = scenario.twin()
    start = twin.drift.start
    ceiling = min(start + number * PLACEBO_SHARE, 0.99)
    return twin.with_settings(["drift.path=logistic", f"drift.ceiling={ceiling!r}"])


def placebo_twins(scenario: Scenario, count: int, *, workers: int = 1) -> list[TwinTables]:
    """Play so many further twins of a scenario, each with a placebo of its own.

    How far a run lies from each of them differs by what means nothing: that is what cannot be known about any number
    that is read off a run and a twin.

    Parameters
    ----------
    scenario
        A scenario that drifts.
    count
        How many.
    workers
        Processes to play them in.
    """
    played = play_all([placebo(scenario, number + 1) for number in range(count)], TWIN_TABLES, workers=workers)
    return [TwinTables(one.tables["ticks"], one.tables.get("metro_values"), one.tables.get("agents")) for one in played]
