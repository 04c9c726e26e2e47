"""Who gains and who loses: agents' profit against the same seed's no-drift twins."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from wattmarket import numeric
from wattmarket.findings.beyond import LEAST_TWINS, beyond_chance
from wattmarket.findings.findings import PlayerChange
from wattmarket.findings.twins import TwinTables
from wattmarket.findings.uncertain import Uncertain
from wattmarket.record import Run
from wattmarket.scenario import Scenario

__all__ = ["class_sums", "player_names", "players_in_order", "profit_changes", "profits_at_the_end"]


def profit_changes(agents: pl.DataFrame, twin_agents: pl.DataFrame) -> pl.DataFrame:
    """Compare what every agent has earned by the end of the run with what it has in the twin.

    Parameters
    ----------
    agents, twin_agents
        Table ``agents`` of a run and of its no-drift twin.

    Returns
    -------
    pl.DataFrame
        One row per agent, losers first (ties by id): ``agent_id``, ``class``, ``profit_usd`` and ``twin_profit_usd``
        (since the start; whole dollars), ``change_usd``.

    Examples
    --------
    >>> def table(profit):
    ...     return pl.DataFrame({"tick": [0, 1], "agent_id": "a", "class": "telecom", "profit_usd": [0, profit]})
    >>> profit_changes(table(5), table(8)).row(0)
    ('a', 'telecom', 5, 8, -3)
    """
    mine, flat = (_at_the_end(table) for table in (agents, twin_agents))
    both = mine.join(flat.select("agent_id", twin_profit_usd="profit_usd"), on="agent_id", how="inner")
    return both.with_columns(change_usd=pl.col("profit_usd") - pl.col("twin_profit_usd")).sort("change_usd", "agent_id")


def class_sums(profits: NDArray[np.float64], classes: Sequence[str], names: Sequence[str]) -> NDArray[np.float64]:
    """Add up the profits of agents by their classes, float64 [C], in the order of `names`."""
    return np.array(
        [
            numeric.total(np.array([one for one, of in zip(profits.tolist(), classes, strict=True) if of == name]))
            for name in names
        ]
    )


def player_names(scenario: Scenario) -> dict[str, str]:
    """Names of a scenario's agents, by id."""
    # Mesa comes with the agents: not before it is needed.
    from wattmarket.agents.population import Population  # noqa: PLC0415

    players = Population.of(scenario)
    return dict(zip(players.agent_id, players.name, strict=True))


def players_in_order(run: Run, twins: Sequence[TwinTables]) -> list[PlayerChange]:
    """Changes of agents' profit, who loses most first; nothing is said from fewer twins than tell chance."""
    tables = [twin.agents for twin in twins if twin.agents is not None]
    if len(tables) < LEAST_TWINS or "agents" not in run.manifest.rows:
        return []
    ids, classes, profits = profits_at_the_end(run.agents, *tables)
    found = beyond_chance(profits[0] / 1e6, profits[1:] / 1e6, classes)
    names = player_names(run.scenario)
    players = [
        PlayerChange(name, names[name], of, Uncertain(change, change - width, change + width), told)
        for name, of, change, width, told in zip(
            ids,
            classes,
            found.change.tolist(),
            found.half_width.tolist(),
            found.told.tolist(),
            strict=True,
        )
    ]
    return sorted(players, key=lambda player: (player.profit_change_musd.value, player.agent_id))


def profits_at_the_end(*agents: pl.DataFrame) -> tuple[list[str], list[str], NDArray[np.float64]]:
    """Ids and classes of agents, by id, and what each has earned by the end of every run, float64 [N, A], dollars."""
    first, *others = (_at_the_end(table).sort("agent_id") for table in agents)
    profits = np.array([frame["profit_usd"].to_numpy().astype(np.float64) for frame in (first, *others)])
    return first["agent_id"].to_list(), first["class"].to_list(), profits


def _at_the_end(agents: pl.DataFrame) -> pl.DataFrame:
    return agents.filter(pl.col("tick") == pl.col("tick").max()).select("agent_id", "class", "profit_usd")
