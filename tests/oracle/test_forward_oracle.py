"""The forward market against a linear program that knows nothing of networks: packages as columns, products as rows."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import linprog

from tests.property.forward_books import counts, package, random_book
from wattmarket.forward import clear_forward


@pytest.mark.parametrize("seed", range(60))
def test_the_surplus_is_the_linear_programs(seed: int) -> None:
    book = random_book(seed, caps=False, least=False)
    sizes = counts(book)
    first = np.cumsum([0, *sizes[:-1]])
    bids, offers, budgets = len(book.bids.kw), len(book.offers.kw), len(book.budgets.kw)
    balance = np.zeros((sum(sizes), bids + offers))
    for bid in range(bids):
        for family, index in package(book, bid):
            balance[first[family] + index, bid] = 1
    for offer in range(offers):
        balance[first[book.offers.family[offer]] + book.offers.index[offer], bids + offer] = -1
    limit = np.zeros((budgets, bids + offers))
    limit[book.bids.budget, np.arange(bids)] = 1
    cost = np.concatenate([-book.bids.value, book.offers.ask])
    most = np.concatenate([book.bids.kw, book.offers.kw])
    found = linprog(
        cost,
        A_ub=limit,
        b_ub=book.budgets.kw,
        A_eq=balance,
        b_eq=np.zeros(len(balance)),
        bounds=list(zip(np.zeros(len(most)), most, strict=True)),
        method="highs",
    )
    assert found.status == 0
    assert clear_forward(book).surplus_musd == round(-found.fun)
    assert abs(found.fun - round(found.fun)) < 1e-6
