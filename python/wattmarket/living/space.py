"""Space in halls: who has leased what, what of it stands empty, and leases for those who move in.

A lease runs for a term that may outlast the accelerators it was signed for. Then its tenant pays for an empty hall, and
fills it again or lets it to others in the joint auction: a sublease at the auction's price, until the tenant's own
lease ends. From then on the new tenant is the landlord's.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from wattmarket import _core
from wattmarket.agents.auction import Awards
from wattmarket.agents.books import Outside
from wattmarket.agents.lots import BEHIND_THE_METER, LotColumns
from wattmarket.contracts import Kind, State
from wattmarket.numeric import first_in_group, overlaps, sum_by

if TYPE_CHECKING:
    from wattmarket.living.economy import Economy

__all__ = ["EmptySpace", "empty_space", "hold_over", "sign_leases"]

Integer = NDArray[np.int64]
Truth = NDArray[np.bool_]

LEFT = int(State.ACTIVE)
"""Highest state of what has not ended, of contracts as of tranches."""


@dataclass(frozen=True, slots=True)
class EmptySpace:
    """Leased space without accelerators, N rows in order of sites; at a site the lease that ends first comes first.

    Parameters
    ----------
    site, tenant
        int64 [N].
    kw
        int64 [N]: kW of IT.
    end
        int64 [N]: tick in which the tenant's lease ends.
    """

    site: Integer
    tenant: Integer
    kw: Integer
    end: Integer


def empty_space(economy: Economy, months: int, at: Truth) -> EmptySpace:
    """Find what of the space that is leased in some months will stand empty then, as far as it is known today.

    Parameters
    ----------
    months
        From now.
    at
        bool [S]: sites to look at.

    Notes
    -----
    A tenant can spare until some month what it has leased that long beyond what is used that long, by its accelerators
    or by those it let space to, and no more than it can spare until any month before. What is empty now is told by what
    runs, once this month's accelerators are complete.
    """
    running_kw = None if months else economy.building.fleet.operating_kw.reshape(-1)
    found = _core.empty_space(_halls(economy), economy.tick + months, at.view(np.uint8), running_kw)
    tenant, site, kw, end = _columns(found)
    return EmptySpace(site, tenant, kw, end)


def _columns(data: list[bytes]) -> list[Integer]:
    return [np.frombuffer(column, dtype=np.int64) for column in data]


def _halls(economy: Economy) -> tuple[dict[str, Integer], dict[str, Integer], tuple[int, int, int, int], int]:
    """All contracts, all tranches, what their codes mean, and how many parties there are."""
    ledger, tranches, books = economy.ledger, economy.building.fleet.tranches, economy.books
    vendors = books.outside(Outside.PLANT_VENDORS)
    return (
        {name: getattr(ledger, name) for name in ("kind", "state", "seller", "buyer", "site", "kw", "start", "end")},
        {name: getattr(tranches, name) for name in ("agent", "site", "kw", "ready", "retire", "state")},
        (int(Kind.LEASE), int(Kind.SUBLEASE), vendors, LEFT),
        len(books.balance),
    )


def hold_over(economy: Economy, expired: Integer) -> None:
    """Let tenants stay whose lease has just ended while their accelerators run: at its rent, as long as they run.

    Parameters
    ----------
    expired
        int64 [N]: contracts.
    """
    ledger, now = economy.ledger, economy.tick
    ended = expired[_of_space(economy, expired) & (expired >= economy.opening_leases)]
    if not len(ended):
        return
    sites = len(economy.rows.site_key)
    rows, kw, end = _columns(_core.held_over(_halls(economy), now, ended, sites))
    if len(rows):
        ledger.sign(
            Kind.LEASE,
            now,
            seller=economy.places.landlord[ledger.site[rows]],
            buyer=ledger.buyer[rows],
            zone=ledger.zone[rows],
            site=ledger.site[rows],
            kw=kw,
            price=ledger.price[rows],
            start=now,
            end=end,
        )


def _of_space(economy: Economy, rows: Integer) -> Truth:
    """Whether contracts are about space: leases and subleases, but not of plants behind meters, bool [N]."""
    ledger = economy.ledger
    space = (ledger.kind[rows] == Kind.LEASE) | (ledger.kind[rows] == Kind.SUBLEASE)
    return np.asarray(space & (ledger.seller[rows] != economy.books.outside(Outside.PLANT_VENDORS)))


class Leases(NamedTuple):
    """Leases to sign, N rows: the award, the lessor, kW of IT, first and last tick; int64 [N] each."""

    award: Integer
    lessor: Integer
    kw: Integer
    start: Integer
    end: Integer


def sign_leases(economy: Economy, lots: LotColumns, awards: Awards, empty: EmptySpace) -> None:
    """Lease the space that was won, from landlords and from tenants, and the plants behind meters.

    Parameters
    ----------
    empty
        What tenants had on offer.
    """
    site = lots.site[awards.lot]
    landlord = economy.places.landlord[site]
    start = economy.tick + lots.months[awards.lot]
    life = start + economy.building.lives[economy.ground.sites.silicon[site]]
    # In its own halls nobody needs a term.
    term = np.where(landlord == awards.agent, 0, economy.lease_months[awards.agent])
    won = Leases(np.arange(len(site)), landlord, awards.kw, start, np.maximum(life, start + term))
    sublet = lots.sublet[awards.lot]
    _sign(economy, Kind.LEASE, awards, site, _some(won, ~sublet))
    _sign(economy, Kind.SUBLEASE, awards, site, _from_tenants(_some(won, sublet), awards.agent, site, empty))
    vendors = np.full_like(landlord, economy.books.outside(Outside.PLANT_VENDORS))
    beside = Leases(won.award, vendors, won.kw, start, life)
    plants = replace(awards, land=awards.energy)
    _sign(economy, Kind.LEASE, plants, site, _some(beside, lots.route[awards.lot] == BEHIND_THE_METER))


def _from_tenants(won: Leases, winner: Integer, site: Integer, empty: EmptySpace) -> Leases:
    """Share space among tenants who offered it: subleases, as long as the tenants' own leases run.

    At a site the leases that end first are sublet first. Who moves into space of its own has a lease there already.
    """
    won = _some(won, np.argsort(site[won.award], kind="stable"))
    taken = sum_by(site[won.award], won.kw, int(empty.site.max(initial=0)) + 1)
    left, space, kw = overlaps(won.kw, first_in_group(taken[empty.site], empty.site, empty.kw))
    award = won.award[left]
    tenant = empty.tenant[space]
    end = np.minimum(empty.end[space], won.end[left])
    return _some(Leases(award, tenant, kw, won.start[left], end), tenant != winner[award])


def _some(leases: Leases, chosen: Truth | Integer) -> Leases:
    return Leases(*(column[chosen] for column in leases))


def _sign(economy: Economy, kind: Kind, awards: Awards, site: Integer, leases: Leases) -> None:
    """Sign leases at the price that winners pay for land."""
    row = leases.award
    if len(row):
        economy.ledger.sign(
            kind,
            economy.tick,
            seller=leases.lessor,
            buyer=awards.agent[row],
            zone=economy.ground.sites.zone[site[row]],
            site=site[row],
            kw=leases.kw,
            price=awards.land[row],
            start=leases.start,
            end=leases.end,
        )
