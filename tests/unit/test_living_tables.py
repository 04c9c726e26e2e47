"""Which good was short, what suppliers took in, and what is left of a kilowatt asked for."""

from __future__ import annotations

import numpy as np
import pytest
from living_world import played

from wattmarket.agents.auction import Awards
from wattmarket.agents.books import Account, Outside
from wattmarket.forward import FAMILIES, ROUTES, Bids, Budgets, ForwardBook, Lots, Offers, clear_forward
from wattmarket.living import WattMarketModel
from wattmarket.living.accounts import SupplierSales, agent_columns, contract_columns, queue_columns
from wattmarket.living.appraisal import cohort_values, ratio
from wattmarket.living.awarded import binding_kw, forward_row, shortest_good
from wattmarket.living.foresight import curve_columns, part_means
from wattmarket.model.tables import NO_AUCTION
from wattmarket.schema import BINDING, COHORTS, SUPPLIER_PARTS
from wattmarket.tick import Names


def ints(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.int64)


def keys(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.uint64)


def awards_of(land_kw: int, silicon_kw: int) -> Awards:
    """Two buyers of 80 kW each, worth 900 and 800, on one lot with an energised connection."""
    silicon, land, ppa = (FAMILIES.index(family) for family in ("silicon", "land", "ppa"))
    clearing = clear_forward(
        ForwardBook(
            classes=2,
            zones=1,
            plants=0,
            lots=Lots(route=ints(ROUTES.index("energised")), source=ints(0)),
            offers=Offers(
                family=ints(silicon, land, ppa),
                index=ints(0, 0, 0),
                ask=ints(400, 100, 50),
                kw=ints(silicon_kw, land_kw, 1_000),
                least_kw=ints(0, 0, 0),
                key=keys(1, 2, 3),
            ),
            budgets=Budgets(silicon=ints(0, 0), kw=ints(80, 80), key=keys(4, 5)),
            bids=Bids(budget=ints(0, 1), lot=ints(0, 0), value=ints(900, 800), kw=ints(80, 80), key=keys(6, 7)),
        )
    )
    frame = clearing.awards()
    columns = [frame[name].to_numpy().astype(np.int64) for name in ("budget", "lot", "award_kw", "value")]
    prices = [frame[name].to_numpy().astype(np.int64) for name in ("silicon", "land", "slot", "energy")]
    return Awards(clearing, {}, ints(0), *columns, *prices)


@pytest.mark.parametrize(
    ("land_kw", "silicon_kw", "short"), [(100, 1_000, "land"), (1_000, 100, "silicon"), (1_000, 1_000, None)]
)
def test_the_good_that_runs_out_binds(land_kw: int, silicon_kw: int, short: str | None) -> None:
    found = binding_kw(awards_of(land_kw, silicon_kw))
    assert found == {good: 100 if good == short else 0 for good in ("silicon", "land", "slot", "energy")}
    shortest = shortest_good(awards_of(land_kw, silicon_kw))
    assert {BINDING[good] for good in shortest.tolist()} == {short or "none"}


def test_the_row_of_an_auction() -> None:
    awards = awards_of(100, 1_000)
    row = forward_row(awards, ints(400_000_000, 500_000_000))
    assert row.keys() == NO_AUCTION.keys()
    assert (row["awarded_kw"], row["binding_land_kw"]) == (100, 100)
    assert row["silicon_price_air_usd_per_kw_month"] == 400.0
    assert forward_row(None, ints(0, 0)) == NO_AUCTION


@pytest.fixture(scope="module")
def model() -> WattMarketModel:
    return played(8)


