"""What tests of sweeps share: a sweep of stand-ins, and the table that it gives where nothing happens to it."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from sweep_runs import sweep_file

from wattmarket.sweep import Serial, load_sweep, run_sweep, scan


@pytest.fixture(scope="session")
def sixty_runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """File of a sweep of twelve points and five seeds."""
    return sweep_file(tmp_path_factory.mktemp("sixty_runs"))


@pytest.fixture(scope="session")
def undisturbed(sixty_runs: Path, tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    """Table of its runs, played one after the other."""
    store = tmp_path_factory.mktemp("undisturbed")
    run_sweep(load_sweep(sixty_runs), store, engine=Serial("sweep_runs:quick"))
    return scan(store).collect()
