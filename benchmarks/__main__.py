"""``python -m benchmarks``, which ``make bench`` calls: measure everything and keep it in ``benchmarks/results``."""

from __future__ import annotations

import sys

from benchmarks import run_time
from benchmarks.clearing import __main__ as clearing


def main() -> int:
    """Measure clearing beside the peers, then the whole run; 0 where both went well."""
    disagreement = clearing.main(["--keep"])
    return run_time.main(["--keep"]) or disagreement


if __name__ == "__main__":
    sys.exit(main())
