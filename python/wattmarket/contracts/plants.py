"""Power plants of all zones: what is sold under contract, and what is built because of it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from wattmarket import numeric
from wattmarket.contracts.offers import MINIMUM_SHARE, PpaOffers
from wattmarket.contracts.rows import LARGEST_KW, checked_rows
from wattmarket.contracts.steps import LONGEST_WAIT_MONTHS
from wattmarket.contracts.supply import PlantSupply
from wattmarket.contracts.underwriting import STANDARD_TENOR_MONTHS, least_strike
from wattmarket.errors import InputError
from wattmarket.numeric import before_in_group, sum_by
from wattmarket.numeric.growing import Integer
from wattmarket.units import HOURS_PER_MONTH

__all__ = ["PlantFleet"]


class PlantFleet(PlantSupply):
    """The generation steps of all zones, in firm-equivalent kW of IT.

    Operating plants are there from the start and do not retire: steps are what plants have left for large loads, most
    of them live 25 years and more, and a run is 13. Dormant and candidate plants come on line only when somebody
    builds them, a utility (`build`) or the buyer of a power purchase agreement (`contract`). A plant that shuts all
    the same is what `retire` is for. It is made as `PlantSupply` is, of the tables ``zones`` and ``generators``.

    Notes
    -----
    Grid quantities are divided by the PUE of the zone where the power is generated, and costs multiplied by it. Steps
    are kept at their nominal size; a scenario's `generation_scale` multiplies what they generate and can sell.
    Conservation is checked after every change: standing + under construction + buildable + retired = size, and what is
    sold is no more than what could be sold when it was.
    """

    def offers(
        self,
        zone_scarcity: npt.ArrayLike | None = None,
        *,
        within_months: int = LONGEST_WAIT_MONTHS,
        tenor_months: int = STANDARD_TENOR_MONTHS,
    ) -> PpaOffers:
        """Offer everything that is not sold and can deliver in time.

        The ask is the step's cost, which is a price of firm energy, and firming, for 730 hours. What is still to be
        built asks at least what underwrites it: more than its cost where that holds no capital (restarts) or the tenor
        is shorter than the zone's prices are for.

        Parameters
        ----------
        zone_scarcity
            What owners in each zone ask above that because they expect as much on the spot market, micro-$ per kWh,
            int64 [Z].
        within_months
            Leave out what would generate later.
        tenor_months
            Tenor that the asks are for.
        """
        if tenor_months not in self._least_strikes:
            self._least_strikes[tenor_months] = least_strike(self.costs, tenor_months)
        ready = np.maximum(self.step_kw_at(within_months, candidates=False) - self.contracted_kw, 0)
        every = np.maximum(self.step_kw_at(within_months, candidates=True) - self.contracted_kw, 0)
        # Of every step what stands or is being built comes first, then what is not.
        kw = np.stack((ready, every - ready), axis=1).reshape(-1)
        rows = np.flatnonzero(kw > 0)
        at, kw, new = rows // 2, kw[rows], rows % 2 == 1
        ask = np.where(new, np.maximum(self._ask, self._least_strikes[tenor_months])[at], self._ask[at])
        if zone_scarcity is not None:
            ask += np.asarray(zone_scarcity)[self.zone[at]] * HOURS_PER_MONTH
        # A unit that restarts does so whole, for the sale of a good part of it.
        least = numeric.to_integer(np.ceil(self.buildable_kw * MINIMUM_SHARE), "least_kw")
        least_kw = np.where(new & self.dormant[at], np.minimum(least[at], kw), 0)
        return PpaOffers(at, self.zone[at], ask, kw, least_kw, self._key[at + new * len(self)], new)

    def underwritten(
        self, strike: npt.ArrayLike, tenor_months: npt.ArrayLike, step: npt.ArrayLike
    ) -> npt.NDArray[np.bool_]:
        """Tell whether contracts pay for building more of a step, bool [N]; see `least_strike` for the rule.

        Parameters
        ----------
        strike
            Micro-$ per kW-month, int64 [N].
        tenor_months, step
            int64 [N]. Where nothing of a step is left to build, every strike will do.
        """
        rows = checked_rows(
            {"strike": strike, "tenor_months": tenor_months, "step": step},
            {"tenor_months": (1, 1_200), "step": (0, len(self) - 1)},
        )
        at = rows["step"]
        least = least_strike(self.costs.of(at), rows["tenor_months"])
        return np.asarray((rows["strike"] >= least) | (self._steps.buildable[at] == 0), dtype=np.bool_)

    def contract(
        self,
        step: npt.ArrayLike,
        kw: npt.ArrayLike,
        tick: int,
        wait_months: npt.ArrayLike = 0,
        *,
        key: npt.NDArray[np.uint64] | None = None,
    ) -> Integer:
        """Sell power under contract, and start building what does not stand for it.

        It does not ask for the price: offers ask enough to underwrite what they start, and `underwritten` tells
        whether another strike does. A dormant unit restarts whole.

        Parameters
        ----------
        step, kw
            int64 [N]; a step may come several times.
        tick
            The tick that `advance` has reached.
        wait_months
            Until equipment comes, int64 [N] or one for all.
        key
            uint64 [N]: who of several buyers of a step is served first by what stands; without it the first row.

        Returns
        -------
        int64 [N]
            Tick of commercial operation: when the last kW sold generates, this tick if it does already.

        Raises
        ------
        InputError
            Naming row and reason of what is out of range, more than is left, or less than a dormant unit needs.
        """
        rows, order = self._rows(step, kw, tick, wait_months, key)
        at, sold = rows["step"][order], rows["kw"][order]
        upto = self.contracted_kw[at] + before_in_group(at, sold) + sold
        self._refuse_oversale(at, sold, upto)
        self._steps.start(at, upto, sold, np.maximum(self.build_months[at], rows["wait_months"][order]))
        np.add.at(self.contracted_kw, at, sold)
        self.check()
        cod = np.empty_like(upto)
        cod[order] = self.tick + self._steps.months_until(at, upto)
        return cod

    def build(self, step: npt.ArrayLike, kw: npt.ArrayLike, tick: int, wait_months: npt.ArrayLike = 0) -> Integer:
        """Start building without a contract; what comes of it is on offer.

        Parameters
        ----------
        step, kw, tick, wait_months
            As for `contract`; a dormant unit restarts whole.

        Returns
        -------
        int64 [N]
            Tick of commercial operation.

        Raises
        ------
        InputError
            Naming row and reason of what is out of range or more than can be built.
        """
        rows, order = self._rows(step, kw, tick, wait_months, None)
        at, begun_kw = rows["step"][order], rows["kw"][order]
        upto = before_in_group(at, begun_kw) + begun_kw
        _refuse(at, upto > self.buildable_kw[at], self.buildable_kw, "to build")
        months = np.maximum(self.build_months[at], rows["wait_months"][order])
        self._steps.start(at, self._steps.out(self._steps.begun)[at] + upto, begun_kw, months)
        self.check()
        return self.tick + np.maximum(self.build_months[rows["step"]], rows["wait_months"])

    def release(self, step: npt.ArrayLike, kw: npt.ArrayLike) -> None:
        """Take back what contracts that ended had bought; it is on offer again.

        Parameters
        ----------
        step, kw
            int64 [N]; rows whose step is −1 (leases) are passed over.

        Raises
        ------
        InputError
            If more of a step is returned than was sold.
        """
        rows = checked_rows({"step": step, "kw": kw}, {"step": (-1, len(self) - 1), "kw": (0, LARGEST_KW)})
        power = rows["step"] >= 0
        returned = sum_by(rows["step"][power], rows["kw"][power], len(self))
        every = np.arange(len(self), dtype=np.int64)
        _refuse(every, returned > self.contracted_kw, self.contracted_kw, "to return")
        self.contracted_kw -= returned
        self.check()

    def retire(self, step: npt.ArrayLike, kw: npt.ArrayLike) -> None:
        """Shut plants for good: standing kW that are not sold.

        Parameters
        ----------
        step, kw
            int64 [N].

        Raises
        ------
        InputError
            If less of a step stands unsold.
        """
        rows = checked_rows({"step": step, "kw": kw}, {"step": (0, len(self) - 1), "kw": (0, LARGEST_KW)})
        gone = sum_by(rows["step"], rows["kw"], len(self))
        at = np.flatnonzero(gone)
        # One more may be taken than is named, by rounding.
        unsold = np.maximum(np.minimum(self.step_kw(), self.sellable_kw() - self.contracted_kw), 0)
        _refuse(at, gone[at] > unsold[at], unsold, "unsold and standing")
        self._steps.retire(at, gone[at])
        self.check()

    def _rows(
        self,
        step: npt.ArrayLike,
        kw: npt.ArrayLike,
        tick: int,
        wait_months: npt.ArrayLike,
        key: npt.NDArray[np.uint64] | None,
    ) -> tuple[dict[str, Integer], Integer]:
        """Check rows; give them, and the order in which steps and keys follow each other."""
        if tick != self.tick:
            raise InputError(f"tick: {tick} is not {self.tick}, which the plants have reached")
        rows = checked_rows(
            {"step": step, "kw": kw, "wait_months": wait_months},
            {"step": (0, len(self) - 1), "kw": (1, LARGEST_KW), "wait_months": (0, LONGEST_WAIT_MONTHS)},
        )
        first = np.arange(len(rows["step"])) if key is None else np.asarray(key)
        if first.shape != rows["step"].shape:
            raise InputError(f"key: expected {len(rows['step'])} rows, found {list(first.shape)}")
        return rows, np.lexsort((first, rows["step"]))

    def _refuse_oversale(self, at: Integer, sold: Integer, upto: Integer) -> None:
        """Refuse more than is left of a step, and less than makes a dormant unit restart."""
        left = np.maximum(self.sellable_kw() - self.contracted_kw, 0)
        _refuse(at, upto > self.sellable_kw()[at], left, "left")
        bought = sum_by(at, sold, len(self))
        unit = self.buildable_kw
        starts = self.dormant & (self.contracted_kw + bought > self._steps.out(self._steps.begun))
        too_little = starts & (bought > 0) & (bought < np.ceil(unit * MINIMUM_SHARE))
        _refuse(np.arange(len(self), dtype=np.int64), too_little, unit, "in a unit that restarts for no less than half")


def _refuse(at: Integer, wrong: npt.NDArray[np.bool_], left_kw: Integer, what: str) -> None:
    if wrong.any():
        steps = np.unique(at[wrong])[:20].tolist()
        raise InputError([f"kw: step {step} has {left_kw[step]} kW {what}" for step in steps])
