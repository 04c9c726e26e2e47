"""What the engine is meant to reach, as ratios of processor times of one run; printed beside what was measured.

A bar is a wish with a number, not a test: nothing fails where one is missed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.clearing.compare import Measurement

__all__ = ["BARS", "Bar", "best_peer", "measured"]

Run = Mapping[str, Measurement]
"""The measurements of one size by driver."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One ratio.

    Attributes
    ----------
    what
        In words.
    sign
        ``≥`` where more is better, ``≤`` where less is.
    asked
        The bar by size.
    ratio
        From the measurements of a size to the ratio; None where a part of it was not measured.
    """

    what: str
    sign: str
    asked: Mapping[str, float]
    ratio: Callable[[Run], float | None]

    def held(self, size: str, value: float) -> bool:
        """Whether a measured ratio reaches the bar of its size."""
        return value >= self.asked[size] if self.sign == "≥" else value <= self.asked[size]


def best_peer(run: Run, seconds: Callable[[Measurement], float | None]) -> tuple[str, float] | None:
    """The fastest of the foreign programs that solve the whole market, and its time."""
    times = ((one.driver, seconds(one)) for one in run.values() if one.role == "peer")
    return min(((name, time) for name, time in times if time), key=lambda pair: pair[1], default=None)


def measured(measurements: Iterable[Measurement]) -> dict[str, Run]:
    """Measurements by size and driver."""
    runs: dict[str, dict[str, Measurement]] = {}
    for one in measurements:
        runs.setdefault(one.size, {})[one.driver] = one
    return dict(runs)


def _tick(one: Measurement) -> float | None:
    return one.tick("cpu_s")


def _cold(one: Measurement) -> float | None:
    return one.median("cold", "cpu_s")


def _peer_over_spot(seconds: Callable[[Measurement], float | None]) -> Callable[[Run], float | None]:
    def ratio(run: Run) -> float | None:
        peer = best_peer(run, seconds)
        return _quotient(peer[1] if peer else None, seconds(run["spot"]) if "spot" in run else None)

    return ratio


def _tick_of(driver: str, over: str) -> Callable[[Run], float | None]:
    def ratio(run: Run) -> float | None:
        return _quotient(*(_tick(run[name]) if name in run else None for name in (driver, over)))

    return ratio


def _settled(run: Run) -> float | None:
    if "spot" not in run:
        return None
    tick, settle = _tick(run["spot"]), run["spot"].beside("settle")
    return None if tick is None or settle is None else _quotient(tick + settle, tick)


def _quotient(over: float | None, under: float | None) -> float | None:
    return None if over is None or not under else over / under


BARS: Sequence[Bar] = (
    Bar("best full-model peer's tick / tick", "≥", {"S3": 1_000, "S4": 1_000}, _peer_over_spot(_tick)),
    Bar("tick of HiGHS on the near-tight arcs / tick", "≥", {"S3": 20, "S4": 12}, _tick_of("highs_near", "spot")),
    Bar("tick / floor", "≤", {"S3": 8, "S4": 6}, _tick_of("spot", "floor")),
    Bar("tick with unique flows and both price vectors / tick", "≤", {"S3": 1.5, "S4": 1.5}, _settled),
    Bar("best full-model peer's cold solve / cold solve", "≥", {"S3": 10, "S4": 10}, _peer_over_spot(_cold)),
)
