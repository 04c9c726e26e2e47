"""A Dask worker process of a cluster of one's own, started as ``python -m wattmarket.sweep.engines.dask_worker``.

The first line of standard input says where the scheduler is, and what lets the worker in. A thread waits for the end of
standard input, so that a worker whose driver has died ends at once, in the middle of a run if need be.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import threading
from importlib import import_module
from typing import Any

__all__ = ["main"]


def main() -> None:
    """Work until the scheduler or standard input ends."""
    # What libraries print is no output of the sweep.
    os.dup2(2, 1)
    told = json.loads(sys.stdin.readline())
    threading.Thread(target=_wait_for_the_end, daemon=True).start()
    asyncio.run(_work(told))


def _wait_for_the_end() -> None:
    sys.stdin.read()
    os._exit(0)


async def _work(told: dict[str, Any]) -> None:
    distributed = import_module("distributed")
    worker = await distributed.Worker(
        told["scheduler"],
        nthreads=1,
        host=told["host"],
        security=distributed.Security(**told["security"]),
        dashboard=False,
        memory_limit=0,
    )
    await worker.finished()


if __name__ == "__main__":
    main()
