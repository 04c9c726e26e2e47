"""The Mesa model: a month of the living market, in the order of its steps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import mesa
import numpy as np

from wattmarket.agents import CLASSES, MarketAgent, Population
from wattmarket.agents.auction import Awards, hold_auction
from wattmarket.agents.base import Landlord
from wattmarket.demand import MonthDemand
from wattmarket.errors import InputError
from wattmarket.living.collected import Collected
from wattmarket.living.debt import fund, service_debt
from wattmarket.living.defaults import wind_up_defaults
from wattmarket.living.desk import TradingDesk
from wattmarket.living.earnings import earn
from wattmarket.living.economy import Economy
from wattmarket.living.filing import bears, file_requests
from wattmarket.living.offers import energy_offers, lot_keys, silicon_offers
from wattmarket.living.opening import open_economy
from wattmarket.living.resale import offer_slots
from wattmarket.living.settlement import settle
from wattmarket.living.slots import sell_to_outside, slot_offers, slot_steps
from wattmarket.living.tables import Chronicle, Month
from wattmarket.model.quotes import Quotes
from wattmarket.phases import STEPPING, Phases, unmeasured
from wattmarket.scenario import Scenario, Settings, each_setting, load_scenario
from wattmarket.scenario.sets import ORIGIN
from wattmarket.spot import SpotClearing, SpotState
from wattmarket.tick import ClosingRecord, TickRecord
from wattmarket.units import KW_PER_MW, MONTHS_PER_YEAR
from wattmarket.world import World, world_of

__all__ = ["WattMarketModel", "play"]


class WattMarketModel(mesa.Model):
    """A scenario played by agents on a world, month by month.

    Parameters
    ----------
    scenario
        A scenario, the path of a scenario file, or None for one without changes.
    world
        The world it is played on; None: the scenario's own.
    classes
        Classes of agents that take the place of the project's, by name of the class in the population.
    settings
        Settings that come before the scenario's keys, as ``--set`` does: ``"drift.ceiling=0.5"``,
        ``{"drift.ceiling": 0.5}``, or several.
    seed
        The scenario's `run.seed`; None: as it stands there.
    phases
        Is told which phase of a month begins.
    keys
        The same, as keywords: a scenario's key with two underscores for each dot, ``drift__ceiling=0.5``. They come
        after `settings`; this is what ``mesa.batch_run`` varies.

    Attributes
    ----------
    scenario, world, population, economy, desk
        What is played, where, by whom; the state of everything, and what agents see of it.
    record : TickRecord or None
        The last month as rows of the run's tables.
    chronicle
        Writes them, and at the end the tables that need to know all months.
    datacollector
        What the months played came to, as Mesa's users look for it.

    Raises
    ------
    InputError
        If a key or a class is unknown, or a value out of range; on a step after the last month.

    Examples
    --------
    >>> from wattmarket.world import WorldConfig, build_world
    >>> world = build_world(WorldConfig(metros=20, sites=50))
    >>> model = WattMarketModel(world=world, settings=["run.months=2"])
    >>> model.step()
    >>> len(model.agents), len(model.agents.select(lambda agent: agent.agent_class == "utility"))
    (79, 33)
    """

    def __init__(
        self,
        scenario: str | Path | Scenario | None = None,
        world: World | None = None,
        *,
        classes: Mapping[str, type[MarketAgent]] | None = None,
        settings: Settings = (),
        seed: int | None = None,
        phases: Phases = unmeasured,
        **keys: bool | float | str | Sequence[float],
    ) -> None:
        if seed is not None:
            keys = {"run__seed": seed, **keys}
        chosen = _scenario(scenario, settings, keys)
        super().__init__(rng=chosen.run.seed)
        self._phases = phases
        self.scenario = chosen
        self.world = world_of(chosen) if world is None else world
        self.population = Population.of(chosen)
        self.economy = Economy(chosen, self.world, self.population)
        self.desk = TradingDesk(self.economy)
        self.record: TickRecord | None = None
        self.chronicle = Chronicle(self.economy)
        self._create_agents({**CLASSES, **(classes or {})})
        self.datacollector = Collected([agent.unique_id for agent in self._rows])

    def _create_agents(self, classes: Mapping[str, type[MarketAgent]]) -> None:
        if unknown := sorted(classes.keys() - CLASSES.keys()):
            raise InputError(f"classes: {unknown[0]!r}: must be one of {', '.join(CLASSES)}")
        for name, kind in classes.items():
            if not (isinstance(kind, type) and issubclass(kind, MarketAgent)):
                raise InputError(f"classes: {name}: must be a subclass of wattmarket.agents.MarketAgent")
            if not kind.spend_months > 0:
                raise InputError(f"classes: {name}: spend_months: {kind.spend_months} is not above 0")
        self._rows = [classes[name](self, row) for row, name in enumerate(self.population.agent_class)]
        # Mesa counts the agents of every model that ever was under the model itself, which would never be let go.
        mesa.Agent._ids.pop(self, None)
        economy = self.economy
        economy.buys = np.array([agent.buys for agent in self._rows])
        economy.files = np.array([agent.files for agent in self._rows])
        economy.may_default = np.array([agent.may_default for agent in self._rows])
        economy.short_leases = np.array([agent.short_leases for agent in self._rows])
        economy.cushion = np.array([agent.cushion for agent in self._rows])
        names = list(self.desk.cohort_names)
        everyone = self.scenario.beliefs.everyone
        first = [agent.attention if everyone == "own" else everyone for agent in self._rows]
        for agent, name in zip(self._rows, first, strict=True):
            if name not in names:
                raise InputError(f"{agent.name}: attention: {name!r}: must be one of {', '.join(names)}")
        economy.outlook.cohort = np.array([names.index(name) for name in first], dtype=np.int64)
        self._landlords = [agent for agent in self._rows if isinstance(agent, Landlord)]

    @property
    def tick(self) -> int:
        """Months played since the start, from 0; −1 before the first."""
        return self.economy.tick

    def step(self) -> None:
        """Play a month."""
        if self.tick + 1 >= self.scenario.run.months:
            raise InputError(f"run.months: all {self.scenario.run.months} months are played")
        economy, phases = self.economy, self._phases
        phases("demand")
        economy.begin_month()
        demand = economy.ground.advance_demand()
        if self.tick == 0:
            open_economy(economy)
            self.look_around(demand)
        fund(economy, self.desk.keen)
        phases("beliefs")
        self.look_ahead(demand)
        awards = self.trade()
        phases("queue")
        self.move_queue()
        phases("building")
        economy.building.plan_plants(economy.outlook.curves)
        completed, retired = economy.building.complete()
        state = economy.building.state()
        phases("spot")
        clearing = economy.ground.clear_spot(demand, state)
        quotes = self.quote(clearing, state, awards)
        phases("earnings")
        earn(economy, clearing, state, quotes)
        wind_up_defaults(economy, service_debt(economy))
        economy.close_month(clearing, state, quotes, demand)
        phases("record")
        bids, lots = self.desk.bids(), self.desk.view.lots
        self.record = self.chronicle.record(
            Month(demand, state, clearing, quotes, completed, retired, awards, lots, bids)
        )
        self.datacollector.collect(self.record)
        self.running = self.tick + 1 < self.scenario.run.months
        if not self.running:
            self.economy.outlook.close()

    def look_around(self, demand: MonthDemand) -> None:
        """Learn the prices of the start, which the first bids are made at."""
        state = self.economy.building.state()
        clearing = self.economy.ground.clear_spot(demand, state)
        self.economy.learn_prices(clearing, state, self.economy.ground.rents(clearing, state))

    def look_ahead(self, demand: MonthDemand) -> None:
        """Observe, change minds, and value what every site will earn."""
        economy, outlook = self.economy, self.economy.outlook
        outlook.observe(demand)
        outlook.switch_cohorts()
        outlook.revalue(economy.building, network_changed=economy.network_changed)
        outlook.look_ahead(economy.today_musd_per_kwh)
        wait = economy.building.queue.rule.connection_months + economy.ground.now.capacity.lead_months
        outlook.weigh_sites(economy.files, wait, np.flatnonzero(economy.rows.campus))

    def trade(self) -> Awards | None:
        """Offer, bid, clear the forward market and carry it out."""
        economy, desk = self.economy, self.desk
        self._phases("offers")
        desk.open(self._landlords)
        self._phases(STEPPING)
        self.agents.do("step")
        self._phases("auction")
        bids = desk.bids()
        awards = None
        lots = desk.view.lots
        auctioned = economy.building.queue.rule.mechanism == "auction"
        offer_slots(economy)
        steps = economy.slot_steps = slot_steps(economy, lots) if auctioned else None
        if len(bids.kw):
            sites = economy.ground.sites
            awards = hold_auction(
                bids,
                desk.bidding.budget_kw,
                lots,
                site_zone=sites.zone,
                site_silicon=sites.silicon,
                zones=len(economy.rows.zone_key),
                land_ask=desk.land_ask,
                plant_ask=np.full(len(lots), desk.plant_ask, dtype=np.int64),
                offers=[
                    silicon_offers(economy),
                    slot_offers(economy, lots, steps),
                    *energy_offers(economy),
                ],
                agent_key=economy.agent_key,
                lot_key=lot_keys(economy, lots),
                caps=economy.caps,
            )
            self._phases("settlement")
            settle(economy, lots, awards, desk.empty)
        if steps is not None:
            sell_to_outside(economy, steps, awards)
        economy.remember_auction(awards, desk.bidding.budget_kw)
        return awards

    def move_queue(self) -> None:
        """File, study, withdraw, grant turns; energise."""
        file_requests(self.economy)
        self.economy.building.queue.step(self.tick, bears(self.economy))
        self.economy.deposits.post(self.economy.building.queue, self.economy.books)

    def quote(self, clearing: SpotClearing, state: SpotState, awards: Awards | None) -> Quotes:
        """Rents of the spot market, and market values: what every site would fetch in this month's auction."""
        economy, ground = self.economy, self.economy.ground
        land = self.desk.land_value_usd_per_kw_month()
        shifts = economy.price_ends(awards, self.desk.view.lots)
        values = tuple(
            np.maximum(land + shift, economy.other_rent_usd_per_kw_month)
            * (KW_PER_MW * MONTHS_PER_YEAR * ground.years_of_rent)
            for shift in (0.0, *shifts)
        )
        rents, binding = ground.rents(clearing, state), ground.reader.binding(clearing, state)
        return Quotes(rents, (values[0], values[1], values[2]), binding)


