"""What Mesa's users look for under ``datacollector``: every month's figures of the model and of its agents.

Mesa's own collector asks every agent for every figure and hands out pandas frames. Here a month's tables are there
already, so that columns are kept as they are and frames are Polars. ``mesa.batch_run`` finds what it reads.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from wattmarket.tick import Names, TickRecord

__all__ = ["Collected"]

Columns = dict[str, "NDArray[Any] | Names"]


@dataclass(frozen=True, slots=True)
class _Month:
    """A month's rows of the tables ``ticks`` and ``agents``."""

    tick: int
    model: Columns
    agents: Columns


class Collected:
    """Figures of the model and of its agents, month by month.

    Parameters
    ----------
    unique_ids
        Mesa's number of every agent, in the order of the population.

    Examples
    --------
    >>> from wattmarket.living import WattMarketModel
    >>> from wattmarket.world import WorldConfig, build_world
    >>> model = WattMarketModel(world=build_world(WorldConfig(metros=20, sites=50)), run__months=2)
    >>> model.run_model()
    >>> model.datacollector.get_model_vars_dataframe()["edge_index"].to_list()[0]
    100.0
    >>> model.datacollector.get_agent_vars_dataframe().select("Step", "AgentID", "agent_id").row(0)
    (0, 1, 'H01')
    """

    def __init__(self, unique_ids: Sequence[int]) -> None:
        self._unique_ids = list(unique_ids)
        self._kept: list[_Month] = []
        self._model_vars: dict[str, list[Any]] = {}
        self._agents: dict[int, list[tuple[Any, ...]]] = {}
        self._read = 0

    def collect(self, record: TickRecord) -> None:
        """Keep a month's rows; they become Python objects when they are first asked for."""
        model, agents = (
            {name: cells.copy() for name, cells in record.tables[table].items()} for table in ("ticks", "agents")
        )
        self._kept.append(_Month(record.tick, model, agents))

    @property
    def model_vars(self) -> dict[str, list[Any]]:
        """Figures of the model by name, one value for each month played."""
        self._read_all()
        return self._model_vars

    @property
    def agent_reporters(self) -> dict[str, str]:
        """Names of the figures of an agent."""
        return {name: name for name in self._kept[-1].agents} if self._kept else {}

    @property
    def _agent_records(self) -> dict[int, list[tuple[Any, ...]]]:
        """Figures of all agents by month: what Mesa's batch runner reads under this name."""
        self._read_all()
        return self._agents

    def _read_all(self) -> None:
        for month in self._kept[self._read :]:
            for name, cells in month.model.items():
                self._model_vars.setdefault(name, []).append(_values(cells)[0])
            columns = [_values(cells) for cells in month.agents.values()]
            steps = [month.tick] * len(self._unique_ids)
            self._agents[month.tick] = list(zip(steps, self._unique_ids, *columns, strict=True))
        self._read = len(self._kept)

    def get_model_vars_dataframe(self) -> pl.DataFrame:
        """One row for each month played: ``Step`` and the columns of the table ``ticks``."""
        months = len(next(iter(self.model_vars.values()), []))
        return pl.DataFrame({"Step": np.arange(months), **self.model_vars})

    def get_agent_vars_dataframe(self) -> pl.DataFrame:
        """One row for each month and agent: ``Step``, ``AgentID`` and the columns of the table ``agents``."""
        rows = [row for month in self._agent_records.values() for row in month]
        return pl.DataFrame(rows, schema=["Step", "AgentID", *self.agent_reporters], orient="row")


def _values(cells: NDArray[Any] | Names) -> list[Any]:
    """Cells of a column as Python objects."""
    if isinstance(cells, Names):
        return [cells.names[code] if code >= 0 else None for code in cells.codes.tolist()]
    return list(cells.tolist())
