"""Laws of contracts and building on random histories: nothing is lost, and the order of rows never matters."""

from __future__ import annotations

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from wattmarket.contracts import (
    AcceleratorFleet,
    ContractLedger,
    EquipmentQueue,
    Kind,
    PlantFleet,
    ShellStock,
    State,
    least_strike,
    wind_up,
)
from wattmarket.scenario import ZoneFactors

seeds = st.integers(0, 2**32 - 1)
MONTHS = 30
AGENTS, SITES, CREDITORS = 5, 4, 4


def random_plants(rng: np.random.Generator) -> PlantFleet:
    steps = int(rng.integers(1, 6))
    state = rng.choice(["operating", "candidate", "dormant"], steps)
    technology = np.where(state == "dormant", "nuclear_restart", rng.choice(["wind", "gas_ccgt", "nuclear"], steps))
    generators = pl.DataFrame(
        {
            "generator_id": [f"G{row}" for row in range(steps)],
            "zone_id": rng.choice(["A", "B"], steps),
            "technology": technology,
            "state": state,
            "grid_mw": rng.integers(0, 500, steps) / 1_000,
            "marginal_cost_usd_per_mwh": rng.integers(10, 120, steps) * 1.0,
            "fixed_cost_usd_per_kw_year": rng.integers(0, 800, steps) * 1.0,
            "build_months": rng.integers(0, 20, steps) * 1.0,
        }
    )
    return PlantFleet(pl.DataFrame({"zone_id": ["A", "B"], "pue": [1.1, 1.4]}), generators)


