"""Chance alone: how far twins part that differ in nothing that matters, and how often that looks like a break.

Measured without drift: one of each pair of runs has a *placebo*, a drift of a tenth of a percentage point
(``python -m benchmarks.false_alarms``, docs/findings.md). Building is lumpy: what means nothing still sends auctions
down other ways, and in larger worlds more of them.
"""

from __future__ import annotations

from csv import DictReader
from functools import cache
from importlib.resources import files
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wattmarket import numeric
from wattmarket.findings.findings import AlarmRate, NameRate
from wattmarket.scenario import Scenario

__all__ = ["CONFIDENCE", "false_alarms", "measured_sites", "names_by_chance", "placebo_band", "unlike_measured"]

Float = NDArray[np.float64]

CONFIDENCE: Final = 0.90
"""Part of the placebos that the band holds."""

_SECTIONS: Final = tuple(
    name for name in Scenario.model_fields if name not in {"title", "question", "run", "drift", "findings", "output"}
)
"""Sections of a scenario that decide what happens, but for the drift."""

_BANDS: Final = "placebo.csv"
_ALARMS: Final = "false_alarms.csv"
_NAMES: Final = "names_by_chance.csv"


def measured_sites() -> tuple[int, ...]:
    """Sites of the worlds on which the band, and the false alarms, were measured; smallest first."""
    return tuple(_widths())


def placebo_band(months: int, sites: int) -> Float:
    """How far the edge index of twins parts that differ in nothing that matters, float64 [T] log points.

    Nine in ten pairs of runs stayed this close in the months around. Between two sizes of world that were measured the
    width goes along a line over the logarithm of the number of sites; beyond the smallest and the largest it stands.

    Parameters
    ----------
    months
        Length T of a run; beyond the 156 months that were measured the last width stands.
    sites
        Sites of its world.

    Examples
    --------
    >>> small, large = placebo_band(156, sites=50), placebo_band(200, sites=5_000)
    >>> bool((small >= 0.0).all()), len(large), bool(small[-1] < large[-1])
    (True, 200, True)
    """
    sizes = np.array(measured_sites(), dtype=np.float64)
    place = numeric.log(np.array([float(max(sites, 1)), *sizes]))
    above = min(max(int(np.searchsorted(place[1:], place[0])), 1), len(sizes) - 1)
    low, high = place[above], place[above + 1]
    share = min(max(float((place[0] - low) / (high - low)), 0.0), 1.0)
    below_widths, above_widths = (_widths()[int(sizes[one])] for one in (above - 1, above))
    widths = below_widths * (1.0 - share) + above_widths * share
    return np.concatenate([widths, np.full(max(months - len(widths), 0), widths[-1])])[:months]


def false_alarms(depth: float, months: int, sites: int) -> AlarmRate | None:
    """How often a rule of the break spoke where nothing happened, on the world whose size comes nearest.

    Parameters
    ----------
    depth, months
        The rule, as in `find_break`.
    sites
        Sites of the world that is asked about.

    Returns
    -------
    AlarmRate or None
        None for a rule that was not measured.

    Examples
    --------
    >>> false_alarms(0.10, 6, sites=600)
    AlarmRate(alarms=3, pairs=200, sites=500)
    """
    found = [
        AlarmRate(int(row["alarms"]), int(row["pairs"]), int(row["sites"]))
        for row in _rows(_ALARMS)
        if (float(row["depth"]), int(row["months"])) == (depth, months)
    ]
    # Nearest as a ratio.
    return min(found, key=lambda one: max(one.sites / sites, sites / one.sites), default=None)


def names_by_chance(twins: int, sites: int) -> NameRate:
    """How often agents and metros were named where nothing happened, on the world and with the twins that come nearest.

    Examples
    --------
    >>> names_by_chance(3, 500).twins, names_by_chance(50, 5_000).twins, names_by_chance(3, 60).sites
    (3, 5, 50)
    """
    rates = [NameRate(**{name: int(value) for name, value in row.items()}) for row in _rows(_NAMES)]
    return min(
        rates, key=lambda rate: (max(rate.sites / sites, sites / rate.sites), abs(rate.twins - twins), rate.twins)
    )


def unlike_measured(scenario: Scenario) -> list[str]:
    """Say in what a run differs from those on which the band and the rates were measured, but for sites and drift.

    Examples
    --------
    >>> unlike_measured(Scenario().with_settings(["run.months=60", "capacity.mode=entry", "demand.elasticity=0.9"]))
    ['60 months', 'capacity.mode entry', 'settings of its own in demand']
    """
    usual, found = Scenario(), []
    if scenario.run.months != usual.run.months:
        found.append(f"{scenario.run.months} months")
    if scenario.capacity.mode != usual.capacity.mode:
        found.append(f"capacity.mode {scenario.capacity.mode}")
    alike = [
        f"world.sites={usual.world.sites}",
        f"world.seed={usual.world.seed}",
        f"capacity.mode={usual.capacity.mode}",
    ]
    same = scenario.with_settings(alike)
    sections = [name for name in _SECTIONS if getattr(same, name) != getattr(usual, name)]
    if sections:
        found.append(f"settings of its own in {', '.join(sections)}")
    return found


@cache
def _widths() -> dict[int, Float]:
    found: dict[int, list[float]] = {}
    for row in _rows(_BANDS):
        found.setdefault(int(row["sites"]), []).append(float(row["log_points"]))
    return {sites: np.array(found[sites]) for sites in sorted(found)}


def _rows(name: str) -> list[dict[str, str]]:
    table = files("wattmarket.findings").joinpath(name).read_text(encoding="utf-8")
    return list(DictReader(table.splitlines()))
