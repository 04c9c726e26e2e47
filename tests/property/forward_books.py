"""Random books for the forward market: few numbers, so that ties, scarcity of every good, voids and caps all occur."""

from __future__ import annotations

from typing import Final

import numpy as np

from wattmarket.forward import FAMILIES, ROUTES, Bids, Budgets, Caps, ForwardBook, Lots, Offers

GRID, BEHIND, ENERGISED, RETAIL = range(len(ROUTES))
SILICON, LAND, SLOT, PPA, PLANT, RETAIL_ENERGY = range(len(FAMILIES))
ENERGY: Final = {GRID: PPA, ENERGISED: PPA, BEHIND: PLANT, RETAIL: RETAIL_ENERGY}


def counts(book: ForwardBook) -> list[int]:
    """Products of each family."""
    return [book.classes, len(book.lots.route), book.zones, book.zones, book.plants, book.zones]


def package(book: ForwardBook, bid: int) -> list[tuple[int, int]]:
    """Family and index of everything that a bid's package consists of."""
    lot = int(book.bids.lot[bid])
    route, source = int(book.lots.route[lot]), int(book.lots.source[lot])
    silicon = int(book.budgets.silicon[book.bids.budget[bid]])
    slot = [(SLOT, source)] if route == GRID else []
    return [(SILICON, silicon), (LAND, lot), *slot, (ENERGY[route], source)]


def random_book(seed: int, *, scale: int = 1, caps: bool = True, least: bool = True) -> ForwardBook:
    """Draw a book; values and asks are multiples of `scale`."""
    rng = np.random.default_rng(seed)
    classes, zones, plants = int(rng.integers(1, 4)), int(rng.integers(1, 4)), int(rng.integers(1, 3))
    lots, offers = int(rng.integers(1, 10)), int(rng.integers(0, 90))
    budgets, bids = int(rng.integers(1, 7)), int(rng.integers(0, 40))
    route = rng.integers(0, len(ROUTES), lots)
    source = np.where(route == BEHIND, rng.integers(0, plants, lots), rng.integers(0, zones, lots))
    sizes = np.array([classes, lots, zones, zones, plants, zones])
    family = rng.integers(0, len(FAMILIES), offers)
    capped = np.flatnonzero(rng.random(len(FAMILIES)) < 0.25) if caps else np.zeros(0, np.int64)
    return ForwardBook(
        classes=classes,
        zones=zones,
        plants=plants,
        lots=Lots(route, source),
        offers=Offers(
            family=family,
            index=rng.integers(0, sizes[family]),
            ask=scale * rng.integers(0, 8, offers),
            kw=rng.integers(0, 9, offers),
            least_kw=np.where(rng.random(offers) < 0.1, rng.integers(0, 9, offers), 0) if least else 0 * family,
            key=rng.permutation(offers).astype(np.uint64),
        ),
        budgets=Budgets(
            silicon=rng.integers(0, classes, budgets),
            kw=rng.integers(0, 12, budgets),
            key=rng.permutation(budgets).astype(np.uint64),
        ),
        bids=Bids(
            budget=rng.integers(0, budgets, bids),
            lot=rng.integers(0, lots, bids),
            value=scale * rng.integers(0, 40, bids),
            kw=rng.integers(0, 9, bids),
            key=rng.permutation(bids).astype(np.uint64),
        ),
        caps=Caps(family=capped, index=0 * capped, price=scale * rng.integers(0, 8, len(capped))),
    )
