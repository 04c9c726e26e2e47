"""The forward market's promises, from its frames and columns alone: random books by hypothesis."""

from __future__ import annotations

import dataclasses

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.property.forward_books import counts, package, random_book
from wattmarket.forward import FAMILIES, Bids, ForwardBook, ForwardClearing, clear_forward

seeds = st.integers(0, 2**31)


def pays(clearing: ForwardClearing, bid: int) -> int | None:
    """What a bid's package costs per kW-month; None if part of it has no price."""
    parts = package(clearing.book, bid)
    if not all(clearing.quoted(FAMILIES[family])[index] for family, index in parts):
        return None
    return sum(int(clearing.price(FAMILIES[family])[index]) for family, index in parts)


@given(seeds)
def test_payments_equal_receipts_and_nothing_is_oversold(seed: int) -> None:
    book = random_book(seed)
    clearing = clear_forward(book)
    won = [np.zeros(count, np.int64) for count in counts(book)]
    for bid, kw in enumerate(clearing.award_kw):
        for family, index in package(book, bid):
            won[family][index] += kw
    sold = [np.zeros(count, np.int64) for count in counts(book)]
    for offer, kw in enumerate(clearing.sold_kw):
        sold[book.offers.family[offer]][book.offers.index[offer]] += kw
    assert all((one == other).all() for one, other in zip(won, sold, strict=True))
    assert (clearing.sold_kw >= 0).all()
    assert (clearing.sold_kw <= np.where(clearing.void, 0, book.offers.kw)).all()
    products = clearing.products()
    receipts = (products["settled_musd_per_kw_month"].fill_null(0) * products["sold_kw"]).sum()
    awards = clearing.awards()
    assert receipts == (awards["pays"] * awards["award_kw"]).sum() == clearing.payments_musd == clearing.receipts_musd


@given(seeds)
def test_nobody_loses_and_nobody_wanted_more(seed: int) -> None:
    book = random_book(seed)
    clearing = clear_forward(book)
    assert (clearing.awards()["gain"] >= 0).all()
    rationed = {(int(book.caps.family[cap]), int(book.caps.index[cap])) for cap in np.flatnonzero(clearing.rationed)}
    spent = np.zeros(len(book.budgets.kw), np.int64)
    np.add.at(spent, book.bids.budget, clearing.award_kw)
    gains = dict(zip(clearing.awards()["bid"], clearing.awards()["gain"], strict=True))
    for bid in np.flatnonzero(clearing.award_kw < book.bids.kw):
        cost = pays(clearing, int(bid))
        if cost is None or cost >= book.bids.value[bid] or rationed & set(package(book, int(bid))):
            continue
        budget = book.bids.budget[bid]
        assert spent[budget] == book.budgets.kw[budget], "only a spent budget keeps a bid from a gain"
        rivals = [gain for other, gain in gains.items() if book.bids.budget[other] == budget]
        assert all(gain >= book.bids.value[bid] - cost for gain in rivals)
    for offer, kw in enumerate(clearing.sold_kw):
        family, index = book.offers.family[offer], book.offers.index[offer]
        name = FAMILIES[family]
        if clearing.void[offer] or not clearing.quoted(name)[index]:
            assert kw == 0
            continue
        price = clearing.price(name)[index]
        assert kw == 0 or price >= book.offers.ask[offer]
        assert kw == book.offers.kw[offer] or price <= book.offers.ask[offer]


@given(seeds)
def test_the_order_of_bids_never_matters(seed: int) -> None:
    book = random_book(seed)
    order = np.random.default_rng(seed).permutation(len(book.bids.kw))
    bids = Bids(*(getattr(book.bids, field.name)[order] for field in dataclasses.fields(Bids)))
    one, other = clear_forward(book), clear_forward(dataclasses.replace(book, bids=bids))
    assert (one.award_kw[order] == other.award_kw).all()
    assert (one.sold_kw == other.sold_kw).all()
    assert one.products().equals(other.products())


@settings(max_examples=40)
@given(seeds, st.integers(2, 10**6))
def test_prices_scale_with_money(seed: int, scale: int) -> None:
    one = clear_forward(random_book(seed, caps=False, least=False))
    other = clear_forward(random_book(seed, scale=scale, caps=False, least=False))
    assert other.surplus_musd == scale * one.surplus_musd
    for family in FAMILIES:
        quoted = one.quoted(family)
        assert (quoted == other.quoted(family)).all()
        for corner in ("land_low", "silicon_low"):
            assert (other.price(family, corner)[quoted] == scale * one.price(family, corner)[quoted]).all()


@settings(max_examples=40)
@given(seeds)
def test_terms_sum_up_to_the_price(seed: int) -> None:
    book: ForwardBook = random_book(seed, caps=False)
    clearing = clear_forward(book)
    for family in FAMILIES:
        for index in np.flatnonzero(clearing.quoted(family)):
            for corner in ("land_low", "silicon_low"):
                terms = clearing.why(family, int(index), corner)
                assert terms["amount"].sum() == clearing.price(family, corner)[index]
