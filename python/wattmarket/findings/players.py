"""Who gains and who loses: agents' profit against the same seed's no-drift twin."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from wattmarket.findings.findings import PlayerChange
from wattmarket.findings.twins import TwinTables
from wattmarket.findings.uncertain import Uncertain
from wattmarket.record import Run
from wattmarket.scenario import Scenario

__all__ = ["player_names", "players_in_order", "profit_changes"]


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


def player_names(scenario: Scenario) -> dict[str, str]:
    """Names of a scenario's agents, by id."""
    # Mesa comes with the agents: not before it is needed.
    from wattmarket.agents.population import Population  # noqa: PLC0415

    players = Population.of(scenario)
    return dict(zip(players.agent_id, players.name, strict=True))


def players_in_order(run: Run, twins: Sequence[TwinTables]) -> list[PlayerChange]:
    """Changes of agents' profit, who loses most first, with ranges over all twins; nothing is said from one twin."""
    tables = [twin.agents for twin in twins if twin.agents is not None]
    if len(tables) < 2 or "agents" not in run.manifest.rows:
        return []
    own, *others = (profit_changes(run.agents, table) for table in tables)
    beside = [dict(zip(frame["agent_id"], frame["change_usd"], strict=True)) for frame in others]
    names = player_names(run.scenario)
    return [
        PlayerChange(
            row["agent_id"],
            names[row["agent_id"]],
            row["class"],
            Uncertain.of(row["change_usd"] / 1e6, [other[row["agent_id"]] / 1e6 for other in beside]),
        )
        for row in own.iter_rows(named=True)
    ]


def _at_the_end(agents: pl.DataFrame) -> pl.DataFrame:
    return agents.filter(pl.col("tick") == pl.col("tick").max()).select("agent_id", "class", "profit_usd")
