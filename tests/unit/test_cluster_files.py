"""The files for clusters that the documentation gives: what of them can be run without a cluster is run."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import polars as pl
import pytest
import yaml
from sweep_drivers import environment
from sweep_runs import sweep_file

from wattmarket.cli import main
from wattmarket.cli.sweep import sweep_commands
from wattmarket.sweep import run_sweep, scan
from wattmarket.sweep.file import load_sweep
from wattmarket.threads import THREADS

FILES = Path("docs/cluster").resolve()
SMALL = """
base = "base.toml"
settings = { world.sites = 50, run.months = 2, capacity.mode = "entry" }
[parameters]
drift.start = [0.05, 0.1, 0.15]
[outputs]
findings = false
"""


def script(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/bash\nset -eu\n{text}")
    path.chmod(0o755)


@pytest.fixture
def sweep(tmp_path: Path) -> Path:
    return sweep_file(tmp_path / "files", SMALL)


def played(sweep: Path, tmp_path: Path) -> pl.DataFrame:
    run_sweep(load_sweep(sweep), tmp_path / "undisturbed")
    return scan(tmp_path / "undisturbed").collect()


@pytest.fixture
def undisturbed(sweep: Path, tmp_path: Path) -> pl.DataFrame:
    return played(sweep, tmp_path)


def run(folder: Path, *words: str, **more: str) -> None:
    """Run a command that finds the stand-ins in ``bin`` first."""
    told = (
        environment() | {"PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}", "POLARS_MAX_THREADS": "1"} | more
    )
    done = subprocess.run(words, cwd=folder, env=told, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_slurm_array_plays_each_shard_once(tmp_path: Path) -> None:
    script(tmp_path / "bin" / "wattmarket", 'echo "$POLARS_MAX_THREADS: $*" >>told')
    for task in range(5, 9):
        array = {"SLURM_ARRAY_TASK_ID": str(task), "SLURM_ARRAY_TASK_MIN": "5", "SLURM_ARRAY_TASK_COUNT": "4"}
        run(tmp_path, "bash", str(FILES / "slurm_array.sh"), SWEEP="map.toml", STORE="sweeps/map", **array)
    words = "1: sweep run map.toml --store sweeps/map --shard {}/4 --engine local --failed-ok --quiet"
    assert (tmp_path / "told").read_text().splitlines() == [words.format(shard) for shard in range(4)]


def test_machines_with_nothing_but_ssh(sweep: Path, undisturbed: pl.DataFrame, tmp_path: Path) -> None:
    script(tmp_path / "bin" / "wattmarket", f'exec {sys.executable} -m wattmarket "$@"')
    # Machines are folders here.
    script(tmp_path / "bin" / "ssh", f'mkdir -p {tmp_path}/"$1"; cd {tmp_path}/"$1"; shift; exec "$@"')
    script(tmp_path / "bin" / "scp", 'words=("${@//://}"); exec cp "${words[@]/#-q/-r}"')
    run(tmp_path, "bash", str(FILES / "ssh_loop.sh"), "one", "two", SWEEP=str(sweep), STORE="all")
    assert scan(tmp_path / "all").collect().equals(undisturbed)
    chunks = [sorted((tmp_path / host).glob("*/store/chunks/*.parquet")) for host in ("one", "two")]
    assert [pl.concat(map(pl.read_parquet, paths)).height for paths in chunks] == [2, 1]


def test_a_run_that_fails_keeps_nothing_on_its_machine(tmp_path: Path) -> None:
    wrong = SMALL.replace("drift.start = [0.05, 0.1, 0.15]", "workload.voice.service_ms = [1.0, 1e6, 2.0]")
    sweep = sweep_file(tmp_path / "files", wrong)
    test_machines_with_nothing_but_ssh(sweep, played(sweep, tmp_path), tmp_path)
    status = scan(tmp_path / "all").collect()["status"].to_list()
    assert status == ["done", "failed", "done"]


def test_the_exit_code_of_a_shard_is_about_its_own_runs(tmp_path: Path) -> None:
    wrong = SMALL.replace("drift.start = [0.05, 0.1, 0.15]", "workload.voice.service_ms = [1.0, 1e6, 2.0]")
    path = str(sweep_file(tmp_path / "files", wrong))
    shards = [
        ["sweep", "run", path, "--store", str(tmp_path / "store"), "--shard", f"{shard}/3"] for shard in (1, 0, 2)
    ]
    assert [main(words) for words in shards] == [1, 0, 0]
    assert [main([*words, "--failed-ok"]) for words in shards] == [0, 0, 0]


def test_slurm_through_dask_jobqueue(sweep: Path, undisturbed: pl.DataFrame, tmp_path: Path) -> None:
    # dask-jobqueue's cluster differs from Dask's own in what starts a worker: jobs there, threads here.
    (tmp_path / "dask_jobqueue.py").write_text(
        "from distributed import LocalCluster\n"
        "class SLURMCluster(LocalCluster):\n"
        "    def __init__(self, *, cores, processes, memory, walltime, job_script_prologue, shared_temp_directory,\n"
        "                 scheduler_options, **more):\n"
        "        super().__init__(n_workers=0, processes=False, dashboard_address=None, **more)\n"
        "    def scale(self, n=0, jobs=0):\n"
        "        return super().scale(jobs or n)\n"
    )
    path = os.pathsep.join([str(tmp_path), environment()["PYTHONPATH"]])
    run(tmp_path, sys.executable, str(FILES / "slurm_dask.py"), str(sweep), "store", "2", PYTHONPATH=path)
    assert scan(tmp_path / "store").collect().equals(undisturbed)


def containers(name: str) -> Iterator[dict[str, Any]]:
    for document in yaml.safe_load_all((FILES / name).read_text()):
        assert {"apiVersion", "kind", "metadata", "spec"} == document.keys()
        pod = document["spec"].get("template", {}).get("spec")
        if pod is not None:
            volumes = {volume["name"] for volume in pod["volumes"]}
            for container in pod["containers"]:
                assert {mount["name"] for mount in container["volumeMounts"]} == volumes
                yield container


@pytest.mark.parametrize(("name", "count"), [("kubernetes_job.yaml", 1), ("kubernetes_dask.yaml", 3)])
def test_commands_on_kubernetes_have_options_that_there_are(name: str, count: int) -> None:
    from distributed.cli.dask_scheduler import main as scheduler  # noqa: PLC0415 - takes a second
    from distributed.cli.dask_worker import main as worker  # noqa: PLC0415

    found = list(containers(name))
    assert len(found) == count
    for container in found:
        match container["command"]:
            case ["wattmarket", "sweep", "run", *words]:
                command: click.Command = sweep_commands.commands["run"]
            case ["dask", "scheduler", *words]:
                command = scheduler
            case ["dask", "worker", *words]:
                command = worker
        # An option that there isn't is an error of the parser.
        command.make_parser(click.Context(command)).parse_args(list(words))
        if command is worker or "--shard" in words:
            assert {entry["name"]: entry["value"] for entry in container["env"]} == dict.fromkeys(THREADS, "1")
