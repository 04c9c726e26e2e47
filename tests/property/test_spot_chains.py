"""Why a price is what it is: chains sum up to prices, named bids move them, and no other bid does within its slack."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.property.spot_worlds import Case, RawNetwork, permuted, random_case, random_columns
from tests.property.test_spot_market import moved
from wattmarket.clearing import Clearing
from wattmarket.spot import ChainLink, PriceChain, SpotChains, SpotClearing, SpotDemand, SpotMarket, SpotState
from wattmarket.spot.nodes import NodeKind
from wattmarket.spot.residual import End

seeds = st.integers(0, 2**31)
ENDS: tuple[End, ...] = ("lowest", "highest")
SUFFIX = {"lowest": "_low", "highest": "_high"}

Bid = tuple[str, int, int]
"""Kind, position of its node, and step or row."""


@dataclasses.dataclass
class Market:
    """A random market of what stands, cleared."""

    case: Case
    demand: SpotDemand
    state: SpotState
    clearing: SpotClearing

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        self.case = dataclasses.replace(random_case(self.rng), entry=False)
        self.demand, self.state = random_columns(self.rng, self.case)
        self.clearing = self.cleared(self.demand, self.state)
        self.chains = SpotChains(self.case.layout, self.demand, self.state, self.clearing)

    def cleared(self, demand: SpotDemand, state: SpotState) -> SpotClearing:
        return SpotMarket(self.case.layout).clear(demand, state)

    def shifted(self, shifts: dict[Bid, int]) -> SpotClearing:
        """The market cleared again with some bids shifted."""
        price = self.demand.price_musd_per_kwh.copy()
        step, plant = self.state.step_cost.copy(), self.state.btm_cost.copy()
        flat = price.reshape(-1, price.shape[-1])
        for (kind, node, item), by in shifts.items():
            if kind == "willingness":
                flat[node, item] += by
            else:
                (step if kind == "generation" else plant)[item] += by
        state = dataclasses.replace(self.state, step_cost=step, btm_cost=plant)
        return self.cleared(SpotDemand(self.demand.quantity_kw, price), state)

    def explained(self) -> Iterator[tuple[NodeKind, int, dict[End, PriceChain | None]]]:
        """Every node with a published price, and the chains of both ends."""
        layout = self.case.layout
        reachable = layout.class_shell.any(axis=0)
        reachable[layout.pool_site] = True
        nodes: tuple[tuple[NodeKind, list[int]], ...] = (
            ("demand", np.flatnonzero(self.demand.quantity_kw.sum(axis=2).ravel()).tolist()),
            ("pool", list(range(len(layout.pool_site)))),
            # A site that nothing can enter has no shell in any network: it is quoted what power costs there.
            ("shell", np.flatnonzero(reachable).tolist()),
            ("zone", list(range(len(layout.zone_key)))),
        )
        for kind, indices in nodes:
            for index in indices:
                yield kind, index, {end: self.chains.chain(kind, index, end) for end in ENDS}


def priced(clearing: SpotClearing, kind: str, index: int, suffix: str = "") -> int:
    return int(getattr(clearing, f"{kind}_price{suffix}").ravel()[index])


def bid_of(link: ChainLink) -> Bid:
    return link.kind, link.source.place, link.item


@given(seeds)
@settings(deadline=None)
def test_chains_sum_up_to_the_prices_of_the_raw_network_wherever_there_are_any(seed: int) -> None:
    market = Market(seed)
    raw = RawNetwork(market.case, market.demand, market.state)
    cleared = raw.network.clear()
    prices = {
        "lowest": (cleared.price_low, cleared.low_unbounded),
        "highest": (cleared.price_high, cleared.high_unbounded),
    }
    workloads = len(market.case.layout.workload_budget)
    for kind, index, chains in market.explained():
        node = raw.node.get((kind, *(divmod(index, workloads) if kind == "demand" else (index,))))
        for end, chain in chains.items():
            # What nobody would draw on has no lowest price, and is quoted by a rule of its own.
            if node is not None and (end == "lowest" or not cleared.low_unbounded[node]):
                price, endless = prices[end]
                assert (chain is None) == endless[node], (kind, index, end)
                assert chain is None or chain.price == price[node], (kind, index, end)
            if chain is not None:
                assert chain.price == priced(market.clearing, kind, index, SUFFIX[end])
                assert sum(link.amount for link in chain.links) == chain.price
                assert chain.bid.kind in ("willingness", "generation", "plant")


@given(seeds)
@settings(deadline=None)
def test_a_bid_that_nothing_ties_with_moves_its_end_of_the_price_by_as_much(seed: int) -> None:
    market = Market(seed)
    found = [(k, i, chains) for k, i, chains in market.explained() if None not in chains.values()]
    for kind, index, chains in found[:: max(1, len(found) // 6)]:
        settled = []
        for end, by in (("lowest", -1), ("highest", 1)):
            chain = chains[end]
            assert chain is not None
            bids = {bid_of(link) for link in (chain.bid, *chain.tied)}
            again = market.shifted(dict.fromkeys(bids, by))
            assert priced(again, kind, index, SUFFIX[end]) == chain.price + by, (kind, index, end)
            settled.append(priced(again, kind, index) - priced(market.clearing, kind, index))
        # The midpoint is rounded down: one of the two is enough for a whole unit.
        assert settled[0] == -1 or settled[1] == 1, (kind, index)
        low, high = chains["lowest"], chains["highest"]
        assert low is not None
        assert high is not None
        if bid_of(low.bid) == bid_of(high.bid) and not (low.tied or high.tied):
            assert settled == [-1, 1], (kind, index)


@given(seeds)
@example(9488492)  # a metro that nothing can serve: its price has no upper end
@settings(deadline=None)
def test_no_bid_off_the_chain_moves_the_price_within_its_slack(seed: int) -> None:
    market = Market(seed)
    raw = RawNetwork(market.case, market.demand, market.state)
    cleared = raw.network.clear()
    rng = market.rng
    found = list(market.explained())
    for kind, index, chains in found[:: max(1, len(found) // 6)]:
        for end, chain in chains.items():
            if chain is None:
                continue
            on_chain = {bid_of(link) for link in (chain.bid, *chain.tied)}
            slack = {
                bid: abs(cost - quoted(market, raw.node[node], cleared, bid, end))
                for bid, node, cost in bids_of(market)
            }
            assert all(slack[bid] == 0 for bid in on_chain)
            others = [bid for bid in slack if bid not in on_chain]
            # All at once, each by as much as its slack or less, either way.
            shifts = {bid: int(rng.integers(-slack[bid], slack[bid] + 1)) for bid in others}
            again = market.shifted(shifts)
            assert priced(again, kind, index, SUFFIX[end]) == chain.price, (kind, index, end)
            if others:
                one = others[int(rng.integers(len(others)))]
                again = market.shifted({one: int(rng.choice([-1, 1])) * slack[one]})
                assert priced(again, kind, index, SUFFIX[end]) == chain.price, (kind, index, end, one)


def quoted(market: Market, place: int, cleared: Clearing, bid: Bid, end: End) -> int:
    """Price from which a bid's slack counts: the published one; of connections, which have none, the end that there is.

    An end that isn't there is no price: a network quotes some huge number in its place, and a bid that may move so far
    would change the quotes of nodes that have one end alone.
    """
    if bid[0] in ("willingness", "generation"):
        return priced(market.clearing, "demand" if bid[0] == "willingness" else "zone", bid[1], SUFFIX[end])
    low, high = int(cleared.price_low[place]), int(cleared.price_high[place])
    if end == "lowest":
        return high if cleared.low_unbounded[place] else low
    return low if cleared.high_unbounded[place] else high


def bids_of(market: Market) -> Iterator[tuple[Bid, tuple[object, ...], int]]:
    """Every bid at money with any kilowatts: itself, its node in the raw network, what it asks or pays."""
    workloads = len(market.case.layout.workload_budget)
    for (m, k, j), kw in np.ndenumerate(market.demand.quantity_kw):
        if kw:
            cost = int(market.demand.price_musd_per_kwh[m, k, j])
            yield ("willingness", m * workloads + k, j), ("demand", m, k), cost
    for step, zone in enumerate(market.case.layout.step_zone.tolist()):
        if market.state.step_kw[step]:
            yield ("generation", zone, step), ("zone", zone), int(market.state.step_cost[step])
    for site in np.flatnonzero(market.state.btm_kw).tolist():
        yield ("plant", site, site), ("connection", site), int(market.state.btm_cost[site])


@given(seeds)
@settings(deadline=None)
def test_the_order_of_rows_never_matters(seed: int) -> None:
    market = Market(seed)
    other, order = permuted(market.rng, market.case)
    demand, state = moved(market.demand, market.state, order)
    again = SpotChains(other.layout, demand, state, SpotMarket(other.layout).clear(demand, state))
    place = {name: np.argsort(rows) for name, rows in order.items()}
    workloads = len(market.case.layout.workload_budget)
    table = {"pool": "P", "shell": "S", "zone": "Z"}
    for kind, index, chains in market.explained():
        if kind == "demand":
            metro, workload = divmod(index, workloads)
            there = int(place["M"][metro]) * workloads + int(place["K"][workload])
        else:
            there = int(place[table[kind]][index])
        for end, chain in chains.items():
            same = again.chain(kind, there, end)
            if chain is None:
                assert same is None
                continue
            assert same is not None
            told = [(link.kind, link.change_kw, link.amount, link.flow_kw) for link in chain.links]
            assert told == [(link.kind, link.change_kw, link.amount, link.flow_kw) for link in same.links]
            assert len(chain.tied) == len(same.tied)
