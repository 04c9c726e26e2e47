"""The two-metro, three-site market of docs/worked_example.md, with every price found by hand.

Money in the tables below is $/MWh, power MW. As the batch share of metro A's inference grows, its edge site turns from
latency-bound to watt-bound.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

import numpy as np
import pytest

from wattmarket.spot import (
    LABELS,
    NO_BUDGET,
    POOLED,
    RTT_UNITS_PER_MS,
    RentReading,
    SpotChains,
    SpotClearing,
    SpotDemand,
    SpotLayout,
    SpotMarket,
    SpotState,
    read_rents,
)

MUSD_PER_KWH = 1_000
KW = 1_000
METRO_A, METRO_B = 0, 1
CHAT, BATCH = 0, 1
EAST, WEST, PLAINS = 0, 1, 2
SHARES = (Fraction(0), Fraction(1, 4), Fraction(2, 5), Fraction(1, 2), Fraction(3, 5))


def column(*values: int, unit: int = 1) -> np.ndarray:
    return np.array(values, np.int64) * unit


def key(count: int) -> np.ndarray:
    return np.arange(count, dtype=np.uint64)


LAYOUT = SpotLayout(
    rtt=(np.array([[5, 70, 40], [70, 5, 40]]) * RTT_UNITS_PER_MS).astype(np.uint16),
    # $1/MWh per ms: 20 micro-$ per kWh per unit of 20 µs, in 1,024ths.
    transport_rate=20 * 1024,
    workload_budget=column(25 * RTT_UNITS_PER_MS, NO_BUDGET),
    workload_class=column(0, 0),
    workload_masked=np.zeros(2, bool),
    class_pool=np.ones((1, 3), bool),
    class_shell=np.zeros((1, 3), bool),
    metro_bloc=column(0, 0),
    site_bloc=column(0, 0, 0),
    site_zone=column(EAST, WEST, PLAINS),
    site_btm=np.zeros(3, bool),
    pool_site=column(0, 1, 2),
    step_zone=column(EAST, WEST, PLAINS, PLAINS),
    link_tail=column(),
    link_head=column(),
    zone_key=key(3),
    metro_key=key(2),
    site_key=key(3),
    workload_key=key(2),
    pool_key=key(3),
    step_key=key(4),
    link_key=key(0),
)

STATE = SpotState(
    pool_kw=column(15, 20, 100, unit=KW),
    pool_cost=column(20, 20, 20, unit=MUSD_PER_KWH),
    shell_kw=column(200, 200, 200, unit=KW),
    grid_kw=column(200, 200, 200, unit=KW),
    site_cost=column(0, 0, 0),
    btm_kw=column(0, 0, 0),
    btm_cost=column(0, 0, 0),
    step_kw=column(50, 50, 80, 50, unit=KW),
    step_cost=column(70, 110, 40, 60, unit=MUSD_PER_KWH),
    link_kw=column(),
    link_cost=column(),
)

PRICE = np.array([[[1500, 900, 500], [700, 400, 200]], [[1400, 300, 100], [700, 400, 200]]], np.int64) * MUSD_PER_KWH


def demand(batch_share: Fraction) -> SpotDemand:
    """Metro A's 30 MW of inference: chat in three equal steps, and the rest batch that would pay 700."""
    moved = 30_000 * batch_share
    chat = (30_000 - moved) / 3
    assert chat.denominator == 1
    quantity = [[[chat] * 3, [30_000 + moved, 30_000, 0]], [[12_000, 0, 0], [30_000, 30_000, 0]]]
    return SpotDemand(np.array([[list(map(int, row)) for row in metro] for metro in quantity], np.int64), PRICE)


def clear(batch_share: Fraction) -> SpotClearing:
    return SpotMarket(LAYOUT).clear(demand(batch_share), STATE)


def rents(clearing: SpotClearing, end: str = "") -> RentReading:
    free_kw = np.zeros(3, np.int64)
    free = clearing.route_workload == BATCH
    np.add.at(free_kw, clearing.route_site[free], clearing.route_kw[free])
    return read_rents(
        pool_price=getattr(clearing, f"pool_price{end}"),
        running_cost=STATE.pool_cost,
        energy_cost=getattr(clearing, f"zone_price{end}")[LAYOUT.site_zone],
        free_price=np.repeat(getattr(clearing, f"free_price{end}")[BATCH], 3),
        used_kw=clearing.pool_flow,
        free_kw=free_kw,
        silicon_class=column(0, 0, 0),
        annualised_silicon=column(540 * MUSD_PER_KWH),
    )


def usd(values: np.ndarray) -> list[float]:
    return (values / MUSD_PER_KWH).ravel().tolist()


def test_prices_before_any_drift() -> None:
    clearing = clear(Fraction(0))
    # Chat at A is cut off within its 900 step, chat at B competes with batch for W, batch ends within its 400 step.
    assert usd(clearing.demand_price) == [900, 400, 405, 400]
    assert usd(clearing.pool_price) == [895, 400, 400]
    assert usd(clearing.zone_price) == [70, 110, 60]
    assert usd(clearing.free_price) == [400, 400]
    for name in ("demand", "pool", "zone", "free"):
        low, high = getattr(clearing, f"{name}_price_low"), getattr(clearing, f"{name}_price_high")
        assert np.array_equal(low, high), f"{name}: every price is unique"


