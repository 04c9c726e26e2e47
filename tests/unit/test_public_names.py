"""What users reach without knowing in which package it lives."""

from __future__ import annotations

import subprocess
import sys

import pytest

import wattmarket
import wattmarket.agents
from wattmarket.living import WattMarketModel


def test_packages_are_attributes_that_import_nothing_until_they_are_used() -> None:
    code = "import sys, wattmarket; assert 'polars' not in sys.modules; print(wattmarket.forward.FAMILIES[0])"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout == "silicon\n"


def test_the_model_is_found_where_it_is_looked_for() -> None:
    assert wattmarket.WattMarketModel is WattMarketModel
    assert wattmarket.agents.WattMarketModel is WattMarketModel  # type: ignore[attr-defined]


@pytest.mark.parametrize("place", [wattmarket, wattmarket.agents])
def test_what_is_nowhere_is_said_to_be_so(place: object) -> None:
    with pytest.raises(AttributeError, match="has no attribute 'Modle'"):
        _ = place.Modle  # type: ignore[attr-defined]
