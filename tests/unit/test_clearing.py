"""What FlowNetwork gives on networks small enough to check by hand, and what it refuses."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from tests.flow_networks import INFINITE, proves_optimum, proves_shortage
from wattmarket.clearing import FlowNetwork
from wattmarket.errors import InputError


def diamond(**changes):
    """Four units from node 0 to node 3, three of them over the cheap way."""
    columns = {
        "node_supply": np.array([4, 0, 0, -4]),
        "tail": np.array([0, 0, 1, 2]),
        "head": np.array([1, 2, 3, 3]),
        "capacity": np.array([3, 3, INFINITE, 3]),
        "cost": np.array([1, 2, 1, 2]),
    }
    return columns | changes


def test_the_diamond_by_hand():
    columns = diamond()
    clearing = FlowNetwork(**columns).clear()
    assert clearing.status == "optimal"
    assert clearing.flow.tolist() == [3, 1, 3, 1]
    assert clearing.objective == 10
    assert clearing.price_low.tolist() == [4, 1, 2, 0]
    assert clearing.price_high.tolist() == [4, 1, 2, 0]
    assert clearing.certificate
    assert proves_optimum(columns, clearing, [clearing.price_low, clearing.price_high])


def test_prices_are_relative_to_the_anchor():
    clearing = FlowNetwork(**diamond(), anchor=0).clear()
    assert clearing.price_low.tolist() == [0, -3, -2, -4]
    assert FlowNetwork(**diamond(), anchor=-4).clear().price_low.tolist() == [0, -3, -2, -4]


def test_an_infeasible_network_says_which_nodes_are_stuck():
    columns = diamond(capacity=np.array([3, 0, INFINITE, 3]))
    clearing = FlowNetwork(**columns).clear()
    assert clearing.status == "infeasible"
    assert clearing.shortage is not None
    assert (clearing.shortage.nodes.tolist(), clearing.shortage.supply, clearing.shortage.capacity) == ([0], 4, 3)
    assert len(clearing.flow) == len(clearing.price_low) == len(clearing.high_unbounded) == 0
    assert clearing.certificate
    assert proves_shortage(columns, clearing)


def test_update_changes_what_it_names_and_starts_warm():
    network = FlowNetwork(**diamond())
    network.clear()
    network.update(node_supply=np.array([6, 0, 0, -6]), capacity=np.array([4, 3, 9, 3]))
    clearing = network.clear()
    assert clearing.flow.tolist() == [4, 2, 4, 2]
    assert network.columns()["capacity"].tolist() == [4, 3, 9, 3]
    assert network.columns()["cost"].tolist() == [1, 2, 1, 2]
    network.update(capacity=np.array([1, 3, 9, 3]))
    assert network.clear().status == "infeasible"
    network.update(node_supply=np.array([4, 0, 0, -4]))
    assert network.clear().flow.tolist() == [1, 3, 1, 3]


def test_a_refused_update_changes_nothing():
    network = FlowNetwork(**diamond())
    before = network.clear()
    with pytest.raises(InputError, match=r"^capacity\[2\] = -1: must not be negative$"):
        network.update(cost=np.array([9, 9, 9, 9]), capacity=np.array([3, 3, -1, 3]))
    after = network.clear()
    assert after.flow.tolist() == before.flow.tolist()
    assert after.objective == before.objective


def test_results_and_columns_are_read_only():
    network = FlowNetwork(**diamond())
    clearing = network.clear()
    for column in (clearing.flow, clearing.price_low, clearing.price_high, clearing.low_unbounded):
        assert not column.flags.writeable
    assert not network.columns()["cost"].flags.writeable


def test_the_network_keeps_no_reference_to_its_columns():
    columns = diamond()
    network = FlowNetwork(**columns)
    columns["cost"][:] = 1_000
    assert network.clear().objective == 10


def test_objectives_beyond_64_bits_are_exact():
    units, cost = 2**58, 2**55
    columns = {
        "node_supply": np.array([units, -units]),
        "tail": np.array([0]),
        "head": np.array([1]),
        "capacity": np.array([INFINITE]),
        "cost": np.array([cost]),
    }
    assert FlowNetwork(**columns).clear().objective == units * cost


def test_negative_costs_fill_loops_and_cycles():
    columns = {
        "node_supply": np.array([0, 0]),
        "tail": np.array([0, 1, 1]),
        "head": np.array([1, 0, 1]),
        "capacity": np.array([5, INFINITE, 2]),
        "cost": np.array([-3, 1, -7]),
    }
    clearing = FlowNetwork(**columns).clear()
    assert clearing.flow.tolist() == [5, 5, 2]
    assert clearing.objective == -24
    assert proves_optimum(columns, clearing, [clearing.price_low, clearing.price_middle, clearing.price_high])


def test_a_single_node_and_no_arcs():
    nothing = np.array([], dtype=np.int64)
    clearing = FlowNetwork(np.array([0]), nothing, nothing, nothing, nothing).clear()
    assert (clearing.status, clearing.price_low.tolist(), clearing.objective) == ("optimal", [0], 0)


def test_views_with_strides_are_read_as_they_are():
    wide = np.zeros((4, 2), dtype=np.int64)
    wide[:, 0] = diamond()["cost"]
    assert FlowNetwork(**diamond(cost=wide[:, 0])).clear().objective == 10


BAD = {
    "wrong dtype": ({"cost": np.array([1.0, 2, 1, 2])}, r"^cost: expected an array of int64, found float64$"),
    "narrow dtype": (
        {"tail": np.array([0, 0, 1, 2], dtype=np.int32)},
        r"^tail: expected an array of int64, found int32$",
    ),
    "unsigned": (
        {"head": np.array([1, 2, 3, 3], dtype=np.uint64)},
        r"^head: expected an array of int64, found uint64$",
    ),
    "a list": ({"cost": [1, 2, 1, 2]}, r"^cost: expected an array of int64, found list$"),
    "NaN cast to int": (
        {"cost": np.array([1, -(2**63), 1, 2])},
        r"^cost\[1\] = -9223372036854775808: is the smallest int64, which is what NaN becomes when it is cast$",
    ),
    "two dimensions": ({"cost": np.ones((2, 2), dtype=np.int64)}, r"^cost: expected one dimension, found 2$"),
    "wrong length": ({"cost": np.array([1, 2, 1])}, r"^cost: expected 4 entries, found 3$"),
    "wrong key length": ({"key": np.array([], dtype=np.int64)}, r"^key: expected 4 entries, found 0$"),
    "key dtype": ({"key": np.ones(4)}, r"^key: expected an array of int64 or uint64, found float64$"),
    "node too large": ({"head": np.array([1, 2, 3, 4])}, r"^head\[3\] = 4: is out of range$"),
    "negative node": ({"tail": np.array([0, -1, 1, 2])}, r"^tail\[1\] = -1: is out of range$"),
    "negative capacity": ({"capacity": np.array([3, 3, -5, 3])}, r"^capacity\[2\] = -5: must not be negative$"),
    "unbalanced": (
        {"node_supply": np.array([4, 0, 0, -3])},
        r"^sum of node_supply = 1: supply and demand must balance$",
    ),
    "cost overflow": (
        {"cost": np.array([1, 2, 2**60, 2])},
        r"^cost\[2\] = 1152921504606846976: \(nodes \+ 1\) \* \|cost\|",
    ),
    "supply overflow": ({"node_supply": np.array([2**60, 0, 0, -(2**60)])}, r"^total supply = 1152921504606846976: "),
    "unbounded": ({"cost": np.array([1, 2, -1, 2])}, r"^capacity\[2\] = 9223372036854775807: an arc of negative cost"),
    "anchor": ({"anchor": 4}, r"^anchor = 4: is not a node of a network of 4$"),
    "low anchor": ({"anchor": -5}, r"^anchor = -5: is not a node of a network of 4$"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_refused_by_name_index_and_value(case):
    changes, message = BAD[case]
    with pytest.raises(InputError, match=message):
        FlowNetwork(**diamond(**changes))


def test_the_sum_of_negative_capacities_is_bounded():
    most = 2**59
    with pytest.raises(InputError, match=r"^total supply \+ capacity over arcs of negative cost = "):
        FlowNetwork(**diamond(capacity=np.array([most, most, most, most]), cost=np.array([-1, -1, -1, -1])))


def test_a_shared_key_is_refused_only_where_the_flow_depends_on_it():
    twins = {
        "node_supply": np.array([3, -3]),
        "tail": np.array([0, 0]),
        "head": np.array([1, 1]),
        "capacity": np.array([2, 2]),
        "cost": np.array([5, 5]),
    }
    with pytest.raises(InputError, match=r"^key\[1\] = 7: is the key of two arcs"):
        FlowNetwork(**twins, key=np.array([7, 7])).clear()
    assert FlowNetwork(**twins | {"cost": np.array([5, 6])}, key=np.array([7, 7])).clear().flow.tolist() == [2, 1]


SLOW = """
import numpy as np
from wattmarket.clearing import FlowNetwork
random = np.random.default_rng(1)
nodes, arcs = 60_000, 600_000
tail, head = random.integers(0, nodes, (2, arcs))
supply = random.integers(-1000, 1001, nodes)
supply[0] -= supply.sum()
network = FlowNetwork(supply, tail, head, random.integers(0, 3000, arcs), random.integers(0, 100_000, arcs))
print("ready", flush=True)
try:
    network.clear()
    print("cleared")
except KeyboardInterrupt:
    print("interrupted", flush=True)
    network.update(node_supply=np.zeros(nodes, dtype=np.int64))
    print(network.clear().objective)
"""


def test_ctrl_c_ends_a_long_solve_at_once_and_leaves_it_usable():
    with subprocess.Popen([sys.executable, "-c", SLOW], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(0.3)
        sent = time.perf_counter()
        process.send_signal(signal.SIGINT)
        answer = process.stdout.readline()
        took = time.perf_counter() - sent
        assert answer == "interrupted\n", "the network is too small for this test"
        assert process.stdout.readline() == "0\n"
    # 100 ms is the promise; a busy machine may keep the process waiting for its turn.
    assert took < 0.5, f"{took:.3f} s"
