"""Notebooks are stored without outputs, and run from top to bottom: on a run of their scenario, or on their own."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

import wattmarket
import wattmarket.findings

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))

SMALL = ("world.sites=300", "world.metros=30", "run.months=30", "output.figures=false")
EARLY = ("drift.midpoint=2024-01", "drift.speed_per_year=4")
"""A drift that breaks the edge within these months, so that all that a notebook says about a break is said."""


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_notebook_is_stored_without_outputs(path: Path) -> None:
    cells = nbformat.read(path, as_version=4).cells
    code = [cell for cell in cells if cell.cell_type == "code"]
    assert [cell.id for cell in code if cell.outputs or cell.execution_count is not None] == []


@pytest.mark.filterwarnings("default")  # the kernel's own libraries are not ours to mend
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_notebook_runs(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTER_PLATFORM_DIRS", "1")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "runtime"))
    # Notebooks look for a run where `make run` leaves it: ../runs/SCENARIO-seed0.
    (tmp_path / "runs").mkdir()
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "scenarios").symlink_to(ROOT / "scenarios")
    scenario = ROOT / "scenarios" / f"{path.stem}.toml"
    # One that is not named after a scenario makes its own runs.
    if scenario.exists():
        run = wattmarket.run(scenario, set=SMALL + EARLY, out=tmp_path / "runs" / f"{path.stem}-seed0")
        assert wattmarket.findings.find(run).repricing is not None
    where = {"metadata": {"path": str(tmp_path / "notebooks")}}
    # Whoever reads a notebook may run it again: nothing that it made may be in its way.
    for _ in range(2):
        notebook = nbformat.read(path, as_version=4)
        NotebookClient(notebook, timeout=300, kernel_name="python3", resources=where).execute()
