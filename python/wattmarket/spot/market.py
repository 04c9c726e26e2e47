"""The spot market: this month's compute, sold from what stands.

A layered network (workload at a metro → pool of a site → shell → connection → zone → generation step) is cleared at
least cost. Columns in, columns out; the network itself is built and solved in the core. Power is kW of installed IT,
money micro-dollars per kWh, both integers, so that optimum, prices and certificate are exact.
"""

from __future__ import annotations

import copy

from wattmarket import _core
from wattmarket.errors import InputError
from wattmarket.scenario import Scenario
from wattmarket.spot.columns import Corner, SpotClearing, SpotDemand, SpotLayout, SpotOptimum, SpotState
from wattmarket.spot.door import demand_columns, layout_columns, spot_clearing, state_columns, suffix
from wattmarket.spot.layout import spot_layout
from wattmarket.spot.view import SpotView, read_clearing
from wattmarket.world import World

__all__ = ["SpotMarket"]


class SpotMarket:
    """The Watt-Latency network of one world, cleared again and again.

    Parameters
    ----------
    world
        A world, laid out for the workloads and the fibre of `scenario`; or a layout made by hand.
    scenario
        The scenario that a world is laid out for; by default one without changes.
    entry
        Whether the network has entry and refresh arcs: a forecast network.

    Attributes
    ----------
    layout : SpotLayout
        The columns that stand still.
    entry : bool
        Whether the network has entry and refresh arcs.
    pairs : tuple of int
        Number of metros and of workloads: the first two dimensions of demand.

    Raises
    ------
    InputError
        Naming array, index and value.

    Notes
    -----
    Every admissible (metro, workload, site) arc is priced from one dense matrix; the solver only ever holds the few
    that matter, and proves each time that the others do not [1]_. The basis is kept between calls. Results do not
    depend on it: a fresh market gives the same bits.

    References
    ----------
    .. [1] Ahuja, Magnanti & Orlin, *Network Flows* (1993), chapters 11 and 17 (network simplex, column generation).

    Examples
    --------
    One metro, one workload, one site; 80 of 100 kW can be powered, so the last 20 set the price at what they would pay.

    >>> import numpy as np
    >>> from wattmarket.spot import SpotLayout
    >>> one, key = np.zeros(1, np.int64), np.zeros(1, np.uint64)
    >>> yes, none = np.ones(1, bool), np.zeros(0, np.int64)
    >>> market = SpotMarket(SpotLayout(
    ...     rtt=np.array([[500]], np.uint16), transport_rate=0, workload_budget=np.array([750]), workload_class=one,
    ...     workload_masked=~yes, class_pool=yes[None], class_shell=~yes[None], metro_bloc=one, site_bloc=one,
    ...     site_zone=one, site_btm=~yes, pool_site=one, step_zone=one, link_tail=none, link_head=none, zone_key=key,
    ...     metro_key=key, site_key=key, workload_key=key, pool_key=key, step_key=key, link_key=none.astype(np.uint64)))
    >>> clearing = market.clear(
    ...     SpotDemand(np.array([[[60, 40]]]), np.array([[[900_000, 500_000]]])),
    ...     SpotState(pool_kw=one + 100, pool_cost=one + 10_000, shell_kw=one + 100, grid_kw=one + 80, site_cost=one,
    ...               btm_kw=one, btm_cost=one, step_kw=one + 1000, step_cost=one + 50_000, link_kw=none,
    ...               link_cost=none))
    >>> clearing.served_kw.tolist(), clearing.demand_price.tolist(), clearing.zone_price.tolist()
    ([[80]], [[500000]], [50000])
    """

    def __init__(self, world: World | SpotLayout, scenario: Scenario | None = None, *, entry: bool = False) -> None:
        layout = spot_layout(world, scenario or Scenario()) if isinstance(world, World) else world
        self.layout = layout
        self._world = (world, scenario or Scenario()) if isinstance(world, World) else None
        self.entry = entry
        self.pairs = (len(layout.metro_bloc), len(layout.workload_budget))
        self._core = _core.SpotCore(layout_columns(layout), int(layout.transport_rate), entry)

    def fork(self) -> SpotMarket:
        """Make another market of the same world.

        What stands still, the matrix of round-trip times first of all, exists once for both. The new market starts from
        the basis that this one has, if it has cleared anything; from there each goes its own way.

        Returns
        -------
        SpotMarket
            A market that has taken no demand and no state yet.

        See Also
        --------
        wattmarket.spot.SpotBatch : Clears many cases of one world on several threads.
        """
        twin = copy.copy(self)
        twin._core = self._core.fork()
        return twin

    def update(self, demand: SpotDemand, state: SpotState) -> None:
        """Take the columns of the next clearing.

        Parameters
        ----------
        demand, state
            The columns that change.

        Raises
        ------
        InputError
            Naming array, index and value.
        """
        columns, steps = demand_columns(demand, self.pairs)
        self._core.update(columns, steps, state_columns(state, entry=self.entry))

    def optimise(self) -> SpotOptimum:
        """Find an optimum, warm from the last one, and prove it.

        Returns
        -------
        SpotOptimum
            The objective, which is settled by now; flows and prices may still be one of several optimal ones.

        Raises
        ------
        InputError
            If nothing was taken by `update`.
        InvariantError
            If the result breaks a law of the model: a bug.
        """
        return SpotOptimum(*self._core.optimise())

    def settle(self) -> None:
        """Settle flows and prices: the one optimal flow that the keys choose, lowest, settled and highest prices.

        Raises
        ------
        InputError
            If nothing was taken by `update`, or two arcs share a key and the flow depends on it.
        InvariantError
            If the result breaks a law of the model: a bug.
        """
        self._core.settle()

    def clearing(self, *, corner: Corner = "midpoint") -> SpotClearing:
        """Publish what was settled, proved optimal once more from the published columns alone.

        Parameters
        ----------
        corner
            Which optimal prices settle.

        Raises
        ------
        InputError
            If nothing was taken by `update`, or for an unknown corner.
        InvariantError
            If the result breaks a law of the model: a bug.
        """
        settled = suffix(corner)
        return spot_clearing(self._core.clearing(), self.pairs, settled)

    def clear(self, demand: SpotDemand, state: SpotState, *, corner: Corner = "midpoint") -> SpotClearing:
        """Clear the market at least cost: `update`, `optimise`, `settle` and `clearing` in one call.

        Parameters
        ----------
        demand, state
            The columns that change.
        corner
            Which optimal prices settle.

        Raises
        ------
        InputError
            Naming array, index and value. The market is then as good as new.
        InvariantError
            If the result breaks a law of the model: a bug.

        Notes
        -----
        The global interpreter lock is released, and Ctrl-C honoured, while the core works.
        """
        suffix(corner)
        self.update(demand, state)
        return self.clearing(corner=corner)

    def read(self, clearing: SpotClearing, demand: SpotDemand, state: SpotState) -> SpotView:
        """Read a clearing as tables: rents and their split by site, prices by metro and workload, LMPs by zone.

        Parameters
        ----------
        clearing
            A clearing of this market.
        demand, state
            What it cleared.

        Raises
        ------
        InputError
            If the market was made from a layout and not from a world: then there are no names to show.
        """
        if self._world is None:
            raise InputError("market: was made from a layout; only the market of a world has names to show")
        return read_clearing(*self._world, self.layout, clearing, demand, state)
