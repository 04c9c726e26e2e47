"""A sweep on SLURM through dask-jobqueue: ``python slurm_dask.py SWEEP STORE JOBS``, on a login node or in a job.

Needs ``pip install 'wattmarket[dask]' dask-jobqueue``. Workers come and go with SLURM's jobs; the store is written by
this process alone. The sweep file, its scenarios and the Python environment lie on the shared file system.
"""

from __future__ import annotations

import sys

from dask_jobqueue import SLURMCluster
from distributed import Client, Security

from wattmarket.sweep import Dask, load_sweep, run_sweep

ONE_THREAD = [
    f"export {name}=1"
    for name in ("POLARS_MAX_THREADS", "RAYON_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")
]


def main(sweep: str, store: str, jobs: int) -> int:
    """Play a sweep in so many SLURM jobs of eight processes with one thread each."""
    cluster = SLURMCluster(
        cores=8,
        processes=8,
        memory="16GB",
        walltime="04:00:00",
        job_script_prologue=ONE_THREAD,
        # Certificates of its own for this cluster; the jobs get them through the shared file system.
        protocol="tls://",
        security=Security.temporary(),
        shared_temp_directory=".",
        scheduler_options={"dashboard_address": "127.0.0.1:0"},
    )
    with cluster, Client(cluster) as client:
        cluster.scale(jobs=jobs)
        found = run_sweep(load_sweep(sweep), store, engine=Dask(client=client), progress=True)
    print(f"{found.done} done, {found.failed} failed, {found.missing} missing")
    return 1 if found.failed or found.missing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
