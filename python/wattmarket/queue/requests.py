"""Requests for a grid connection: who asks for how much, where, since when, and what became of every kilowatt."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import ClassVar, Final

import numpy as np

from wattmarket.errors import InputError
from wattmarket.numeric.growing import GrowingColumns, Integer

__all__ = ["LARGEST_REQUEST_KW", "NO_SITE", "OUTSIDE", "UNKNOWN", "Filing", "Reason", "Requests", "Stage"]

OUTSIDE: Final = -1
"""The agent of requests that outside developers filed."""

NO_SITE: Final = -1
UNKNOWN: Final = -1
"""An upgrade cost that no study has found yet."""

LARGEST_REQUEST_KW: Final = 10**8
"""A request of more than 100 GW is kW written as W; below it every product here stays inside 64 bits."""


class Stage(IntEnum):
    """Where a request stands."""

    WINDOW = 0
    """Filed; its cluster's window is still open."""
    STUDY = 1
    """What the grid needs for it is being studied."""
    FACILITIES = 2
    """Upgrade cost known; the facilities study is under way."""
    READY = 3
    """Studied; waits for capacity."""
    TURN = 4
    """Its turn has come: capacity is reserved for it, or was and more will be."""
    BUILDING = 5
    """All that is left of it is sold, and its connection is being built."""
    CLOSED = 6
    """Nothing of it waits any more."""


class Reason(IntEnum):
    """Why kilowatts were withdrawn."""

    DUPLICATE = 0
    """The project has its connection elsewhere."""
    UPGRADE = 1
    """The upgrade cost is more than the project bears."""
    COMMITMENT = 2
    """A deposit or a minimum take was asked for, and refused."""
    LAPSED = 3
    """Its turn came, and nothing was bought."""
    PATIENCE = 4
    """It won nothing in the auction for too long."""
    CHOICE = 5
    """Its holder gave it up."""


@dataclass(frozen=True, slots=True)
class Filing:
    """New requests, one row each.

    Parameters
    ----------
    zone
        int64 [N], position of the zone.
    agent
        int64 [N], at least 0.
    project
        int64 [N], at least 0: key of the project that the request is for, unique among all agents. Requests of one
        project are substitutes for each other.
    kw
        int64 [N], kW grid, 1 to `LARGEST_REQUEST_KW`.
    site
        int64 [N], position of the site or `NO_SITE`; None if no request has one.
    """

    zone: Integer
    agent: Integer
    project: Integer
    kw: Integer
    site: Integer | None = None

    def checked(self, zones: int) -> dict[str, Integer]:
        """Give the columns ``zone``, ``agent``, ``project``, ``site`` and ``kw`` as int64.

        Raises
        ------
        InputError
            One line for each column that has another length or a value out of range.
        """
        site = self.site if self.site is not None else np.full(len(self.kw), NO_SITE)
        given = {"zone": self.zone, "agent": self.agent, "project": self.project, "site": site, "kw": self.kw}
        lowest = {"zone": 0, "agent": 0, "project": 0, "site": NO_SITE, "kw": 1}
        highest = {"zone": zones - 1, "kw": LARGEST_REQUEST_KW}
        problems = []
        for name, values in given.items():
            column = np.asarray(values)
            if column.shape != (len(self.kw),) or (column.size and column.dtype.kind not in "iu"):
                problems.append(f"{name}: expected {len(self.kw)} integers, found {column.dtype} {list(column.shape)}")
                continue
            high = highest.get(name, np.iinfo(np.int64).max)
            wrong = np.flatnonzero((column < lowest[name]) | (column > high))[:20].tolist()
            problems += [f"{name}[{row}] = {column[row]}: is not in {lowest[name]}..{high}" for row in wrong]
        if problems:
            raise InputError(problems)
        return {name: np.asarray(values, dtype=np.int64) for name, values in given.items()}


class Requests(GrowingColumns):
    """All requests ever filed, as int64 columns [N]; a request's id is its row.

    Notes
    -----
    For every request ``kw = remaining + building + energised + resold + withdrawn``, and what is reserved for it is
    part of what remains. In dollars, ``paid = held + returned + forfeited + applied``.
    """

    NAMES: ClassVar[tuple[str, ...]] = (
        "zone", "agent", "project", "site", "kw", "filed", "luck", "parent", "stage", "stage_since",
        "drawn_usd_per_kw", "upgrade_usd_per_kw", "bears_usd_per_kw",
        "remaining_kw", "reserved_kw", "building_kw", "energised_kw", "resold_kw", "withdrawn_kw", "asked_kw",
        "ask_musd_per_kw_month", "price_musd_per_kw_month",
        "paid_usd", "held_usd", "returned_usd", "forfeited_usd", "applied_usd",
    )  # fmt: skip

    zone: Integer
    agent: Integer
    """`OUTSIDE` for outside developers."""
    project: Integer
    """Negative for projects of outside developers."""
    site: Integer
    kw: Integer
    """kW grid asked for, or bought from another holder."""
    filed: Integer
    """Tick of filing; before 0 for what stands at the start. A slot that was resold keeps the date of its line."""
    luck: Integer
    """Drawn; orders the requests of one tick."""
    parent: Integer
    """Request that a resold slot was bought from, or -1."""
    stage: Integer
    stage_since: Integer
    drawn_usd_per_kw: Integer
    """Upgrade cost that the study will find, $/kW."""
    upgrade_usd_per_kw: Integer
    """Upgrade cost that the study has found, or `UNKNOWN`, $/kW."""
    bears_usd_per_kw: Integer
    """What an outside developer's project bears, $/kW; nothing for agents, who say so at every step."""
    remaining_kw: Integer
    """Not yet sold and not withdrawn, reserved or not."""
    reserved_kw: Integer
    """Of what remains, the lot that is reserved for it."""
    building_kw: Integer
    """Sold; the connection is being built."""
    energised_kw: Integer
    resold_kw: Integer
    withdrawn_kw: Integer
    asked_kw: Integer
    """Of what is being built, offered for resale."""
    ask_musd_per_kw_month: Integer
    price_musd_per_kw_month: Integer
    """What a resold slot was bought for."""
    paid_usd: Integer
    held_usd: Integer
    returned_usd: Integer
    forfeited_usd: Integer
    applied_usd: Integer
    """Spent on studies and upgrades."""

    @property
    def waiting_kw(self) -> Integer:
        """What is neither energised nor withdrawn nor resold, int64 [N] kW grid."""
        return self.remaining_kw + self.building_kw

    def columns(self, *names: str) -> dict[str, Integer]:
        """Give some columns by name."""
        return {name: getattr(self, name) for name in names}

    def close(self, ids: Integer) -> None:
        """Move requests with nothing left to ask for to the stage that says so."""
        done = ids[self.remaining_kw[ids] == 0]
        self.stage[done] = np.where(self.building_kw[done] > 0, Stage.BUILDING, Stage.CLOSED)
