"""The engine without processes: one run after the other, here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from wattmarket.sweep.jobs import Job, Work
from wattmarket.sweep.play import PLAY, Row, attempt, player

__all__ = ["Serial"]


@dataclass(frozen=True, slots=True)
class Serial:
    """Plays runs in this process; `function` is the name of what plays one."""

    function: str = PLAY

    def rows(self, work: Work, jobs: Iterator[Job]) -> Iterator[Row]:
        """Play runs in the order given."""
        function = player(self.function)
        for job in jobs:
            yield attempt(function, work, job)
