"""The break of a run from its own twin, and what is left open by the band of placebos and by other twins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from wattmarket.findings.chance import placebo_band
from wattmarket.findings.findings import Repricing
from wattmarket.findings.repricing import Break, Course, course_of, fastest_year, find_break, shortfall
from wattmarket.findings.uncertain import Uncertain, shifted
from wattmarket.months import month_name, month_number
from wattmarket.record import Run

__all__ = ["Fall", "breaks_of", "deepest_falls", "missed_month", "repricing_of"]

Float = NDArray[np.float64]

Case = tuple[Break, Course] | None
"""A break and its course; None where there is none."""


@dataclass(frozen=True, slots=True)
class Fall:
    """How far an index falls below its twin: the largest shortfall, its month, the largest growth in twelve months."""

    deepest: float
    tick: int
    fastest_year: float


def breaks_of(
    ticks: pl.DataFrame, twins: Sequence[pl.DataFrame], *, sites: int, depth: float, months: int
) -> list[Case]:
    """Ask the rule of the break again and again.

    Parameters
    ----------
    ticks
        Table ``ticks`` of a run.
    twins
        That of its own twin, then those of others, each with a placebo.
    sites
        Sites of their world, on which the band depends.
    depth, months
        The rule, as in `find_break`.

    Returns
    -------
    list
        The run against its own twin; an index that is lower and one that is higher by the band; the run against every
        other twin. Empty without a twin.
    """
    if not twins:
        return []
    rent = ticks["edge_rent_usd_per_mwh"].to_numpy()
    cases: list[Case] = []
    for mine, twin in _pairs(ticks, twins, sites):
        flat = twin["edge_index"].to_numpy()
        found = find_break(mine, flat, depth=depth, months=months)
        if found is None:
            cases.append(None)
            continue
        flat_rent = twin["edge_rent_usd_per_mwh"].to_numpy()
        cases.append((found, course_of(found, mine, flat, rent, flat_rent, depth=depth, months=months)))
    return cases


def deepest_falls(ticks: pl.DataFrame, twins: Sequence[pl.DataFrame], *, sites: int) -> list[Fall]:
    """How far the index falls in each case of `breaks_of`, whether or not there is a break."""
    shorts = [shortfall(mine, twin["edge_index"].to_numpy()) for mine, twin in _pairs(ticks, twins, sites)]
    return [Fall(float(short.max()), int(np.argmax(short)), fastest_year(short)) for short in shorts]


def _pairs(ticks: pl.DataFrame, twins: Sequence[pl.DataFrame], sites: int) -> list[tuple[Float, pl.DataFrame]]:
    """The index of every case beside its twin."""
    index, band = ticks["edge_index"].to_numpy(), placebo_band(ticks.height, sites)
    own, *others = twins
    ends = [(mine, own) for mine in (index, shifted(index, -band), shifted(index, band))]
    return ends + [(index, twin) for twin in others]


def missed_month(run: Run, cases: Sequence[Case]) -> str | None:
    """Month of the first break in any case but the first, ``YYYY-MM``; None if there is none there either."""
    ticks = [case[0].tick for case in cases[1:] if case is not None]
    return _month(run, min(ticks)) if ticks else None


def repricing_of(run: Run, cases: Sequence[Case], falls: Sequence[Fall]) -> Repricing | None:
    """Describe the break of the first case, with the range over all of them; None if that has none.

    Depth and speed are those of every case: without a break, of its fall. What only a break has is that of the cases
    with one, and words say so.
    """
    if not cases or cases[0] is None:
        return None
    (own, course), found = cases[0], [case for case in cases if case is not None]
    breaks, courses = [one for one, _ in found], [one for _, one in found]
    ticks = [one.tick for one in breaks]
    open_ = [fall for case, fall in zip(cases, falls, strict=True) if case is None]
    lowest = [*(one.deepest_tick for one in breaks), *(fall.tick for fall in open_)]
    depths = [*(one.deepest for one in breaks), *(fall.deepest for fall in open_)]
    fastest = [*(one.fastest_year for one in courses), *(fall.fastest_year for fall in open_)]
    back = [one.recovery_tick for one in breaks if one.recovery_tick is not None]
    share = run.ticks["batch_share"].to_numpy()
    leads = [one.lead_months for one in courses if one.lead_months is not None]
    return Repricing(
        found=own,
        month=_month(run, own.tick),
        earliest_month=_month(run, min(ticks)),
        latest_month=_month(run, max(ticks)) if len(found) == len(cases) else None,
        deepest_month=_month(run, own.deepest_tick),
        earliest_deepest_month=_month(run, min(lowest)),
        latest_deepest_month=_month(run, max(lowest)),
        recovery_month=None if own.recovery_tick is None else _month(run, own.recovery_tick),
        earliest_recovery_month=_month(run, min(back)) if back else None,
        latest_recovery_month=_month(run, max(back)) if len(back) == len(breaks) else None,
        batch_share=Uncertain.of(float(share[own.tick]), (float(share[tick]) for tick in ticks)),
        deepest=Uncertain.of(own.deepest, depths),
        half_months=Uncertain.of(course.half_months, (one.half_months for one in courses)),
        fastest_year=Uncertain.of(course.fastest_year, fastest),
        lead_months=None if course.lead_months is None else Uncertain.of(course.lead_months, leads),
        cases=len(cases),
        lead_cases=len(leads),
    )


def _month(run: Run, tick: int) -> str:
    return month_name(month_number(run.scenario.run.start) + tick)
