"""The floor: one pass over the dense matrix of distances, compiled on the spot from ``floor.rs``.

Nothing is solved. A program that proves an optimum without skipping pairs does at least this once a tick.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.clearing.drivers.driver import Form, Role, SkippedError, Solve
from benchmarks.clearing.instance import CLASSES, REACH_KM, Instance

__all__ = ["FloorDriver", "FloorPasses", "run_floor"]

SOURCE = Path(__file__).parents[1] / "floor.rs"
WARM_UP = 2
PASSES = 25
"""Passes for each tick, of which the median counts: a pass is so short that a machine's moods would show."""
RUSTC = ("--edition", "2024", "-C", "opt-level=3", "-C", "panic=abort")


@dataclass(frozen=True, slots=True)
class FloorPasses:
    """What the passes gave.

    Attributes
    ----------
    simd
        Instructions used.
    dense_s, pruned_s
        Seconds of each pass: over everything; skipping blocks.
    blocks_share
        Share of the blocks that the pruned pass looked at.
    minima
        int32 [M, CLASSES]: least of distance and site cost within each budget.
    """

    simd: str
    dense_s: list[float]
    pruned_s: list[float]
    blocks_share: float
    minima: NDArray[np.int32]


class FloorDriver:
    role: Role = "floor"
    forms: tuple[Form, ...] = ("ring", "raw")
    warm_starts = True

    def __init__(self) -> None:
        if shutil.which("rustc") is None:
            raise SkippedError("floor: no rustc here")

    def version(self) -> str:
        return "floor, one pass over the dense matrix"

    def cold(self, instance: Instance, form: Form, ticks: Sequence[int]) -> Iterator[Solve]:
        yield from ()

    def warm(self, instance: Instance, form: Form, ticks: int) -> Iterator[Solve]:
        passes = run_floor(instance, PASSES * max(1, ticks))
        note = f"{passes.simd}; pruned, {passes.blocks_share:.1%} of the blocks"
        for tick, first in enumerate(range(0, len(passes.dense_s), PASSES), start=1):
            dense_s, pruned_s = (
                statistics.median(seconds[first : first + PASSES]) for seconds in (passes.dense_s, passes.pruned_s)
            )
            yield Solve("warm", tick, 0.0, dense_s, dense_s, 0.0, None, note, {"pruned": pruned_s})


def run_floor(instance: Instance, passes: int) -> FloorPasses:
    """Compile and run the passes on the base's site costs.

    Raises
    ------
    SkippedError
        Where it does not compile.
    """
    with tempfile.TemporaryDirectory() as folder:
        program, data, out = (Path(folder) / name for name in ("floor", "market.bin", "minima.bin"))
        built = subprocess.run(
            ["rustc", *RUSTC, "-o", str(program), str(SOURCE)], capture_output=True, text=True, check=False
        )
        if built.returncode:
            raise SkippedError(f"floor: does not compile: {built.stderr.splitlines()[0]}")
        _write(instance, data)
        command = [str(program), str(data), str(passes + WARM_UP), str(out)]
        told = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
        dense_s, pruned_s, share = (
            list(column) for column in zip(*(map(float, line.split()) for line in told[1 + WARM_UP :]), strict=True)
        )
        minima = np.fromfile(out, dtype="<i4").reshape(-1, CLASSES)
    return FloorPasses(told[0], dense_s, pruned_s, share[-1], minima)


def _write(instance: Instance, path: Path) -> None:
    """Write the file that ``floor.rs`` reads, with neighbouring sites beside each other."""
    order = _neighbours(instance.distance_km)
    with path.open("wb") as file:
        file.write(np.array([instance.metros, instance.sites], dtype="<u8").tobytes())
        file.write(REACH_KM.astype("<u2").tobytes())
        file.write(instance.distance_km[:, order].astype("<u2").tobytes())
        file.write(instance.site_cost_musd_per_kwh[0][order].astype("<i4").tobytes())


def _neighbours(distance_km: NDArray[np.uint16]) -> NDArray[np.int64]:
    """Order the sites along a Morton curve through their distances to three metros that are far from each other."""
    distance = distance_km.astype(np.int32)
    corners = [0]
    apart = np.abs(distance - distance[0]).max(axis=1)
    for _ in range(2):
        corners.append(int(np.argmax(apart)))
        apart = np.minimum(apart, np.abs(distance - distance[corners[-1]]).max(axis=1))
    cells = distance[corners] // 20  # a half circle of the Earth in ten bits
    code = np.zeros(distance.shape[1], dtype=np.int64)
    for bit in range(10):
        for axis, cell in enumerate(cells):
            code |= ((cell.astype(np.int64) >> bit) & 1) << (3 * bit + axis)
    return np.argsort(code, kind="stable")
