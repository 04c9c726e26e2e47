"""How libraries are told how many threads to use."""

from __future__ import annotations

from typing import Final

__all__ = ["THREADS"]

THREADS: Final = ("POLARS_MAX_THREADS", "RAYON_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")
"""Variables of the environment that they read when they are imported."""
