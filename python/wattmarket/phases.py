"""The phases of a run, told as they begin to whoever measures them; nothing comes back that results could depend on."""

from __future__ import annotations

from typing import Protocol

__all__ = ["STEPPING", "Phases", "unmeasured"]

STEPPING = "bids"
"""The phase in which Mesa steps the agents."""


class Phases(Protocol):
    """Is told which phase begins; the one before ends with it."""

    def __call__(self, phase: str, /) -> None:
        """Hear that a phase begins."""


def unmeasured(phase: str, /) -> None:
    """Take no notice."""
