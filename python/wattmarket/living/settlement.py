"""After the auction: pay, sign, order, and start building."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wattmarket import _core
from wattmarket.agents.auction import Awards
from wattmarket.agents.books import Account, Outside
from wattmarket.agents.lots import BEHIND_THE_METER, ENERGISED, GRID, RETAIL, LotColumns
from wattmarket.contracts import Kind
from wattmarket.living.resale import book_resales, pay_sellers, pieces_of
from wattmarket.living.space import LEFT, EmptySpace, sign_leases
from wattmarket.numeric import add_by, first_in_group, overlaps, sum_by
from wattmarket.queue.deposits import part_of
from wattmarket.units import KW_PER_MW, MUSD_PER_USD

if TYPE_CHECKING:
    from wattmarket.living.economy import Economy

__all__ = ["open_load_kw", "settle"]

Integer = NDArray[np.int64]

LANDLORDS_DEBT = 0.6
"""Part of a new shell that its owner borrows (assumption; project finance)."""


def settle(economy: Economy, lots: LotColumns, awards: Awards, empty: EmptySpace) -> None:
    """Carry out the awards: every dollar, contract, slot and kilowatt that they bring about.

    Parameters
    ----------
    empty
        Space that tenants had on offer.
    """
    if not len(awards.lot):
        return
    buy_accelerators(economy, lots, awards)
    connect(economy, lots, awards)
    build_shells(economy, lots, awards)
    sign_leases(economy, lots, awards, empty)
    sign_energy(economy, lots, awards)


def paid_up_front(price: Integer, kw: Integer, months: NDArray[np.float64]) -> Integer:
    """A price by the month as one payment, whole $, int64 [N]."""
    return np.asarray(price * kw // MUSD_PER_USD * np.rint(months * 100.0).astype(np.int64) // 100)


def buy_accelerators(economy: Economy, lots: LotColumns, awards: Awards) -> None:
    """Pay chipmakers, and order what arrives when the package is delivered."""
    site = lots.site[awards.lot]
    silicon = economy.ground.sites.silicon[site]
    usd = paid_up_front(awards.silicon, awards.kw, economy.annuity_months[silicon])
    books = economy.books
    books.pay(awards.agent, books.outside(Outside.CHIPMAKERS), usd, Account.PROPERTY, Account.INCOME)
    economy.treasury.write_off(awards.agent, usd, economy.building.lives[silicon], economy.tick)
    ready = economy.tick + lots.months[awards.lot]
    economy.building.fleet.order(awards.agent, site, awards.kw, ready, economy.building.lives[silicon])
    add_by(economy.treasury.spent_usd, awards.agent, usd)


def connect(economy: Economy, lots: LotColumns, awards: Awards) -> None:
    """Take the slots that were won, from the operator or from who holds them, and pay for them and for upgrades."""
    rows = np.flatnonzero(lots.route[awards.lot] == GRID)
    if not len(rows):
        return
    lot = awards.lot[rows]
    site = lots.site[lot]
    grid_kw = np.ceil(awards.kw[rows] * economy.rows.site_pue[site]).astype(np.int64)
    requests, ids = economy.building.queue.requests, lots.request[lot]
    reserved, remaining = requests.reserved_kw[ids], requests.remaining_kw[ids]
    # Nothing is reserved where slots are auctioned.
    grid_kw = np.minimum(grid_kw, np.where(reserved > 0, reserved, remaining))
    pieces = pieces_of(economy, lots, awards, rows, grid_kw)
    own_kw = grid_kw - sum_by(pieces.award, pieces.kw, len(rows))
    first = np.flatnonzero(own_kw > 0)
    queue = economy.building.queue
    queue.award(ids[first], own_kw[first], connection_months=lots.months[lot[first]], tick=economy.tick)
    # What is held of the deposit pays for part of the upgrade when the connection is energised.
    held = part_of(requests.held_usd[ids], own_kw, requests.waiting_kw[ids])
    price_of_grid = awards.slot[rows] * awards.kw[rows] // grid_kw
    held += book_resales(economy, pieces, ids=ids, site=site, price=price_of_grid)
    books, agent = economy.books, awards.agent[rows]
    upgrade = np.maximum(lots.upgrade_usd_per_kw[lot] * grid_kw - held, 0)
    months = economy.annuity_months[economy.ground.sites.silicon[site]]
    price = paid_up_front(awards.slot[rows], awards.kw[rows], months)
    to_operator = pay_sellers(economy, pieces, agent, price, grid_kw)
    grid, operator = books.outside(Outside.GRID), economy.places.operator[economy.ground.sites.zone[site]]
    books.pay(agent, grid, upgrade, Account.PROPERTY, Account.INCOME)
    books.pay(agent, np.where(operator < books.agents, operator, grid), to_operator, Account.PROPERTY, Account.INCOME)
    usd = upgrade + price
    economy.treasury.write_off(agent, usd, np.full(len(rows), economy.shell_life_months), economy.tick)
    add_by(economy.treasury.spent_usd, agent, usd)


def build_shells(economy: Economy, lots: LotColumns, awards: Awards) -> None:
    """Let landlords build what does not stand, with borrowed money and that of their shareholders."""
    rows = np.flatnonzero(~lots.standing[awards.lot])
    if not len(rows):
        return
    lot, kw = awards.lot[rows], awards.kw[rows]
    site, route = lots.site[lot], lots.route[lot]
    none = np.zeros_like(kw)
    beside = route == BEHIND_THE_METER
    metro = route == RETAIL
    add_by(economy.building.headroom_kw, economy.ground.sites.zone[site[metro]], -kw[metro])
    economy.building.shells.start(
        site,
        shell_kw=kw,
        grid_kw=np.where((route == GRID) | (route == RETAIL), kw, none),
        btm_kw=np.where(beside, kw, none),
        months=lots.months[lot],
        btm_cost=np.where(beside, economy.building.fuel_musd_per_kwh(), none),
    )
    if beside.any():
        economy.building.turbines.order(kw[beside], economy.tick)
    finance_shells(economy, economy.places.landlord[site], kw * economy.rows.shell_cost_usd_per_mw[site] // KW_PER_MW)


def finance_shells(economy: Economy, landlord: Integer, usd: Integer) -> None:
    """Raise the money for shells, and pay the builders."""
    books = economy.books
    capital, builders = books.outside(Outside.CAPITAL), books.outside(Outside.BUILDERS)
    borrowed = (usd * LANDLORDS_DEBT).astype(np.int64)
    books.pay(capital, landlord, borrowed, Account.PROPERTY, Account.DEBT)
    books.pay(capital, landlord, usd - borrowed, Account.PROPERTY, Account.CAPITAL)
    books.pay(landlord, builders, usd, Account.PROPERTY, Account.INCOME)
    economy.treasury.write_off(landlord, usd, np.full(len(usd), economy.shell_life_months), economy.tick)


def sign_energy(economy: Economy, lots: LotColumns, awards: Awards) -> None:
    """Sign PPAs step by step, which underwrite what does not generate yet, and supply at the retail tariff."""
    site = lots.site[awards.lot]
    zone, route = economy.ground.sites.zone[site], lots.route[awards.lot]
    start = economy.tick + lots.months[awards.lot]
    _sign_ppas(economy, awards, np.flatnonzero((route == GRID) | (route == ENERGISED)), zone, start)
    retail = np.flatnonzero(route == RETAIL)
    kw = _unhedged_kw(economy, awards.agent[retail], zone[retail], awards.kw[retail])
    retail, kw = retail[kw > 0], kw[kw > 0]
    if len(retail):
        economy.ledger.sign(
            Kind.SUPPLY,
            economy.tick,
            seller=economy.places.operator[zone[retail]],
            buyer=awards.agent[retail],
            zone=zone[retail],
            site=site[retail],
            kw=kw,
            price=awards.energy[retail],
            start=start[retail],
            end=start[retail] + economy.building.lives[economy.ground.sites.silicon[site[retail]]],
        )


def _unhedged_kw(economy: Economy, buyer: Integer, zone: Integer, kw: Integer) -> Integer:
    """What buyers' contracts in a zone leave open of new load there, row by row, int64 [N]."""
    open_kw = open_load_kw(economy, economy.tick + economy.ground.now.capacity.silicon_lead_months)
    group = buyer * len(economy.places.operator) + zone
    order = np.argsort(group, kind="stable")
    group, left = group[order], np.empty_like(kw)
    left[order] = first_in_group(open_kw[group], group, kw[order])
    return left


