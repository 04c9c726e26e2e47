"""The rent of a site as the sum of chains: what its output fetches, less what running it costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from wattmarket.errors import InvariantError
from wattmarket.model import ClearedMonth
from wattmarket.spot import ChainLink, PriceChain, RentReader, SpotChains, SpotLayout
from wattmarket.spot.rents import CORNERS

__all__ = ["Part", "RentEnd", "Standing", "explain_rent", "standing_of"]

End = Literal["lowest", "highest"]
Part = Literal["price", "running", "energy"]

ENDS: tuple[End, ...] = ("lowest", "highest")


@dataclass(frozen=True, slots=True)
class Standing:
    """What earns at a site, and at settled prices how much: micro-$ per kWh.

    Parameters
    ----------
    subject
        ``pool`` where accelerators are in use, ``shell`` where load runs that brings its own, ``idle`` where neither.
    site, pool
        Positions of the site and of its pool.
    price, running, energy
        What a kWh fetches, and costs; of an idle site, what its best bid is and what running it would cost.
    """

    subject: Literal["pool", "shell", "idle"]
    site: int
    pool: int
    price: int
    running: int
    energy: int

    @property
    def rent(self) -> int:
        """Price less cost."""
        return self.price - self.running - self.energy


@dataclass(frozen=True, slots=True)
class RentEnd:
    """The rent at one end of the prices' interval, and why.

    Parameters
    ----------
    end
        Which end.
    price
        Chain of the price that the site's output fetches.
    running
        Running cost of its accelerators, micro-$ per kWh.
    adder
        What a kWh costs between zone and site.
    energy
        Chain of the zone's price; None where the site's own plant sets its energy cost.
    plant
        Cost of that plant where it does, or None.
    """

    end: End
    price: PriceChain
    running: int
    adder: int
    energy: PriceChain | None
    plant: int | None

    @property
    def energy_cost(self) -> int:
        """Delivered cost of energy, micro-$ per kWh."""
        if self.energy is None:
            assert self.plant is not None
            return self.plant
        return self.energy.price + self.adder

    @property
    def rent(self) -> int:
        """Rent, micro-$ per kWh: the sum of all amounts of the parts."""
        return self.price.price - self.running - self.energy_cost

    def terms(self) -> list[tuple[Part, int, ChainLink | None]]:
        """Return what adds up to the rent: part, amount with its sign, and the link if it is one of a chain."""
        terms: list[tuple[Part, int, ChainLink | None]] = [("price", link.amount, link) for link in self.price.links]
        terms.append(("running", -self.running, None))
        if self.energy is None:
            return [*terms, ("energy", -self.energy_cost, None)]
        return [*terms, ("energy", -self.adder, None), *(("energy", -link.amount, link) for link in self.energy.links)]


def standing_of(site: int, layout: SpotLayout, reader: RentReader, month: ClearedMonth) -> Standing:
    """Find what earns at a site."""
    clearing, state = month.clearing, month.state
    pool = int((layout.pool_site == site).argmax())
    energy = int(reader.energy_cost(clearing, state)[site])
    if clearing.pool_flow[pool] > 0:
        return Standing("pool", site, pool, int(clearing.pool_price[pool]), int(state.pool_cost[pool]), energy)
    if clearing.shell_flow[site] > 0:
        return Standing("shell", site, pool, int(clearing.shell_price[site]), 0, energy)
    return Standing("idle", site, pool, int(clearing.pool_price_low[pool]), int(state.pool_cost[pool]), energy)


def explain_rent(
    standing: Standing, layout: SpotLayout, reader: RentReader, month: ClearedMonth, chains: SpotChains
) -> tuple[RentEnd, ...]:
    """Explain the rent of a site in use at the lowest and the highest prices.

    Raises
    ------
    InvariantError
        If a chain is missing or the terms don't add up to the rent as it is read: a bug.
    """
    if standing.subject == "idle":
        return ()
    site, state, clearing = standing.site, month.state, month.clearing
    kind: Literal["pool", "shell"] = standing.subject
    place = standing.pool if kind == "pool" else site
    found = []
    for end, corner in zip(ENDS, CORNERS[1:], strict=True):
        price = chains.chain(kind, place, end)
        cost, adder = int(reader.energy_cost(clearing, state, corner)[site]), int(state.site_cost[site])
        zone = int(layout.site_zone[site])
        from_zone = int(getattr(clearing, f"zone_price{corner}")[zone]) + adder == cost
        energy = chains.chain("zone", zone, end) if from_zone and clearing.grid_flow[site] > 0 else None
        plant = None if energy is not None else int(state.btm_cost[site])
        if price is None:
            raise InvariantError(f"site {site}: in use, but no chain explains its {end} price")
        one = RentEnd(end, price, standing.running, adder, energy, plant)
        total = sum(amount for _, amount, _ in one.terms())  # exact: integers
        if total != one.rent or one.energy_cost != cost:
            raise InvariantError(f"site {site}: {end} rent {one.rent}: its terms sum up to {total}, energy to {cost}")
        found.append(one)
    return tuple(found)
