"""A scenario: everything that a run is computed from, checked and frozen."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import Field, PrivateAttr, ValidationError, model_validator

from wattmarket.errors import InputError
from wattmarket.months import month_name, month_number, month_of_day
from wattmarket.scenario import schema
from wattmarket.scenario.events import Event, changed
from wattmarket.scenario.fields import FromList, Section, wrong
from wattmarket.scenario.files import beside, confined, with_drift_read
from wattmarket.scenario.flat import Flat
from wattmarket.scenario.problems import Problems, dotted, reasons
from wattmarket.scenario.sections import Findings, NetworkSection, Output, Prices, RunSection, Valuation, WorldSection
from wattmarket.scenario.sections_demand import Demand, Drift
from wattmarket.scenario.sections_living import Agents, Beliefs, Contracts, PriceLimits, Queue
from wattmarket.scenario.sections_supply import Capacity, Finance, Silicon
from wattmarket.scenario.sets import ORIGIN, Settings, read_sets
from wattmarket.scenario.workloads import Workload, check_groups, workload_set
from wattmarket.scenario.write import write_toml
from wattmarket.scenario.zones import ZoneChange

__all__ = ["Scenario"]

MOST_SITE_MONTHS = 20_000_000
MOST_REACH_ENTRIES = 25_000_000


class Scenario(schema.Title):
    """Everything that a run is computed from. Built by `load_scenario` from files, or in Python.

    Raises
    ------
    pydantic.ValidationError
        When built in Python from wrong values; `load_scenario` raises `InputError` instead.

    Examples
    --------
    >>> scenario = Scenario()
    >>> scenario.drift.ceiling, [workload.name for workload in scenario.workload][:2]
    (0.75, ['voice', 'chat'])
    >>> scenario.twin().drift.path
    'flat'
    """

    run: RunSection = Field(default_factory=RunSection)
    world: WorldSection = Field(default_factory=WorldSection)
    network: NetworkSection = Field(default_factory=NetworkSection)
    demand: Demand = Field(default_factory=Demand)
    drift: Drift = Field(default_factory=Drift)
    capacity: Capacity = Field(default_factory=Capacity)
    silicon: Silicon = Field(default_factory=Silicon)
    finance: Finance = Field(default_factory=Finance)
    agents: Agents = Field(default_factory=Agents)
    beliefs: Beliefs = Field(default_factory=Beliefs)
    queue: Queue = Field(default_factory=Queue)
    contracts: Contracts = Field(default_factory=Contracts)
    caps: PriceLimits = Field(default_factory=PriceLimits)
    valuation: Valuation = Field(default_factory=Valuation)
    prices: Prices = Field(default_factory=Prices)
    findings: Findings = Field(default_factory=Findings)
    output: Output = Field(default_factory=Output)
    workload: Annotated[tuple[Workload, ...], FromList] = ()
    zone: Annotated[tuple[ZoneChange, ...], FromList] = ()
    event: Annotated[tuple[Event, ...], FromList] = ()

    _folder: Path = PrivateAttr(default=Path())

    @model_validator(mode="before")
    @classmethod
    def _start_from_the_set(cls, tables: Any) -> Any:
        if not isinstance(tables, Mapping):
            return tables
        demand = tables.get("demand", {})
        name = demand.get("workloads", "article") if isinstance(demand, Mapping) else getattr(demand, "workloads", "")
        return {**tables, "workload": complete_workloads(str(name), tables.get("workload", ()))}

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        check_groups(
            self.workload,
            {"interactive": True, "tolerant": True, "training": True, "non_ai": self.demand.non_ai_power_start_gw > 0},
        )
        names = [change.name for change in self.zone]
        for number, name in enumerate(names):
            if name in names[:number]:
                raise wrong("appears twice", f"zone.{name}")
        if self.run.months * self.world.sites > MOST_SITE_MONTHS:
            raise wrong(
                f"{self.run.months:,} months of {self.world.sites:,} sites are more than {MOST_SITE_MONTHS:,} rows",
                "run.months",
            )
        if self.world.metros * self.world.sites > MOST_REACH_ENTRIES:
            raise wrong(
                f"{self.world.metros:,} metros by {self.world.sites:,} sites are more than {MOST_REACH_ENTRIES:,}",
                "world.metros",
            )
        problems = Problems()
        self._find_epochs(problems)
        if problems:
            raise wrong("; ".join(problems.lines), lines=problems.lines)
        return self

    # -- the parameters through time ----------------------------------------------------------------------------------

    def at(self, month: str | datetime.date) -> Scenario:
        """Parameters in force in a month: all events of that month and before applied, and no events left.

        Parameters
        ----------
        month
            ``"2028-06"``, or any day of the month.

        Returns
        -------
        Scenario
            The same object for all months between two events.

        Examples
        --------
        >>> fork = Scenario(event=[Event(date="2028-06", set={"drift.ceiling": 0.5})])
        >>> fork.at("2028-05").drift.ceiling, fork.at("2028-06").drift.ceiling
        (0.75, 0.5)
        """
        in_force = self._epochs[0][1]
        for start, scenario in self._epochs:
            if start <= month_of_day(month):
                in_force = scenario
        return in_force

    @cached_property
    def _epochs(self) -> tuple[tuple[str, Scenario], ...]:
        """Scenarios in force from given months on; the first from ever."""
        problems = Problems()
        found = self._find_epochs(problems)
        problems.raise_if_any()
        return found

    def _find_epochs(self, problems: Problems) -> tuple[tuple[str, Scenario], ...]:
        """Apply the events in order of time, re-checking the whole scenario after each month that has some."""
        if not self.event:
            return (("", self),)
        current = self.model_copy(update={"event": ()})
        epochs = [("", current)]
        for date in sorted({event.date for event in self.event}):
            where = f"event of {date}"
            changes: Flat = {}
            for event in self.event:
                if event.date == date:
                    changes |= {tuple(key.split(".")): value for key, value in event.set}
            tables = changed(current, changes, problems, where)
            try:
                current = self._sibling(tables)
            except ValidationError as error:
                for place, reason in reasons(error, value=tables):
                    problems.add(where, place.removeprefix("."), reason)
            epochs.append((date, current))
        return tuple(epochs)

    def twin(self) -> Scenario:
        """Give the no-drift twin: a flat batch share, no substitution, and no event that changes the drift.

        The share stays at `drift.start`, or where a piecewise drift is in the first month. Every other key, every
        other event and the seed are the same, so the two runs share every random draw.
        """
        tables = self.resolved()
        start = self.drift.flat_share(month_number(self.run.start))
        tables["drift"] |= {"path": "flat", "start": start, "substitution_elasticity": 0.0, "reaches": "everyone"}
        kept = []
        for event in tables["event"]:
            changes = {key: value for key, value in event["set"].items() if not key.startswith("drift.")}
            if changes:
                kept.append({**event, "set": changes})
        tables["event"] = kept
        return self._sibling(tables)

    def forked(self, at: str, settings: Settings) -> Scenario:
        """Give the scenario of another future: the same, and from a month on some keys have other values.

        Parameters
        ----------
        at
            First month in which they have, ``"2028-06"``; it lies after the run's first.
        settings
            ``"drift.ceiling=0.8"``, ``{"drift.ceiling": 0.8}``, or several, later ones win. Events of later months that
            change the same keys still do.

        Raises
        ------
        InputError
            With one line per problem: a month outside the run, a key that can't change, a value out of range.

        Examples
        --------
        >>> fork = Scenario().forked("2028-06", ["drift.ceiling=0.5"])
        >>> fork.drift.ceiling, fork.at("2028-06").drift.ceiling
        (0.75, 0.5)
        """
        problems = Problems()
        changes = read_sets(settings, problems, changing=True)
        _check_fork_month(at, self.run, problems)
        if not changes and not problems:
            problems.add(ORIGIN, "fork", "changes nothing; give at least one KEY=VALUE")
        problems.raise_if_any()
        event = Event(date=at, set=tuple((".".join(parts), value) for parts, value in changes.items()))
        tables = {name: getattr(self, name) for name in type(self).model_fields} | {"event": (*self.event, event)}
        return build(tables, ORIGIN, problems, self._folder)

    def with_settings(self, settings: Settings) -> Scenario:
        """Set keys as ``--set`` does.

        Parameters
        ----------
        settings
            ``"run.months=24"``, ``{"run.months": 24}``, or several, later ones win. With another `demand.workloads`,
            what differs from the old set in this scenario differs from the new one too. A `drift.file` replaces the
            points of a piecewise drift.

        Raises
        ------
        InputError
            With one line per problem.

        Examples
        --------
        >>> Scenario().with_settings(["run.months=24", "drift.path=flat"]).run.months
        24
        >>> Scenario().with_settings({"drift.ceiling": 0.5}).drift.ceiling
        0.5
        >>> [workload.name for workload in Scenario().with_settings(["demand.workloads=measured"]).workload][:2]
        ['ar_robotics', 'copilot']
        """
        problems = Problems()
        changes = confined(read_sets(settings, problems), self._folder, ORIGIN, problems)
        if ("drift", "file") in changes and self.drift.path == "piecewise":
            # What was read from a file is piecewise by now.
            changes = {("drift", "path"): "csv"} | changes
        changes = with_drift_read(changes, self._folder, problems)
        base = self._on_set(str(changes.get(("demand", "workloads"), self.demand.workloads)))
        tables = changed(base, changes, problems, ORIGIN)
        problems.raise_if_any()
        return build(tables, ORIGIN, problems, self._folder)

    def _on_set(self, name: str) -> Scenario:
        """Give this scenario with the workloads of another set, changed as those of its own set are; unchecked."""
        if name == self.demand.workloads:
            return self
        entries = workload_set(self.demand.workloads)
        own = {entry["name"]: Workload.model_validate(entry).model_dump() for entry in entries}
        changes = []
        for workload in self.workload:
            before = own.get(workload.name, {})
            change = {key: value for key, value in workload.model_dump().items() if before.get(key) != value}
            if change:
                changes.append({"name": workload.name, **change})
        return self.model_copy(update={"workload": complete_workloads(name, changes)})

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Copy the scenario; as with every pydantic model, `update` is not checked."""
        copied = super().model_copy(update=update, deep=deep)
        # What was found for the old events must not outlive them.
        copied.__dict__.pop("_epochs", None)
        return copied

    def _sibling(self, tables: Mapping[str, Any]) -> Scenario:
        """Build a scenario from other tables that lies in the same folder."""
        scenario = Scenario.model_validate(tables)
        scenario._folder = self._folder
        return scenario

    # -- the scenario as text -----------------------------------------------------------------------------------------

    def resolved(self) -> dict[str, Any]:
        """Give every key with its value, as plain tables, with nothing left to defaults.

        Loading the text of these tables (`to_toml`) gives an equal scenario.
        """
        return self.model_dump()

    def to_toml(self) -> str:
        """Write the complete scenario as TOML; equal scenarios give equal texts."""
        sections = {name: schema.tables_below(section) for name, section in schema.SECTIONS.items()}
        # A list of tables without entries has no TOML of its own.
        tables = {key: value for key, value in self.resolved().items() if value or not isinstance(value, tuple | list)}
        return write_toml(tables, sections)

    @property
    def digest(self) -> str:
        """SHA-256 of `to_toml`, in hexadecimal."""
        return hashlib.sha256(self.to_toml().encode("utf-8")).hexdigest()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Scenario) and self.resolved() == other.resolved()

    def __hash__(self) -> int:
        return hash(self.digest)

    # -- files beside the scenario ------------------------------------------------------------------------------------

    @property
    def folder(self) -> Path:
        """Folder that relative names of files are read from: that of the scenario file."""
        return self._folder

    def file(self, name: str) -> Path:
        """Path of a file that the scenario names, which lies beside the scenario or below.

        Raises
        ------
        InputError
            If the name leads elsewhere.
        """
        return beside(self._folder, name, str(name))