def open_load_kw(economy: Economy, then: int) -> Integer:
    """Load that runs or is ordered and does not retire by a tick, less what contracts for energy cover beyond it.

    Returns
    -------
    int64 [(A + 1) · Z]
        kW of IT, agent by agent (at last creditors) and zone by zone; less than nothing where more is covered.
    """
    ledger, fleet = economy.ledger, economy.building.fleet
    data = _core.open_load(
        {name: getattr(ledger, name) for name in ("kind", "state", "buyer", "zone", "kw", "end")},
        {name: getattr(fleet.tranches, name) for name in ("agent", "site", "kw", "retire", "state")},
        economy.ground.sites.zone,
        then,
        (int(Kind.PPA), int(Kind.SUPPLY), LEFT),
        (len(fleet.operating_kw), len(economy.places.operator)),
    )
    return np.frombuffer(data, dtype=np.int64)


def _sign_ppas(economy: Economy, awards: Awards, rows: Integer, zone: Integer, start: Integer) -> None:
    """Share the steps that were sold out among the winners of each zone, in order of bids and of steps."""
    if not len(rows):
        return
    offers = economy.building.ppa_offers
    sold = awards.clearing.sold_kw[awards.offers["ppa"]]
    steps = np.flatnonzero(sold > 0)
    buyers = rows[np.lexsort((start[rows], zone[rows]))]
    steps = steps[np.argsort(offers.zone[steps], kind="stable")]
    left, right, kw = overlaps(awards.kw[buyers], sold[steps])
    buyer, step = buyers[left], offers.step[steps[right]]
    cod = economy.building.plants.contract(step, kw, economy.tick, key=economy.agent_key[awards.agent[buyer]])
    begins = np.maximum(start[buyer], cod)
    economy.ledger.sign(
        Kind.PPA,
        economy.tick,
        seller=economy.places.operator[zone[buyer]],
        buyer=awards.agent[buyer],
        zone=zone[buyer],
        step=step,
        kw=kw,
        price=awards.energy[buyer],
        start=begins,
        end=begins + economy.ground.now.contracts.ppa_tenor_months,
    )
