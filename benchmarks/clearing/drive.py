"""The child process of the benchmark: one driver, one market, one core; a JSON line per solve on stdout.

``python -m benchmarks.clearing.drive lemon --size S2 --cold 3`` works by hand as well.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Iterator
from dataclasses import asdict

from benchmarks.clearing.arcs import FORMS
from benchmarks.clearing.drivers import DRIVERS, Driver, Form, SkippedError, Solve, by_name
from benchmarks.clearing.instance import SIZES, Instance, make_instance

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
        _print(kind="driver", version=driver.version(), role=driver.role, warm_starts=driver.warm_starts)
        instance = make_instance(SIZES[options.size], ticks=options.ticks, seed=options.seed, grain=options.grain)
        _print(kind="instance", digest=instance.digest(), arcs=instance.ring_arcs)
        deadline = time.process_time() + options.limit
        for solve in _solves(driver, instance, options.form, options.cold, options.states):
            _print(kind="solve", **asdict(solve))
            if time.process_time() > deadline:
                return
    except SkippedError as reason:
        _print(kind="skipped", reason=str(reason))


def _solves(driver: Driver, instance: Instance, form: Form, cold: int, most: int | None) -> Iterator[Solve]:
    """Ticks first, so that a program that is slow from nothing has them before its time is up."""
    states = instance.ticks + 1
    if driver.warm_starts:
        yield from driver.warm(instance, form, instance.ticks)
        yield from driver.cold(instance, form, range(1, min(cold, states)))
    else:
        yield from driver.cold(instance, form, range(min(states, most or states)))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("driver", choices=DRIVERS)
    parser.add_argument("--size", choices=SIZES, default="S1")
    parser.add_argument("--form", choices=FORMS, default="ring")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--grain", type=int, default=1, help="kW and micro-$ per kWh that everything is rounded to")
    parser.add_argument("--ticks", type=int, default=20, help="ticks after the base")
    parser.add_argument(
        "--cold", type=int, default=3, help="states that a program with warm starts solves from nothing"
    )
    parser.add_argument("--states", type=int, help="states that a program without warm starts solves; default: all")
    parser.add_argument("--limit", type=float, default=120.0, help="seconds of processor time that the program gets")
    parser.add_argument("--core", type=int, help="processor core to stay on")
    return parser.parse_args()


def _print(**line: object) -> None:
    print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
