"""LEMON's network simplex, through a C++ driver compiled on the spot against Debian's ``liblemon-dev``.

It has no warm start.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from benchmarks.clearing.arcs import ArcTable, explicit_arcs
from benchmarks.clearing.drivers.driver import Form, Role, SkippedError, Solve
from benchmarks.clearing.instance import Instance

__all__ = ["LemonDriver"]

SOURCE = Path(__file__).with_suffix(".cpp")


class LemonDriver:
    role: Role = "peer"
    forms: tuple[Form, ...] = ("ring", "raw")
    warm_starts = False

    def __init__(self) -> None:
        compiler = shutil.which("g++")
        if compiler is None:
            raise SkippedError("LEMON: no g++ here")
        self._compiler = compiler
        probe = self._compile("-E", "-dM", "-include", "lemon/config.h", "-x", "c++", "/dev/null")
        if probe.returncode:
            raise SkippedError("LEMON: headers are not installed (Debian: apt-get install liblemon-dev)")
        found = re.search(r'#define LEMON_VERSION "(.*)"', probe.stdout)
        self._version = found[1] if found else "of unknown version"

    def version(self) -> str:
        return f"LEMON {self._version} network simplex"

    def cold(self, instance: Instance, form: Form, ticks: Sequence[int]) -> Iterator[Solve]:
        arcs = explicit_arcs(instance, form)
        with tempfile.TemporaryDirectory() as folder:
            program, data = Path(folder) / "lemon_simplex", Path(folder) / "ticks.bin"
            # -march=native and no shuffling of the arcs: LEMON's best on this family.
            built = self._compile("-O3", "-march=native", "-DARC_MIXING=false", "-o", str(program), str(SOURCE))
            if built.returncode:
                raise SkippedError(f"LEMON: the driver does not compile: {built.stderr.splitlines()[0]}")
            _write(arcs, ticks, data)
            with subprocess.Popen([str(program), str(data)], stdout=subprocess.PIPE, text=True) as child:
                assert child.stdout is not None
                for tick, line in zip(ticks, child.stdout, strict=False):
                    build_s, wall_s, cpu_s, peak_mb = map(float, line.split()[:4])
                    yield Solve("cold", tick, build_s, wall_s, cpu_s, peak_mb, int(line.split()[4]))
            if child.returncode:
                raise RuntimeError(f"LEMON: driver ended with {child.returncode}")

    def warm(self, instance: Instance, form: Form, ticks: int) -> Iterator[Solve]:
        raise NotImplementedError("LEMON's network simplex starts from nothing each time")

    def _compile(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([self._compiler, *arguments], capture_output=True, text=True, check=False)


def _write(arcs: ArcTable, ticks: Sequence[int], path: Path) -> None:
    """Write the file that the C++ driver reads."""
    with path.open("wb") as file:
        file.write(np.array([arcs.nodes, arcs.arcs, len(ticks)], dtype="<i8").tobytes())
        for ends in (arcs.tail, arcs.head):
            file.write(ends.astype("<i4").tobytes())
        for tick in ticks:
            for column in arcs.at(tick):
                file.write(column.astype("<i8").tobytes())
