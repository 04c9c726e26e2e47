"""Many clearings of one world at once: the same bits as alone, refusals by case, threads of Python, Ctrl-C, forks."""

from __future__ import annotations

import dataclasses
import multiprocessing
import os
import signal
import sys
import threading
import time
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
import pytest

from tests.property.spot_worlds import random_case, random_columns
from tests.unit.large_market import large
from tests.unit.test_spot_worked_example import LAYOUT, SHARES, STATE, demand
from wattmarket.errors import InputError
from wattmarket.spot import SpotBatch, SpotClearing, SpotMarket

DIAGNOSIS = {"pivots", "rounds", "active_arcs"}
CASES = [(demand(share), STATE) for share in SHARES]


def differing(one: SpotClearing, two: SpotClearing) -> list[str]:
    names = [field.name for field in dataclasses.fields(one) if field.name not in DIAGNOSIS]
    return [name for name in names if not np.array_equal(getattr(one, name), getattr(two, name))]


@pytest.mark.parametrize("threads", [1, 2, None])
def test_a_batch_is_its_cases_alone_bit_for_bit(threads: int | None) -> None:
    for seed in range(30_000, 30_020):
        rng = np.random.default_rng(seed)
        case = random_case(rng)
        market = SpotMarket(case.layout, entry=case.entry)
        batch = SpotBatch(market, 4)
        for count in (4, 3, 0, 4):
            columns = [random_columns(rng, case) for _ in range(count)]
            for cleared, alone in zip(batch.clear(columns, threads=threads), columns, strict=True):
                assert cleared.certificate
                assert not differing(cleared, SpotMarket(case.layout, entry=case.entry).clear(*alone)), seed


def test_every_market_of_a_batch_keeps_its_own_basis() -> None:
    market = SpotMarket(LAYOUT)
    first = market.clear(*CASES[0])
    batch = SpotBatch(market, len(CASES))
    assert batch.clear(CASES[:1])[0].pivots == 0, "a batch starts from its market's basis"
    batch.clear(CASES, threads=2)
    assert all(clearing.pivots == 0 for clearing in batch.clear(CASES, threads=2)), "nothing has changed"
    assert not differing(market.clear(*CASES[0]), first), "the market itself stays as it was"


def test_a_fork_shares_the_world_and_goes_its_own_way() -> None:
    market = SpotMarket(LAYOUT)
    market.clear(*CASES[0])
    twin = market.fork()
    with pytest.raises(InputError, match="update comes first"):
        twin.optimise()
    twin = market.fork()
    assert twin.layout is market.layout
    assert twin.clear(*CASES[0]).pivots == 0
    assert not differing(twin.clear(*CASES[2]), SpotMarket(LAYOUT).clear(*CASES[2]))
    assert not differing(market.clear(*CASES[1]), SpotMarket(LAYOUT).clear(*CASES[1]))


def test_corners_settle_every_case() -> None:
    for clearing, case in zip(SpotBatch(SpotMarket(LAYOUT), 5).clear(CASES, corner="lowest"), CASES, strict=True):
        assert not differing(clearing, SpotMarket(LAYOUT).clear(*case, corner="lowest"))


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("pool_kw", np.array([1, 2, -5]), r"^case 3: pool_kw\[2\] = -5: must be within 0 and"),
        ("shell_kw", np.array([1, 2]), "^case 3: shell_kw: expected 3 entries, found 2"),
        ("grid_kw", np.ones(3), "^case 3: grid_kw: expected an array of int64, found float64"),
        (
            "site_cost",
            np.array([0, np.iinfo(np.int64).min, 0]),
            r"^case 3: site_cost\[1\] = -9.*: is the smallest int64",
        ),
        ("entry_kw", STATE.shell_kw, "^case 3: entry_kw: given, but the market has no entry"),
    ],
)
@pytest.mark.parametrize("threads", [1, 2])
def test_what_is_refused_is_named_by_case(threads: int, name: str, value: np.ndarray, complaint: str) -> None:
    batch = SpotBatch(SpotMarket(LAYOUT), 5)
    batch.clear(CASES)
    wrong = list(CASES)
    wrong[3] = (CASES[3][0], dataclasses.replace(STATE, **{name: value}))
    with pytest.raises(InputError, match=complaint):
        batch.clear(wrong, threads=threads)
    for clearing, case in zip(batch.clear(CASES, threads=threads), CASES, strict=True):
        assert not differing(clearing, SpotMarket(LAYOUT).clear(*case))


