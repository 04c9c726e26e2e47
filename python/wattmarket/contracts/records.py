"""The columns of contracts, and the law that none of their kilowatts is lost."""

from __future__ import annotations

from enum import IntEnum
from typing import ClassVar, Final, Literal

import numpy as np

from wattmarket import _core
from wattmarket.errors import InvariantError
from wattmarket.numeric import add_by, sum_by
from wattmarket.numeric.growing import GrowingColumns, Integer, RowsLeft

__all__ = ["NONE", "By", "ContractRecords", "Kind", "State"]

NONE: Final = -1
"""No site, no step, no project, no earlier contract."""

By = Literal["zone", "site", "step", "buyer", "seller", "project"]


class Kind(IntEnum):
    """What a contract is about."""

    PPA = 0
    """Power of a generation step at a strike, settled as a contract for differences."""
    LEASE = 1
    """Real estate of a site at a rent."""
    SUPPLY = 2
    """Energy of a site at a fixed tariff, settled as a PPA is."""
    SUBLEASE = 3
    """Real estate of a site at a rent that a tenant takes in, while its own lease runs."""


class State(IntEnum):
    """Where a contract stands; the last three are ends."""

    PENDING = 0
    """Signed, and not begun."""
    ACTIVE = 1
    EXPIRED = 2
    TERMINATED = 3
    RESOLD = 4
    """Another contract took its place, with other parties."""


class ContractRecords(GrowingColumns):
    """Contracts as columns; a contract's id is its row.

    Attributes
    ----------
    kind, state
        Codes of `Kind` and `State`, int64 [N].
    seller, buyer
        Parties, int64 [N]: agents from 0, outside accounts negative.
    site, zone, step, project
        Rows of tables, int64 [N]; `NONE` where there is none.
    kw
        kW of IT, int64 [N], positive; firm-equivalent for a PPA.
    price
        Strike or rent, micro-$ per kW-month, int64 [N].
    signed, start, end
        Ticks, int64 [N]: it runs from `start` (a PPA's commercial operation) until before `end`.
    closed
        Tick in which it ended, int64 [N]; `NONE` while it is pending or active.
    parent
        The contract whose place it took, int64 [N], or `NONE`.
    """

    NAMES: ClassVar[tuple[str, ...]] = (
        *("kind", "seller", "buyer", "site", "zone", "step", "kw", "price"),
        *("signed", "start", "end", "state", "project", "closed", "parent"),
    )
    kind: Integer
    seller: Integer
    buyer: Integer
    site: Integer
    zone: Integer
    step: Integer
    kw: Integer
    price: Integer
    signed: Integer
    start: Integer
    end: Integer
    state: Integer
    project: Integer
    closed: Integer
    parent: Integer

    def __init__(self) -> None:
        super().__init__()
        self.tick = 0
        self._left: dict[tuple[Kind, ...], RowsLeft] = {}
        self._signed_kw: Integer = np.zeros(len(Kind), dtype=np.int64)
        self._kw_by_state: Integer = np.zeros((len(Kind), len(State)), dtype=np.int64)

    def active(self, *kinds: Kind) -> Integer:
        """Find the contracts of some kinds that are running, int64 [N] ids."""
        ids = self.live(*kinds)
        return np.asarray(ids[self.state[ids] == State.ACTIVE])

    def live(self, *kinds: Kind) -> Integer:
        """Find the contracts of some kinds that are pending or running, int64 [N] ids; without kinds of all."""
        if kinds not in self._left:
            self._left[kinds] = RowsLeft(State.ACTIVE, kinds)
        return self._left[kinds].of(self)

    def terms(self) -> dict[str, Integer]:
        """Give the columns that say what is owed when, by name."""
        names = ("kind", "state", "seller", "buyer", "zone", "kw", "price", "start", "end")
        return {name: getattr(self, name) for name in names}

    def contracted_kw(self, kind: Kind, by: By, n: int, *, running: bool = False) -> Integer:
        """Sum pending and running kW by a column, int64 [n]; codes outside 0 … n − 1 are left out.

        Parameters
        ----------
        running
            Leave out those that have not begun.
        """
        ids = self.active(kind) if running else self.live(kind)
        group: Integer = getattr(self, by)[ids]
        inside = (group >= 0) & (group < n)
        return sum_by(group[inside], self.kw[ids[inside]], n)

    def kw_by_state(self, kind: Kind) -> Integer:
        """Count the kW of a kind in each `State`, int64 [5]; together they are what was ever signed."""
        return np.array(self._kw_by_state[kind])

    def signed_kw(self, kind: Kind) -> int:
        """Count the kW of a kind that were ever signed."""
        return int(self._signed_kw[kind])

    def enter(self, columns: dict[str, Integer], parent: Integer | int) -> Integer:
        """Append rows that were checked, signed at this tick; give their ids."""
        state = np.where(columns["start"] <= self.tick, int(State.ACTIVE), int(State.PENDING))
        added = {**columns, "signed": self.tick, "state": state, "closed": NONE, "parent": parent}
        ids = self.append(len(columns["kw"]), added)
        add_by(self._signed_kw, columns["kind"], columns["kw"])
        add_by(self._kw_by_state.reshape(-1), columns["kind"] * len(State) + state, columns["kw"])
        return ids

    def move(self, ids: Integer, state: State) -> None:
        """Put contracts into another state."""
        first, kw = self.kind[ids] * len(State), self.kw[ids]
        add_by(self._kw_by_state.reshape(-1), first + self.state[ids], -kw)
        add_by(self._kw_by_state.reshape(-1), first + int(state), kw)
        self.state[ids] = state
        if state > State.ACTIVE:
            self.closed[ids] = self.tick
            for left in self._left.values():
                left.some_ended()

    def check(self, *, columns: bool = False) -> None:
        """Check that no kW is lost; with `columns` also that the kW counted are those in the columns, in O(C).

        Raises
        ------
        InvariantError
            Naming kind and numbers.
        """
        found_kw = self._kw_by_state
        if columns:
            kw = _core.contracts_kw(self.terms(), *found_kw.shape)
            found_kw = np.frombuffer(kw, dtype=np.int64).reshape(found_kw.shape)
        wrong = (found_kw != self._kw_by_state).any(axis=1) | (found_kw.sum(axis=1) != self._signed_kw)
        for kind in np.flatnonzero(wrong)[:1].tolist():
            raise InvariantError(
                f"contracts: {Kind(kind).name}: {self._signed_kw[kind]} kW signed, by state counted"
                f" {self._kw_by_state[kind].tolist()}, found {found_kw[kind].tolist()}"
            )
