"""The wait, which nobody sets: backlog over release, and what those who were energised have waited."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wattmarket.numeric import sum_by
from wattmarket.numeric.growing import Integer
from wattmarket.queue.state import QueueState

__all__ = ["Waits", "waits_of"]

Float = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Waits:
    """Waits of all zones, [Z] each.

    Parameters
    ----------
    backlog_kw
        int64, asked for and not yet reserved or sold, less what is free, kW grid.
    backlog_months
        float64, backlog over release: the wait if nobody withdrew. Infinite where there is a backlog and no release.
    expected_months
        float64, from filing today to energisation if nobody withdrew: the longer of line and study, and the connection.
    energised_kw
        int64, kW grid of requests energised in the months looked at.
    realised_months
        float64, from filing to energisation, mean over those kilowatts; 0 where there are none.
    """

    backlog_kw: Integer
    backlog_months: Float
    expected_months: Float
    energised_kw: Integer
    realised_months: Float


def waits_of(state: QueueState, since: int) -> Waits:
    """Measure the waits; the realised ones over connections energised in tick `since` or later."""
    r, connections, zones = state.requests, state.connections, len(state.zones)
    asked = sum_by(r.zone, r.remaining_kw - r.reserved_kw, zones)
    backlog = np.maximum(asked - state.free_kw, 0)
    release = state.release_kw_per_month
    endless = np.where(backlog > 0, np.inf, 0.0)
    months = np.where(release > 0, backlog / np.maximum(release, 1), endless)
    first, second = state.rule.months_of(state.zones.study_months)
    rows = np.flatnonzero((connections.energised == 1) & (connections.due >= since))
    zone, kw = r.zone[connections.request[rows]], connections.kw[rows]
    energised = sum_by(zone, kw, zones)
    kw_months = sum_by(zone, kw * (connections.due[rows] - r.filed[connections.request[rows]]), zones)
    return Waits(
        backlog,
        months,
        np.maximum(months, first + second) + state.rule.connection_months,
        energised,
        kw_months / np.maximum(energised, 1),
    )
