"""Drivers of sweeps in processes of their own, and what can be seen of them from outside."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

DRIVER = """
import sys
from pathlib import Path
from wattmarket.errors import WattmarketError
from wattmarket.sweep import Certificates, Dask, Local, Serial, driver, load_sweep, run_sweep
from wattmarket.sweep.engines import futures
driver.SECONDS_BETWEEN_COMMITS = 0.05
# Run by run, so that there are many moments at which something can happen.
futures.SECONDS_A_BUNDLE = 0.0
file, store, engine, workers, function, *tls = sys.argv[1:]
workers, tls = int(workers), [Path(path) for path in tls]
if engine == "serial":
    engine = Serial(function)
elif engine == "local":
    engine = Local(workers, function=function)
elif engine == "dask":
    engine = Dask(workers, function=function)
else:
    engine = Dask(scheduler=engine, certificates=Certificates(*tls), function=function)
print("ready", flush=True)
try:
    found = run_sweep(load_sweep(file), store, engine=engine)
except WattmarketError as error:
    sys.exit(str(error))
sys.exit(130 if found.interrupted else 0)
"""


def environment() -> dict[str, str]:
    """What processes need to find the stand-ins of this folder."""
    paths = [str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))}


def drive(
    file: Path,
    store: Path,
    engine: str,
    *,
    workers: int = 2,
    function: str = "sweep_runs:slow",
    tls: tuple[Path, ...] = (),
) -> subprocess.Popen[bytes]:
    """Start a driver in a process and a session of its own; it is ready when this returns."""
    driver = subprocess.Popen(
        [sys.executable, "-c", DRIVER, str(file), str(store), engine, str(workers), function, *map(str, tls)],
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    assert driver.stdout is not None
    assert driver.stdout.readline() == b"ready\n"
    return driver


def end(driver: subprocess.Popen[bytes]) -> tuple[int, str]:
    """Wait for the end of a driver: its exit code, and what it said on standard error."""
    _, said = driver.communicate(timeout=120)
    return driver.returncode, said.decode()


def below(process: int) -> list[int]:
    """Processes that were started by a process, or by those; without what is dead."""
    children: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = path.read_text().rpartition(")")[2].split()[:2]
        except OSError:
            continue
        if state != "Z":
            children.setdefault(int(parent), []).append(int(path.parent.name))
    found = [process]
    for known in found:
        found += children.get(known, [])
    return found[1:]


def workers_of(driver: int) -> list[int]:
    """Children of a driver that play runs."""
    return [child for child in below(driver) if b"wattmarket.sweep.engines" in _words(child)]


def _words(process: int) -> bytes:
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return b""


def is_alive(process: int) -> bool:
    """Whether a process is there and isn't a zombie."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_for(what: str, holds: Callable[[], object], seconds: float = 60.0) -> float:
    """Wait until something holds; how long that took."""
    begun = time.monotonic()
    while not holds():
        assert time.monotonic() - begun < seconds, what
        time.sleep(0.01)
    return time.monotonic() - begun


def chunks(store: Path) -> int:
    """Chunks that a store has."""
    return len(list(store.glob("chunks/*.parquet")))


def listening(processes: list[int]) -> list[str]:
    """Addresses that some processes listen on, as Linux writes them in hexadecimal, without ports."""
    inodes = set()
    for process in processes:
        for handle in Path(f"/proc/{process}/fd").glob("*"):
            try:
                target = str(handle.readlink())
            except OSError:
                continue
            if target.startswith("socket:["):
                inodes.add(target[8:-1])
    found = []
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            words = line.split()
            if words[3] == "0A" and words[9] in inodes:
                found.append(words[1].split(":")[0])
    return found


LOOPBACK = ("0100007F", "00000000000000000000000001000000")
"""127.0.0.1 and ::1 as `listening` tells them."""
