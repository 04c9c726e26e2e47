"""The auction held, and what comes out of it."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, Final, Literal

import numpy as np
import polars as pl

from wattmarket._core import AuctionCore
from wattmarket.errors import InputError
from wattmarket.forward.book import FAMILIES, ROUTES, Family, ForwardBook, Integers, Route, Truths

__all__ = ["ForwardClearing", "ForwardCorner", "clear_forward"]

ForwardCorner = Literal["settled", "land_low", "silicon_low"]
CORNERS: Final = ("settled", "land_low", "silicon_low")

_UNQUOTED: Final = np.iinfo(np.int64).min


def clear_forward(book: ForwardBook) -> ForwardClearing:
    """Hold the joint auction: who wins which package, and what every product costs.

    The awards maximise value less asks, exactly; prices are uniform per product and settle midway between the lowest
    and the highest vector that support these awards, up to rounding. The order of rows never matters.

    Raises
    ------
    InputError
        Naming array, row and value; also when awards depend on two rows of a kind that share a key.
    InvariantError
        If any promise of the auction does not hold when it is recomputed from the book. That is a bug.

    References
    ----------
    Shapley & Shubik (1971) for prices that support an assignment; Leonard (1983) for the land-low corner as Vickrey
    payments.

    Examples
    --------
    One class of silicon, one zone, one lot of 100 kW on an energised connection; two buyers, of whom the lot can serve
    one and a half:

    >>> ints = lambda *values: np.array(values, dtype=np.int64)
    >>> keys = lambda *values: np.array(values, dtype=np.uint64)
    >>> silicon, land, ppa = (FAMILIES.index(family) for family in ("silicon", "land", "ppa"))
    >>> from wattmarket.forward import Bids, Budgets, Lots, Offers
    >>> book = ForwardBook(
    ...     classes=1, zones=1, plants=0,
    ...     lots=Lots(route=ints(ROUTES.index("energised")), source=ints(0)),
    ...     offers=Offers(
    ...         family=ints(silicon, land, ppa), index=ints(0, 0, 0), ask=ints(400, 100, 50),
    ...         kw=ints(1_000, 100, 1_000), least_kw=ints(0, 0, 0), key=keys(1, 2, 3),
    ...     ),
    ...     budgets=Budgets(silicon=ints(0, 0), kw=ints(80, 80), key=keys(4, 5)),
    ...     bids=Bids(budget=ints(0, 1), lot=ints(0, 0), value=ints(900, 800), kw=ints(80, 80), key=keys(6, 7)),
    ... )
    >>> clearing = clear_forward(book)
    >>> clearing.award_kw.tolist(), clearing.price("land").tolist()
    ([80, 20], [350])

    The second buyer's value sets the price of land, because the others don't run short:

    >>> clearing.why("land", 0, "land_low").rows()
    [('bid', 1, 800, 'land_low'), ('offer', 0, -400, 'land_low'), ('offer', 2, -50, 'land_low')]
    """
    columns: dict[str, Any] = {}
    parts = (
        ("lot", book.lots),
        ("offer", book.offers),
        ("budget", book.budgets),
        ("bid", book.bids),
        ("cap", book.caps),
    )
    for prefix, part in parts:
        for one in fields(part):
            columns[f"{prefix}_{one.name}"] = np.asarray(getattr(part, one.name))
    return ForwardClearing(book, AuctionCore(columns, book.classes, book.zones, book.plants))


class ForwardClearing:
    """Awards, sales and prices of one auction, every promise checked: made by `clear_forward`.

    Attributes
    ----------
    book
        What the auction was held on.
    award_kw
        int64 [B]: what each bid wins.
    sold_kw
        int64 [O]: what each offer sells.
    void
        bool [O]: offers above a cap, or that would have sold less than their least.
    shortfall_kw
        int64 [C]: what of each capped product was wanted at the caps and not there.
    rationed
        bool [C]: capped products that settle at their cap, below what they are worth. Who bids for one may go without
        though its price would leave it a gain.
    surplus_musd
        Value of awards less asks of sales, micro-$ per month.
    payments_musd
        What buyers pay, and sellers get, micro-$ per month.
    """

    def __init__(self, book: ForwardBook, core: AuctionCore) -> None:
        """Read the core's columns."""
        outcome = core.outcome()

        def integers(name: str) -> Integers:
            return np.frombuffer(outcome[name], dtype=np.int64)

        self.book = book
        self.award_kw = integers("award_kw")
        self.sold_kw = integers("sold_kw")
        self.shortfall_kw = integers("shortfall_kw")
        self.void = np.frombuffer(outcome["void"], dtype=np.bool_)
        self.rationed = np.frombuffer(outcome["rationed"], dtype=np.bool_)
        self.surplus_musd: int = outcome["surplus"]
        self.payments_musd: int = outcome["payments"]
        self._core = core
        self._prices = {corner: integers(corner) for corner in CORNERS}
        counts = (book.classes, len(book.lots.route), book.zones, book.zones, book.plants, book.zones)
        self._place = dict(zip(FAMILIES, np.cumsum((0, *counts[:-1])).tolist(), strict=True))
        self._count = dict(zip(FAMILIES, counts, strict=True))

    def price(self, family: Family, corner: ForwardCorner = "settled") -> Integers:
        """Return the prices of a family's products, int64, micro-$ per kW-month: mind those that are not `quoted`."""
        self._known(family, corner)
        place = self._place[family]
        return self._prices[corner][place : place + self._count[family]]

    def quoted(self, family: Family) -> Truths:
        """Return whether anything, a trade, an ask or a bid, gives each product of a family a price."""
        quoted: Truths = self.price(family) != _UNQUOTED
        return quoted

    @property
    def receipts_musd(self) -> int:
        """What sellers get, micro-$ per month: added up from offers, as payments are from awards."""
        sold = np.flatnonzero(self.sold_kw > 0)
        price = self._prices["settled"][self._products_of(sold)]
        receipts = [kw * each for kw, each in zip(self.sold_kw[sold].tolist(), price.tolist(), strict=True)]
        return sum(receipts)  # exact: integers

    def _products_of(self, rows: Integers | slice) -> Integers:
        """Product of some offers, by place among all prices."""
        offers = self.book.offers
        first = np.array([self._place[family] for family in FAMILIES])
        return np.asarray(first[np.asarray(offers.family)[rows]] + np.asarray(offers.index)[rows])

    def products(self) -> pl.DataFrame:
        """Return one row per product: family, index, its prices (null where there is none) and the kW sold."""
        sold = np.zeros(len(self._prices["settled"]), dtype=np.int64)
        np.add.at(sold, self._products_of(slice(None)), self.sold_kw)
        counts = [self._count[family] for family in FAMILIES]
        frame = pl.DataFrame(
            {
                "family": pl.Series(np.repeat(FAMILIES, counts), dtype=pl.String),
                "index": np.concatenate([np.arange(count) for count in counts]),
                **{f"{corner}_musd_per_kw_month": self._prices[corner] for corner in CORNERS},
                "sold_kw": sold,
            }
        )
        prices = pl.col("^.*_musd_per_kw_month$")
        return frame.with_columns(pl.when(prices != _UNQUOTED).then(prices))

    def awards(self) -> pl.DataFrame:
        """Return one row per award: its kW and the chain of prices along its path, micro-$ per kW-month.

        Columns: ``bid``, ``budget``, ``lot``, ``award_kw``, ``value``, ``silicon``, ``land``, ``slot``, ``energy``,
        ``pays`` (their sum), ``gain`` (value − pays, which is never negative).
        """
        return pl.DataFrame(self.award_columns())

    def award_columns(self) -> dict[str, Integers]:
        """Return the columns of `awards`, int64 [awards] each."""
        book, bids = self.book, self.book.bids
        won = np.flatnonzero(self.award_kw > 0)
        budget, lot = np.asarray(bids.budget)[won], np.asarray(bids.lot)[won]
        route, source = np.asarray(book.lots.route)[lot], np.asarray(book.lots.source)[lot]
        energy = np.zeros(len(won), dtype=np.int64)
        slot = np.zeros(len(won), dtype=np.int64)
        takes: tuple[tuple[Route, Family], ...] = (
            ("grid", "ppa"),
            ("energised", "ppa"),
            ("behind_the_meter", "plant"),
            ("retail", "retail"),
        )
        for name, family in takes:
            here = route == ROUTES.index(name)
            energy[here] = self.price(family)[source[here]]
            if name == "grid":
                slot[here] = self.price("slot")[source[here]]
        silicon = self.price("silicon")[np.asarray(book.budgets.silicon)[budget]]
        land, value = self.price("land")[lot], np.asarray(bids.value)[won]
        pays = silicon + land + slot + energy
        return {
            "bid": won,
            "budget": budget,
            "lot": lot,
            "award_kw": self.award_kw[won],
            "value": value,
            "silicon": silicon,
            "land": land,
            "slot": slot,
            "energy": energy,
            "pays": pays,
            "gain": value - pays,
        }

    def why(self, family: Family, index: int, corner: ForwardCorner = "settled") -> pl.DataFrame:
        """Return the bids and asks that set a product's price at a corner: their amounts sum up to it.

        The settled price lies between both corners: without a corner the terms of both are given, one after the other.

        Columns: ``kind`` (offer, bid or cap), ``row`` (of the book's columns), ``amount`` (micro-$ per kW-month),
        ``corner``. The frame is empty where the product is not quoted. For a rationed product the terms are those of
        its scarcity value, not of its cap.

        Raises
        ------
        InputError
            If there is no such product or corner.
        """
        self._known(family, corner)
        if not 0 <= index < self._count[family]:
            raise InputError(f"index: {index}: there are {self._count[family]} products of the family {family}")
        terms = [
            (*term, end)
            for end in (CORNERS[1:] if corner == "settled" else (corner,))
            for term in self._core.why(FAMILIES.index(family), index, end == "land_low") or []
        ]
        schema = {"kind": pl.String, "row": pl.Int64, "amount": pl.Int64, "corner": pl.String}
        return pl.DataFrame(terms, schema=schema, orient="row")

    def _known(self, family: str, corner: str) -> None:
        for name, value, known in (("family", family, FAMILIES), ("corner", corner, CORNERS)):
            if value not in known:
                raise InputError(f"{name}: {value!r}: must be one of {', '.join(known)}")
