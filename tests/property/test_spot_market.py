"""The implicit, contracted ring form against the raw network, warm against cold, and rows in any order."""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt
import pytest

from tests.property.spot_worlds import Case, RawNetwork, permuted, random_case, random_columns
from wattmarket.errors import InputError
from wattmarket.spot import SpotClearing, SpotDemand, SpotMarket, SpotState

DIAGNOSIS = {"pivots", "rounds", "active_arcs"}
BATCHES = 8


def market_of(case: Case) -> SpotMarket:
    return SpotMarket(case.layout, entry=case.entry)


def differing(one: SpotClearing, two: SpotClearing) -> list[str]:
    names = [field.name for field in dataclasses.fields(one) if field.name not in DIAGNOSIS]
    return [name for name in names if not np.array_equal(getattr(one, name), getattr(two, name))]


@pytest.mark.parametrize("batch", range(BATCHES))
def test_ring_form_equals_the_raw_network(batch: int) -> None:
    for seed in range(40 * batch, 40 * (batch + 1)):
        rng = np.random.default_rng(seed)
        case = random_case(rng)
        demand, state = random_columns(rng, case)
        clearing = market_of(case).clear(demand, state)
        raw = RawNetwork(case, demand, state)
        cleared = raw.network.clear()
        assert clearing.objective == cleared.objective, seed
        for name, node in raw.node.items():
            quote = quoted(clearing, name)
            if quote is None or (name[0] == "shell" and not enterable(case, int(str(name[1])))):
                continue
            low, settled, high = quote
            # An end that does not exist is quoted by rule, and nodes whose other end hangs on it follow.
            if not cleared.low_unbounded[node]:
                assert low == cleared.price_low[node], (seed, name)
                if not cleared.high_unbounded[node]:
                    assert high == cleared.price_high[node], (seed, name)
                    assert low <= settled <= high, (seed, name)


def quoted(clearing: SpotClearing, name: tuple[object, ...]) -> tuple[int, int, int] | None:
    kind, *place = name
    if kind not in ("demand", "pool", "shell", "zone", "slot"):
        return None
    at = tuple(int(str(index)) for index in place)
    low, settled, high = (getattr(clearing, f"{kind}_price{end}")[at] for end in ("_low", "", "_high"))
    return int(low), int(settled), int(high)


def enterable(case: Case, site: int) -> bool:
    return bool((case.layout.pool_site == site).any() or case.layout.class_shell[:, site].any())


@pytest.mark.parametrize("batch", range(BATCHES))
def test_warm_is_cold_bit_for_bit(batch: int) -> None:
    for seed in range(10_000 + 15 * batch, 10_000 + 15 * (batch + 1)):
        rng = np.random.default_rng(seed)
        case = random_case(rng)
        market = market_of(case)
        for tick in range(5):
            demand, state = random_columns(rng, case)
            warm, cold = market.clear(demand, state), market_of(case).clear(demand, state)
            assert not differing(warm, cold), (seed, tick)


@pytest.mark.parametrize("batch", range(BATCHES))
def test_the_order_of_rows_never_matters(batch: int) -> None:
    for seed in range(20_000 + 30 * batch, 20_000 + 30 * (batch + 1)):
        rng = np.random.default_rng(seed)
        case = random_case(rng)
        demand, state = random_columns(rng, case)
        one = market_of(case).clear(demand, state)
        other, order = permuted(rng, case)
        two = market_of(other).clear(*moved(demand, state, order))
        assert two.objective == one.objective
        for field in dataclasses.fields(one):
            axis = axis_of(field.name)
            if axis and getattr(one, field.name).size:
                expected = getattr(one, field.name)
                for dimension, table in enumerate(axis):
                    expected = expected.take(order[table], axis=dimension)
                assert np.array_equal(getattr(two, field.name), expected), (seed, field.name)
        assert routes(one) == routes(two, order), seed


def axis_of(name: str) -> str:
    tables = {"demand": "MK", "served": "MK", "free": "K", "pool": "P", "entry": "P", "refresh": "P", "shell": "S"}
    tables |= {"grid": "S", "btm": "S", "land": "S", "zone": "Z", "slot": "Z", "step": "G", "link": "L"}
    return tables.get(name.split("_", maxsplit=1)[0], "")


Orders = dict[str, npt.NDArray[np.int64]]


def moved(demand: SpotDemand, state: SpotState, order: Orders) -> tuple[SpotDemand, SpotState]:
    axes = {"pool_kw": "P", "pool_cost": "P", "step_kw": "G", "step_cost": "G", "link_kw": "L", "link_cost": "L"}
    axes |= {"slot_kw": "Z", "entry_cost": "P", "refresh_cost": "P"}
    columns = {field.name: getattr(state, field.name) for field in dataclasses.fields(state)}
    pairs = np.ix_(order["M"], order["K"])
    return (
        SpotDemand(demand.quantity_kw[pairs], demand.price_musd_per_kwh[pairs]),
        SpotState(**{n: None if c is None else c[order[axes.get(n, "S")]] for n, c in columns.items()}),
    )


def routes(clearing: SpotClearing, order: Orders | None = None) -> list[tuple[int, ...]]:
    """Routes with the first market's numbers, sorted."""
    columns = [clearing.route_metro, clearing.route_workload, clearing.route_site, clearing.route_pool]
    if order is not None:
        tables = [order["M"], order["K"], order["S"], order["P"]]
        columns = [
            np.where(column >= 0, np.append(table, 0)[column], column)
            for column, table in zip(columns, tables, strict=True)
        ]
    return sorted(zip(*(column.tolist() for column in columns), clearing.route_kw.tolist(), strict=True))


@pytest.mark.parametrize("batch", range(BATCHES))
def test_steps_in_any_way_end_in_the_same_clearing(batch: int) -> None:
    for seed in range(30_000 + 15 * batch, 30_000 + 15 * (batch + 1)):
        rng = np.random.default_rng(seed)
        case = random_case(rng)
        market = market_of(case)
        for tick in range(6):
            demand, state = random_columns(rng, case)
            expected = market_of(case).clear(demand, state)
            if rng.random() < 0.3:  # other columns first
                market.update(*random_columns(rng, case))
                if rng.random() < 0.5:
                    market.optimise()
            market.update(demand, state)
            if rng.random() < 0.7:
                assert market.optimise().objective == expected.objective
            if rng.random() < 0.3:  # what is refused changes nothing
                with pytest.raises(InputError, match="grid_kw"):
                    market.update(demand, dataclasses.replace(state, grid_kw=state.grid_kw - 1_000))
            if rng.random() < 0.5:
                market.settle()
            assert not differing(market.clearing(), expected), (seed, tick)
            assert not differing(market.clearing(), expected), (seed, tick)


def test_there_is_nothing_to_clear_before_an_update() -> None:
    market = market_of(random_case(np.random.default_rng(1)))
    for step in (market.optimise, market.settle, market.clearing):
        with pytest.raises(InputError, match="update comes first"):
            step()


def test_an_unknown_corner_changes_nothing() -> None:
    rng = np.random.default_rng(2)
    case = random_case(rng)
    demand, state = random_columns(rng, case)
    market = market_of(case)
    market.update(demand, state)
    market.optimise()
    with pytest.raises(InputError, match="corner"):
        market.clearing(corner="middle")  # type: ignore[arg-type]
    assert not differing(market.clearing(), market_of(case).clear(demand, state))