def test_sizes_threads_and_corners_are_refused_by_name() -> None:
    market = SpotMarket(LAYOUT)
    with pytest.raises(InputError, match="size: 0: must be at least 1"):
        SpotBatch(market, 0)
    batch = SpotBatch(market, 2)
    assert len(batch) == 2
    with pytest.raises(InputError, match="cases: expected at most 2, found 3"):
        batch.clear(CASES[:3])
    with pytest.raises(InputError, match="threads: 0: must be at least 1"):
        batch.clear(CASES[:2], threads=0)
    with pytest.raises(InputError, match="corner: 'middle': must be one of"):
        batch.clear(CASES[:2], corner="middle")  # type: ignore[arg-type]


def test_other_threads_of_python_run_while_a_batch_clears() -> None:
    layout, wanted, state = large(6, 60, 2_000)
    batch, ticks, stop = SpotBatch(SpotMarket(layout), 8), [0], threading.Event()

    def tick() -> None:
        while not stop.wait(0.001):
            ticks[0] += 1

    ticking = threading.Thread(target=tick)
    ticking.start()
    try:
        before = ticks[0]
        batch.clear([(wanted, state)] * 8, threads=2)
        assert ticks[0] > before + 5
    finally:
        stop.set()
        ticking.join()


@pytest.mark.parametrize("threads", [1, 2])
def test_ctrl_c_stops_a_batch_at_once_and_leaves_it_usable(threads: int) -> None:
    layout, wanted, state = large(5, 100, 3_000)
    market = SpotMarket(layout)
    batch, cases = SpotBatch(market, 64), [(wanted, state)] * 64
    sent: list[float] = []

    def interrupt() -> None:
        sent.append(time.perf_counter())
        os.kill(os.getpid(), signal.SIGINT)

    timer = threading.Timer(0.1, interrupt)
    timer.start()
    try:
        with pytest.raises(KeyboardInterrupt):
            batch.clear(cases, threads=threads)
        caught = time.perf_counter()
    finally:
        timer.cancel()
    assert caught - sent[0] < 2, "it takes 20 to 100 ms on a machine with nothing else to do"
    one, two = batch.clear(cases[:2], threads=threads)
    assert not differing(one, two)
    assert not differing(one, market.clear(wanted, state))


def clear_in_child(batch: SpotBatch, answer: Connection) -> None:
    answer.send([clearing.objective for clearing in batch.clear(CASES, threads=2)])


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_process_may_fork_between_calls() -> None:
    batch = SpotBatch(SpotMarket(LAYOUT), len(CASES))
    expected = [clearing.objective for clearing in batch.clear(CASES, threads=2)]
    here, there = multiprocessing.Pipe()
    child = multiprocessing.get_context("fork").Process(target=clear_in_child, args=(batch, there))
    child.start()
    assert here.poll(60), "the child is stuck"
    assert here.recv() == expected
    child.join()
    assert [clearing.objective for clearing in batch.clear(CASES, threads=2)] == expected


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="counts threads in /proc")
def test_threads_end_with_the_call() -> None:
    batch = SpotBatch(SpotMarket(LAYOUT), len(CASES))
    tasks = Path("/proc/self/task")
    before = len(list(tasks.iterdir()))
    for _ in range(20):
        batch.clear(CASES, threads=4)
    deadline = time.perf_counter() + 10
    # The system needs a moment to take a thread off its books.
    while len(list(tasks.iterdir())) > before:
        assert time.perf_counter() < deadline
        time.sleep(0.01)
