"""Histories: a run recomputed from its own folder, and a run continued into another future."""

from __future__ import annotations

from wattmarket.history.fork import fork
from wattmarket.history.replay import Replay, replay

__all__ = ["Replay", "fork", "replay"]
