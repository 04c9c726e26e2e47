"""The store of a sweep: a folder of chunks and manifests that no kill, copy or flipped bit makes wrong."""

from __future__ import annotations

from wattmarket.sweep.store.lines import Line
from wattmarket.sweep.store.store import Store
from wattmarket.sweep.store.writer import Writer

__all__ = ["Line", "Store", "Writer"]
