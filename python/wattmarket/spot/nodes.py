"""The nodes of a spot market in raw form, by kind and by number."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from wattmarket.spot.columns import NO_BUDGET, SpotLayout

__all__ = ["NODES", "Node", "NodeKind", "Places"]

Integer = NDArray[np.int64]
Truth = NDArray[np.bool_]
NodeKind = Literal["demand", "hub", "pool", "shell", "connection", "zone", "money"]

NODES: Final[tuple[NodeKind, ...]] = ("demand", "hub", "pool", "shell", "connection", "zone", "money")
"""Kinds of nodes, in the order of their numbers. Money is the sink, to which all prices are relative."""


class Node(NamedTuple):
    """A node by kind and by position in its table; a row of demand is metro · K + workload."""

    kind: NodeKind
    place: int


class Places:
    """Numbers of the nodes of a market.

    Parameters
    ----------
    layout
        The market's layout.
    """

    def __init__(self, layout: SpotLayout) -> None:
        self.layout = layout
        metros, workloads = len(layout.metro_bloc), len(layout.workload_budget)
        # A hub for each class, and for each class and bloc whose data must stay there.
        free = np.asarray(layout.workload_budget) == NO_BUDGET
        blocs = int(max(layout.metro_bloc.max(initial=0), layout.site_bloc.max(initial=0))) + 1
        self._blocs = blocs + 1
        own = np.where(layout.workload_masked[None, :], layout.metro_bloc[:, None] + 1, 0)
        hub = layout.workload_class[None, :] * self._blocs + own
        self.row_hub: Integer = np.where(free[None, :], hub, -1).ravel()
        classes = len(layout.class_pool)
        counts = (
            metros * workloads,
            classes * self._blocs,
            len(layout.pool_site),
            len(layout.site_zone),
            len(layout.site_zone),
            len(layout.zone_key),
            1,
        )
        first = np.cumsum((0, *counts)).tolist()
        self.count_of: dict[NodeKind, int] = dict(zip(NODES, counts, strict=True))
        self.first: dict[NodeKind, int] = dict(zip(NODES, first[:-1], strict=True))
        self.count: int = first[-1]
        self.money: int = self.first["money"]
        self.hubs = classes * self._blocs

    def number(self, kind: NodeKind, index: int) -> int:
        """Return the number of a node."""
        return self.first[kind] + index

    def node(self, number: int) -> Node:
        """Return kind and position of a node."""
        kind = next(kind for kind in reversed(NODES) if number >= self.first[kind])
        return Node(kind, number - self.first[kind])

    def hub_of(self, workload: Integer, site: Integer) -> Integer:
        """Return the hub that budget-free workloads enter sites from, int64 like both."""
        own = np.where(self.layout.workload_masked[workload], self.layout.site_bloc[site] + 1, 0)
        return np.asarray(self.layout.workload_class[workload] * self._blocs + own)

    def hub_sites(self, hub: int) -> Truth:
        """Return which sites a hub leads to, bool [S]."""
        bloc = hub % self._blocs
        if bloc == 0:
            return np.ones(len(self.layout.site_bloc), dtype=np.bool_)
        return np.asarray(self.layout.site_bloc == bloc - 1)

    def hub_workloads(self, hub: int) -> list[int]:
        """Return the workloads that meet at a hub."""
        row_hub = self.row_hub.reshape(-1, len(self.layout.workload_budget))
        return np.flatnonzero((row_hub == hub).any(axis=0)).tolist()

    def hub_class(self, hub: int) -> int:
        """Return the class of a hub's workloads."""
        return hub // self._blocs

    def keys(self) -> NDArray[np.uint64]:
        """Return a stable name of every node, so that ties never hang on the order of rows."""
        layout = self.layout
        with np.errstate(over="ignore"):
            rows = layout.metro_key[:, None] * np.uint64(0x9E3779B97F4A7C15) + layout.workload_key[None, :]
        return np.concatenate(
            [
                rows.ravel(),
                np.arange(self.hubs, dtype=np.uint64),
                layout.pool_key,
                layout.site_key,
                layout.site_key,
                layout.zone_key,
                np.zeros(1, dtype=np.uint64),
            ]
        )
