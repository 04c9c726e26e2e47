"""What a spot market refuses, by array, index and value; what its results promise; Ctrl-C."""

from __future__ import annotations

import dataclasses
import os
import signal
import threading
import time
from typing import Any

import numpy as np
import pytest

from tests.unit.large_market import large
from tests.unit.test_spot_worked_example import LAYOUT, SHARES, STATE, demand
from wattmarket.errors import InputError, InvariantError
from wattmarket.spot import SpotDemand, SpotLayout, SpotMarket, SpotState, rtt_matrix

DEMAND = demand(SHARES[0])


def changed(column: np.ndarray, index: Any, value: Any) -> np.ndarray:
    copy = column.copy()
    copy[index] = value
    return copy


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("site_zone", changed(LAYOUT.site_zone, 1, 3), "site_zone[1] = 3: is not a zone"),
        ("site_zone", changed(LAYOUT.site_zone, 1, -1), "site_zone[1] = -1: is out of range"),
        ("pool_site", changed(LAYOUT.pool_site, 0, 9), "pool_site[0] = 9: is not a site"),
        ("step_zone", changed(LAYOUT.step_zone, 2, 5), "step_zone[2] = 5: is not a zone"),
        ("workload_budget", changed(LAYOUT.workload_budget, 0, 70_000), "workload_budget[0]"),
        ("workload_class", changed(LAYOUT.workload_class, 1, 2), "workload_class[1] = 2"),
        ("transport_rate", 1 << 16, "transport_rate = 65536"),
        ("rtt", LAYOUT.rtt.astype(np.float64), "rtt: expected an array of uint16, found float64"),
        ("rtt", LAYOUT.rtt[:1], "rtt: expected shape [2, 3], found [1, 3]"),
        ("class_pool", LAYOUT.class_pool[0], "class_pool: expected shape [any, 3], found [3]"),
        ("metro_key", LAYOUT.metro_key[:1], "metro_key: expected 2 entries, found 1"),
        ("site_btm", LAYOUT.site_btm.astype(np.float64), "site_btm: expected an array of bool, found float64"),
        ("link_head", np.array([1]), "link_head: expected 0 entries, found 1"),
    ],
)
def test_a_bad_layout_is_refused_by_name(name: str, value: Any, complaint: str) -> None:
    with pytest.raises(InputError) as refused:
        SpotMarket(dataclasses.replace(LAYOUT, **{name: value}))
    assert complaint in str(refused.value)


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("pool_kw", changed(STATE.pool_kw, 2, -5), "pool_kw[2] = -5: must be within 0 and"),
        ("grid_kw", changed(STATE.grid_kw, 0, 1 << 40), "grid_kw[0] = 1099511627776"),
        ("step_cost", changed(STATE.step_cost, 3, 1 << 31), "step_cost[3] = 2147483648"),
        ("shell_kw", STATE.shell_kw[:2], "shell_kw: expected 3 entries, found 2"),
        ("shell_kw", STATE.shell_kw.astype(np.float64), "shell_kw: expected an array of int64, found float64"),
        ("site_cost", changed(STATE.site_cost, 1, np.iinfo(np.int64).min), "site_cost[1]"),
        ("btm_kw", changed(STATE.btm_kw, 1, 7), "btm_kw[1] = 7: the layout says"),
        ("entry_kw", STATE.shell_kw, "entry_kw: given, but the market has no entry"),
    ],
)
def test_a_bad_state_is_refused_by_name(name: str, value: Any, complaint: str) -> None:
    market = SpotMarket(LAYOUT)
    with pytest.raises(InputError) as refused:
        market.clear(DEMAND, dataclasses.replace(STATE, **{name: value}))
    assert complaint in str(refused.value)
    assert market.clear(DEMAND, STATE).objective == SpotMarket(LAYOUT).clear(DEMAND, STATE).objective


def test_bad_demand_and_corners_are_refused_by_name() -> None:
    market = SpotMarket(LAYOUT)
    negative = SpotDemand(changed(DEMAND.quantity_kw, (1, 0, 0), -1), DEMAND.price_musd_per_kwh)
    with pytest.raises(InputError, match=r"quantity_kw\[6\] = -1"):
        market.clear(negative, STATE)
    with pytest.raises(InputError, match=r"price_musd_per_kwh: expected shape \[2, 2, 3\], found \[2, 3\]"):
        market.clear(SpotDemand(DEMAND.quantity_kw, DEMAND.price_musd_per_kwh[0]), STATE)
    with pytest.raises(InputError, match="corner: 'middle': must be one of midpoint, lowest, highest"):
        market.clear(DEMAND, STATE, corner="middle")  # type: ignore[arg-type]


