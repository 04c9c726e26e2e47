"""Laws that hold for every network: certificates, warm = cold, order of rows, direction, scale."""

from __future__ import annotations

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.flow_networks import INFINITE, price_ends, proves_optimum, proves_shortage
from wattmarket.clearing import Clearing, FlowNetwork

LAW = settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)


@st.composite
def networks(draw, most_nodes=9, most_arcs=24):
    """Small numbers, so that ties abound; loops, parallel arcs, separate parts and infeasible ones included."""
    nodes = draw(st.integers(1, most_nodes))
    node = st.integers(0, nodes - 1)
    finite = st.integers(0, 6)
    paid = st.tuples(node, node, st.one_of(finite, st.just(INFINITE)), st.integers(0, 7))
    earning = st.tuples(node, node, finite, st.integers(-4, -1))
    arcs = draw(st.lists(st.one_of(paid, paid, paid, earning), max_size=most_arcs))
    supply = draw(st.lists(st.integers(-4, 4), min_size=nodes, max_size=nodes))
    supply[0] -= sum(supply)
    columns = np.array(arcs, dtype=np.int64).reshape(len(arcs), 4).T
    names = ("tail", "head", "capacity", "cost")
    arrays = {name: np.ascontiguousarray(column) for name, column in zip(names, columns, strict=True)}
    return {"node_supply": np.array(supply, dtype=np.int64), **arrays}


def same(one: Clearing, other: Clearing) -> bool:
    """Whether two clearings are equal bit for bit."""
    arrays = ("flow", "price_low", "price_high", "low_unbounded", "high_unbounded")
    equal = all(np.array_equal(getattr(one, name), getattr(other, name)) for name in arrays)
    return equal and (one.status, one.objective) == (other.status, other.objective)


@LAW
@given(networks(), st.integers(0, 8))
def test_every_clearing_is_proved_and_prices_are_the_residual_ends(columns, anchor):
    anchor %= len(columns["node_supply"])
    clearing = FlowNetwork(**columns, anchor=anchor).clear()
    if clearing.status == "infeasible":
        assert proves_shortage(columns, clearing)
        return
    assert proves_optimum(columns, clearing, [clearing.price_low, clearing.price_middle, clearing.price_high])
    low, high, low_open, high_open = price_ends(columns, clearing.flow.tolist(), anchor)
    assert (clearing.price_low.tolist(), clearing.price_high.tolist()) == (low, high)
    assert (clearing.low_unbounded.tolist(), clearing.high_unbounded.tolist()) == (low_open, high_open)


@LAW
@given(networks(), st.data())
def test_update_then_clear_equals_a_fresh_network(columns, data):
    warm = FlowNetwork(**columns)
    warm.clear()
    arcs = len(columns["tail"])
    for _ in range(data.draw(st.integers(1, 4))):
        supply = np.array(data.draw(st.lists(st.integers(-4, 4), min_size=len(columns["node_supply"]), max_size=9)))
        supply = supply[: len(columns["node_supply"])]
        supply[0] -= supply.sum()
        cost = np.array(data.draw(st.lists(st.integers(-3, 7), min_size=arcs, max_size=arcs)), dtype=np.int64)
        capacity = np.array(data.draw(st.lists(st.integers(0, 6), min_size=arcs, max_size=arcs)), dtype=np.int64)
        changes = {"node_supply": supply, "cost": cost, "capacity": capacity}
        warm.update(**changes)
        assert same(warm.clear(), FlowNetwork(**columns | changes).clear())


@LAW
@given(networks(), st.integers(0, 2**32))
def test_with_keys_the_order_of_arcs_does_not_matter(columns, seed):
    random = np.random.default_rng(seed)
    arcs = len(columns["tail"])
    key = random.integers(-(2**63), 2**63, arcs)
    order = random.permutation(arcs)
    shuffled = {name: column[order] for name, column in columns.items() if name != "node_supply"}
    straight = FlowNetwork(**columns, key=key).clear()
    permuted = FlowNetwork(columns["node_supply"], **shuffled, key=key[order]).clear()
    assert straight.status == permuted.status
    assert np.array_equal(straight.price_low, permuted.price_low)
    assert np.array_equal(straight.price_high, permuted.price_high)
    if straight.status == "optimal":
        assert np.array_equal(straight.flow[order], permuted.flow)


@LAW
@given(networks())
def test_turning_every_arc_and_supply_round_mirrors_the_prices(columns):
    turned = columns | {"node_supply": -columns["node_supply"], "tail": columns["head"], "head": columns["tail"]}
    one, other = FlowNetwork(**columns).clear(), FlowNetwork(**turned).clear()
    assert (one.status, one.objective) == (other.status, other.objective)
    assert np.array_equal(one.flow, other.flow)
    assert np.array_equal(one.price_low, -other.price_high)
    assert np.array_equal(one.low_unbounded, other.high_unbounded)


@LAW
@given(networks(), st.integers(2, 9))
def test_prices_scale_with_costs_where_the_market_sets_them(columns, factor):
    one = FlowNetwork(**columns).clear()
    scaled = FlowNetwork(**columns | {"cost": factor * columns["cost"]}).clear()
    assert scaled.objective == factor * one.objective
    assert np.array_equal(one.flow, scaled.flow)
    if one.status == "optimal":
        bounded = ~one.high_unbounded
        assert np.array_equal(factor * one.price_high[bounded], scaled.price_high[bounded])


@LAW
@given(networks(), st.integers(1, 3))
def test_more_capacity_never_costs_more(columns, more):
    one = FlowNetwork(**columns).clear()
    finite = columns["capacity"] < INFINITE
    wider = FlowNetwork(**columns | {"capacity": np.where(finite, columns["capacity"] + more, INFINITE)}).clear()
    if one.status == "optimal":
        assert wider.status == "optimal"
        assert wider.objective <= one.objective