def _check_fork_month(at: str, run: RunSection, problems: Problems) -> None:
    """Note a month that isn't one, or in which a run can't be forked."""
    try:
        number, start = month_number(at), month_number(run.start)
    except InputError as error:
        problems.add("--at", at[:40], error.problems[0].rpartition(": ")[2])
        return
    last = start + run.months - 1
    if not start < number <= last:
        months = f"a month after {run.start}, which is the first, and up to {month_name(last)}, the last"
        problems.add("--at", at, f"is not {months}")


def complete_workloads(set_name: str, entries: Any) -> list[Any]:
    """Workloads of a set, changed and added to by the entries of a scenario."""
    if not isinstance(entries, list | tuple):
        return entries  # type: ignore[no-any-return]
    found: dict[str, Any] = {entry["name"]: entry for entry in workload_set(set_name)}
    nameless = []
    for entry in entries:
        if isinstance(entry, Workload):
            found[entry.name] = entry
        elif isinstance(entry, Mapping) and isinstance(entry.get("name"), str):
            found[entry["name"]] = {**found.get(entry["name"], {}), **entry}
        else:
            nameless.append(entry)
    return [*found.values(), *nameless]


def build(tables: dict[str, Any], where: str, problems: Problems, folder: Path) -> Scenario:
    """Build a scenario, with every problem of every table as a line.

    Parameters
    ----------
    tables
        Tables whose single values have been checked.
    where
        Name of the file for the lines.
    problems
        What was found so far.
    folder
        Folder of the scenario file.

    Raises
    ------
    InputError
        With one line per problem.
    """
    for name, section in schema.SECTIONS.items():
        _check_part(section, tables.get(name, {}), where, name, problems)
    demand = tables.get("demand", {})
    set_name = demand.get("workloads", "article") if isinstance(demand, Mapping) else demand.workloads
    for entry in complete_workloads(str(set_name), tables.get("workload", ())):
        if isinstance(entry, Mapping):
            _check_part(Workload, entry, where, dotted(("workload", entry["name"])), problems)
    for entry in tables.get("zone", ()):
        if isinstance(entry, Mapping):
            _check_part(ZoneChange, entry, where, dotted(("zone", entry["name"])), problems)
    problems.raise_if_any()
    try:
        scenario = Scenario.model_validate(tables)
    except ValidationError as error:
        for place, reason in reasons(error, value=tables):
            problems.add(where, place.removeprefix("."), reason)
    problems.raise_if_any()
    scenario._folder = folder
    return scenario


def _check_part(kind: type[Section], table: Any, where: str, name: str, problems: Problems) -> None:
    try:
        kind.model_validate(table)
    except ValidationError as error:
        for place, reason in reasons(error, value=table):
            # A key that was left out because its value is wrong isn't missing too.
            if not problems.knows(name + place):
                problems.add(where, name + place, reason)
