"""The child process of the benchmark: one driver, one market, one core; a JSON line per solve on stdout.

``python -m benchmarks.clearing.drive lemon --size S2 --cold 3`` works by hand as well.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from dataclasses import asdict

from benchmarks.clearing.arcs import FORMS
from benchmarks.clearing.drivers import DRIVERS, SkippedError, by_name
from benchmarks.clearing.instance import SIZES, make_instance

__all__ = ["main"]


def main() -> None:
    """Pin, draw the market, solve, print."""
    options = _options()
    if options.core is not None and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {options.core})
    try:
        driver = by_name(options.driver)
        if options.form not in driver.forms:
            raise SkippedError(f"{options.driver}: knows no {options.form} form")
        _print(kind="driver", version=driver.version(), warm_starts=driver.warm_starts)
        instance = make_instance(SIZES[options.size], ticks=options.ticks, seed=options.seed, grain=options.grain)
        _print(kind="instance", digest=instance.digest())
        deadline = time.monotonic() + options.limit
        solves = [driver.cold(instance, options.form, range(min(options.cold, options.ticks + 1)))]
        if driver.warm_starts and options.ticks:
            solves.append(driver.warm(instance, options.form, options.ticks))
        for group in solves:
            for solve in group:
                _print(kind="solve", **asdict(solve))
                if time.monotonic() > deadline:
                    return
    except SkippedError as reason:
        _print(kind="skipped", reason=str(reason))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("driver", choices=DRIVERS)
    parser.add_argument("--size", choices=SIZES, default="S1")
    parser.add_argument("--form", choices=FORMS, default="ring")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--grain", type=int, default=1, help="kW and micro-$ per kWh that everything is rounded to")
    parser.add_argument("--ticks", type=int, default=20, help="ticks solved warm, each from the one before")
    parser.add_argument("--cold", type=int, default=3, help="states solved from nothing, the base first")
    parser.add_argument("--limit", type=float, default=120.0, help="seconds after which no further solve starts")
    parser.add_argument("--core", type=int, help="processor core to stay on")
    return parser.parse_args()


def _print(**line: object) -> None:
    print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