def test_a_forecast_market_wants_its_columns() -> None:
    with pytest.raises(InputError, match="entry_kw: missing, but the market has entry"):
        SpotMarket(LAYOUT, entry=True).clear(DEMAND, STATE)


def test_entry_relieves_the_edge_until_land_or_slots_bind() -> None:
    """Chat at A pays 900; new capacity at E costs 600, so a megawatt of land earns 895 - 600 - 70 = 225."""
    usd = 1_000
    state = dataclasses.replace(
        STATE,
        entry_kw=np.array([2, 0, 0]) * 1_000,
        entry_cost=np.array([600, 600, 600]) * usd,
        slot_kw=np.array([50, 50, 50]) * 1_000,
        refresh_cost=np.array([2_000, 2_000, 2_000]) * usd,
    )
    clearing = SpotMarket(LAYOUT, entry=True).clear(DEMAND, state)
    assert clearing.entry_flow.tolist() == [2_000, 0, 0]
    assert clearing.land_price[0] == 225 * usd
    assert clearing.slot_price[0] == clearing.zone_price[0] == 70 * usd
    # With land to spare the slots bind instead; then the edge fills up to its cost of entry.
    roomy = dataclasses.replace(state, entry_kw=np.array([40, 0, 0]) * 1_000, slot_kw=np.array([3, 50, 50]) * 1_000)
    clearing = SpotMarket(LAYOUT, entry=True).clear(DEMAND, roomy)
    assert clearing.land_price[0] == 0
    assert clearing.slot_price[0] - clearing.zone_price[0] == 225 * usd
    free = dataclasses.replace(roomy, slot_kw=np.array([50, 50, 50]) * 1_000)
    clearing = SpotMarket(LAYOUT, entry=True).clear(DEMAND, free)
    assert clearing.entry_flow[0] == 5_000, "the 900 step is served, the 500 step is not worth building for"
    assert clearing.demand_price[0, 0] == (600 + 70 + 5) * usd


def test_results_are_read_only_and_certified() -> None:
    clearing = SpotMarket(LAYOUT).clear(DEMAND, STATE)
    assert clearing.certificate
    with pytest.raises(ValueError, match="read-only"):
        clearing.demand_price[0, 0] = 1
    with pytest.raises(dataclasses.FrozenInstanceError):
        clearing.objective = 0  # type: ignore[misc]


def test_a_market_without_anything_clears() -> None:
    none, key = np.zeros(0, np.int64), np.zeros(0, np.uint64)
    empty = SpotLayout(
        rtt=np.zeros((0, 0), np.uint16),
        transport_rate=0,
        **dict.fromkeys(("workload_budget", "workload_class", "metro_bloc", "site_bloc", "site_zone"), none),
        **dict.fromkeys(("pool_site", "step_zone", "link_tail", "link_head"), none),
        **dict.fromkeys(("workload_masked", "site_btm"), np.zeros(0, bool)),
        **dict.fromkeys(("class_pool", "class_shell"), np.zeros((0, 0), bool)),
        **{f"{table}_key": key for table in ("zone", "metro", "site", "workload", "pool", "step", "link")},
    )
    nothing = SpotState(*[none] * 11)
    clearing = SpotMarket(empty).clear(
        SpotDemand(np.zeros((0, 0, 2), np.int64), np.zeros((0, 0, 2), np.int64)), nothing
    )
    assert clearing.objective == 0


def test_places_off_the_earth_are_refused_by_name() -> None:
    here: dict[str, Any] = {"metro_lat": [0.0], "metro_lon": [0.0], "metro_access_ms": [9.0], "metro_stretch": [2.0]}
    there: dict[str, Any] = {"site_lat": [95.0], "site_lon": [0.0], "site_hop_ms": [0.0]}
    with pytest.raises(InputError, match=r"site_lat\[0\] = 95: is out of range"):
        rtt_matrix(**here, **there, km_per_ms=204.2)
    with pytest.raises(InputError, match="metro_stretch: expected 1 entries, found 2"):
        rtt_matrix(**{**here, "metro_stretch": [1.0, 1.0]}, **{**there, "site_lat": [5.0]}, km_per_ms=204.2)


def test_ctrl_c_stops_a_clearing_at_once_and_leaves_a_usable_market() -> None:
    layout, wanted, state = large(5, 150, 6_000)
    market = SpotMarket(layout)
    started = time.perf_counter()
    timer = threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    try:
        with pytest.raises(KeyboardInterrupt):
            while True:
                SpotMarket(layout).clear(wanted, state)
                assert time.perf_counter() - started < 60
    finally:
        timer.cancel()
    assert time.perf_counter() - started < 10
    assert market.clear(wanted, state).certificate


def test_a_broken_law_is_not_an_input_error() -> None:
    assert not issubclass(InvariantError, InputError)
