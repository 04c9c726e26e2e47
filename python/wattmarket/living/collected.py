"""What Mesa's users look for under ``datacollector``: every month's figures of the model and of its agents.

Mesa's own collector asks every agent for every figure and hands out pandas frames. Here a month's tables are there
already, so that columns are kept as they are and frames are Polars. ``mesa.batch_run`` finds what it reads.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from wattmarket.tick import Names, TickRecord

__all__ = ["Collected"]


class Collected:
    """Figures of the model and of its agents, month by month.

    Parameters
    ----------
    unique_ids
        Mesa's number of every agent, in the order of the population.

    Attributes
    ----------
    model_vars
        Figures of the model: the columns of the table ``ticks``, one value for each month played.
    agent_reporters
        Figures of an agent: the columns of the table ``agents``.

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
        self.model_vars: dict[str, list[Any]] = {}
        self.agent_reporters: dict[str, str] = {}
        # Mesa's batch runner reads this name.
        self._agent_records: dict[int, list[tuple[Any, ...]]] = {}

    def collect(self, record: TickRecord) -> None:
        """Keep a month's rows."""
        for name, cells in record.tables["ticks"].items():
            self.model_vars.setdefault(name, []).append(_values(cells)[0])
        agents = record.tables["agents"]
        self.agent_reporters = {name: name for name in agents}
        columns = [_values(cells) for cells in agents.values()]
        steps = [record.tick] * len(self._unique_ids)
        self._agent_records[record.tick] = list(zip(steps, self._unique_ids, *columns, strict=True))

    def get_model_vars_dataframe(self) -> pl.DataFrame:
        """One row for each month played: ``Step`` and the columns of the table ``ticks``."""
        months = len(next(iter(self.model_vars.values()), []))
        return pl.DataFrame({"Step": np.arange(months), **self.model_vars})

    def get_agent_vars_dataframe(self) -> pl.DataFrame:
        """One row for each month and agent: ``Step``, ``AgentID`` and the columns of the table ``agents``."""
        rows = [row for month in self._agent_records.values() for row in month]
        return pl.DataFrame(rows, schema=["Step", "AgentID", *self.agent_reporters], orient="row")


def _values(cells: Names | np.ndarray[Any, Any]) -> list[Any]:
    """Cells of a column as Python objects."""
    if isinstance(cells, Names):
        return [cells.names[code] if code >= 0 else None for code in cells.codes.tolist()]
    return list(cells.tolist())
