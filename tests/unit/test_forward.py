"""The forward market by hand: a campus market, its frames, what is refused."""

from __future__ import annotations

import dataclasses

import numpy as np
import polars as pl
import pytest

from wattmarket.errors import InputError
from wattmarket.forward import FAMILIES, ROUTES, Bids, Budgets, Caps, ForwardBook, Lots, Offers, clear_forward


def ints(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.int64)


def keys(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.uint64)


SILICON, LAND, SLOT, PPA, PLANT, RETAIL = (FAMILIES.index(family) for family in FAMILIES)

# Four lots, one of each route, 100 kW each at 10; silicon of one class at 400; 120 kW of slots at 5; PPAs at 40; a
# plant of 60 kW at 90; the tariff at 70. Two buyers, who value speed: the lot with the plant most.
BOOK = ForwardBook(
    classes=1,
    zones=1,
    plants=1,
    lots=Lots(route=ints(0, 1, 2, 3), source=ints(0, 0, 0, 0)),
    offers=Offers(
        family=ints(SILICON, LAND, LAND, LAND, LAND, SLOT, PPA, PLANT, RETAIL),
        index=ints(0, 0, 1, 2, 3, 0, 0, 0, 0),
        ask=ints(400, 10, 10, 10, 10, 5, 40, 90, 70),
        kw=ints(1_000, 100, 100, 100, 100, 120, 500, 60, 500),
        least_kw=ints(0, 0, 0, 0, 0, 0, 0, 0, 0),
        key=keys(1, 2, 3, 4, 5, 6, 7, 8, 9),
    ),
    budgets=Budgets(silicon=ints(0, 0), kw=ints(150, 200), key=keys(1, 2)),
    bids=Bids(
        budget=ints(0, 0, 0, 0, 1, 1, 1, 1),
        lot=ints(0, 1, 2, 3, 0, 1, 2, 3),
        value=ints(600, 900, 700, 500, 590, 800, 720, 505),
        kw=ints(100, 100, 100, 100, 100, 100, 100, 100),
        key=keys(1, 2, 3, 4, 5, 6, 7, 8),
    ),
)


def test_every_route_costs_what_its_package_consists_of() -> None:
    clearing = clear_forward(BOOK)
    awards = clearing.awards()

    # The plant goes to the first buyer, the energised lot to the second, who gains more there than anywhere else.
    assert awards.select("bid", "lot", "award_kw").rows() == [
        (0, 0, 90),
        (1, 1, 60),
        (4, 0, 10),
        (6, 2, 100),
        (7, 3, 90),
    ]
    assert (awards["pays"] == awards["silicon"] + awards["land"] + awards["slot"] + awards["energy"]).all()
    assert (awards["value"] - awards["pays"] == awards["gain"]).all()
    by_lot = dict(zip(awards["lot"], awards.select("slot", "energy").rows(), strict=True))
    assert by_lot[0] == (5, 40)
    assert by_lot[2] == (0, 40)
    assert by_lot[3] == (0, 70)
    assert by_lot[1][0] == 0
    assert by_lot[1][1] > 90, "the plant is sold out"
    products = clearing.products().filter(family="plant")
    assert products["sold_kw"].to_list() == [60]
    assert products["land_low_musd_per_kw_month"][0] <= products["silicon_low_musd_per_kw_month"][0]
    assert clearing.payments_musd == (awards["pays"] * awards["award_kw"]).sum()


def test_what_nobody_offers_has_no_price() -> None:
    clearing = clear_forward(dataclasses.replace(BOOK, classes=2, zones=2))

    assert clearing.quoted("silicon").tolist() == [True, False]
    assert clearing.products().filter(family="silicon")["settled_musd_per_kw_month"].to_list() == [400, None]
    assert clearing.why("ppa", 1, "land_low").is_empty()


def test_a_cap_rations() -> None:
    capped = dataclasses.replace(BOOK, caps=Caps(family=ints(PLANT), index=ints(0), price=ints(95)))
    clearing = clear_forward(capped)

    assert clearing.rationed.tolist() == [True]
    assert clearing.price("plant").tolist() == [95]
    assert clearing.shortfall_kw[0] > 0
    assert clearing.sold_kw[7] == 60


def test_wrong_columns_are_named() -> None:
    def refused(**parts: object) -> str:
        with pytest.raises(InputError) as caught:
            clear_forward(dataclasses.replace(BOOK, **parts))
        return str(caught.value)

    def bids(**columns: np.ndarray) -> Bids:
        return dataclasses.replace(BOOK.bids, **columns)

    assert refused(bids=bids(value=BOOK.bids.value - 600)) == "bid_value[3] = -100: is not from 0 to 2^38"
    assert refused(bids=bids(lot=BOOK.bids.lot + 1)) == "bid_lot[3] = 4: is out of range"
    assert refused(bids=bids(kw=ints(1))) == "bid_kw: expected 8 entries, found 1"
    assert refused(bids=bids(value=BOOK.bids.value / 1)).startswith(
        "bid_value: expected an array of int64, found float64"
    )
    assert refused(lots=Lots(route=ints(0, 1, 2, 4), source=ints(0, 0, 0, 0))) == "lot_route[3] = 4: is out of range"
    offers = dataclasses.replace(BOOK.offers, family=BOOK.offers.family + 1)
    assert refused(offers=offers) == "offer_family[8] = 6: names no product"
    with pytest.raises(InputError, match="family: 'shell': must be one of silicon, land"):
        clear_forward(BOOK).price("shell")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="index: 4: there are 4 products of the family land"):
        clear_forward(BOOK).why("land", 4, "land_low")
    with pytest.raises(InputError, match="corner: 'middle': must be one of settled, land_low, silicon_low"):
        clear_forward(BOOK).why("land", 0, "middle")  # type: ignore[arg-type]


def test_the_settled_price_is_that_of_both_corners() -> None:
    clearing = clear_forward(BOOK)
    both = [clearing.why("land", 0, corner) for corner in ("land_low", "silicon_low")]
    assert clearing.why("land", 0).equals(pl.concat(both))
    assert [terms["amount"].sum() for terms in both] == [
        int(clearing.price("land", corner)[0]) for corner in ("land_low", "silicon_low")
    ]


def test_codes_are_places() -> None:
    assert ROUTES[0] == "grid"
    assert FAMILIES[:2] == ("silicon", "land")
