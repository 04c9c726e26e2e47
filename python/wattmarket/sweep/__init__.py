"""Sweeps: many runs of one scenario with other values, in one file and one command, and never a run lost."""

from __future__ import annotations

from wattmarket.sweep.definition import Sweep
from wattmarket.sweep.driver import Summary, run_sweep, status
from wattmarket.sweep.engines import Certificates, Dask, Engine, Futures, Local, Serial
from wattmarket.sweep.file import load_sweep
from wattmarket.sweep.jobs import plan_of
from wattmarket.sweep.merging import merge
from wattmarket.sweep.problem import problem_of, values_of
from wattmarket.sweep.results import scan
from wattmarket.sweep.table_scan import scan_table

__all__ = [
    "Certificates",
    "Dask",
    "Engine",
    "Futures",
    "Local",
    "Serial",
    "Summary",
    "Sweep",
    "load_sweep",
    "merge",
    "plan_of",
    "problem_of",
    "run_sweep",
    "scan",
    "scan_table",
    "status",
    "values_of",
]
