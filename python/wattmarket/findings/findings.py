"""The finding of a run as data: every number with what is not known about it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from wattmarket import numeric
from wattmarket.findings.bubble import Bubble
from wattmarket.findings.power import ZonePower
from wattmarket.findings.repricing import Break
from wattmarket.findings.uncertain import Uncertain

__all__ = [
    "AlarmRate",
    "ExposedPlace",
    "Findings",
    "MetroBreak",
    "MetroCount",
    "NameRate",
    "PlayerChange",
    "RentChange",
    "Repricing",
]


@dataclass(frozen=True, slots=True)
class AlarmRate:
    """How often a rule speaks where nothing happened.

    Parameters
    ----------
    alarms, pairs
        So many alarms in so many pairs of runs that differ in nothing that matters.
    sites
        Sites of their world.
    """

    alarms: int
    pairs: int
    sites: int

    @property
    def at_most(self) -> float:
        """Upper end of the one-sided 95 % confidence interval of the rate (Clopper & Pearson 1934).

        Examples
        --------
        >>> round(AlarmRate(2, 100, 5_000).at_most, 3), AlarmRate(4, 4, 500).at_most
        (0.062, 1.0)
        """
        if self.alarms == self.pairs:
            return 1.0
        low, high = self.alarms / self.pairs, 1.0
        for _ in range(60):
            rate = (low + high) / 2.0
            low, high = (rate, high) if self._so_few(rate) > 0.05 else (low, rate)
        return high

    def _so_few(self, rate: float) -> float:
        """Probability of so few alarms or fewer."""
        term, others = 1.0, self.pairs
        for _ in range(self.pairs):
            term *= 1.0 - rate
        terms = [term]
        for count in range(1, self.alarms + 1):
            term *= rate / (1.0 - rate) * (others - count + 1) / count
            terms.append(term)
        return numeric.total(np.array(terms))


@dataclass(frozen=True, slots=True)
class NameRate:
    """How many are named where nothing happened.

    Parameters
    ----------
    sites, twins
        Sites of the world, and with how many twins each run was compared.
    runs
        So many runs that differ from their twins in nothing that matters.
    with_agents, with_classes
        In how many of them an agent was named, and a class of agents.
    agents_named, metros_named, metros
        Names in all of them together; metros of the world.
    """

    sites: int
    twins: int
    runs: int
    with_agents: int
    with_classes: int
    agents_named: int
    metros_named: int
    metros: int


@dataclass(frozen=True, slots=True)
class ExposedPlace:
    """An edge site, or a metro with edge sites, that lives on latency rent.

    Parameters
    ----------
    place_id, name
        The site or the metro.
    latency_rent_musd_per_year
        Latency rent, million $ a year: mean of the twelve months before the break (or, without a break, of the twelve
        months in which the edge index stood highest), with the lowest and the highest of these months.
    exposed_share
        Latency rent over all rent of the same sites, over the same months, with its lowest and its highest month.
    """

    place_id: str
    name: str
    latency_rent_musd_per_year: Uncertain
    exposed_share: Uncertain


@dataclass(frozen=True, slots=True)
class RentChange:
    """How edge rent differs from the no-drift twin's in the year from the break on, means in $/MWh of IT.

    Parameters
    ----------
    rent
        Rent of edge accelerators, run less twin.
    latency, rest
        Its parts: nearness; and the rest, what work that can wait pays there too.
    watt, silicon
        The rest in two, power and what accelerators earn on poor ground. They are not told apart: silicon rent is
        what the poorest twentieth of accelerators earns, which drops to nil when so many stand in zones short of power,
        and watt rent then rises by as much.
    core_index
        Core index against its twin, a share: −0.05 is five per cent below.
    months_falling_most
        In how many months ``latency`` falls more than the ``rest``, and the other way round, against every twin.
    months
        Of how many: those of the year, once for each twin.

    Notes
    -----
    Ranges are those of the year's months, and of every further twin. Parts may have opposite signs: no share of a fall
    belongs to each, but it can be counted which of them falls most.
    """

    rent: Uncertain
    latency: Uncertain
    rest: Uncertain
    watt: Uncertain
    silicon: Uncertain
    core_index: Uncertain
    months_falling_most: dict[str, int]
    months: int


@dataclass(frozen=True, slots=True)
class Repricing:
    """The break of the edge index, and what is not known about it.

    Parameters
    ----------
    found
        The break from the run's own twin.
    month, deepest_month, recovery_month
        ``YYYY-MM``; no recovery: None.
    earliest_month, latest_month
        Between which the break lies within the band of placebos and over all twins; None as the latest: the band
        swallows the break.
    earliest_deepest_month, latest_deepest_month
        The same of the largest shortfall, over all cases, whether or not there is a break.
    earliest_recovery_month, latest_recovery_month
        The same of the recovery; None: somewhere there is none, or (as the earliest) nowhere is one.
    batch_share
        Batch share in the month of the break.
    deepest
        Largest shortfall, a share, over all cases, whether or not there is a break.
    half_months, fastest_year, lead_months
        As in `Course`; the fastest year over all cases, the others over those with a break. ``lead_months`` is None
        where rents don't break.
    cases, lead_cases
        How many cases there are (ends of the band, further twins), and in how many both index and rents break.
    """

    found: Break
    month: str
    earliest_month: str
    latest_month: str | None
    deepest_month: str
    earliest_deepest_month: str
    latest_deepest_month: str
    recovery_month: str | None
    earliest_recovery_month: str | None
    latest_recovery_month: str | None
    batch_share: Uncertain
    deepest: Uncertain
    half_months: Uncertain
    fastest_year: Uncertain
    lead_months: Uncertain | None
    cases: int
    lead_cases: int


@dataclass(frozen=True, slots=True)
class MetroBreak:
    """The break of a metro's edge value, by the rule of the index and beyond chance; months as ``YYYY-MM``.

    Parameters
    ----------
    metro_id, name
        The metro.
    month, earliest_month, latest_month
        Against the run's own twin, and the ends over all twins.
    deepest
        Largest shortfall from then on, a share.
    """

    metro_id: str
    name: str
    month: str
    earliest_month: str
    latest_month: str
    deepest: Uncertain


@dataclass(frozen=True, slots=True)
class MetroCount:
    """How many metros break, and how many of them lie beyond chance.

    Parameters
    ----------
    metros
        All of them.
    breaking
        Those that break by the rule of the index, against the own twin and over all.
    chance
        The same between twins, which differ in nothing that matters: each against each.
    told
        Those that break against every twin, and fall further below each than any twin falls below another.
    """

    metros: int
    breaking: Uncertain
    chance: Uncertain
    told: int


@dataclass(frozen=True, slots=True)
class PlayerChange:
    """What an agent earns by the end of the run beyond what it earns in the twins.

    Parameters
    ----------
    agent_id, name, agent_class
        The agent.
    profit_change_musd
        Run less the twins' mean, million $; the range is that of `beyond_chance`.
    told
        Whether that lies beyond chance. Where the twins don't part at all, there is nothing to measure by.
    """

    agent_id: str
    name: str
    agent_class: str
    profit_change_musd: Uncertain
    told: bool


@dataclass(frozen=True, slots=True)
class Findings:
    """The repricing of the edge in one run against its no-drift twin.

    Parameters
    ----------
    title
        Title of the scenario.
    drifts
        Whether the batch share drifts; without drift a run is its own twin.
    sites
        Sites of the world: what is known of chance was measured on worlds of a stated number.
    twins
        No-drift twins compared with: none, the run's own, or with placebos besides.
    rule, months, rule_false_alarms
        The rule that defines the break, in words; how many months in a row make a break, or a recovery; how often the
        rule speaks where nothing happened, None if that was not measured for this rule.
    unmeasured
        In what the run differs from those on which that was measured, but for their sites and drift, in words.
    repricing
        The break; None if there is none.
    missed_month
        Without a break: its month for an index lower by the band, or against another twin, ``YYYY-MM``; None: none.
    change
        What the fall is made of; None without a break.
    yearly
        By year, in January: batch share, latency rent, watt rent and rent at the edge, core rent ($/MWh), both indices,
        the twin's edge index and how far it can be trusted (``band``, a share; both None without a twin), edge share of
        accelerators.
    exposed, exposed_sites
        The most exposed metros and edge sites, those with at least a million $ of latency rent a year.
    metros
        Metros that break beyond chance, first to last; empty where the index doesn't break, and with fewer than three
        twins, which don't tell what chance does.
    metro_count
        How many metros break, and by chance; None with fewer than three twins.
    players
        Agents, who loses most first; empty with fewer than three twins.
    time_to_power
        What a year of time-to-power is worth in every zone, the dearest first.
    bubble
        Market against fundamental value; None of runs without agents, or that didn't keep its tables.
    """

    title: str
    drifts: bool
    sites: int
    twins: int
    rule: str
    months: int
    rule_false_alarms: AlarmRate | None
    unmeasured: list[str]
    repricing: Repricing | None
    missed_month: str | None
    change: RentChange | None
    yearly: list[dict[str, float | int | None]] = field(repr=False)
    exposed: list[ExposedPlace] = field(repr=False)
    exposed_sites: list[ExposedPlace] = field(repr=False)
    metros: list[MetroBreak] = field(repr=False)
    metro_count: MetroCount | None
    players: list[PlayerChange] = field(repr=False)
    time_to_power: list[ZonePower] = field(repr=False)
    bubble: Bubble | None = field(repr=False)

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers and texts, for JSON."""
        return asdict(self)

    def text(self) -> str:
        """Write the finding in words, with a table by year."""
        from wattmarket.findings.words import in_words  # noqa: PLC0415 - words read the finding

        return in_words(self)
