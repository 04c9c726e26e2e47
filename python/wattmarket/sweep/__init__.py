"""Sweeps: many runs of one scenario with other values, in one file and one command, and never a run lost."""

from __future__ import annotations

from wattmarket.sweep.driver import Summary, run_sweep, status
from wattmarket.sweep.engines import Engine, Local, Serial
from wattmarket.sweep.file import Sweep, load_sweep
from wattmarket.sweep.jobs import plan_of
from wattmarket.sweep.merging import merge
from wattmarket.sweep.results import scan

__all__ = [
    "Engine",
    "Local",
    "Serial",
    "Summary",
    "Sweep",
    "load_sweep",
    "merge",
    "plan_of",
    "run_sweep",
    "scan",
    "status",
]
