"""The rules of interconnection: who is studied when, what is asked for, and what leaving costs."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Final, Literal, Self

import numpy as np

from wattmarket import numeric
from wattmarket.errors import InputError
from wattmarket.numeric.growing import Integer
from wattmarket.queue.requests import Stage
from wattmarket.units import KW_PER_MW

__all__ = ["MECHANISMS", "QueueRule", "StudyDeposit"]

MECHANISMS: Final = ("fcfs", "cluster", "auction")

PENALTY_STAGES: Final = (Stage.WINDOW, Stage.STUDY, Stage.FACILITIES, Stage.READY, Stage.TURN, Stage.BUILDING)

LARGEST_USD_PER_KW: Final = 100_000


@dataclass(frozen=True, slots=True)
class StudyDeposit:
    """What a request pays for its study: the first row whose size it does not exceed.

    Parameters
    ----------
    below_kw, usd, usd_per_mw
        One row per size: upper end in kW grid (None: no end), dollars per request, dollars per MW.
    """

    rows: tuple[tuple[int | None, int, int], ...]

    def of(self, kw: Integer) -> Integer:
        """Deposit of requests of these sizes: int64 [N] kW grid to int64 [N] dollars.

        Examples
        --------
        >>> StudyDeposit(((80_000, 35_000, 1_000), (None, 250_000, 0))).of(np.array([10_000, 500_000])).tolist()
        [45000, 250000]
        """
        found = np.zeros(len(kw), dtype=np.int64)
        if not len(kw):
            return found
        open_rows = np.ones(len(kw), dtype=np.bool_)
        for below, usd, usd_per_mw in self.rows:
            here = open_rows if below is None else open_rows & (kw < below)
            found = np.where(here, usd + usd_per_mw * kw // KW_PER_MW, found)
            open_rows = open_rows & ~here
        return found


FERC_STUDY_DEPOSIT: Final = StudyDeposit(((80_000, 35_000, 1_000), (200_000, 150_000, 0), (None, 250_000, 0)))
"""FERC Order 2023 (I11)."""

ERCOT_STUDY_FEE: Final = StudyDeposit(((75_000, 0, 0), (None, 100_000, 0)))
"""Texas Senate Bill 6: loads of 75 MW and more (I17)."""


@dataclass(frozen=True, slots=True)
class QueueRule:
    """Rules of interconnection of all zones.

    `QueueRule.fcfs`, `cluster` and `auction` give each mechanism with its own figures; `changed` turns a lever.

    Parameters
    ----------
    mechanism
        ``fcfs``: studied when filed, served in the order of filing. ``cluster``: requests of a window are studied
        together and share what is released. ``auction``: no order and no study; slots are sold.
    study_months
        Months of the first and of the facilities study; None: the zone's, three fifths and two fifths of them.
    window_months
        Length of a cluster's window.
    study_deposit
        Paid at filing, spent by the first study.
    readiness_multiple
        Paid besides at filing, in study deposits.
    readiness_share
        Paid after the first study, as a share of the upgrade cost.
    security_share, security_usd_per_kw
        Paid in all at the agreement: share of the upgrade cost, or dollars per kW if that is more.
    penalty_share
        Lost on leaving in each stage from `Stage.WINDOW` to `Stage.BUILDING`, as a share of the upgrade cost.
    study_penalty_multiple
        Lost on leaving before the first study has found a cost, in study deposits.
    minimum_take_share, minimum_take_months
        Share of an energised slot that must be paid for whether used or not, and for how long.
    minimum_take_usd_per_kw_month
        What that costs, as a project sees it when it signs.
    turn_months
        A turn lapses when nothing was bought for so long.
    patience_months
        A request leaves the auction when it has won nothing for so long.
    connection_months
        From the sale of a slot to its energisation.
    resale
        Whether holders may sell slots that are not energised yet.

    Raises
    ------
    InputError
        Naming every parameter that is out of range.
    """

    mechanism: Literal["fcfs", "cluster", "auction"] = "fcfs"
    study_months: tuple[int, int] | None = None
    window_months: int = 12
    study_deposit: StudyDeposit = ERCOT_STUDY_FEE
    readiness_multiple: int = 0
    readiness_share: float = 0.0
    security_share: float = 0.0
    security_usd_per_kw: int = 50
    penalty_share: tuple[float, ...] = (0.0, 0.0, 0.0, 0.2, 0.2, 0.2)
    study_penalty_multiple: int = 0
    minimum_take_share: float = 0.0
    minimum_take_months: int = 0
    minimum_take_usd_per_kw_month: int = 10
    turn_months: int = 6
    patience_months: int = 60
    connection_months: int = 12
    resale: bool = False

    def __post_init__(self) -> None:
        problems = []
        if self.mechanism not in MECHANISMS:
            problems.append(f"mechanism: {self.mechanism!r} is not one of {', '.join(MECHANISMS)}")
        for name, low, high in _RANGES:
            value = getattr(self, name)
            if not low <= value <= high:
                problems.append(f"{name}: {value} is not in {low}..{high}")
        if len(self.penalty_share) != len(PENALTY_STAGES) or not all(0.0 <= part <= 1.0 for part in self.penalty_share):
            problems.append(f"penalty_share: expected {len(PENALTY_STAGES)} shares, found {self.penalty_share}")
        if self.study_months is not None and not all(0 <= months <= 240 for months in self.study_months):
            problems.append(f"study_months: {self.study_months} are not in 0..240")
        if problems:
            raise InputError(problems)

    @classmethod
    def fcfs(cls) -> Self:
        """Today's rule for large loads: a study fee, and security when the agreement is signed (I17).

        The penalty after the agreement is that of fact I12. Months of turns and of connections are assumptions.
        """
        return cls()

    @classmethod
    def cluster(cls) -> Self:
        """FERC Order 2023: yearly clusters, readiness deposits, penalties that rise with the stage (I11, I12).

        Cluster study and one restudy of 150 days each, facilities study of 180 days: 10 and 6 months. A window a year
        is an assumption.
        """
        return cls(
            mechanism="cluster",
            study_months=(10, 6),
            study_deposit=FERC_STUDY_DEPOSIT,
            readiness_multiple=2,
            readiness_share=0.05,
            security_share=0.20,
            security_usd_per_kw=0,
            penalty_share=(0.0, 0.05, 0.10, 0.20, 0.20, 0.20),
            study_penalty_multiple=2,
        )

    @classmethod
    def auction(cls) -> Self:
        """Slots sold in the joint auction: capacity is published, nobody waits for a study, and holders may resell."""
        return cls(mechanism="auction", study_months=(0, 0), study_deposit=StudyDeposit(()), resale=True)

    def changed(self, **changes: object) -> Self:
        """Give the rule with some parameters changed.

        Examples
        --------
        >>> QueueRule.fcfs().changed(security_usd_per_kw=200).security_usd_per_kw
        200
        """
        return dataclasses.replace(self, **changes)  # type: ignore[arg-type]

    def months_of(self, zone_months: Integer) -> tuple[Integer, Integer]:
        """Months of the first and of the facilities study in every zone: int64 [Z] each."""
        if self.study_months is None:
            first = zone_months * 3 // 5
            return first, zone_months - first
        return np.full_like(zone_months, self.study_months[0]), np.full_like(zone_months, self.study_months[1])

    def window_of(self, tick: Integer) -> Integer:
        """Number of the cluster window in which a tick falls, int64 of any shape."""
        return tick // self.window_months

    def security_usd(self, kw: Integer, upgrade_usd_per_kw: Integer) -> Integer:
        """Security that is held from the agreement on, int64 [N] dollars."""
        share = numeric.to_integer(self.security_share * (upgrade_usd_per_kw * kw), "security_share")
        return np.maximum(share, self.security_usd_per_kw * kw)

    def commitment_usd_per_kw(self, upgrade_usd_per_kw: Integer) -> Integer:
        """What a project puts at risk by signing, int64 [N] $/kW: security and minimum take."""
        security = np.maximum(
            numeric.to_integer(self.security_share * upgrade_usd_per_kw, "security_share"), self.security_usd_per_kw
        )
        take = self.minimum_take_share * self.minimum_take_months * self.minimum_take_usd_per_kw_month
        return security + numeric.to_integer(take, "minimum_take_share")

    def penalty_usd(self, stage: Integer, kw: Integer, upgrade_usd_per_kw: Integer) -> Integer:
        """What leaving costs, int64 [N] $: a share of the upgrade cost, or study deposits before that is known."""
        known = np.maximum(upgrade_usd_per_kw, 0) * kw
        share = np.array((*self.penalty_share, 0.0))[stage]
        unknown = (stage == Stage.STUDY) & (upgrade_usd_per_kw < 0)
        fixed = np.where(unknown, self.study_penalty_multiple * self.study_deposit.of(kw), 0)
        return numeric.to_integer(share * known, "penalty_share") + fixed


_RANGES: Final = (
    ("window_months", 1, 240),
    ("readiness_multiple", 0, 100),
    ("readiness_share", 0.0, 1.0),
    ("security_share", 0.0, 1.0),
    ("security_usd_per_kw", 0, LARGEST_USD_PER_KW),
    ("study_penalty_multiple", 0, 100),
    ("minimum_take_share", 0.0, 1.0),
    ("minimum_take_months", 0, 600),
    ("minimum_take_usd_per_kw_month", 0, LARGEST_USD_PER_KW),
    ("turn_months", 1, 240),
    ("patience_months", 1, 1200),
    ("connection_months", 0, 240),
)
"""Parameter, lowest and highest value."""
