"""Small zones for the tests of the queue."""

from __future__ import annotations

import numpy as np

from wattmarket.queue import Filing, QueueZones


def integers(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.int64)


def zones(*rows: tuple[int, int, int]) -> QueueZones:
    """Zones Z0, Z1, … of one region: release, initial queue and study months of each."""
    release, queue, study = (integers(*column) for column in zip(*rows, strict=True))
    names = tuple(f"Z{number}" for number in range(len(rows)))
    return QueueZones(names, ("R",) * len(rows), release, queue, study, study)


def filing(*rows: tuple[int, int, int, int]) -> Filing:
    """Requests: zone, agent, project, kW of each."""
    zone, agent, project, kw = (integers(*column) for column in zip(*rows, strict=True))
    return Filing(zone, agent, project, kw)
