"""``python -m benchmarks [part ...]``: measure, and keep what was measured in ``benchmarks/results``.

``make bench`` measures everything, ``make bench-clearing`` all but the whole run.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Sequence

PARTS = {
    "clearing": "benchmarks.clearing",
    "growth": "benchmarks.clearing.growth",
    "world": "benchmarks.default_world",
    "run": "benchmarks.run_time",
    "sweep": "benchmarks.sweep",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure the parts one after the other, each in a process of its own; 1 where one of them failed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="part", help=f"of {', '.join(PARTS)}; default: all")
    parts = parser.parse_args(arguments).parts or list(PARTS)
    if unknown := [part for part in parts if part not in PARTS]:
        parser.error(f"{unknown[0]} is not one of {', '.join(PARTS)}")
    failed = []
    for part in parts:
        begin = time.monotonic()
        print(f"== {part}", file=sys.stderr, flush=True)
        if subprocess.run([sys.executable, "-m", PARTS[part], "--keep"], check=False).returncode:
            failed.append(part)
        print(f"== {part}: {time.monotonic() - begin:.0f} s", file=sys.stderr, flush=True)
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
