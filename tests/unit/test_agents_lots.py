"""Lots: what of a site can be bought this month, by which route, and for whom it is reserved."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from wattmarket import numeric
from wattmarket.agents.lots import BEHIND_THE_METER, ENERGISED, GRID, RETAIL, LotColumns, cut_lots, quote_lots
from wattmarket.capacity.sites import SiteColumns
from wattmarket.queue import Turns

ZONES, METROS = 3, 4


def column(values: Any) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.asarray(values, dtype=np.int64)


def sites(edge: list[bool], zone: list[int] | None = None, metro: list[int] | None = None) -> SiteColumns:
    none = np.zeros(len(edge), dtype=np.int64)
    rest = dict.fromkeys(("silicon", "pool_kw", "shell_kw", "grid_kw", "buildable_kw", "btm_kw", "btm_cost"), none)
    return SiteColumns(
        zone=none if zone is None else column(zone),
        metro=none if metro is None else column(metro),
        edge=np.array(edge),
        build_months=none + 18,
        **rest,
    )


def turns(*rows: tuple[int, int, int, int]) -> Turns:
    """Turns of (request, agent, site, kW of grid)."""
    request, agent, site, kw = (column([row[place] for row in rows]) for place in range(4))
    return Turns(request, np.zeros_like(kw), agent, request, site, kw, np.full_like(kw, 70))


def cut(on: SiteColumns, **changes: Any) -> LotColumns:
    count = len(on.zone)
    none = np.zeros(count, dtype=np.int64)
    given: dict[str, Any] = {
        "room_kw": none,
        "vacant_kw": none,
        "sublet_kw": none,
        "on_market": np.ones(count, dtype=np.bool_),
        "spare_grid_kw": none,
        "btm": np.zeros(count, dtype=np.bool_),
        "turns": turns(),
        "pue": np.full(count, 1.25),
        "silicon_months": 6,
        "plant_months": 30,
        "connection_months": 12,
        "metro_limit_kw": 1e9,
        "zone_limit_kw": 1e9,
        "headroom_kw": column([10**9] * ZONES),
    }
    return cut_lots(on, **{**given, **changes})


def rows_of(lots: LotColumns) -> list[tuple[int, int, int, int, bool]]:
    names = ("site", "route", "months", "kw", "standing")
    return list(zip(*(getattr(lots, name).tolist() for name in names), strict=True))


def test_each_kind_of_site_has_its_route_and_date() -> None:
    on = sites([True, False, False, False])
    lots = cut(
        on,
        room_kw=column([100, 200, 300, 400]),
        vacant_kw=column([0, 0, 0, 50]),
        spare_grid_kw=column([999, 150, 0, 0]),
        btm=np.array([False, False, True, False]),
        turns=turns((5, 9, 3, 250)),
    )
    assert rows_of(lots) == [
        (0, RETAIL, 18, 100, False),
        (3, RETAIL, 6, 50, True),
        (1, ENERGISED, 18, 150, False),
        (2, BEHIND_THE_METER, 30, 300, False),
        (3, GRID, 18, 200, False),
    ]
    assert lots.holder.tolist() == [-1, -1, -1, -1, 9]
    assert lots.request.tolist()[-1] == 5
    assert lots.upgrade_usd_per_kw.tolist() == [0, 0, 0, 0, 70]


def test_turns_share_what_room_there_is_oldest_first() -> None:
    lots = cut(
        sites([False, False]), room_kw=column([300, 90]), turns=turns((7, 1, 0, 250), (4, 2, 0, 200), (8, 3, 1, 0))
    )
    # 200 and 250 kW of grid carry 160 and 200 kW of IT; the site has room for 300.
    assert lots.request.tolist() == [4, 7]
    assert lots.kw.tolist() == [160, 140]
    assert lots.holder.tolist() == [2, 1]


def test_what_a_metro_a_zone_and_a_distribution_grid_can_take() -> None:
    on = sites([True] * 4, zone=[0, 0, 1, 1], metro=[0, 0, 0, 1])
    room = column([100, 300, 400, 80])
    assert cut(on, room_kw=room, metro_limit_kw=400.0).kw.tolist() == [50, 150, 200, 80]
    assert cut(on, room_kw=room, headroom_kw=column([40, 0, 0])).kw.tolist() == [10, 30]
    core = sites([False] * 3, zone=[0, 0, 1], metro=[0, 0, 0])
    lots = cut(core, room_kw=column([100, 300, 50]), spare_grid_kw=column([100, 300, 50]), zone_limit_kw=100.0)
    assert lots.kw.tolist() == [25, 75, 50]


def test_nothing_is_on_the_market_out_of_turn_but_what_was_promised() -> None:
    on = sites([True, False, False])
    lots = cut(
        on,
        room_kw=column([10, 20, 400]),
        vacant_kw=column([5, 5, 5]),
        spare_grid_kw=column([0, 20, 0]),
        on_market=np.zeros(3, dtype=np.bool_),
        turns=turns((1, 0, 2, 125)),
    )
    assert rows_of(lots) == [(2, GRID, 18, 100, False)]


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=80, deadline=None)
def test_lots_never_add_up_to_more_than_there_is(seed: int) -> None:
    rng = np.random.default_rng(seed)
    count = int(rng.integers(1, 15))
    on = sites(
        rng.choice([True, False], count).tolist(),
        rng.integers(0, ZONES, count).tolist(),
        rng.integers(0, METROS, count).tolist(),
    )
    room, vacant = rng.integers(-50, 10**6, count), rng.integers(-50, 10**5, count)
    sublet = rng.integers(0, np.maximum(vacant, 0) + 1)
    filed = [(n, n % 5, int(rng.integers(-1, count)), int(rng.integers(0, 10**6))) for n in range(10)]
    headroom = rng.integers(0, 10**6, ZONES)
    metro_limit, zone_limit = float(rng.integers(0, 10**6)), float(rng.integers(0, 10**6))
    lots = cut(
        on,
        room_kw=room,
        vacant_kw=vacant,
        sublet_kw=sublet,
        spare_grid_kw=rng.integers(-10, 10**6, count),
        btm=rng.random(count) < 0.3,
        turns=turns(*filed),
        pue=rng.uniform(1.0, 1.6, count),
        headroom_kw=headroom,
        metro_limit_kw=metro_limit,
        zone_limit_kw=zone_limit,
    )
    assert (lots.kw > 0).all()
    new, standing = lots.kw * ~lots.standing, lots.kw * lots.standing
    assert (numeric.sum_by(lots.site, new, count) <= np.maximum(room, 0)).all()
    assert (numeric.sum_by(lots.site, standing, count) <= np.maximum(vacant, 0)).all()
    fresh = (lots.route == RETAIL) & ~lots.standing
    site = lots.site[fresh]
    assert (numeric.sum_by(on.zone[site], lots.kw[fresh], ZONES) <= headroom).all()
    assert (numeric.sum_by(on.metro[site], lots.kw[fresh], METROS) <= metro_limit).all()
    for route in (ENERGISED, BEHIND_THE_METER):
        mine = lots.route == route
        assert (numeric.sum_by(on.zone[lots.site[mine]], lots.kw[mine], ZONES) <= zone_limit).all()
    reserved = lots.holder >= 0
    assert (lots.route[reserved] == GRID).all()
    assert (lots.route[~reserved] != GRID).all()


def test_every_site_is_quoted() -> None:
    quotes = quote_lots(4, 6)
    assert quotes.site.tolist() == [0, 1, 2, 3]
    assert quotes.kw.sum() == 0
    assert (quotes.standing & (quotes.route == RETAIL) & (quotes.holder == -1)).all()
    assert len(LotColumns.joined([quotes, quotes])) == 8


def test_a_limit_of_nothing_leaves_nothing() -> None:
    assert len(cut(sites([True]), room_kw=column([10]), metro_limit_kw=0.0)) == 0
