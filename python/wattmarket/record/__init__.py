"""What a run leaves behind: its tables, its digest and its folder."""

from __future__ import annotations

from wattmarket.record.digest import DigestChain, file_digest
from wattmarket.record.folder import WholeFolder
from wattmarket.record.manifest import FileEntry, Manifest, Origin
from wattmarket.record.recorder import Recorder
from wattmarket.record.run import Run
from wattmarket.record.why import Why

__all__ = ["DigestChain", "FileEntry", "Manifest", "Origin", "Recorder", "Run", "WholeFolder", "Why", "file_digest"]
