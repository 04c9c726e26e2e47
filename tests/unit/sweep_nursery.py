"""A process that has imported everything and forks drivers of sweeps: they begin in milliseconds; many can be killed.

Reads JSON lines: what to drive, answered by the driver's process number; or which driver to wait for, answered by its
exit code. Nothing of Polars is used before a fork, which would deadlock.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

from sweep_drivers import environment

from wattmarket.errors import WattmarketError
from wattmarket.sweep import Engine, Local, Serial, driver, load_sweep, run_sweep


def main() -> None:
    """Answer until standard input ends."""
    for line in sys.stdin:
        told = json.loads(line)
        if "wait" in told:
            print(os.waitstatus_to_exitcode(os.waitpid(told["wait"], 0)[1]), flush=True)
            continue
        child = os.fork()
        if child == 0:
            code = 1
            try:
                code = drive(told)
            finally:
                os._exit(code)
        print(child, flush=True)


def drive(told: dict[str, Any]) -> int:
    """Drive a sweep as a process and group of its own."""
    os.setsid()
    unlimited = resource.getrlimit(resource.RLIMIT_FSIZE)
    if told["limit"] is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (told["limit"], unlimited[1]))
    driver.SECONDS_BETWEEN_COMMITS = 0.0
    driver.chunk_size = lambda runs: told["chunk"]
    function = told["function"]
    engine: Engine = Local(told["workers"], function=function) if told["workers"] else Serial(function)
    try:
        found = run_sweep(load_sweep(told["file"]), told["store"], engine=engine)
    except WattmarketError as error:
        resource.setrlimit(resource.RLIMIT_FSIZE, unlimited)
        Path(told["said"]).write_text(str(error))
        return 2
    return 130 if found.interrupted else 0


class Nursery:
    """Starts such a process, and asks it for drivers."""

    def __init__(self, file: Path, folder: Path) -> None:
        self.file, self.said = file, folder / "said"
        # Its standard error stays empty; what drivers have to say they write into a file.
        self.process = subprocess.Popen(
            [sys.executable, __file__],
            env=environment() | {"POLARS_MAX_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def drive(
        self,
        store: Path,
        *,
        function: str = "sweep_runs:brisk",
        workers: int = 0,
        chunk: int = 2,
        limit: int | None = None,
    ) -> int:
        """Start a driver; its process number."""
        told = {"store": str(store), "function": function, "workers": workers, "chunk": chunk, "limit": limit}
        return self._ask(told | {"file": str(self.file), "said": str(self.said)})

    def end(self, driver: int) -> int:
        """Wait for the end of a driver; its exit code."""
        return self._ask({"wait": driver})

    def close(self) -> None:
        """End the process."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()

    def _ask(self, told: dict[str, Any]) -> int:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(told).encode() + b"\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())


if __name__ == "__main__":
    main()
