"""``python -m benchmarks.batch [S2 ...]``: how a batch of independent clearings scales over threads.

The cases are states of one world, each a tick further on its own way in every round. All are cleared on one thread,
then on two, and so on, in turns; every batch keeps its bases, so after the first round everything is warm. Two numbers
are given for each: wall time against one thread, which is the throughput that a user sees and which other programs on
the machine spoil; and processor time per case against one thread, which shows what the threads cost each other
(memory, caches) whoever else is there.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from benchmarks.clearing.columns import spot_demand, spot_layout, spot_state
from benchmarks.clearing.instance import SIZES, Instance, make_instance
from benchmarks.machine import describe_machine
from wattmarket.spot import SpotBatch, SpotClearing, SpotMarket

__all__ = ["Scaling", "main", "measure"]


@dataclass(slots=True)
class Scaling:
    """Seconds of each round, for one number of threads."""

    threads: int
    wall_s: list[float] = field(default_factory=list)
    processor_s: list[float] = field(default_factory=list)


def measure(instance: Instance, *, cases: int, rounds: int, threads: Sequence[int]) -> list[Scaling]:
    """Clear the same rounds on each number of threads; objectives and prices must agree."""
    first = SpotMarket(spot_layout(instance))
    first.clear(spot_demand(instance, 0), spot_state(instance, 0))
    batches = [(Scaling(count), SpotBatch(first, cases)) for count in threads]
    for turn in range(rounds + 1):
        ticks = [1 + case * (rounds + 1) + turn for case in range(cases)]
        columns = [(spot_demand(instance, tick), spot_state(instance, tick)) for tick in ticks]
        cleared: list[list[SpotClearing]] = []
        for scaling, batch in batches:
            wall, processor = time.perf_counter(), time.process_time()
            cleared.append(batch.clear(columns, threads=scaling.threads))
            if turn > 0:
                scaling.wall_s.append(time.perf_counter() - wall)
                scaling.processor_s.append(time.process_time() - processor)
        for others in cleared[1:]:
            for one, other in zip(cleared[0], others, strict=True):
                assert one.objective == other.objective
                assert (one.demand_price == other.demand_price).all()
                assert (one.route_kw == other.route_kw).all()
    return [scaling for scaling, _ in batches]


def main(arguments: Sequence[str] | None = None) -> None:
    """Print one line for each size and number of threads."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.batch", description=__doc__)
    parser.add_argument("sizes", nargs="*", metavar="size", help=f"of {', '.join(SIZES)}; default: S2 S3")
    parser.add_argument("--cases", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    options = parser.parse_args(arguments)
    print(", ".join(f"{name} {value}" for name, value in describe_machine().items()))
    for name in options.sizes or ["S2", "S3"]:
        instance = make_instance(SIZES[name], ticks=options.cases * (options.rounds + 1))
        scalings = measure(instance, cases=options.cases, rounds=options.rounds, threads=options.threads)
        for scaling in scalings:
            wall, processor = statistics.median(scaling.wall_s), statistics.median(scaling.processor_s)
            throughput = statistics.median(scalings[0].wall_s) / wall
            share = processor / statistics.median(scalings[0].processor_s)
            print(
                f"{name}, {options.cases} cases, {scaling.threads} threads: {1e3 * wall / options.cases:.2f} ms each, "
                f"throughput x{throughput:.2f}, processor time x{share:.2f}, load {os.getloadavg()[0]:.1f}"
            )


if __name__ == "__main__":
    main()
