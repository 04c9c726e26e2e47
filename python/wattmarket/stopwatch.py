"""How long the phases of a run take, and how much of that the compiled core does.

The only clock of the package. It listens to `wattmarket.phases` and tells nobody anything before the run is over.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from functools import wraps
from typing import Any, Final

from wattmarket import _core
from wattmarket.forward import market as forward_market
from wattmarket.phases import STEPPING

__all__ = ["Stopwatch"]

DOORS: Final[tuple[tuple[Any, tuple[str, ...]], ...]] = (
    (_core, ("exp", "log", "power", "logistic", "total", "group_total")),
    (_core, ("entity_hash", "uniform", "normal", "add_by", "post", "products")),
    (_core, ("contracts_due", "contracts_kw", "rents", "differences", "fleet_tally", "fleet_by_site")),
    (_core, ("queue_laws", "queue_needs", "queue_line")),
    (_core, ("projects", "held_over", "empty_space", "open_load", "add_prospects", "prospects_of_owners")),
    (_core, ("rtt_matrix", "SpotCore", "explosive")),
    (_core.BiddingCore, ("add", "bids")),
    (_core.SpotCore, ("update", "optimise", "settle", "clearing", "fork")),
    (_core.SpotBatchCore, ("clear",)),
    (forward_market, ("AuctionCore",)),
    (_core.AuctionCore, ("outcome",)),
)
"""Where Python calls the core while a run lasts; none of them calls another."""

WAITING: Final = (Future, "result")
"""Where Python waits for a thread that does."""

AROUND_THE_MONTHS: Final = ("world", "write", "findings")
"""Phases that last as long however many months are played, or nearly."""


class Stopwatch:
    """Seconds by phase; what is told to it as a function is the phase that begins.

    Attributes
    ----------
    seconds, core_seconds
        By phase, in the order in which phases first began: all of it, and what the core took of it. What other threads
        do meanwhile counts only as far as this one waits for it.
    waited_seconds, beside_seconds
        What this thread waited for others, and what the core worked in those.

    Examples
    --------
    >>> watch = Stopwatch()
    >>> watch("demand")
    >>> watch("spot")
    >>> watch.stop()
    >>> list(watch.seconds)
    ['demand', 'spot']
    """

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.core_seconds: dict[str, float] = {}
        self.waited_seconds = 0.0
        self.beside_seconds = 0.0
        self._phase = ""
        self._began = 0.0
        self._thread = threading.get_ident()

    def __call__(self, phase: str, /) -> None:
        """Begin a phase; the one before ends."""
        now = time.perf_counter()
        if self._phase:
            self.seconds[self._phase] += now - self._began
        if phase:
            self.seconds.setdefault(phase, 0.0)
            self.core_seconds.setdefault(phase, 0.0)
        self._phase, self._began = phase, now

    def stop(self) -> None:
        """End the last phase."""
        self("")

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Measure what the core takes, until the context ends; then the last phase ends too."""
        doors = [*((place, name) for place, names in DOORS for name in names), WAITING]
        kept = [(place, name, getattr(place, name)) for place, name in doors]
        try:
            for place, name, door in kept:
                setattr(place, name, self._timed(door, waiting=(place, name) == WAITING))
            yield
        finally:
            for place, name, door in reversed(kept):
                setattr(place, name, door)
            self.stop()

    def _timed(self, door: Callable[..., Any], *, waiting: bool) -> Callable[..., Any]:
        @wraps(door, updated=())
        def timed(*given: Any, **named: Any) -> Any:
            began = time.perf_counter()
            try:
                return door(*given, **named)
            finally:
                self._note(time.perf_counter() - began, waiting=waiting)

        return timed

    def _note(self, seconds: float, *, waiting: bool) -> None:
        """Count what a call of the core took, or a wait for one."""
        if threading.get_ident() != self._thread:
            self.beside_seconds += 0.0 if waiting else seconds
        elif self._phase:
            self.core_seconds[self._phase] += seconds
            self.waited_seconds += seconds if waiting else 0.0

    def python_share(self, *, leaving: Collection[str] = ()) -> float:
        """Share of time that is neither Mesa stepping its agents nor the core; 0 if nothing was measured.

        Parameters
        ----------
        leaving
            Phases to leave out.
        """
        phases = [phase for phase in self.seconds if phase not in leaving]
        total = sum(self.seconds[phase] for phase in phases)
        outside = sum(self.seconds[phase] - self.core_seconds[phase] for phase in phases if phase != STEPPING)
        return outside / total if total > 0.0 else 0.0

    def python_share_of_work(self) -> float:
        """Share of Python, as `python_share`, in the months' work: without waiting, and with what other threads do."""
        phases = [phase for phase in self.seconds if phase not in AROUND_THE_MONTHS]
        waits = self.beside_seconds - self.waited_seconds
        work = sum(self.seconds[phase] for phase in phases) + waits
        outside = sum(self.seconds[phase] - self.core_seconds[phase] for phase in phases if phase != STEPPING)
        return outside / work if work > 0.0 else 0.0

    def text(self) -> str:
        """Write a table, a line a phase, and the share of Python."""
        total = sum(self.seconds.values())
        width = max(map(len, ("phase", *self.seconds)))
        lines = [f"{'phase':<{width}}  seconds  share  of which core"]
        for phase, seconds in self.seconds.items():
            core = self.core_seconds[phase]
            lines.append(
                f"{phase:<{width}}  {seconds:7.2f}  {_percent(seconds, total)}         {_percent(core, seconds)}"
            )
        core = sum(self.core_seconds.values())
        lines.append(f"{'total':<{width}}  {total:7.2f}  {_percent(total, total)}         {_percent(core, total)}")
        found = (self.python_share(), self.python_share(leaving=AROUND_THE_MONTHS), self.python_share_of_work())
        whole, months, work = (_percent(share, 1.0).strip() for share in found)
        lines.append(
            f"in Python, outside Mesa's step ({STEPPING}) and the core: {whole} of the time, {months} of the months',"
            f" {work} of their work on all threads"
        )
        return "\n".join(lines)


def _percent(part: float, whole: float) -> str:
    return f"{100.0 * part / whole if whole > 0.0 else 0.0:3.0f} %"
