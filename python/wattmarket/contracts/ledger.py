"""Every contract that was ever signed: power purchase agreements and leases, from signature to their end."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from wattmarket import _core
from wattmarket.contracts.payments import LARGEST_MUSD, Payments
from wattmarket.contracts.records import NONE, ContractRecords, Kind, State
from wattmarket.contracts.rows import LARGEST_KW, checked_rows
from wattmarket.errors import InputError
from wattmarket.numeric.growing import Integer
from wattmarket.units import HOURS_PER_MONTH, MUSD_PER_USD

__all__ = ["ContractLedger"]


class ContractLedger(ContractRecords):
    """All contracts, and what can happen to them.

    Notes
    -----
    Conservation holds exactly and is checked after every change, for each kind: signed kW = pending + active + expired
    + terminated + resold; and at every tick, that the columns say the same. A contract that takes another's place
    counts as signed once more; signed − resold counts every kilowatt once. A tick is O(C) in the number of contracts,
    everything else O(N) in those it touches, or O(C) where it has to find them. Nothing loops over contracts.
    """

    def sign(
        self,
        kind: Kind,
        tick: int,
        *,
        seller: npt.ArrayLike,
        buyer: npt.ArrayLike,
        zone: npt.ArrayLike,
        kw: npt.ArrayLike,
        price: npt.ArrayLike,
        start: npt.ArrayLike,
        end: npt.ArrayLike,
        site: npt.ArrayLike = NONE,
        step: npt.ArrayLike = NONE,
        project: npt.ArrayLike = NONE,
    ) -> Integer:
        """Sign contracts; each column is int64 [N] or one value for all.

        Returns
        -------
        int64 [N]
            Their ids. One whose start is not after `tick` is active at once.

        Raises
        ------
        InputError
            Naming column, row and value of what is out of range.
        """
        given = {"seller": seller, "buyer": buyer, "zone": zone, "site": site, "step": step, "project": project}
        rows = checked_rows(
            {**given, "kw": kw, "price": price, "start": start, "end": end},
            {"zone": (0, 2**31), "kw": (1, LARGEST_KW), "price": (0, LARGEST_MUSD)},
        )
        _refuse_terms(kind, rows)
        self._reach(tick)
        ids = self.enter({**rows, "kind": np.full_like(rows["kw"], int(kind))}, NONE)
        self.check()
        return ids

    def advance(self, tick: int) -> Integer:
        """Go to a tick: activate what begins, expire what is over.

        Returns
        -------
        int64 [N]
            Ids of those that expired, of both kinds.
        """
        self._reach(tick)
        due = _core.contracts_due(self.terms(), self.tick, (State.PENDING, State.ACTIVE))
        begun, expired = (np.frombuffer(rows, dtype=np.int64) for rows in due)
        self.move(begun, State.ACTIVE)
        self.move(expired, State.EXPIRED)
        self.check(columns=True)
        return expired

    def terminate(self, ids: npt.ArrayLike, tick: int) -> None:
        """End contracts before their time.

        Raises
        ------
        InputError
            If one is unknown, has ended already or comes twice.
        """
        rows = self._live_ids(ids, tick)
        self._reach(tick)
        self.move(rows, State.TERMINATED)
        self.check()

    def assign(self, ids: npt.ArrayLike, buyer: npt.ArrayLike, tick: int, kw: npt.ArrayLike | None = None) -> Integer:
        """Resell contracts: each ends as resold, and another begins with the rest of its term, for the new buyer.

        Parameters
        ----------
        ids
            int64 [N].
        buyer
            New buyers, int64 [N] or one for all. They pay the same seller the same price; what they pay for stepping
            in is between them and the old buyer.
        kw
            int64 [N], at most what each is about, and without it all. The old buyer keeps the rest in a contract of his
            own.

        Returns
        -------
        int64 [N]
            Ids of the new buyers' contracts.

        Raises
        ------
        InputError
            If one is unknown, has ended already or comes twice, or is about fewer kW than are resold.
        """
        rows = self._live_ids(ids, tick)
        new = checked_rows({"id": rows, "buyer": buyer, "kw": self.kw[rows] if kw is None else kw})
        too_many = np.flatnonzero((new["kw"] < 1) | (new["kw"] > self.kw[rows]))[:20].tolist()
        if too_many:
            raise InputError([f"kw[{row}] = {new['kw'][row]}: is not in 1..{self.kw[rows[row]]}" for row in too_many])
        self._reach(tick)
        rest_kw = self.kw[rows] - new["kw"]
        sold = self._succeed(rows, tick, buyer=new["buyer"], kw=new["kw"])
        split = rest_kw > 0
        self._succeed(rows[split], tick, buyer=self.buyer[rows[split]], kw=rest_kw[split])
        self.move(rows, State.RESOLD)
        self.check()
        return sold

    def hand_over(self, ids: npt.ArrayLike, seller: npt.ArrayLike, tick: int) -> Integer:
        """Put another party in the seller's place: each contract ends as resold, another begins with the rest.

        Returns
        -------
        int64 [N]
            Ids of the new contracts.

        Raises
        ------
        InputError
            If one is unknown, has ended already or comes twice.
        """
        rows = self._live_ids(ids, tick)
        new = checked_rows({"id": rows, "seller": seller})
        self._reach(tick)
        handed = self._succeed(rows, tick, seller=new["seller"], kw=self.kw[rows])
        self.move(rows, State.RESOLD)
        self.check()
        return handed

    def cfd(self, lmp: npt.ArrayLike) -> Payments:
        """Settle the running PPAs and supply contracts of this month as contracts for differences.

        The buyer pays the seller (strike − LMP · 730 h) · kW; where the LMP is above the strike, the seller pays.

        Parameters
        ----------
        lmp
            Price of power in each zone, micro-$ per kWh, int64 [Z].

        Raises
        ------
        InputError
            If a zone has no price, or a payment would not fit 64 bits.
        """
        price, kinds = np.asarray(lmp), (Kind.PPA, Kind.SUPPLY)
        try:
            if price.ndim != 1 or price.dtype != np.int64:
                raise LookupError
            owed = _core.differences(self.terms(), kinds, State.ACTIVE, MUSD_PER_USD, price, HOURS_PER_MONTH)
        except LookupError:
            found = f"{price.dtype} {list(price.shape)}"
            raise InputError(f"lmp: expected an int64 for each zone, found {found}") from None
        except OverflowError:
            raise InputError("lmp: a payment at such a price does not fit 64 bits") from None
        return _payments(owed)

    def rents(self) -> Payments:
        """Collect this month's rent of the running leases and subleases: price · kW, from buyer to seller."""
        return _payments(_core.rents(self.terms(), (Kind.LEASE, Kind.SUBLEASE), State.ACTIVE, MUSD_PER_USD))

    def _reach(self, tick: int) -> None:
        if tick < self.tick:
            raise InputError(f"tick: {tick} is before {self.tick}, which the ledger has reached")
        self.tick = int(tick)

    def _live_ids(self, ids: npt.ArrayLike, tick: int) -> Integer:
        rows = checked_rows({"ids": np.atleast_1d(np.asarray(ids, dtype=np.int64))}, {"ids": (0, len(self) - 1)})["ids"]
        problems = [
            f"ids[{row}] = {rows[row]}: has ended already"
            for row in np.flatnonzero((self.state[rows] > State.ACTIVE) | (self.end[rows] <= tick))[:20].tolist()
        ]
        if len(np.unique(rows)) < len(rows):
            problems.append("ids: one comes twice")
        if problems:
            raise InputError(problems)
        return rows

    def _succeed(self, ids: Integer, tick: int, **changed: Integer) -> Integer:
        """Sign contracts for the rest of the terms of others."""
        kept = {name: getattr(self, name)[ids].copy() for name in _TERMS}
        kept["start"] = np.maximum(kept["start"], tick)
        return self.enter({**kept, **changed}, ids)


_TERMS: Final = ("kind", "seller", "buyer", "site", "zone", "step", "price", "start", "end", "project")


def _payments(columns: list[bytes]) -> Payments:
    return Payments(*(np.frombuffer(column, dtype=np.int64) for column in columns))


def _refuse_terms(kind: Kind, rows: dict[str, Integer]) -> None:
    """Refuse contracts that end before they begin, cost more than 64 bits hold, or lack what they are about."""
    subject = "step" if kind == Kind.PPA else "site"
    problems = [
        f"end[{row}] = {rows['end'][row]}: is not after its start, {rows['start'][row]}"
        for row in np.flatnonzero(rows["end"] <= rows["start"])[:20].tolist()
    ]
    problems += [
        f"price[{row}] = {rows['price'][row]}: for {rows['kw'][row]} kW does not fit 64 bits"
        for row in np.flatnonzero(rows["price"] > LARGEST_MUSD // rows["kw"])[:20].tolist()
    ]
    problems += [
        f"{subject}[{row}] = {rows[subject][row]}: a {kind.name} needs a {subject}"
        for row in np.flatnonzero(rows[subject] < 0)[:20].tolist()
    ]
    if problems:
        raise InputError(problems)
