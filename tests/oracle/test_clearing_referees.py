"""Clearings against two foreign solvers, HiGHS and OR-Tools, on more than a thousand random networks."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.flow_networks import Columns, price_ends, proves_optimum, proves_shortage, random_network
from wattmarket.clearing import FlowNetwork

HERE = Path(__file__).parent

# How many networks of how many nodes, arcs per node and size of numbers.
SIZES = [
    (500, (1, 9), (0, 4), 6),
    (300, (5, 40), (2, 6), 50),
    (180, (30, 120), (3, 8), 1_000),
    (60, (100, 400), (4, 10), 100_000),
    (8, (800, 1_500), (5, 8), 1_000_000),
]


def draw_networks() -> list[Columns]:
    random = np.random.default_rng(20261121)
    networks = []
    for count, nodes, density, scale in SIZES:
        for _ in range(count):
            size = int(random.integers(nodes[0], nodes[1] + 1))
            arcs = int(size * random.uniform(*density))
            networks.append(random_network(random, size, arcs, scale))
    return networks


@pytest.fixture(scope="module")
def networks():
    return draw_networks()


@pytest.fixture(scope="module")
def answers(networks, tmp_path_factory):
    """Objectives by each referee, asked in one process each."""
    folder = tmp_path_factory.mktemp("referees")
    batch = {f"{name}_{n}": column for n, columns in enumerate(networks) for name, column in columns.items()}
    np.savez(folder / "networks.npz", count=len(networks), **batch)
    found = {}
    for referee in ("highs", "ortools"):
        target = folder / f"{referee}.json"
        program = [sys.executable, str(HERE / f"referee_{referee}.py"), str(folder / "networks.npz"), str(target)]
        subprocess.run(program, check=True, timeout=300)
        found[referee] = json.loads(target.read_text())
    return found


@pytest.fixture(scope="module")
def clearings(networks):
    return [FlowNetwork(**columns).clear() for columns in networks]


def test_there_are_more_than_a_thousand_of_each_kind_of_outcome_enough(networks, clearings):
    assert len(networks) >= 1_000
    outcomes = [clearing.status for clearing in clearings]
    assert outcomes.count("optimal") >= 600
    assert outcomes.count("infeasible") >= 100


@pytest.mark.parametrize("referee", ["highs", "ortools"])
def test_objectives_are_equal_to_the_last_unit(answers, clearings, referee):
    ours = [clearing.objective if clearing.status == "optimal" else None for clearing in clearings]
    theirs = [answer and answer["objective"] for answer in answers[referee]]
    assert [n for n, pair in enumerate(zip(ours, theirs, strict=True)) if pair[0] != pair[1]] == []


def test_every_clearing_is_proved_without_the_engine(networks, clearings):
    for columns, clearing in zip(networks, clearings, strict=True):
        if clearing.status == "optimal":
            assert proves_optimum(columns, clearing, [clearing.price_low, clearing.price_middle, clearing.price_high])
        else:
            assert proves_shortage(columns, clearing)


def test_price_ends_are_those_of_the_referees_own_optimum(networks, clearings, answers):
    """Brute force: shortest residual paths around the flow that OR-Tools found, which is often another one."""
    others = compared = 0
    for columns, clearing, answer in zip(networks, clearings, answers["ortools"], strict=True):
        if answer is None or len(columns["node_supply"]) > 120:
            continue
        compared += 1
        others += answer["flow"] != clearing.flow.tolist()
        low, high, low_open, high_open = price_ends(columns, answer["flow"], len(columns["node_supply"]) - 1)
        assert clearing.price_low.tolist() == low
        assert clearing.price_high.tolist() == high
        assert clearing.low_unbounded.tolist() == low_open
        assert clearing.high_unbounded.tolist() == high_open
    assert compared >= 500
    assert others >= 50


def test_warm_equals_cold_along_updates_from_network_to_network(networks):
    """Supplies, capacities and costs move a little and sometimes a lot; a fresh network must give the same bits."""
    random = np.random.default_rng(7)
    for columns in networks[::25]:
        now = dict(columns)
        warm = FlowNetwork(**now)
        warm.clear()
        for _ in range(4):
            share = random.choice([0.02, 0.3, 1.0])
            now["cost"] = _nudge(random, now["cost"], share, 0)
            finite = now["capacity"] < 2**62
            now["capacity"] = np.where(finite, _nudge(random, now["capacity"], share, 0), now["capacity"])
            now["node_supply"] = _nudge(random, now["node_supply"], share, None)
            now["node_supply"][0] -= now["node_supply"].sum()
            warm.update(node_supply=now["node_supply"], capacity=now["capacity"], cost=now["cost"])
            one, other = warm.clear(), FlowNetwork(**now).clear()
            assert one.status == other.status
            assert np.array_equal(one.flow, other.flow)
            assert np.array_equal(one.price_low, other.price_low)
            assert np.array_equal(one.price_high, other.price_high)


def _nudge(random, column, share, least):
    moved = np.where(random.random(len(column)) < share, column + random.integers(-3, 4, len(column)), column)
    return moved if least is None else np.maximum(moved, least)
