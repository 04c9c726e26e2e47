"""What packages are worth, which lots agents bid on, and why their money never runs out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wattmarket.agents.bidding import Bidding
from wattmarket.agents.lots import GRID, RETAIL, LotColumns
from wattmarket.agents.view import Discounting, MarketView
from wattmarket.beliefs import knot_weights
from wattmarket.capacity.sites import SiteColumns
from wattmarket.finance import annuity_factor

HORIZONS = (12, 36)
WACC = np.array([0.06, 0.12])
LIFE = 5.0
ANNUITY_MONTHS = np.array([40.0, 50.0])


def integers(*values: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array(values, dtype=np.int64)


def sites(count: int, silicon: int = 0) -> SiteColumns:
    none = np.zeros(count, dtype=np.int64)
    columns = dict.fromkeys(("metro", "pool_kw", "shell_kw", "grid_kw", "buildable_kw", "btm_kw", "btm_cost"), none)
    return SiteColumns(
        zone=none,
        edge=np.ones(count, dtype=np.bool_),
        silicon=none + silicon,
        build_months=none + 1,
        **columns,
    )


def lots(*months: int, kw: int = 1_000, holder: int = -1) -> LotColumns:
    count = len(months)
    none = np.zeros(count, dtype=np.int64)
    return LotColumns(
        site=np.arange(count),
        route=none + (RETAIL if holder < 0 else GRID),
        months=integers(*months),
        kw=none + kw,
        standing=np.zeros(count, dtype=np.bool_),
        holder=none + holder,
        request=none - 1,
        upgrade_usd_per_kw=none,
        sublet=np.zeros(count, dtype=np.bool_),
    )


def view(on: LotColumns, *, excess: float = 100.0, price: float = 900.0, agents: int = 2) -> MarketView:
    """One cohort; silicon 500, shell 150, energy 50 $ per kW-month, and a flat excess at every knot."""
    count = len(on)
    weight = knot_weights(WACC[:, None], HORIZONS, np.arange(HORIZONS[-1] + 2)[None, :])
    annuity = annuity_factor(WACC, LIFE)
    return MarketView(
        tick=0,
        sites=sites(count),
        lots=on,
        silicon_cost=np.full(count, 500.0),
        shell_cost=np.full(count, 150.0),
        energy_cost=np.full((1, count), 50.0),
        excess=np.full((1, len(HORIZONS) + 1, count), excess),
        price=np.full(count, price),
        premium=np.zeros(count),
        discounting=Discounting(weight / (annuity * 12)[:, None, None], np.zeros(agents)),
        cohort=np.zeros(agents, dtype=np.int64),
        upgrade=np.zeros(count),
        liking=np.ones((agents, count)),
    )


@pytest.mark.parametrize("agent", [0, 1])
def test_a_package_is_worth_its_cost_and_what_it_earns_above_until_the_last_horizon(agent: int) -> None:
    found = view(lots(0, 6, 35, 36, 60)).value(agent)
    rho = (1.0 + WACC[agent]) ** (-1.0 / 12.0)
    annuity = 12.0 * (1.0 - (1.0 + WACC[agent]) ** -LIFE) / WACC[agent]
    for value, first in zip(found, (0, 6, 35, 36, 60), strict=True):
        # By hand: 100 $ in every month from delivery to the last horizon, spread over the accelerators' life.
        earned = sum(100.0 * rho**month for month in range(first, HORIZONS[-1] + 1)) / annuity
        assert value == pytest.approx(700.0 + earned, rel=1e-3)


def test_a_month_later_is_worth_less_by_that_months_excess() -> None:
    months = tuple(range(37))
    value = view(lots(*months)).value(0)
    annuity = 12.0 * (1.0 - 1.06**-LIFE) / 0.06
    for month in range(36):
        lost = 100.0 * 1.06 ** (-month / 12.0) / annuity
        assert value[month] - value[month + 1] == pytest.approx(lost, rel=0.02)


def test_cheaper_money_bids_more() -> None:
    table = Discounting.of(np.array([0.05, 0.09, 0.14]), HORIZONS, LIFE, standard_rate=0.09)
    assert table.advantage[0] > table.advantage[1] > table.advantage[2]
    assert table.advantage[1] == pytest.approx(0.0, abs=1e-12)
    seen = replace(view(lots(6, 12), agents=2), discounting=table, cohort=integers(0, 0, 0), liking=np.ones((3, 2)))
    cheap, middle, dear = (seen.value(agent) for agent in range(3))
    assert (cheap > middle).all()
    assert (middle > dear).all()


def test_owners_expect_of_their_land_what_their_cohort_does() -> None:
    rng = np.random.default_rng(5)
    excess = rng.normal(0.0, 100.0, (3, len(HORIZONS) + 1, 8))
    seen = replace(view(lots(*range(8))), excess=excess, cohort=integers(2, 0), shell_cost=rng.normal(150.0, 9.0, 8))
    owner = integers(0, 1, 1, 2, 0, 0, 1, 2)
    found = seen.forward_land(owner)
    for lot, agent in enumerate(owner.tolist()):
        earned = 0.0
        if agent < 2:
            for weight, rent in zip(seen.discounting.weight[agent, 0], excess[seen.cohort[agent], :, lot], strict=True):
                earned += weight * rent
        assert found[lot] == seen.shell_cost[lot] + earned


def test_an_upgrade_and_a_dislike_lower_the_bid() -> None:
    seen = view(lots(6, 6))
    plain = seen.value(0)
    with_upgrade = replace(seen, upgrade=np.array([0.0, 30.0])).value(0)
    assert (plain - with_upgrade).tolist() == [0.0, 30.0]
    disliked = replace(seen, liking=np.array([[1.0, 0.9], [1.0, 1.0]])).value(0)
    assert disliked[1] == pytest.approx(0.9 * plain[1])


def bidding(seen: MarketView, cover: float = 3.0, most: int = 100) -> Bidding:
    return Bidding(seen, ANNUITY_MONTHS, cover, most, agents=2)


def test_nobody_bids_without_money_or_gain() -> None:
    seen = view(lots(6, 6))
    book, nothing = bidding(seen), np.zeros(2)
    book.add(0, np.full(2, 1_000.0), cash_usd=0, land_ask=nothing)
    book.add(1, np.full(2, 899.0), cash_usd=10**9, land_ask=nothing)
    assert len(book.bids().kw) == 0
    assert book.budget_kw.sum() == 0
    # What land would fetch is told all the same.
    assert book.best.tolist() == [100.0, 100.0]


def test_a_reserved_lot_is_for_its_holder() -> None:
    seen = view(lots(6, 6, holder=1))
    book = bidding(seen)
    for agent in (0, 1):
        book.add(agent, np.full(2, 1_000.0), cash_usd=10**9, land_ask=np.zeros(2))
    assert set(book.bids().agent.tolist()) == {1}


def test_agents_bid_on_their_best_lots_until_their_budget_is_covered() -> None:
    seen = view(lots(*[6] * 10, kw=100))
    value = 1_000.0 + np.arange(10.0)
    book = bidding(seen, cover=3.0)
    # 200 kW at 1,009 $ for 40 months: lots of 600 kW are bid on, the best first.
    book.add(0, value, cash_usd=200 * 1_009 * 40, land_ask=np.zeros(10))
    bids = book.bids()
    assert bids.lot.tolist() == [9, 8, 7, 6, 5, 4]
    assert book.budget_kw[0].tolist() == [200, 0]
    assert bids.kw.tolist() == [100] * 6


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=50, deadline=None)
def test_the_best_lots_come_first_and_ties_in_their_order(seed: int) -> None:
    rng = np.random.default_rng(seed)
    margin = rng.integers(-3, 4, 40)
    allowed = rng.random(40) < 0.7
    most = int(rng.integers(1, 45))
    book = bidding(view(lots(*[6] * 40)), cover=1e9, most=most)
    book.add(0, 900.0 + margin, cash_usd=10**12, land_ask=np.zeros(40), allowed=allowed)
    rows = np.flatnonzero(allowed & (margin > 0)).tolist()
    assert book.bids().lot.tolist() == sorted(rows, key=lambda row: (-margin[row], row))[:most]


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=60, deadline=None)
def test_money_never_runs_out_whatever_is_won(seed: int) -> None:
    rng = np.random.default_rng(seed)
    count = int(rng.integers(1, 30))
    on = replace(lots(*rng.integers(0, 40, count).tolist()), kw=rng.integers(0, 10**6, count))
    seen = replace(
        view(on),
        sites=replace(sites(count), silicon=rng.integers(0, 2, count)),
        price=rng.uniform(500, 1_000, count),
        upgrade=rng.choice([0.0, 5.0, 400.0], count),
    )
    book = bidding(seen, cover=float(rng.uniform(1, 5)), most=int(rng.integers(1, 40)))
    cash = int(rng.integers(1, 10**12))
    value = rng.uniform(400, 1_500, count)
    book.add(0, value, cash_usd=cash, land_ask=np.zeros(count))
    bids = book.bids()
    # The dearest way to spend the budgets: each class's at the highest value among its bids, and upgrades besides.
    silicon = seen.sites.silicon[on.site[bids.lot]]
    most_usd = 0.0
    for code in range(2):
        all_in = (value + seen.upgrade)[bids.lot[silicon == code]]
        most_usd += float(book.budget_kw[0, code] * all_in.max(initial=0.0) * ANNUITY_MONTHS[code])
    assert most_usd <= cash * (1.0 + 1e-9)
    assert (bids.kw <= on.kw[bids.lot]).all()
    assert (bids.kw <= book.budget_kw[0, silicon]).all()
    assert (bids.kw > 0).all()
    assert len(np.unique(bids.lot)) == len(bids.lot)


def test_bids_are_the_same_in_whatever_order_agents_come() -> None:
    seen = view(lots(6, 7, 8))

    def collected(*order: int) -> list[list[int]]:
        book = bidding(seen)
        for agent in order:
            book.add(agent, seen.value(agent) + 300.0, cash_usd=10**9, land_ask=np.zeros(3))
        bids = book.bids()
        return [bids.agent.tolist(), bids.lot.tolist(), bids.value.tolist(), bids.kw.tolist()]

    assert collected(0, 1) == collected(1, 0)
