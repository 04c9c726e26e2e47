"""A month of a run, played again: the market as it stood when its prices were made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from wattmarket.errors import DigestMismatchError, InputError
from wattmarket.history.replay import known_world
from wattmarket.model import Ground, Model
from wattmarket.months import month_name, month_number
from wattmarket.progress import progress_lines
from wattmarket.record import DigestChain, Run
from wattmarket.runner import differs
from wattmarket.tick import TickRecord

if TYPE_CHECKING:
    from collections.abc import Callable

    from wattmarket.agents.auction import Awards
    from wattmarket.agents.bidding import BidColumns
    from wattmarket.agents.lots import LotColumns

__all__ = ["Auction", "Moment", "play_to"]


@dataclass(frozen=True, slots=True)
class Auction:
    """The forward auction of a month: who bid on which lots, and what came out; names of agents by their rows."""

    awards: Awards
    bids: BidColumns
    lots: LotColumns
    agents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Moment:
    """A month as it was played.

    Parameters
    ----------
    tick
        Months since the start.
    ground
        Scenario, world, parameters in force and spot market; `ground.cleared` is the month's clearing.
    record
        The month as rows of the run's tables.
    auction
        The month's forward auction; None without agents, or where nobody bid.
    """

    tick: int
    ground: Ground
    record: TickRecord
    auction: Auction | None

    def of_site(self, column: str, place: int) -> float:
        """Return a number of the table ``sites``."""
        return float(np.asarray(self.record.tables["sites"][column])[place])


def play_to(run: Run, month: str, *, progress: bool = False) -> Moment:
    """Play a run again up to a month.

    Every month up to it must give the recorded link of the hash chain, so that what is explained is what was recorded.

    Raises
    ------
    InputError
        If the run has no such month.
    DigestMismatchError
        If the run's folder is damaged, or if other bits come out.
    """
    ticks, first = run.manifest.ticks, month_number(run.manifest.start)
    tick = month_number(month) - first
    if not 0 <= tick < ticks:
        raise InputError(f"month: {month}: the run goes from {month_name(first)} to {month_name(first + ticks - 1)}")
    known_world(run)
    links = _Links(run)
    with progress_lines("playing again", tick + 1, shown=progress) as advance:
        played = _by_agents if run.scenario.capacity.mode == "agents" else _without
        return played(run, tick, lambda record: advance(links.check(record)))


class _Links:
    """Checks months against the recorded hash chain."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._chain = DigestChain()
        self._recorded: list[str] = run.ticks["digest"].to_list()
        self._first = month_number(run.manifest.start)

    def check(self, record: TickRecord) -> str:
        """Compare a month with what was recorded, and return its name."""
        digest = self._chain.advance(record.tick, record.digest_columns)
        month = month_name(self._first + record.tick)
        if digest != self._recorded[record.tick]:
            raise DigestMismatchError(differs(self._run, f"tick {record.tick} ({month}): digest {digest}"))
        return month


def _without(run: Run, tick: int, check: Callable[[TickRecord], None]) -> Moment:
    model = Model(run.scenario, run.world)
    for _ in range(tick + 1):
        record = model.step()
        check(record)
    return Moment(tick, model.ground, record, None)


def _by_agents(run: Run, tick: int, check: Callable[[TickRecord], None]) -> Moment:
    # Mesa takes half a second to import: not before it is needed.
    from wattmarket.living import WattMarketModel  # noqa: PLC0415

    model = WattMarketModel(run.scenario, run.world)
    try:
        before = None
        for _ in range(tick + 1):
            before = model.economy.auction
            model.step()
            assert model.record is not None
            check(model.record)
        economy, desk = model.economy, model.desk
        held = economy.auction
        auction = None
        # The economy remembers the last auction that was held: it may be of an earlier month.
        if held is not None and held is not before:
            auction = Auction(held, desk.bids(), desk.view.lots, economy.population.name)
        assert model.record is not None
        return Moment(tick, economy.ground, model.record, auction)
    finally:
        model.economy.outlook.close()
