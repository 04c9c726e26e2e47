"""What a sweep says: sensitivities, screening, tornado, response surface, and where in the space something happens."""

from __future__ import annotations

from wattmarket.sweep.analysis.critical_cells import critical_cells
from wattmarket.sweep.analysis.evidence import NEVER, SHARES, Counted, Evidence, Output, evidence, in_words
from wattmarket.sweep.analysis.morris import MorrisEffects, morris_effects
from wattmarket.sweep.analysis.prim import Discovery, discover
from wattmarket.sweep.analysis.sobol import SobolIndices, sobol_indices
from wattmarket.sweep.analysis.surface import Surface, response_surface
from wattmarket.sweep.analysis.tornado import Tornado, tornado

__all__ = [
    "NEVER",
    "SHARES",
    "Counted",
    "Discovery",
    "Evidence",
    "MorrisEffects",
    "Output",
    "SobolIndices",
    "Surface",
    "Tornado",
    "critical_cells",
    "discover",
    "evidence",
    "in_words",
    "morris_effects",
    "response_surface",
    "sobol_indices",
    "tornado",
]
