"""The first month's spot market of a world, to experiment with."""

from __future__ import annotations

from wattmarket.model.market import Model
from wattmarket.scenario import Scenario
from wattmarket.spot import SpotDemand, SpotMarket, SpotState
from wattmarket.world import World

__all__ = ["opening_market"]


def opening_market(world: World, scenario: Scenario | None = None) -> tuple[SpotMarket, SpotDemand, SpotState]:
    """Open the spot market of a world at the start of a scenario.

    Parameters
    ----------
    world
        Any world.
    scenario
        By default one without changes.

    Returns
    -------
    market, demand, state
        The market, and what it clears in the first month; change the columns and clear again to see what moves.

    Examples
    --------
    >>> from wattmarket.world import WorldConfig, build_world
    >>> market, demand, state = opening_market(build_world(WorldConfig(metros=20, sites=50)))
    >>> view = market.read(market.clear(demand, state), demand, state)
    >>> view.sites.filter(view.sites["label"] == "latency-bound").height > 0
    True
    >>> view.zones["lmp_usd_per_mwh"].median() < 200
    True
    """
    scenario = scenario or Scenario()
    demand, state = Model(scenario, world).open()
    return SpotMarket(world, scenario.at(scenario.run.start)), demand, state
