"""Engines: where the runs of a sweep are played. The same bits from each."""

from __future__ import annotations

from wattmarket.sweep.engines.dask import Certificates, Dask
from wattmarket.sweep.engines.futures import Futures
from wattmarket.sweep.engines.local import Local
from wattmarket.sweep.engines.protocol import Engine
from wattmarket.sweep.engines.serial import Serial

__all__ = ["Certificates", "Dask", "Engine", "Futures", "Local", "Serial"]
