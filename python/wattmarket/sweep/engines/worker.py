"""A worker process: reads runs from standard input, plays them, writes their rows; JSON lines, nothing pickled.

Started as ``python -m wattmarket.sweep.engines.worker FUNCTION``. The first line says what the runs share. A thread
does the reading, so that a worker whose driver has died ends at once, in the middle of a run if need be.
"""

from __future__ import annotations

import json
import os
import queue
import sys
import threading
from typing import Any

from wattmarket.sweep.changes import Change
from wattmarket.sweep.jobs import Job, Work
from wattmarket.sweep.play import attempt, player

__all__ = ["main"]


def main() -> None:
    """Play runs until standard input ends."""
    # What libraries print must not get between the rows.
    rows = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    lines: queue.SimpleQueue[str] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(lines,), daemon=True).start()
    function = player(sys.argv[1])
    work = _work(json.loads(lines.get()))
    print(json.dumps({"ready": True}), file=rows, flush=True)
    while True:
        row = attempt(function, work, _job(json.loads(lines.get())))
        print(json.dumps(row), file=rows, flush=True)


def _read(lines: queue.SimpleQueue[str]) -> None:
    for line in sys.stdin:
        lines.put(line)
    os._exit(0)


def _work(told: dict[str, Any]) -> Work:
    return Work(told["base_path"], tuple(told["settings"]), told["base_sha256"], told["outputs"])


def _job(told: dict[str, Any]) -> Job:
    changes: tuple[Change, ...] = tuple((since, tuple(settings)) for since, settings in told["changes"])
    return Job(told["key"], changes, told["seed"])


if __name__ == "__main__":
    main()
