"""What users reach without knowing in which package it lives."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import wattmarket
import wattmarket.agents
import wattmarket.findings
from wattmarket.errors import InputError
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


def test_runs_may_be_given_by_their_folders(tmp_path: Path) -> None:
    settings = {"run.months": 2, "world.sites": 50, "world.metros": 10, "output.figures": False}
    folder = tmp_path / "mine"
    mine = wattmarket.run(wattmarket.Scenario(), set={**settings, "capacity.mode": "entry"}, out=folder)
    assert wattmarket.replay(folder).ticks == wattmarket.replay(mine).ticks == 2
    assert wattmarket.findings.find(folder).to_dict() == wattmarket.findings.find(mine).to_dict()
    page = wattmarket.write_html(folder, tmp_path / "mine.html")
    assert page.read_bytes() == wattmarket.write_html(mine, tmp_path / "again.html").read_bytes()
    with pytest.raises(InputError, match="sealed"):
        wattmarket.write_html(folder, folder / "mine.html")
    for take in (wattmarket.findings.find, wattmarket.replay):
        with pytest.raises(InputError, match="not a run folder"):
            take(tmp_path / "none")


def test_the_test_for_bubbles_is_found_with_the_findings() -> None:
    walk = np.cumsum(np.random.default_rng(1).normal(size=60))
    assert wattmarket.findings.explosive(walk).gsadf < wattmarket.findings.critical_values(60, draws=200).gsadf[-1]
