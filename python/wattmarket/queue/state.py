"""Everything a queue remembers, and the four things that can happen to kilowatts in it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from wattmarket import _core, numeric
from wattmarket.numeric import sum_by
from wattmarket.numeric.growing import Integer
from wattmarket.queue import deposits
from wattmarket.queue.connections import Connections
from wattmarket.queue.ledger import check_books
from wattmarket.queue.luck import luck_of, outside_bears_usd_per_kw, request_key, upgrade_usd_per_kw
from wattmarket.queue.requests import OUTSIDE, UNKNOWN, Reason, Requests, Stage
from wattmarket.queue.rule import QueueRule
from wattmarket.queue.zones import QueueZones

__all__ = ["QueueState"]


class QueueState:
    """Requests, connections and what the zones have released.

    Notes
    -----
    What is free in a zone is what it has released since the start, less what is reserved, sold or energised. Nothing
    that was released is ever lost: what nobody can use this month is there next month.
    """

    def __init__(self, zones: QueueZones, rule: QueueRule, seed: int) -> None:
        self.zones = zones
        self.rule = rule
        self.seed = seed
        self.requests = Requests()
        self.connections = Connections()
        self.zone_key = numeric.entity_hash(zones.zone_id)
        self.release_kw_per_month = zones.release_kw_per_month.copy()
        self.released_kw: Integer = np.zeros(len(zones), dtype=np.int64)
        self.withdrawn_kw: Integer = np.zeros((len(zones), len(Reason)), dtype=np.int64)
        self.tick = -1

    @property
    def free_kw(self) -> Integer:
        """Released and neither reserved nor sold, int64 [Z] kW grid."""
        r = self.requests
        return self.released_kw - sum_by(r.zone, r.reserved_kw + r.building_kw + r.energised_kw, len(self.zones))

    def check(self) -> None:
        """Check the laws of `wattmarket.queue.ledger`."""
        reasons = self.withdrawn_kw.sum(axis=1)  # exact: integers
        check_books(self.requests, self.zones.zone_id, self.released_kw, reasons)

    def enter(self, columns: Mapping[str, Integer]) -> Integer:
        """Put requests into the queue and take in their first deposits; give their ids.

        Parameters
        ----------
        columns
            ``zone``, ``agent``, ``project``, ``site``, ``kw`` and ``filed``, int64 [N] each, checked.
        """
        zone, project, kw, filed = (columns[name] for name in ("zone", "project", "kw", "filed"))
        key = request_key(project, self.zone_key[zone], columns["site"])
        drawn = upgrade_usd_per_kw(self.seed, key, filed)
        sold_by_auction = self.rule.mechanism == "auction"
        r = self.requests
        ids = r.append(
            len(zone),
            {
                **columns,
                "luck": luck_of(self.seed, key, filed),
                "parent": -1,
                "stage": Stage.READY if sold_by_auction else Stage.WINDOW,
                "stage_since": filed,
                "drawn_usd_per_kw": drawn,
                # Where slots are auctioned the operator has published what its zones can take at which cost.
                "upgrade_usd_per_kw": drawn if sold_by_auction else UNKNOWN,
                "remaining_kw": kw,
            },
        )
        mine = np.flatnonzero(columns["agent"] == OUTSIDE)
        r.bears_usd_per_kw[ids[mine]] = outside_bears_usd_per_kw(self.seed, project[mine])
        deposits.pay(r, ids, self.rule.study_deposit.of(kw) * (1 + self.rule.readiness_multiple))
        return ids

    def sell(self, ids: Integer, kw: Integer, connection_months: Integer | int, tick: int) -> None:
        """Sell slots to their requests: what is reserved for them first."""
        sold = kw > 0
        months = np.broadcast_to(np.asarray(connection_months, dtype=np.int64), ids.shape)[sold]
        ids, kw = ids[sold], kw[sold]
        r = self.requests
        r.remaining_kw[ids] -= kw
        r.reserved_kw[ids] = np.maximum(r.reserved_kw[ids] - kw, 0)
        r.building_kw[ids] += kw
        r.stage_since[ids] = tick
        r.close(ids)
        self.connections.append(len(ids), {"request": ids, "kw": kw, "due": tick + months})

    def energise(self) -> None:
        """Energise every connection that is due."""
        r = self.requests
        ids, kw = self.connections.energise(self.tick)
        deposits.settle_energised(r, ids, kw)
        r.building_kw[ids] -= kw
        r.energised_kw[ids] += kw
        r.asked_kw[ids] = np.minimum(r.asked_kw[ids], r.building_kw[ids])
        r.close(ids)

    def withdraw(self, ids: Integer, reason: Reason, *, building: bool = False, most_kw: Integer | None = None) -> None:
        """Withdraw what remains of requests, or what is being built for them; slots of theirs are free again.

        With `most_kw`, int64 [N], no more than that of each, and no slot that is reserved is touched before the rest.
        """
        r = self.requests
        kw = (r.building_kw if building else r.remaining_kw)[ids]
        kw = kw if most_kw is None else np.minimum(kw, most_kw)
        ids, kw = ids[kw > 0], kw[kw > 0]
        if not len(ids):
            return
        stage = np.full(len(ids), Stage.BUILDING) if building else r.stage[ids]
        studied = ids[(stage == Stage.STUDY) & (r.upgrade_usd_per_kw[ids] == UNKNOWN)]
        deposits.apply_deposit(r, studied, self.rule.study_deposit.of(r.kw[studied]))
        penalty = self.rule.penalty_usd(stage, kw, r.upgrade_usd_per_kw[ids])
        # An auction asks for security when it sells: what is held is for slots that are being built.
        unsold = self.rule.mechanism == "auction" and not building
        secured = np.where(unsold & (r.building_kw[ids] > 0), 0, kw)
        deposits.forfeit_or_return(r, ids, secured, penalty)
        if building:
            self.connections.take(ids, kw)
            r.building_kw[ids] -= kw
            r.asked_kw[ids] = np.minimum(r.asked_kw[ids], r.building_kw[ids])
        else:
            r.remaining_kw[ids] -= kw
            r.reserved_kw[ids] = np.minimum(r.reserved_kw[ids], r.remaining_kw[ids])
        r.withdrawn_kw[ids] += kw
        np.add.at(self.withdrawn_kw, (r.zone[ids], np.full(len(ids), int(reason))), kw)
        r.close(ids)

    def needs(self) -> Integer:
        """What each request's project still needs, int64 [N] kW grid.

        A project needs as much as the largest of its requests, less what it has bought anywhere.
        """
        columns = self.requests.columns("project", "kw", "building_kw", "energised_kw")
        return np.frombuffer(_core.queue_needs(columns), dtype=np.int64)

    def live(self, *stages: Stage) -> NDArray[np.bool_]:
        """Tell which requests stand in one of these stages, bool [N]."""
        asked = np.zeros(len(Stage), dtype=np.bool_)
        asked[list(stages)] = True
        return np.asarray(asked[self.requests.stage])
