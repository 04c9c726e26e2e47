"""A market simulation of where AI compute gets built and what that is worth."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from wattmarket._core import __version__

if TYPE_CHECKING:
    from wattmarket.compare import diff
    from wattmarket.history.replay import replay
    from wattmarket.living import WattMarketModel
    from wattmarket.page import write_html
    from wattmarket.record import Run
    from wattmarket.report import fork, run
    from wattmarket.scenario import Scenario, load_scenario

__all__ = [
    "Run",
    "Scenario",
    "WattMarketModel",
    "__version__",
    "diff",
    "fork",
    "load_scenario",
    "replay",
    "run",
    "write_html",
]

_HOMES = {
    "Run": "wattmarket.record",
    "Scenario": "wattmarket.scenario",
    "WattMarketModel": "wattmarket.living",
    "diff": "wattmarket.compare",
    "fork": "wattmarket.report",
    "load_scenario": "wattmarket.scenario",
    "replay": "wattmarket.history",
    "run": "wattmarket.report",
    "write_html": "wattmarket.page",
}
_PARTS = (
    *(
        "agents",
        "beliefs",
        "clearing",
        "contracts",
        "demand",
        "findings",
        "forward",
        "living",
        "plot",
        "queue",
        "scenario",
    ),
    *("spot", "study", "sweep", "world"),
)
"""Packages that are found as attributes too, without an import of their own."""


if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        """Import a public name when it is first used, so that ``wattmarket --help`` waits for no library."""
        if name in _PARTS:
            return import_module(f"wattmarket.{name}")
        if name not in _HOMES:
            raise AttributeError(f"module 'wattmarket' has no attribute {name!r}")
        return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    """Name what is public."""
    return __all__
