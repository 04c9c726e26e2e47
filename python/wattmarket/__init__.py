"""A market simulation of where AI compute gets built and what that is worth."""

from __future__ import annotations

from wattmarket._core import __version__

__all__ = ["__version__"]