def test_suppliers_share_what_chipmakers_take_in(model: WattMarketModel) -> None:
    economy = model.economy
    columns = SupplierSales().columns(economy)
    usd = dict(zip(SUPPLIER_PARTS, columns["revenue_usd"].tolist(), strict=True))
    balance = economy.books.balance[economy.books.outside(Outside.CHIPMAKERS), Account.INCOME]
    servers = [usd[part] for part in ("accelerators", "memory", "storage", "network", "other")]
    assert sum(servers) == -int(balance) > 0
    assert usd["accelerators"] / sum(servers) == pytest.approx(0.65)
    assert usd["shells"] > 0


def test_every_kilowatt_asked_for_is_in_one_column(model: WattMarketModel) -> None:
    columns = queue_columns(model.economy)
    slots = model.economy.building.queue.ledger()
    parts = ("waiting_kw", "building_kw", "energised_kw", "withdrawn_kw", "resold_kw")
    assert np.array_equal(sum(columns[part] for part in parts), slots.requested_kw)
    assert min(columns[part].min() for part in parts) >= 0


def test_a_default_is_in_the_month_in_which_it_happened(model: WattMarketModel) -> None:
    economy = model.economy
    economy.defaults.append((economy.tick - 1, 3))
    assert not agent_columns(economy, list(COHORTS))["defaulted"][3]
    economy.defaults[-1] = (economy.tick, 3)
    assert agent_columns(economy, list(COHORTS))["defaulted"].nonzero()[0].tolist() == [3]
    economy.defaults.pop()


def test_events_name_who_sells_to_whom(model: WattMarketModel) -> None:
    economy = model.economy
    lease = int(np.flatnonzero(economy.ledger.site >= 0)[-1])
    economy.ledger.terminate([lease], economy.tick)
    parties = [f"party {row}" for row in range(len(economy.books.balance))]
    columns = contract_columns(economy, parties, [])
    (row,) = np.flatnonzero((columns["contract"] == lease) & (columns["event"].codes == 2))
    seller = columns["seller"]
    assert isinstance(seller, Names)
    assert seller.names[seller.codes[row]] == f"party {economy.ledger.seller[lease]}"
    assert columns["generator_id"].codes[row] == -1


def test_cohorts_value_land_at_no_less_than_nothing(model: WattMarketModel) -> None:
    worth = cohort_values(model.economy)
    assert worth.shape == (len(COHORTS), 60)
    assert worth.min() >= 0.0
    assert tuple(cohort.name for cohort in model.economy.outlook.cohorts) == COHORTS


def test_a_site_worth_nothing_in_the_event_has_no_ratio() -> None:
    assert ratio(np.array([2.0, 2.0]), np.array([4.0, 0.0])).tolist() == [0.5, 0.0]


def test_profit_is_what_equity_grew_by_beyond_what_was_paid_in(model: WattMarketModel) -> None:
    books = model.economy.books
    columns = agent_columns(model.economy, list(COHORTS))
    paid_in = -books.balance[: books.agents, Account.CAPITAL]
    assert np.array_equal(columns["equity_usd"], columns["profit_usd"] + paid_in)
    assert columns["profit_usd"].any()


def test_curves_start_at_this_months_rents(model: WattMarketModel) -> None:
    economy = model.economy
    state = economy.building.state()
    columns = curve_columns(economy, state, list(COHORTS))
    shape = (len(COHORTS), 2, 1 + len(economy.outlook.curves.horizons))
    rent, entry = (columns[name].reshape(shape) for name in ("rent_usd_per_mwh", "entry_kw"))
    assert columns["horizon_months"].reshape(shape)[0, 0].tolist() == [0, *economy.outlook.curves.horizons]
    assert (rent[:, :, 0] == rent[0, :, 0]).all()
    edge = economy.ground.sites.edge
    today = part_means(economy.today_musd_per_kwh, np.where(edge, state.pool_kw, 0)) / 1_000
    assert rent[0, 0, 0] == today
    assert entry[:, :, 1:].sum() == economy.outlook.curves.entry_kw.sum()


def test_nothing_weighs_nothing() -> None:
    assert part_means(ints(3, 4), ints(0, 0)) == 0.0