def test_flows_before_any_drift() -> None:
    clearing = clear(Fraction(0))
    assert (clearing.pool_flow // KW).tolist() == [15, 20, 100]
    assert (clearing.step_flow // KW).tolist() == [15, 20, 80, 20]
    assert (clearing.served_kw[:, CHAT] // KW).tolist() == [15, 12]
    assert int(clearing.served_kw[:, BATCH].sum()) == 108 * KW
    columns = (clearing.route_metro, clearing.route_workload, clearing.route_site, clearing.route_kw // KW)
    routes = sorted(zip(*(c.tolist() for c in columns), strict=True))
    assert routes == [(POOLED, BATCH, 1, 8), (POOLED, BATCH, 2, 100), (METRO_A, CHAT, 0, 15), (METRO_B, CHAT, 1, 12)]
    # Transport 135, power 7,650, running 2,700, unserved chat 9,500 and batch 4,800: $24,785 an hour.
    assert clearing.objective == 24_785 * 1_000_000


def test_rents_before_any_drift() -> None:
    reading = rents(clear(Fraction(0)))
    assert usd(reading.rent) == [805, 270, 320]
    assert usd(reading.silicon) == [270, 270, 270]
    assert usd(reading.watt) == [40, 0, 50]
    assert usd(reading.latency) == [495, 0, 0]
    assert [LABELS[code] for code in reading.label] == ["latency-bound", "marginal", "watt-bound"]


@pytest.mark.parametrize(
    ("share", "low", "settled", "high"),
    list(
        zip(
            SHARES,
            # At a quarter and a half the edge is exactly full: the price may lie anywhere between two steps.
            [900, 500, 500, 405, 405],
            [900, 700, 500, 452.5, 405],
            [900, 900, 500, 500, 405],
            strict=True,
        )
    ),
)
def test_price_of_chat_at_a_as_work_moves_to_batch(share: Fraction, low: int, settled: float, high: int) -> None:
    clearing = clear(share)
    chat = METRO_A, CHAT
    quoted = clearing.demand_price_low[chat], clearing.demand_price[chat], clearing.demand_price_high[chat]
    assert [price / MUSD_PER_KWH for price in quoted] == [low, settled, high]
    # Nothing else moves: batch is still cut off within its 400 step.
    assert usd(clearing.free_price) == [400, 400]
    assert usd(clearing.zone_price) == [70, 110, 60]


def test_metro_a_turns_from_latency_bound_to_watt_bound() -> None:
    readings = [rents(clear(share)) for share in SHARES]
    assert [usd(reading.latency)[0] for reading in readings] == [495, 295, 95, 47.5, 0]
    assert [usd(reading.watt)[0] for reading in readings] == [40] * 5
    assert [usd(reading.silicon)[0] for reading in readings] == [270] * 5
    labels = [LABELS[reading.label[0]] for reading in readings]
    assert labels == ["latency-bound"] * 4 + ["watt-bound"]


def test_corners_settle_at_the_ends_of_the_interval() -> None:
    for corner, expected in (("lowest", 405), ("midpoint", 452.5), ("highest", 500)):
        clearing = SpotMarket(LAYOUT).clear(demand(Fraction(1, 2)), STATE, corner=corner)
        assert clearing.demand_price[METRO_A, CHAT] / MUSD_PER_KWH == expected


def test_one_market_cleared_through_the_whole_drift_gives_the_same_bits() -> None:
    market = SpotMarket(LAYOUT)
    for share in (*SHARES, *reversed(SHARES)):
        warm, cold = market.clear(demand(share), STATE), clear(share)
        assert warm.objective == cold.objective
        for name in ("demand_price", "pool_price", "pool_flow", "route_kw", "route_site", "shell_price_low"):
            assert np.array_equal(getattr(warm, name), getattr(cold, name)), name


def test_chains_name_the_bids_that_the_page_finds_by_hand() -> None:
    wanted = demand(Fraction(0))
    chains = SpotChains(LAYOUT, wanted, STATE, SpotMarket(LAYOUT).clear(wanted, STATE))
    ends: tuple[Literal["lowest", "highest"], ...] = ("lowest", "highest")
    for end in ends:
        # E sells nearness to chat at A, cut off within its step at $900; W and P sell to batch, within $400.
        at_e, at_p, plains = chains.chain("pool", 0, end), chains.chain("pool", 2, end), chains.chain("zone", 2, end)
        assert at_e is not None
        assert at_p is not None
        assert plains is not None
        assert [(link.kind, link.amount) for link in at_e.links] == [("transport", -5_000), ("willingness", 900_000)]
        assert at_e.bid.source == ("demand", 0)
        assert at_p.bid.amount == 400_000
        assert (plains.bid.kind, plains.bid.amount, plains.bid.flow_kw) == ("generation", 60_000, 20_000)
