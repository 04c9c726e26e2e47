"""Who takes part: the public players of the shipped table, and any number more by cloning."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import Final, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

from wattmarket import numeric
from wattmarket.errors import InputError
from wattmarket.scenario import Scenario
from wattmarket.schema import Column, Table

__all__ = ["AGENTS_FILE", "AGENT_CLASSES", "Population"]

Float = NDArray[np.float64]
Integer = NDArray[np.int64]

AGENT_CLASSES: Final = (
    "hyperscaler",
    "neocloud",
    "sovereign_fund",
    "infrastructure_fund",
    "telecom",
    "utility",
    "edge_investor",
)
"""The seven classes; an agent's class code is its place here."""

FUNDED_YEARS: Final = (2023, 2024, 2025, 2026)

_S: Final = pl.String()
_F: Final = pl.Float64()

AGENTS_FILE: Final = Table(
    "players",
    "The players that agents are made from.",
    (
        Column("agent_id", _S, "", "stable id"),
        Column("class", _S, "", "class of agent", values=AGENT_CLASSES),
        Column("name", _S, "", "name"),
        Column("country", _S, "", "ISO 3166 alpha-2 code of its home"),
        *(
            Column(f"compute_{year}_usd_bn", _F, "bn$/year", f"new money for AI compute in {year}", 0.0, 1e4)
            for year in FUNDED_YEARS
        ),
        Column("wacc", _F, "1/year", "real cost of capital, middle of its range", 0.001, 0.5),
        Column("leverage", _F, "", "debt that it may carry, as a share of its assets", 0.0, 0.95),
        Column("zone_ids", _S, "", "zones that it operates (utilities), separated by blanks", optional=True),
        Column("basis", _S, "", "weakest basis among the row's figures"),
        Column("source", _S, "", "fact ids or the row's own source"),
    ),
    ("agent_id",),
)


@dataclass(frozen=True, slots=True)
class Population:
    """A agents, row by row.

    Parameters
    ----------
    agent_id, agent_class, name, country
        A texts each.
    zone_ids
        Zones that each operates, A tuples of texts.
    funding_usd
        float64 [A, 4]: new money for AI compute in 2023 … 2026, $ a year.
    wacc
        float64 [A]: real cost of capital, 1/year.
    leverage
        float64 [A]: most debt as a share of assets.

    Examples
    --------
    >>> players = Population.shipped()
    >>> len(players), players.name[0]
    (79, 'Amazon (AWS)')
    >>> len(players.cloned(200, seed=1))
    200
    """

    agent_id: tuple[str, ...]
    agent_class: tuple[str, ...]
    name: tuple[str, ...]
    country: tuple[str, ...]
    zone_ids: tuple[tuple[str, ...], ...]
    funding_usd: Float
    wacc: Float
    leverage: Float

    def __len__(self) -> int:
        return len(self.agent_id)

    @property
    def entity(self) -> NDArray[np.uint64]:
        """Stable 64-bit names, uint64 [A]: keys of draws and of ties."""
        return numeric.entity_hash(list(self.agent_id))

    def of_class(self, name: str) -> Integer:
        """Rows of a class, int64."""
        return np.flatnonzero(np.array([own == name for own in self.agent_class]))

    @classmethod
    def shipped(cls) -> Self:
        """The 79 public players of the shipped table."""
        return cls.from_frame(_shipped())

    @classmethod
    def of(cls, scenario: Scenario) -> Population:
        """Read the players of a scenario, its own or the shipped ones, and clone them up to its number of agents.

        Raises
        ------
        InputError
            If its table is wrong, or it asks for fewer agents than there are players.
        """
        name, count = scenario.agents.file, scenario.agents.count
        players = cls.read(scenario.file(name)) if name else cls.shipped()
        return players.cloned(len(players) if count is None else count, scenario.run.seed)

    @classmethod
    def read(cls, path: str | Path) -> Self:
        """Read a CSV of players.

        Raises
        ------
        InputError
            Naming file, row and column of everything that is wrong.
        """
        try:
            frame = pl.read_csv(path, infer_schema=False)
        except (OSError, pl.exceptions.PolarsError) as error:
            raise InputError(f"{path}: cannot be read: {str(error).splitlines()[0]}") from None
        if frame.is_empty():
            raise InputError(f"{path}: has no rows")
        return cls.from_frame(AGENTS_FILE.check(frame, str(path)))

    @classmethod
    def from_frame(cls, frame: pl.DataFrame) -> Self:
        """Make a population of a checked frame."""
        funding = np.stack([frame[f"compute_{year}_usd_bn"].to_numpy() for year in FUNDED_YEARS], axis=1)
        return cls(
            tuple(frame["agent_id"]),
            tuple(frame["class"]),
            tuple(frame["name"]),
            tuple(frame["country"]),
            tuple(tuple((zones or "").split()) for zones in frame["zone_ids"]),
            funding * 1e9,
            frame["wacc"].to_numpy(),
            frame["leverage"].to_numpy(),
        )

    def cloned(self, count: int, seed: int) -> Population:
        """Split agents into smaller ones until there are `count`; each class keeps its money.

        Clones come from the agents with the most money first, round after round. A clone takes a keyed share of its
        original's money (between a quarter and a half), and a cost of capital within half a point of it. Zones stay
        with the original.

        Raises
        ------
        InputError
            If `count` is below the number of agents, or nobody has money to split.

        Examples
        --------
        >>> more = Population.shipped().cloned(100, seed=3)
        >>> more.agent_id[79:82]
        ('H01.1', 'H03.1', 'H02.1')
        """
        if count < len(self):
            raise InputError(f"agents.count: {count} are fewer than the {len(self)} players")
        grown = self
        while len(grown) < count:
            grown = grown._split(count, seed)
        return grown

    def _split(self, count: int, seed: int) -> Population:
        money = self.funding_usd[:, -1]
        rows = np.argsort(-money, kind="stable")[: count - len(self)]
        rows = rows[money[rows] > 0.0]
        if not len(rows):
            raise InputError("agents: nobody has money to share with clones")
        names = [f"{self.agent_id[row]}.{1 + _clones(self.agent_id, self.agent_id[row])}" for row in rows]
        entity = numeric.entity_hash(names)
        share = 0.25 + 0.25 * np.asarray(numeric.uniform(seed, "clone share", entity, 0))
        shift = 0.01 * (np.asarray(numeric.uniform(seed, "clone wacc", entity, 0)) - 0.5)
        funding = self.funding_usd.copy()
        taken = funding[rows] * share[:, None]
        funding[rows] -= taken
        return replace(
            self,
            agent_id=(*self.agent_id, *names),
            agent_class=(*self.agent_class, *(self.agent_class[row] for row in rows)),
            name=(*self.name, *(f"{self.name[row]}, clone" for row in rows)),
            country=(*self.country, *(self.country[row] for row in rows)),
            zone_ids=(*self.zone_ids, *(() for _ in rows)),
            funding_usd=np.concatenate([funding, taken]),
            wacc=np.concatenate([self.wacc, np.maximum(self.wacc[rows] + shift, 0.001)]),
            leverage=np.concatenate([self.leverage, self.leverage[rows]]),
        )


def _clones(ids: tuple[str, ...], origin: str) -> int:
    """How many clones an agent has already."""
    return len([other for other in ids if other.rpartition(".")[0] == origin])


@cache
def _shipped() -> pl.DataFrame:
    data = (files("wattmarket.agents") / "data" / "agents.csv").read_bytes()
    return AGENTS_FILE.check(pl.read_csv(BytesIO(data), infer_schema=False), "agents.csv")
