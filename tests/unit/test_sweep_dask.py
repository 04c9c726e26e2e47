"""Sweeps on Dask with real processes: the same bits, nothing lost, nothing open to others, quiet whatever ends them."""

from __future__ import annotations

import importlib.util
import json
import os
import random
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from sweep_drivers import LOOPBACK, below, chunks, drive, end, environment, is_alive, listening, wait_for, workers_of
from sweep_runs import SWEEP, sweep_file

from wattmarket.cli import main
from wattmarket.errors import InputError
from wattmarket.sweep import Certificates, Dask, Serial, load_sweep, run_sweep, scan
from wattmarket.sweep.store import Store
from wattmarket.sweep.store.recovery import problems

MADE_BY = Path("docs/cluster/certificates.py")
KILLS = int(os.environ.get("SWEEP_KILLS", "40"))
"""How many processes are killed in test_sweep_accidents.py; here one scheduler for forty of them."""


def test_a_cluster_of_its_own(sixty_runs: Path, undisturbed: pl.DataFrame, tmp_path: Path) -> None:
    store = tmp_path / "store"
    driver = drive(sixty_runs, store, "dask")
    wait_for("a first commit", lambda: chunks(store))
    workers = workers_of(driver.pid)
    assert len(workers) == 2
    # The scheduler and each worker listen, and nobody else can reach them.
    addresses = listening([driver.pid, *below(driver.pid)])
    assert len(addresses) >= 3
    assert not [address for address in addresses if address not in LOOPBACK]
    os.kill(workers[0], signal.SIGKILL)
    assert wait_for("the death is noticed", lambda: set(workers_of(driver.pid)) - set(workers), seconds=10.0) < 2.0
    assert end(driver) == (0, "")
    assert problems(Store(store)) == []
    assert scan(store).collect().equals(undisturbed)


def test_ctrl_c_and_a_killed_group_leave_no_orphans(
    sixty_runs: Path, undisturbed: pl.DataFrame, tmp_path: Path
) -> None:
    store = tmp_path / "store"
    # The whole group of the driver gets the signal, as from a terminal; workers are in sessions of their own.
    for number in (signal.SIGINT, signal.SIGKILL):
        before = chunks(store)
        driver = drive(sixty_runs, store, "dask")
        wait_for("a commit", lambda before=before: chunks(store) > before)
        started = below(driver.pid)
        begun = time.monotonic()
        os.killpg(driver.pid, number)
        code, said = end(driver)
        assert (code, said) == ((130, "") if number == signal.SIGINT else (-signal.SIGKILL, ""))
        wait_for("no orphans", lambda started=started: not any(map(is_alive, started)), seconds=20.0)
        assert number == signal.SIGKILL or time.monotonic() - begun < 2.0
    run_sweep(load_sweep(sixty_runs), store, engine=Serial("sweep_runs:quick"))
    assert problems(Store(store)) == []
    assert scan(store).collect().equals(undisturbed)


class Cluster:
    """A scheduler and two workers as the documentation starts them, over TLS."""

    def __init__(self, folder: Path, port: int = 0) -> None:
        self.tls, self.file = folder / "tls", folder / "scheduler.json"
        self.file.unlink(missing_ok=True)
        self.scheduler = self._start("scheduler", "--port", str(port), "--protocol", "tls")
        wait_for("a scheduler", self.file.exists)
        self.address = json.loads(self.file.read_text())["address"]
        self.workers = [
            self._start("worker", "--nthreads", "1", "--memory-limit", "0", "--death-timeout", "120") for _ in range(2)
        ]

    def _start(self, what: str, *options: str) -> subprocess.Popen[bytes]:
        words = [sys.executable, "-m", f"distributed.cli.dask_{what}", "--no-dashboard", "--host", "127.0.0.1"]
        words += ["--scheduler-file", str(self.file), "--tls-ca-file", str(self.tls / "ca.pem")]
        words += ["--tls-cert", str(self.tls / f"{what}.pem"), "--tls-key", str(self.tls / f"{what}-key.pem"), *options]
        limits = {"POLARS_MAX_THREADS": "1"}
        return subprocess.Popen(words, env=environment() | limits, stderr=subprocess.DEVNULL, start_new_session=True)

    def close(self) -> None:
        """End all of it."""
        for process in (self.scheduler, *self.workers):
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    spec = importlib.util.spec_from_file_location("certificates", MADE_BY)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.make_certificates(tmp_path / "tls", "scheduler", "worker", "driver")
    module.make_certificates(tmp_path / "foreign", "driver")
    made = Cluster(tmp_path)
    yield made
    made.close()


