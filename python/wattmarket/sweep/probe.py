"""A process that plays some months of one run and says how long they took and how much memory.

Started as ``python -m wattmarket.sweep.probe``; reads and writes one JSON value.
"""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path
from time import perf_counter  # exact: measures runs whose results are thrown away
from typing import Any

from wattmarket import runner
from wattmarket.errors import WattmarketError
from wattmarket.scenario import load_scenario
from wattmarket.sweep.outputs import Outputs
from wattmarket.sweep.tables import column_of_table

__all__ = ["main", "peak_mb"]


def main() -> None:
    """Measure what standard input asks for."""
    print(json.dumps(_measured(json.loads(sys.stdin.read()))))


def _measured(told: dict[str, Any]) -> dict[str, Any]:
    work, outputs = told["work"], Outputs.of(told["work"]["outputs"])
    seconds, peaks, table_bytes = [], [], []
    row: dict[str, Any] = {}
    try:
        for months in told["months"]:
            begun = perf_counter()
            settings = [*work["settings"], *told["settings"], *outputs.settings(), f"run.months={months}"]
            scenario = load_scenario(work["base_path"], settings)
            row = outputs.read(runner.run(scenario, twin=outputs.findings))
            seconds.append(perf_counter() - begun)
            peaks.append(peak_mb())
            texts = [row[column_of_table(name)] or "" for name in outputs.tables]
            table_bytes.append(sum(len(text) for text in texts) * 3 / 4)  # exact: integers; base 64
    except WattmarketError as error:
        return {"error": str(error).splitlines()[0]}
    return {"seconds": seconds, "peak_mb": peaks, "table_bytes": table_bytes, "row": row}


def peak_mb() -> float:
    """Peak memory of this process until now, MB."""
    # What `getrusage` says on Linux includes the peak of the parent before this process began.
    told = Path("/proc/self/status")
    if told.exists():
        lines = dict(line.split(":", 1) for line in told.read_text(encoding="utf-8").splitlines() if ":" in line)
        return int(lines["VmHWM"].split()[0]) * 1024 / 1e6
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


if __name__ == "__main__":
    main()
