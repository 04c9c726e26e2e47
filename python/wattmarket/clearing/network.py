"""The network and what clearing it gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from wattmarket._core import FlowCore
from wattmarket.errors import InputError, InvariantError

if TYPE_CHECKING:
    import numpy.typing as npt

    Integers = npt.NDArray[np.int64]
    Truths = npt.NDArray[np.bool_]

__all__ = ["Certificate", "Clearing", "FlowNetwork", "Shortage"]


@dataclass(frozen=True)
class Certificate:
    """Proof that a flow and a vector of prices are optimal, recomputed from the columns by code apart from the solver.

    Attributes
    ----------
    conservation
        Outflow less inflow equals supply at every node.
    bounds
        Every flow lies between zero and its capacity.
    reduced_costs
        No arc has room left and a negative reduced cost, nor flow and a positive one.
    primal, dual
        Sum of cost times flow, and the dual value of the prices: equal at an optimum.
    """

    conservation: bool
    bounds: bool
    reduced_costs: bool
    primal: int | None
    dual: int | None

    @property
    def passed(self) -> bool:
        """Whether everything holds, primal = dual included."""
        facts = self.conservation and self.bounds and self.reduced_costs
        return facts and self.primal is not None and self.primal == self.dual


@dataclass(frozen=True, eq=False)
class Shortage:
    """Proof that no flow exists: nodes whose supply exceeds the capacity of the arcs that leave them.

    Attributes
    ----------
    nodes
        int64[k], ascending.
    supply
        Net supply of these nodes.
    capacity
        Capacity of all arcs from these nodes to the others; less than `supply`.
    """

    nodes: Integers
    supply: int
    capacity: int


@dataclass(frozen=True, eq=False)
class Clearing:
    """What clearing a network gives; the arrays are read-only.

    Attributes
    ----------
    status
        ``"optimal"`` or ``"infeasible"``; if infeasible the arrays are empty and `shortage` says why.
    flow
        int64[a], the one optimal flow that the arcs' keys choose.
    price_low, price_high
        int64[n], lowest and highest optimal price of each node relative to the anchor; both vectors are optimal.
    low_unbounded, high_unbounded
        bool[n], nodes to whose price the market sets no lower (upper) end; an artificial arc holds them.
    objective
        Sum of cost times flow, exact; zero if infeasible.
    certificate_low, certificate_high
        Proof of the flow with each of the two price vectors; None if infeasible.
    shortage
        Why there is no flow; None if optimal.
    pivots
        Pivots that it took, which depends on what was solved before. Nothing else here does.
    """

    status: Literal["optimal", "infeasible"]
    flow: Integers
    price_low: Integers
    price_high: Integers
    low_unbounded: Truths
    high_unbounded: Truths
    objective: int
    certificate_low: Certificate | None
    certificate_high: Certificate | None
    shortage: Shortage | None
    pivots: int

    @property
    def certificate(self) -> bool:
        """Whether every proof holds: two for an optimum, the shortage of an infeasible network."""
        if self.shortage is not None:
            return self.shortage.supply > self.shortage.capacity
        proofs = (self.certificate_low, self.certificate_high)
        return all(proof is not None and proof.passed for proof in proofs)

    @property
    def price_middle(self) -> Integers:
        """int64[n], midpoint of the two prices, rounded down: optimal too, because costs are integers."""
        return self.price_low + (self.price_high - self.price_low) // 2


class FlowNetwork:
    """A minimum-cost-flow problem that can be changed in place and cleared again.

    Parameters
    ----------
    node_supply
        int64[n], supply of each node, demand negative; sums to zero.
    tail, head
        int64[a], the nodes that each arc leaves and enters.
    capacity
        int64[a], most that each arc carries, at least zero. Any capacity above the total flow acts as infinite, for
        instance ``2**63 - 1``; arcs of negative cost must be finite.
    cost
        int64[a], cost of a unit of flow.
    key
        int64[a] or uint64[a], stable and distinct identity of each arc, which settles ties between optimal flows; by
        default the arc's position. With keys, the order of the arcs does not matter.
    anchor
        Node to which prices are relative; -1 is the last.

    Raises
    ------
    InputError
        Wrong dtype, shape or length, a node out of range, a negative capacity, supplies that do not balance, numbers
        too large for the proofs against overflow. Names array, index and value.

    Examples
    --------
    Two plants, 3 units at 10 and plenty at 20, serve a demand of 5:

    >>> import numpy as np
    >>> market = FlowNetwork(
    ...     node_supply=np.array([5, -5]),
    ...     tail=np.array([0, 0]),
    ...     head=np.array([1, 1]),
    ...     capacity=np.array([3, 2**63 - 1]),
    ...     cost=np.array([10, 20]),
    ... )
    >>> clearing = market.clear()
    >>> clearing.flow.tolist(), clearing.objective, clearing.certificate
    ([3, 2], 70, True)
    >>> clearing.price_low.tolist(), clearing.price_high.tolist()
    ([20, 0], [20, 0])

    A demand of exactly 3 leaves the price open between the two costs:

    >>> market.update(node_supply=np.array([3, -3]))
    >>> clearing = market.clear()
    >>> int(clearing.price_low[0]), int(clearing.price_high[0])
    (10, 20)
    """

    def __init__(
        self,
        node_supply: Integers,
        tail: Integers,
        head: Integers,
        capacity: Integers,
        cost: Integers,
        *,
        key: Integers | npt.NDArray[np.uint64] | None = None,
        anchor: int = -1,
    ) -> None:
        nodes = len(node_supply)
        if not -nodes <= anchor < nodes:
            raise InputError(f"anchor = {anchor}: is not a node of a network of {nodes}")
        self._core = FlowCore(node_supply, tail, head, capacity, cost, key, anchor % nodes)

    @classmethod
    def _of(cls, core: FlowCore) -> FlowNetwork:
        network = cls.__new__(cls)
        network._core = core
        return network

    @property
    def nodes(self) -> int:
        """Number of nodes."""
        return self._core.size()[0]

    @property
    def arcs(self) -> int:
        """Number of arcs."""
        return self._core.size()[1]

    def columns(self) -> dict[str, Integers]:
        """Copies of the columns as they stand.

        Returns
        -------
        dict of str to int64 array
            ``node_supply`` [n], ``tail``, ``head``, ``capacity``, ``cost`` [a].
        """
        names = ("node_supply", "tail", "head", "capacity", "cost")
        return {name: _integers(column) for name, column in zip(names, self._core.columns(), strict=True)}

    def update(
        self,
        *,
        node_supply: Integers | None = None,
        capacity: Integers | None = None,
        cost: Integers | None = None,
    ) -> None:
        """Replace whole columns for the next `clear`, which starts from the last optimum.

        Parameters
        ----------
        node_supply, capacity, cost
            New columns of the same length and dtype; those left out stay.

        Raises
        ------
        InputError
            As for the constructor; nothing has changed then.
        """
        self._core.update(node_supply, capacity, cost)

    def clear(self) -> Clearing:
        """Find the optimal flow and the lowest and highest prices, and prove both.

        The result depends on columns and keys alone, whatever was cleared before. The GIL is released; Ctrl-C
        raises KeyboardInterrupt within 100 ms and leaves the network usable.

        Returns
        -------
        Clearing
            Optimal, or infeasible with the reason.

        Raises
        ------
        InputError
            Two arcs share a key and the flow is tied between them.
        InvariantError
            The proof failed: a bug in the engine.
        """
        clearing = _clearing(self._core.clear())
        if not clearing.certificate:
            raise InvariantError(
                f"clearing: the certificate failed: {clearing.certificate_low}, {clearing.certificate_high}"
            )
        return clearing


def _integers(column: bytes) -> Integers:
    return np.frombuffer(column, dtype=np.int64)


def _truths(column: bytes) -> Truths:
    return np.frombuffer(column, dtype=np.bool_)


def _clearing(result: dict[str, Any]) -> Clearing:
    """Dress what the core returns."""
    if result["status"] == "infeasible":
        nothing, nowhere = _integers(b""), _truths(b"")
        shortage = Shortage(_integers(result["nodes"]), result["supply"], result["capacity"])
        return Clearing(
            "infeasible", nothing, nothing, nothing, nowhere, nowhere, 0, None, None, shortage, result["pivots"]
        )
    low, high = Certificate(*result["low"]), Certificate(*result["high"])
    return Clearing(
        status="optimal",
        flow=_integers(result["flow"]),
        price_low=_integers(result["price_low"]),
        price_high=_integers(result["price_high"]),
        low_unbounded=_truths(result["low_unbounded"]),
        high_unbounded=_truths(result["high_unbounded"]),
        objective=low.primal if low.primal is not None else 0,
        certificate_low=low,
        certificate_high=high,
        shortage=None,
        pivots=result["pivots"],
    )