def play(scenario: Scenario, world: World, phases: Phases = unmeasured) -> Iterator[TickRecord | ClosingRecord]:
    """Play a scenario month by month; give each as rows of the run's tables, and at the end the closing ones."""
    model = WattMarketModel(scenario, world, phases=phases)
    try:
        while model.running:
            model.step()
            assert model.record is not None
            yield model.record
        phases("record")
        yield model.chronicle.close()
    finally:
        model.economy.outlook.close()
        # Mesa's models refer to themselves. What this one holds goes at once, and not when the collector comes by.
        model.__dict__.clear()


def _setting(key: str, value: Any) -> str | dict[str, Any]:
    """A keyword as a setting; text is read as on the command line, where "0.5" is a number."""
    name = key.replace("__", ".")
    return f"{name}={value}" if isinstance(value, str) else {name: value}


def _scenario(scenario: str | Path | Scenario | None, settings: Settings, keys: Mapping[str, Any]) -> Scenario:
    """Read the scenario with its settings; what is wrong with a keyword names the keyword."""
    chosen = [*each_setting(settings), *(_setting(key, value) for key, value in keys.items())]
    try:
        if scenario is None:
            scenario = Scenario()
        if isinstance(scenario, Scenario):
            return scenario.with_settings(chosen) if chosen else scenario
        return load_scenario(scenario, chosen)
    except InputError as error:
        raise InputError([_of_keyword(line, keys) for line in error.problems]) from None


def _of_keyword(line: str, keys: Mapping[str, Any]) -> str:
    """A line about a setting as one about the keyword that it came from, if it did."""
    said = line.removeprefix(f"{ORIGIN}: ")
    for key, value in keys.items():
        name = key.replace("__", ".")
        if said != line and said.startswith((f"{name}: ", f"{f'{name}={value}'[:60]!r}: ")):
            return f"keyword {key}: {said}"
    return line
