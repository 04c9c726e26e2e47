"""DIMACS files: problems in and out, solutions out, and what is wrong with a file, line by line."""

from __future__ import annotations

import io

import numpy as np
import pytest

from tests.flow_networks import random_network
from wattmarket.clearing import FlowNetwork, read_dimacs, write_dimacs, write_solution
from wattmarket.errors import InputError

# The example of the challenge's own description of the format, with a lower bound on the first arc.
EXAMPLE = """c a small one
p min 4 5
n 1 4
n 4 -4
a 1 2 1 4 2
a 1 3 0 2 2
a 2 3 0 2 1
a 2 4 0 3 3
a 3 4 0 5 1
"""


@pytest.fixture
def example(tmp_path):
    path = tmp_path / "example.min"
    path.write_text(EXAMPLE)
    return read_dimacs(path)


def test_a_solution_by_hand(example):
    clearing = example.network.clear()
    assert example.lower.tolist() == [1, 0, 0, 0, 0]
    assert clearing.flow.tolist() == [1, 2, 2, 0, 4]
    assert example.objective(clearing) == 14
    solution = io.StringIO()
    write_solution(example, clearing, solution)
    assert solution.getvalue() == "s 14\nf 1 2 2\nf 1 3 2\nf 2 3 2\nf 2 4 0\nf 3 4 4\n"


def test_what_is_written_reads_back(example, tmp_path):
    path = tmp_path / "again.min"
    write_dimacs(example, path)
    assert path.read_text() == EXAMPLE.removeprefix("c a small one\n")
    again = read_dimacs(path)
    assert again.lower.tolist() == example.lower.tolist()
    for name, column in example.network.columns().items():
        assert again.network.columns()[name].tolist() == column.tolist()


def test_random_networks_keep_their_optimum(tmp_path):
    random = np.random.default_rng(5)
    for trial in range(20):
        network = FlowNetwork(**random_network(random, 8, 20, 9))
        path = tmp_path / f"{trial}.min"
        write_dimacs(network, path)
        expected, found = network.clear(), read_dimacs(path).network.clear()
        assert (found.status, found.objective) == (expected.status, expected.objective)
        assert found.flow.tolist() == expected.flow.tolist()


def test_an_infeasible_solution_names_the_nodes():
    network = FlowNetwork(np.array([2, -2]), np.array([0]), np.array([1]), capacity=np.array([1]), cost=np.array([1]))
    solution = io.StringIO()
    write_solution(network, network.clear(), solution)
    assert solution.getvalue() == "c infeasible: these nodes supply 2, and 1 can leave them\nc node 1\n"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "line 1: the file ends without a problem line"),
        ("p min 2\n", "line 1: ARCS is missing"),
        ("p min 2 1\na 1 2 0 x 1\n", "line 2: CAPACITY = 'x': is not a 64-bit integer"),
        ("p min 2 1\na 1 3 0 1 1\n", "line 2: HEAD = 3: is not a node from 1 to 2"),
        ("p min 2 1\nq\n", "line 2: unknown kind of line 'q'"),
        ("p min 4294967296 1\n", "line 1: NODES = 4294967296: must be from 1 to 4294967287"),
        ("p min 2 0\nn 1 1\n", "sum of node_supply = 1: supply and demand must balance"),
    ],
)
def test_a_bad_file_gives_file_line_and_reason(tmp_path, text, complaint):
    path = tmp_path / "bad.min"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        read_dimacs(path)
    assert caught.value.problems == [f"{path}: {complaint}"]


def test_a_file_that_is_not_text_or_not_there(tmp_path):
    path = tmp_path / "binary.min"
    path.write_bytes(b"p min 2 1\n\xff")
    with pytest.raises(InputError, match="byte 10: is not ASCII"):
        read_dimacs(path)
    with pytest.raises(InputError, match="No such file"):
        read_dimacs(tmp_path / "missing.min")
