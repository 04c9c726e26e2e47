"""What is on offer in a month: accelerators, land, slots, PPAs, plants behind meters, and energy at the tariff."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wattmarket import numeric
from wattmarket.agents.auction import OfferColumns, mixed_keys
from wattmarket.agents.base import MarketAgent
from wattmarket.agents.lots import LotColumns
from wattmarket.agents.view import MarketView
from wattmarket.errors import InputError
from wattmarket.finance import usd_per_mwh_of_capital
from wattmarket.units import HOURS_PER_MONTH, MUSD_PER_KW_MONTH_PER_USD_PER_MWH, MUSD_PER_USD

if TYPE_CHECKING:
    from wattmarket.living.economy import Economy

__all__ = ["checked_numbers", "energy_offers", "land_asks", "lot_keys", "plant_ask", "retail_ask", "silicon_offers"]

Float = NDArray[np.float64]
Integer = NDArray[np.int64]

RETAIL_MARGIN_USD_PER_MWH = 5.0
"""What a supplier adds to the zone's price (assumption)."""

SUNK_SHARE = 0.5
"""Least that a landlord takes for a hall that stands, as a share of the cost of a new one (assumption)."""

PLANT_LIFE_YEARS = 20.0
PLANT_RATE = 0.10
"""Life of a plant behind the meter and the rate of its vendor (assumption; fact P19 has 95 $/MWh all in)."""

UNLIMITED_KW = 10**8


def silicon_offers(economy: Economy) -> OfferColumns:
    """Accelerators by class and step."""
    silicon, ask, kw = economy.chipmakers.offers(economy.ground.now)
    key = numeric.entity_hash([f"chips {place}" for place in range(len(kw))])
    return OfferColumns("silicon", silicon, ask, kw, np.zeros_like(kw), key)


def energy_offers(economy: Economy) -> list[OfferColumns]:
    """PPAs step by step, and energy at the retail tariff in every zone."""
    offers = economy.building.ppa_offers
    zones = len(economy.places.operator)
    ppa = OfferColumns("ppa", offers.zone, offers.ask, offers.kw, offers.least_kw, offers.key)
    unlimited = np.full(zones, UNLIMITED_KW, dtype=np.int64)
    tariff = OfferColumns(
        "retail", np.arange(zones), retail_ask(economy), unlimited, np.zeros_like(unlimited), economy.rows.zone_key
    )
    return [ppa, tariff]


def retail_ask(economy: Economy) -> Integer:
    """Tariff of every zone, micro-$ per kW-month: last month's price and a supplier's margin."""
    price = np.maximum(economy.lmp_musd_per_kwh, 0) * HOURS_PER_MONTH
    return np.asarray(price + int(RETAIL_MARGIN_USD_PER_MWH * MUSD_PER_KW_MONTH_PER_USD_PER_MWH))


def land_asks(economy: Economy, view: MarketView, landlords: list[MarketAgent]) -> Integer:
    """What landlords ask for the land of each lot, int64 [L] micro-$ per kW-month.

    A new shell at its annualised cost; one that stands at what other load pays for it, or half the cost of a new one.
    Tenants, who pay their own rent anyway, ask for what other load pays.
    Landlords with patience hold out for part of what their cohort expects.
    """
    lots = view.lots
    agents = len(economy.population)
    other = economy.other_rent_usd_per_kw_month[lots.site]
    new = view.shell_cost
    ask = np.where(lots.standing, np.maximum(other, SUNK_SHARE * new), new)
    ask = np.where(lots.sublet, other, ask)
    owner = np.where(lots.sublet, agents, np.minimum(economy.places.landlord[lots.site], agents))
    # Lots owner by owner, each owner's in their order, and at last nobody's. Short codes are sorted sooner.
    rows = np.argsort(owner.astype(np.min_scalar_type(agents)), kind="stable")
    ends = np.searchsorted(owner[rows], np.arange(agents + 1)).tolist()
    site, asked, forward = lots.site[rows], ask[rows], view.forward_land(owner)[rows]
    for agent in landlords:
        own = slice(ends[agent.row], ends[agent.row + 1])
        if own.start < own.stop:
            reserve = agent.reserve(view, site[own], asked[own], forward[own])
            asked[own] = checked_numbers(agent, "reserve", reserve, own.stop - own.start, least=0.0)
    ask[rows] = asked
    return numeric.to_integer(np.floor(ask * MUSD_PER_USD), "land ask")


def checked_numbers(agent: MarketAgent, what: str, given: Float, count: int, least: float = -np.inf) -> Float:
    """One finite number for each of so many rows, as an agent's method has to give.

    Raises
    ------
    InputError
        Naming agent, method and the first row that is wrong.
    """
    numbers = np.asarray(given, dtype=np.float64)
    if numbers.shape != (count,):
        raise InputError(f"{agent.name}: {what}: expected {count} numbers, found {list(numbers.shape)}")
    right = np.isfinite(numbers) & (numbers >= least)
    if not right.all():
        row = int(right.argmin())
        reason = f"is below {least:g}" if np.isfinite(numbers[row]) else "is not finite"
        raise InputError(f"{agent.name}: {what}[{row}] = {numbers[row]}: {reason}")
    return numbers


def plant_ask(economy: Economy) -> int:
    """What a vendor asks for a plant behind the meter without its fuel, micro-$ per kW-month."""
    contracts = economy.ground.now.contracts
    capital = usd_per_mwh_of_capital(np.array(contracts.turbine_usd_per_kw), np.array(PLANT_RATE), PLANT_LIFE_YEARS)
    return int(numeric.to_integer(capital * MUSD_PER_KW_MONTH_PER_USD_PER_MWH, "plant ask"))


def lot_keys(economy: Economy, lots: LotColumns) -> NDArray[np.uint64]:
    """Stable names of lots: site, route, whether it stands and is sublet, and request, uint64 [L]."""
    kind = (lots.route * 2 + lots.standing + 8 * lots.sublet + 16 * (lots.request + 1)).astype(np.uint64)
    return mixed_keys(economy.rows.site_key[lots.site], kind)
