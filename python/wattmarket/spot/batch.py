"""Many clearings of one world at once: cohorts of a run, runs of a sweep, scenarios side by side."""

from __future__ import annotations

from collections.abc import Sequence

from wattmarket import _core
from wattmarket.errors import InputError
from wattmarket.spot.columns import Corner, SpotClearing, SpotDemand, SpotState
from wattmarket.spot.door import Flat, demand_columns, spot_clearing, state_columns, suffix
from wattmarket.spot.market import SpotMarket

__all__ = ["SpotBatch"]


class SpotBatch:
    """Markets of one world that clear side by side, each with a basis of its own.

    What stands still exists once for all of them. Case *i* of every call is cleared by market *i*, which starts from
    the basis that its last clearing left: cases that change little from call to call are cleared warm. Results depend
    neither on that nor on the number of threads: each is what `SpotMarket.clear` alone returns, bit for bit.

    Parameters
    ----------
    market
        A market of the world. Every market of the batch starts from its basis, if it has one; it stays itself as it is.
    size
        Number of markets: the most cases that can be cleared in one call. At 1,000 metros and 10,000 sites each takes
        some 40 MB, beside the 20 MB of the matrix of round-trip times, which they share.

    Raises
    ------
    InputError
        If `size` is below 1.

    Notes
    -----
    The threads exist for the length of a call. Between calls a batch holds none, and nothing that another thread could
    have locked, so a process may fork (as `multiprocessing` does on some systems) before and after, and parent and
    child both go on; forking in one thread *while* another one clears is as unsafe as ever. Programs that run several
    processes on one machine set ``RAYON_NUM_THREADS`` or `threads`, as ``wattmarket run --threads`` does.

    Examples
    --------
    One metro, one workload, one site; what if the connection were smaller?

    >>> import numpy as np
    >>> from wattmarket.spot import SpotLayout
    >>> one, key = np.zeros(1, np.int64), np.zeros(1, np.uint64)
    >>> yes, none = np.ones(1, bool), np.zeros(0, np.int64)
    >>> market = SpotMarket(SpotLayout(
    ...     rtt=np.array([[500]], np.uint16), transport_rate=0, workload_budget=np.array([750]), workload_class=one,
    ...     workload_masked=~yes, class_pool=yes[None], class_shell=~yes[None], metro_bloc=one, site_bloc=one,
    ...     site_zone=one, site_btm=~yes, pool_site=one, step_zone=one, link_tail=none, link_head=none, zone_key=key,
    ...     metro_key=key, site_key=key, workload_key=key, pool_key=key, step_key=key, link_key=none.astype(np.uint64)))
    >>> demand = SpotDemand(np.array([[[60, 40]]]), np.array([[[900_000, 500_000]]]))
    >>> state = lambda kw: SpotState(
    ...     pool_kw=one + 100, pool_cost=one + 10_000, shell_kw=one + 100, grid_kw=one + kw, site_cost=one, btm_kw=one,
    ...     btm_cost=one, step_kw=one + 1000, step_cost=one + 50_000, link_kw=none, link_cost=none)
    >>> batch = SpotBatch(market, 3)
    >>> clearings = batch.clear([(demand, state(kw)) for kw in (80, 50, 20)], threads=2)
    >>> [clearing.demand_price.item() for clearing in clearings]
    [500000, 900000, 900000]
    >>> [clearing.served_kw.item() for clearing in clearings]
    [80, 50, 20]
    """

    def __init__(self, market: SpotMarket, size: int) -> None:
        if size < 1:
            raise InputError(f"size: {size}: must be at least 1")
        self._market = market
        self._size = size
        self._core = _core.SpotBatchCore(market._core, size)

    def __len__(self) -> int:
        """Return the number of markets."""
        return self._size

    def clear(
        self,
        cases: Sequence[tuple[SpotDemand, SpotState]],
        *,
        corner: Corner = "midpoint",
        threads: int | None = None,
    ) -> list[SpotClearing]:
        """Clear cases at least cost, several at a time.

        Parameters
        ----------
        cases
            Demand and state of each, at most as many as the batch has markets; columns as in `SpotMarket.update`.
        corner
            Which optimal prices settle.
        threads
            Most threads to use. By default ``RAYON_NUM_THREADS`` where it is set, otherwise all cores that the process
            may use. There are never more threads than cases.

        Returns
        -------
        list of SpotClearing
            One for each case, in order.

        Raises
        ------
        InputError
            ``case 3: pool_kw[2] = -5: ...``: the first case that is refused, with array, index and value. All other
            cases are cleared before it is raised, and their markets keep their bases, so that a second call without it
            is quick; but arrays of a wrong type or shape are refused before anything is cleared. Also for too
            many cases, an unknown corner and `threads` below 1.
        InvariantError
            If a result breaks a law of the model: a bug.
        KeyboardInterrupt
            On Ctrl-C, within 100 ms. Cases that were under way are cleared cold the next time.

        Notes
        -----
        The global interpreter lock is released while the core works: other threads of Python run. A batch takes one
        call at a time.
        """
        settled = suffix(corner)
        if threads is not None and threads < 1:
            raise InputError(f"threads: {threads}: must be at least 1")
        if len(cases) > self._size:
            raise InputError(f"cases: expected at most {self._size}, found {len(cases)}")
        columns = [self._columns(index, demand, state) for index, (demand, state) in enumerate(cases)]
        return [spot_clearing(result, self._market.pairs, settled) for result in self._core.clear(columns, threads)]

    def _columns(self, case: int, demand: SpotDemand, state: SpotState) -> tuple[Flat, int, Flat]:
        try:
            flat, steps = demand_columns(demand, self._market.pairs)
            return flat, steps, state_columns(state, entry=self._market.entry)
        except InputError as error:
            raise InputError(f"case {case}: {error}") from None