def driver_of(folder: Path) -> tuple[Path, Path, Path]:
    return folder / "ca.pem", folder / "driver.pem", folder / "driver-key.pem"


def test_a_scheduler_over_tls(
    cluster: Cluster, sixty_runs: Path, undisturbed: pl.DataFrame, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    # Real runs, from the command line.
    text = SWEEP.replace("steps = 6", "steps = 2").replace("count = 5", "count = 1")
    real = str(sweep_file(tmp_path / "real", text))
    ca, certificate, key = map(str, driver_of(cluster.tls))
    words = ["sweep", "run", real, "--quiet", "--engine", "dask", "--scheduler", cluster.address]
    words += ["--tls-ca", ca, "--tls-cert", certificate, "--tls-key", key]
    assert main([*words, "--store", str(tmp_path / "there")]) == 0
    assert main(["sweep", "run", real, "--quiet", "--store", str(tmp_path / "here")]) == 0
    assert scan(tmp_path / "there").collect().equals(scan(tmp_path / "here").collect())
    assert capfd.readouterr().err == ""
    # Who has no certificate of this authority is refused.
    host, port = cluster.address.removeprefix("tls://").split(":")
    context = ssl.create_default_context(cafile=ca)
    context.check_hostname = False
    with (
        socket.create_connection((host, int(port)), timeout=10) as plain,
        pytest.raises((ssl.SSLError, ConnectionResetError), match=r"certificate required|reset"),
        context.wrap_socket(plain) as encrypted,
    ):
        encrypted.recv(1)
    foreign = Certificates(*driver_of(tmp_path / "foreign"))
    with pytest.raises(InputError, match="no scheduler answers"):
        run_sweep(
            load_sweep(sixty_runs), tmp_path / "none", engine=Dask(scheduler=cluster.address, certificates=foreign)
        )


def test_a_killed_scheduler_ends_the_driver_in_one_line(
    cluster: Cluster, sixty_runs: Path, undisturbed: pl.DataFrame, tmp_path: Path
) -> None:
    luck = random.Random(KILLS)
    running = cluster
    for number in range(max(KILLS // 40, 1)):
        store = tmp_path / str(number)
        driver = drive(sixty_runs, store, running.address, tls=driver_of(running.tls))
        wait_for("a first commit", lambda store=store: chunks(store), seconds=120.0)
        time.sleep(luck.random() * 0.3)
        begun = time.monotonic()
        running.scheduler.kill()
        assert end(driver) == (
            1,
            "sweep: the Dask scheduler is gone; what is committed stays, and the same command goes on from there\n",
        )
        assert time.monotonic() - begun < 5.0
        assert 0 < scan(store).filter(pl.col("status") == "done").collect().height < 60
        running.close()
        running = Cluster(tmp_path)
        try:
            assert end(drive(sixty_runs, store, running.address, tls=driver_of(running.tls))) == (0, "")
            assert problems(Store(store)) == []
            assert scan(store).collect().equals(undisturbed)
        except BaseException:
            running.close()
            raise
    running.close()


def test_wrong_addresses_are_one_line(sixty_runs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        nobody = f"tcp://127.0.0.1:{taken.getsockname()[1]}"
    words = ["sweep", "run", str(sixty_runs), "--quiet", "--store", str(tmp_path / "store")]
    for more, line in [
        (["--scheduler", nobody], "--scheduler, --tls-ca, --tls-cert, --tls-key: are for --engine dask"),
        (["--engine", "dask", "--scheduler", nobody], f"{nobody}: no scheduler answers: "),
        (["--engine", "dask", "--scheduler", "127.0.0.1"], "127.0.0.1: is no address such as tls://host:8786"),
        (["--engine", "dask", "--scheduler", "tls://x:1"], "tls://x:1: needs --tls-ca, --tls-cert and --tls-key"),
        (["--engine", "dask", "--tls-ca", str(sixty_runs)], "are for --scheduler"),
        (["--engine", "dask", "--scheduler", "tls://x:1", "--tls-ca", str(sixty_runs)], "go together"),
    ]:
        assert main([*words, *more]) == 2
        said = capsys.readouterr().err
        assert line in said
        assert said.count("\n") == 1
