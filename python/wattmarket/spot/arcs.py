"""Arcs of the residual network of a cleared spot market, as columns."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

__all__ = ["KINDS", "UNLIMITED", "ArcKind", "TightArcs", "arcs_of_kind"]

Integer = NDArray[np.int64]
Truth = NDArray[np.bool_]
ArcKind = Literal[
    "willingness",
    "transport",
    "gathering",
    "entry",
    "pool",
    "shell",
    "connection",
    "plant",
    "link",
    "generation",
]
"""Kinds of arcs. Budget-free demand is gathered at a hub, from where it enters any pool."""

KINDS: Final[tuple[ArcKind, ...]] = get_args(ArcKind)
WILLINGNESS, TRANSPORT, GATHERING, ENTRY, POOL, SHELL, CONNECTION, PLANT, LINK, GENERATION = range(len(KINDS))

UNLIMITED: Final = 1 << 60
"""Capacity of arcs without a limit."""


@dataclass(frozen=True, slots=True)
class TightArcs:
    """Residual arcs along which prices differ by exactly the cost, int64 [T] each; in an order that keys alone decide.

    Parameters
    ----------
    tail, head
        Nodes that the next kilowatt would leave and enter.
    kind
        Positions in `KINDS`.
    item
        Step of willingness to pay, or row of the pool, site, link or generation step; −1 for transport.
    change
        1 where the arc would carry a kilowatt more, −1 where it would carry one less.
    cost
        Cost or willingness to pay of the arc itself, micro-$ per kWh.
    flow, capacity
        kW on the arc, and at most.
    """

    tail: Integer
    head: Integer
    kind: Integer
    item: Integer
    change: Integer
    cost: Integer
    flow: Integer
    capacity: Integer

    def __len__(self) -> int:
        return len(self.tail)

    def take(self, rows: Integer | Truth) -> TightArcs:
        """Return some of the arcs."""
        return TightArcs(*(getattr(self, field.name)[rows] for field in fields(self)))

    @staticmethod
    def joined(parts: list[TightArcs]) -> TightArcs:
        """Put arcs one after the other."""
        return TightArcs(
            *(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(TightArcs))
        )


def arcs_of_kind(  # noqa: PLR0917 - one parameter per column
    kind: int, tail: Integer, head: Integer, item: Integer, cost: Integer, flow: Integer, kw: Integer
) -> TightArcs:
    """Return arcs of one kind that would carry a kilowatt more, columns as in `TightArcs`; scalars stand for all."""
    column = np.broadcast_to
    shape = tail.shape
    return TightArcs(
        tail,
        column(head, shape),
        np.full(shape, kind, dtype=np.int64),
        column(item, shape),
        np.ones(shape, dtype=np.int64),
        column(cost, shape),
        column(flow, shape),
        column(kw, shape),
    )