def random_sale(rng: np.random.Generator, plants: PlantFleet) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Buy from some of the offers, in up to two rows each; never less than they must sell."""
    offers = plants.offers()
    bought = np.where(rng.random(len(offers)) < 0.4, rng.integers(offers.least_kw, offers.kw + 1), 0)
    part = np.where(rng.random(len(offers)) < 0.5, rng.integers(0, bought + 1), 0)
    step, kw = np.concatenate((offers.step, offers.step)), np.concatenate((bought - part, part))
    key = rng.permutation(len(step)).astype(np.uint64)
    return step[kw > 0], kw[kw > 0], key[kw > 0]


@given(seeds)
@settings(max_examples=50, deadline=None)
def test_every_kilowatt_and_dollar_of_a_random_history_is_somewhere(seed: int) -> None:
    rng = np.random.default_rng(seed)
    plants, ledger, fleet = random_plants(rng), ContractLedger(), AcceleratorFleet(AGENTS, SITES)
    size = plants.sellable_kw()
    ordered_kw, retired_kw, cancelled_kw = 0, 0, 0
    for tick in range(MONTHS):
        plants.advance(tick)
        retired_kw += int(fleet.advance(tick)[1].sum())
        ended = ledger.advance(tick)
        plants.release(ledger.step[ended], ledger.kw[ended])
        step, kw, key = random_sale(rng, plants)
        if len(step):
            cod = plants.contract(step, kw, tick, rng.integers(0, 15, len(step)), key=key)
            assert (cod >= tick).all()
            ledger.sign(
                *(Kind.PPA, tick),
                seller=-2 - plants.zone[step],
                buyer=rng.integers(0, CREDITORS, len(step)),
                **{"zone": plants.zone[step], "step": step, "kw": kw, "start": cod},
                price=rng.integers(0, 100_000_000, len(step)),
                end=cod + rng.integers(1, 12, len(step)),
            )
        kw = rng.integers(1, 500, 3)
        agent, site = rng.integers(0, CREDITORS, 3), rng.integers(0, SITES, 3)
        fleet.order(agent, site, kw, tick + rng.integers(1, 8, 3), rng.integers(1, 12, 3))
        ordered_kw += int(kw.sum())
        lease = {"site": site, "zone": 0, "kw": kw, "start": tick + rng.integers(0, 4, 3), "end": tick + 9}
        ledger.sign(Kind.LEASE, tick, seller=rng.integers(0, CREDITORS, 3), buyer=agent, price=150_000_000, **lease)
        live = ledger.live(Kind(int(rng.integers(0, 2))))
        resold = live[rng.random(len(live)) < 0.1]
        ledger.assign(resold, rng.integers(0, CREDITORS, len(resold)), tick, rng.integers(1, ledger.kw[resold] + 1))
        if rng.random() < 0.1:
            gone = wind_up(int(rng.integers(0, CREDITORS)), ledger, fleet, CREDITORS, tick, plants=plants)
            cancelled_kw += int(gone.cancelled_kw.sum())
        fleet.check()
        sold = ledger.contracted_kw(Kind.PPA, "step", len(size))
        assert plants.contracted_kw.tolist() == sold.tolist()
        assert (plants.step_kw() + plants.building_kw + plants.buildable_kw == size).all()
        assert int(fleet.operating_kw.sum() + fleet.pipeline_kw.sum()) == ordered_kw - retired_kw - cancelled_kw
        for kind in Kind:
            by_hand = [int(ledger.kw[(ledger.kind == kind) & (ledger.state == state)].sum()) for state in State]
            assert ledger.kw_by_state(kind).tolist() == by_hand
            assert sum(by_hand) == ledger.signed_kw(kind)
        for payments in (ledger.rents(), ledger.cfd(rng.integers(-20_000, 150_000, 2))):
            assert (payments.usd > 0).all()
            inside = payments.received_usd(AGENTS).sum() - payments.paid_usd(AGENTS).sum()
            outside = payments.usd[payments.payee < 0].sum() - payments.usd[payments.payer < 0].sum()
            assert inside + outside == 0


@given(seeds)
@settings(max_examples=80, deadline=None)
def test_the_order_of_sales_never_matters(seed: int) -> None:
    one, other = (random_plants(np.random.default_rng(seed)) for _ in range(2))
    rng = np.random.default_rng(seed + 1)
    for tick in range(0, MONTHS, 5):
        one.advance(tick)
        other.advance(tick)
        step, kw, key = random_sale(rng, one)
        wait = rng.integers(0, 30, len(step))
        turned = rng.permutation(len(step))
        if len(step):
            cod = one.contract(step, kw, tick, wait, key=key)
            assert (
                cod[turned].tolist()
                == other.contract(step[turned], kw[turned], tick, wait[turned], key=key[turned]).tolist()
            )
        returned = rng.integers(0, one.contracted_kw + 1)
        for plants in (one, other):
            plants.release(np.arange(len(returned)), returned)
        for months in (0, 7, 200):
            assert one.step_kw_at(months, False).tolist() == other.step_kw_at(months, False).tolist()
        assert one.contracted_kw.tolist() == other.contracted_kw.tolist()


@given(seeds)
@settings(max_examples=60, deadline=None)
def test_a_contract_has_its_power_when_it_begins(seed: int) -> None:
    rng = np.random.default_rng(seed)
    plants = random_plants(rng)
    begun: list[tuple[int, int, int]] = []
    for tick in range(MONTHS):
        plants.advance(tick)
        step, kw, key = random_sale(rng, plants)
        if len(step):
            cod = plants.contract(step, kw, tick, rng.integers(0, 9, len(step)), key=key)
            begun += zip(step.tolist(), kw.tolist(), cod.tolist(), strict=True)
        needed = np.zeros(len(plants), dtype=np.int64)
        for row, kilowatts, start in begun:
            needed[row] += kilowatts * (start <= tick)
        assert (plants.step_kw() >= needed).all()


@given(seeds)
@settings(max_examples=60, deadline=None)
def test_scales_lose_nothing(seed: int) -> None:
    rng = np.random.default_rng(seed)
    plants = random_plants(rng)
    for tick in range(MONTHS):
        plants.advance(tick)
        factors = ZoneFactors(2, np.zeros(2))
        factors.generation_scale[:] = rng.choice([0.0, 0.37, 1.0, 2.5], 2)
        factors.marginal_cost_scale[:] = rng.choice([0.5, 1.0, 2.0], 2)
        plants.change(factors)
        step, kw, key = random_sale(rng, plants)
        if len(step):
            assert (plants.contract(step, kw, tick, key=key) <= tick + 480).all()
        offers = plants.offers()
        assert (offers.kw > 0).all()
        assert (offers.least_kw <= offers.kw).all()


@given(seeds, st.integers(1, 400))
@settings(max_examples=80, deadline=None)
def test_more_strike_or_tenor_never_loses_cover(seed: int, months: int) -> None:
    plants = random_plants(np.random.default_rng(seed))
    least = least_strike(plants.costs, months)
    assert (least_strike(plants.costs, months + 1) <= least).all()
    assert (least >= plants.costs.running * 730).all()
    offers = plants.offers(tenor_months=months)
    assert plants.underwritten(offers.ask, months, offers.step)[offers.unbuilt].all()


@given(seeds)
@settings(max_examples=80, deadline=None)
def test_equipment_comes_when_it_was_promised_or_earlier(seed: int) -> None:
    rng = np.random.default_rng(seed)
    queue = EquipmentQueue(
        *("x", int(rng.integers(1, 300)), int(rng.integers(1, 9)), float(rng.random()), 1),
        outside_kw_per_month=int(rng.integers(0, 200)),
        backlog_kw=int(rng.integers(0, 900)),
    )
    promises: list[tuple[int, int]] = []
    for tick in range(MONTHS):
        queue.advance(tick)
        for _ in range(int(rng.integers(0, 3))):
            kw = int(rng.integers(0, 500))
            before = queue.lead_months
            lead = queue.order(kw, tick)
            assert before <= lead <= queue.lead_months
            promises.append((tick + lead, queue.ordered_kw))
        for due, everything_before in promises:
            assert due > tick or queue.delivered_kw >= everything_before


@given(seeds)
@settings(max_examples=60, deadline=None)
def test_the_order_of_starts_and_of_orders_never_matters(seed: int) -> None:
    rng = np.random.default_rng(seed)
    opening = rng.integers(0, 900, (4, SITES))
    one, other = (ShellStock(*opening, horizon_months=9) for _ in range(2))
    fleets = [AcceleratorFleet(AGENTS, SITES) for _ in range(2)]
    for tick in range(1, MONTHS):
        rows = np.stack((rng.integers(0, SITES, 5), *rng.integers(0, 300, (3, 5)), rng.integers(1, 10, 5)))
        cost, turned = rng.integers(0, 100_000, 5), rng.permutation(5)
        one.start(*rows, btm_cost=cost)
        other.start(*rows[:, turned], btm_cost=cost[turned])
        will_stand = one.at_horizon(3)
        agent, life = rng.integers(0, AGENTS, 5), rng.integers(1, 12, 5)
        for fleet, order in zip(fleets, (np.arange(5), turned), strict=True):
            fleet.order(agent[order], rows[0, order], rows[1, order], tick - 1 + rows[4, order], life[order])
            fleet.advance(tick)
        assert fleets[0].operating_kw.tolist() == fleets[1].operating_kw.tolist()
        assert fleets[0].at_horizon(4).tolist() == fleets[1].at_horizon(4).tolist()
        for part, same in zip(one.advance(), other.advance(), strict=True):
            assert part.tolist() == same.tolist()
        assert one.btm_cost.tolist() == other.btm_cost.tolist()
        assert all(
            (now <= then).all() for now, then in zip((one.shell_kw, one.grid_kw, one.btm_kw), will_stand, strict=True)
        )
