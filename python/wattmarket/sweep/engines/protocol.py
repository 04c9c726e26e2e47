"""What an engine has to do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Protocol

from wattmarket.sweep.jobs import Job, Work
from wattmarket.sweep.play import Row

__all__ = ["RETRIES", "Engine"]

RETRIES: Final = 3
"""How often a run is tried again whose worker died; then it is recorded as failed."""


class Engine(Protocol):
    """Plays runs."""

    def rows(self, work: Work, jobs: Iterator[Job]) -> Iterator[Row]:
        """Play runs and give the row of each, in any order.

        Jobs are taken as they are needed, never all at once. A run that fails gives a row too. Closing the iterator
        ends every process that was started.

        Parameters
        ----------
        work
            What the runs share.
        jobs
            The runs.
        """
