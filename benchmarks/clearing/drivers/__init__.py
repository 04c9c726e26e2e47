"""One file per program measured, each runnable in a process of its own (highspy and ortools cannot share one).

A driver is a class with ``version()``, ``cold`` (build and solve from nothing, tick by tick) and, where the program can
go on from its last optimum, ``warm``. ``by_name`` imports only the one asked for.
"""

from __future__ import annotations

import importlib

from benchmarks.clearing.drivers.driver import Driver, Form, SkippedError, Solve

__all__ = ["DRIVERS", "Driver", "Form", "SkippedError", "Solve", "by_name"]

DRIVERS = {
    "spot": "benchmarks.clearing.drivers.wattmarket_spot:SpotDriver",
    "floor": "benchmarks.clearing.drivers.floor_pass:FloorDriver",
    "flow": "benchmarks.clearing.drivers.wattmarket_flow:FlowDriver",
    "lemon": "benchmarks.clearing.drivers.lemon_simplex:LemonDriver",
    "ortools": "benchmarks.clearing.drivers.ortools_flow:OrToolsDriver",
    "highs": "benchmarks.clearing.drivers.highs_simplex:HighsDriver",
    "highs_near": "benchmarks.clearing.drivers.highs_near_tight:NearTightDriver",
    "highs_used": "benchmarks.clearing.drivers.highs_near_tight:UsedDriver",
}


def by_name(name: str) -> Driver:
    """Make a driver; imports the program behind it.

    Raises
    ------
    SkippedError
        Where that program is not installed.
    """
    module, _, attribute = DRIVERS[name].partition(":")
    try:
        driver: Driver = getattr(importlib.import_module(module), attribute)()
    except ImportError as error:
        raise SkippedError(f"{name}: {error}") from error
    return driver
