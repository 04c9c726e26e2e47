"""Every shipped scenario, small: run by one process on one thread, replayed by another on two, to the same bits."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from wattmarket.record import Run
from wattmarket.schema import RECORDED_TABLES

SCENARIOS = sorted((Path(__file__).parents[2] / "scenarios").glob("*.toml"))
MONTHS = 12
TABLES = ", ".join(f'"{table.name}"' for table in RECORDED_TABLES)
SMALL = (
    f"run.months={MONTHS}",
    "world.sites=50",
    "world.metros=20",
    "output.figures=false",
    f"output.tables=[{TABLES}]",
)


def _process(*arguments: str, threads: int) -> str:
    """Run the command line in a process of its own, on so many threads and with a hash seed of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "wattmarket", *arguments, "--threads", str(threads), "--quiet"],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONHASHSEED": str(threads)},
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_another_process_on_other_threads_gives_the_same_bits(path: Path, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    settings = [part for setting in SMALL for part in ("--set", setting)]
    _process("run", str(path), *settings, "--no-twin", "--out", str(folder), threads=1)
    kept = Run.load(folder).manifest.rows
    assert kept.keys() == {table.name for table in RECORDED_TABLES}, "every table of agents is compared"
    assert kept["bids"] > 0
    assert f"the same bits at all {MONTHS} ticks" in _process("replay", str(folder), threads=2)
