"""Who is where at the start: owners of sites, runners of accelerators, operators of zones, and tastes for places."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from wattmarket import numeric
from wattmarket.agents.auction import mixed_keys
from wattmarket.agents.books import Outside
from wattmarket.agents.population import Population
from wattmarket.scenario import Scenario
from wattmarket.world import World

__all__ = ["Places", "place_agents"]

Float = NDArray[np.float64]
Integer = NDArray[np.int64]
Keys = NDArray[np.uint64]

FAR: Final = -4.0
"""Log points of taste that keep an agent out of a place."""

HOME_WEIGHT: Final = 4.0
"""How much likelier an agent's accelerators stand at home, at the start (assumption)."""

AGENT_LANDLORDS: Final = {
    "campus": ("infrastructure_fund", 0.35),
    "brownfield": ("infrastructure_fund", 0.35),
    "btm": ("infrastructure_fund", 0.35),
    "metro_dc": ("edge_investor", 0.45),
    "central_office": ("telecom", 0.85),
    "tower": ("telecom", 0.85),
}
"""Class that owns sites of a kind, and the share of them that agents own; the rest is the landowners' (assumption)."""

HOME_BIASED: Final = ("sovereign_fund", "telecom")


@dataclass(frozen=True, slots=True)
class Places:
    """Parties by place.

    Parameters
    ----------
    landlord
        int64 [S]: party that owns each site.
    runner
        int64 [S]: agent that runs the accelerators of the start.
    operator
        int64 [Z]: party that operates each zone: an agent, or the outside account ``GENERATORS``.
    taste
        float64 [A, S]: log points by which a site is worth more to an agent than money says.
    """

    landlord: Integer
    runner: Integer
    operator: Integer
    taste: Float


def place_agents(population: Population, world: World, scenario: Scenario) -> Places:
    """Put agents in their places, by the shipped table, the owners of named sites, and keyed draws."""
    ground = _Ground(population, world.sites, scenario)
    return Places(
        landlord=ground.landlords(),
        runner=ground.runners(),
        operator=_operators(population, world.zones["zone_id"].to_list(), len(population) + int(Outside.GENERATORS)),
        taste=ground.tastes(scenario),
    )


class _Ground:
    """Agents against sites: who is at home where, and who may build where."""

    def __init__(self, population: Population, sites: pl.DataFrame, scenario: Scenario) -> None:
        self.population = population
        self.sites = sites
        self.seed = scenario.run.seed
        self.key = numeric.entity_hash(sites["site_id"].to_list())
        self.home = _at_home(population.country, sites["country"].to_list())
        self.near = _may_build(population.country, sites["country"].to_list())

    def landlords(self) -> Integer:
        """Draw an owner for every site: an agent of the kind's class, likelier at home, or the landowners."""
        population = self.population
        owner = np.full(self.sites.height, len(population) + int(Outside.LANDOWNERS), dtype=np.int64)
        held = np.asarray(numeric.uniform(self.seed, "landlord held", self.key))
        kinds = self.sites["kind"].to_numpy()
        for kind, (name, share) in AGENT_LANDLORDS.items():
            rows = np.flatnonzero((kinds == kind) & (held < share))
            own = population.of_class(name)
            home = np.where(self.home[own][:, rows], HOME_WEIGHT, 1.0)
            weight = np.where(self.near[own][:, rows], home, 0.0)
            drawn = _draw(weight, np.asarray(numeric.uniform(self.seed, "landlord", self.key[rows])))
            owner[rows[drawn >= 0]] = own[drawn[drawn >= 0]]
        return owner

    def runners(self) -> Integer:
        """Draw who runs the accelerators of the start: in proportion to money in 2023, likelier at home."""
        money = self.population.funding_usd[:, 0]
        weight = np.where(self.near, np.where(self.home, HOME_WEIGHT, 1.0), 0.0) * money[:, None]
        drawn = _draw(weight, np.asarray(numeric.uniform(self.seed, "runner", self.key)))
        named = _named_owner(self.population, self.sites["owner"].to_list())
        return np.where(named >= 0, named, np.maximum(drawn, 0))

    def tastes(self, scenario: Scenario) -> Float:
        """Keyed tastes of every agent for every site, home bias, and places that are out of reach."""
        population = self.population
        pairs = mixed_keys(population.entity[:, None], self.key[None, :])
        draws = np.asarray(numeric.normal(self.seed, "private value", pairs.ravel())).reshape(pairs.shape)
        biased = np.array([name in HOME_BIASED for name in population.agent_class])
        taste = scenario.agents.private_value_sd * draws
        taste = taste + np.where(biased[:, None] & self.home, scenario.agents.home_bias, 0.0)
        return np.where(self.near, np.maximum(taste, -0.9), FAR)


def _at_home(agent_country: tuple[str, ...], site_country: list[str]) -> NDArray[np.bool_]:
    """Whether a site is in an agent's country, bool [A, S]."""
    return np.asarray(np.array(agent_country)[:, None] == np.array(site_country)[None, :])


def _may_build(agent_country: tuple[str, ...], site_country: list[str]) -> NDArray[np.bool_]:
    """Whether an agent can build in a place: China's platforms and the others keep apart (assumption), bool [A, S]."""
    agent_inside = np.array(agent_country) == "CN"
    site_inside = np.array(site_country) == "CN"
    return np.asarray(agent_inside[:, None] == site_inside[None, :])


def _named_owner(population: Population, owners: list[str | None]) -> Integer:
    """Agent whose name begins with a named site's owner, or −1, int64 [S]."""
    found = {"Google": "Alphabet"}
    names = [name.lower() for name in population.name]
    rows = {}
    for owner in sorted({owner for owner in owners if owner}):
        wanted = found.get(owner, owner).lower()
        rows[owner] = next((row for row, name in enumerate(names) if name.startswith(wanted)), -1)
    return np.array([rows[owner] if owner else -1 for owner in owners], dtype=np.int64)


def _draw(weight: Float, uniform: Float) -> Integer:
    """Draw a row for every column in proportion to weights, −1 where all are nil, int64 [S]."""
    reached = np.cumsum(weight, axis=0)
    total = reached[-1] if len(reached) else np.zeros(len(uniform))
    drawn = (reached <= uniform[None, :] * total[None, :]).sum(axis=0)  # exact: integers
    return np.where(total > 0.0, np.minimum(drawn, len(weight) - 1), -1).astype(np.int64)


def _operators(population: Population, zone_ids: list[str], fringe: int) -> Integer:
    """Party that operates each zone."""
    operator = np.full(len(zone_ids), fringe, dtype=np.int64)
    for row, zones in enumerate(population.zone_ids):
        for zone in zones:
            if zone in zone_ids:
                operator[zone_ids.index(zone)] = row
    return operator
