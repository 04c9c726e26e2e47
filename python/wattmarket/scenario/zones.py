"""Changes to the zones of a world that a scenario makes: faster slots, cheaper power, other risk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Self

import numpy as np
import numpy.typing as npt
from pydantic import model_validator

from wattmarket.errors import InputError
from wattmarket.scenario.fields import FromList, OptionalNumber, Section, key, wrong

__all__ = ["ZoneChange", "ZoneFactors", "zone_factors", "zones_named"]


class ZoneChange(Section):
    """A change to the zones whose ids match. Entries of one name are one change: events set single keys of it.

    Examples
    --------
    >>> gulf = ZoneChange(name="gulf", match=("AE", "SA"), slot_release_scale=4.0)
    >>> gulf.matches("AE"), gulf.matches("SA-RIYADH"), gulf.matches("AEX")
    (True, True, False)
    """

    name: str = key(meaning="name of the change", most=40, fixed=True)
    match: Annotated[tuple[str, ...], FromList] = key(
        meaning="zone ids, whole or up to a hyphen: `US-PJM` matches `US-PJM-DOM`", most=200, fixed=True
    )
    slot_release_scale: float = key(1.0, "multiplies the release of interconnection slots", low=0, high=1_000)
    generation_scale: float = key(1.0, "multiplies the capacity of generators", low=0, high=1_000)
    marginal_cost_scale: float = key(1.0, "multiplies the marginal cost of generators", low=0, high=100)
    counterparty_risk: OptionalNumber = key(
        "none", "replaces the counterparty risk; `none` leaves that of the world", low=0, high=1
    )

    @model_validator(mode="after")
    def _matches_something(self) -> Self:
        if not self.match:
            raise wrong("names no zone", "match")
        return self

    def matches(self, zone_id: str) -> bool:
        """Whether the change applies to a zone."""
        return any(_fits(zone_id, entry) for entry in self.match)


def _fits(zone_id: str, entry: str) -> bool:
    """Whether an id is an entry or begins with it up to a hyphen."""
    return zone_id == entry or zone_id.startswith(entry + "-")


def zones_named(entries: Sequence[str], zone_ids: Sequence[str], name: str) -> npt.NDArray[np.bool_]:
    """Which of Z zones some entries name, whole or up to a hyphen, bool [Z].

    Raises
    ------
    InputError
        ``name: reason`` for each entry that fits no zone of the world.

    Examples
    --------
    >>> zones_named(["US-PJM"], ["AE", "US-PJM-DOM"], "caps.zones").tolist()
    [False, True]
    """
    named = np.zeros(len(zone_ids), dtype=bool)
    problems = []
    for entry in entries:
        fits = np.array([_fits(zone_id, entry) for zone_id in zone_ids], dtype=bool)
        if not fits.any():
            problems.append(f"{name}: {entry!r} is no zone of the world")
        named |= fits
    if problems:
        raise InputError(problems)
    return named


class ZoneFactors:
    """What all changes together do to each of Z zones.

    Attributes
    ----------
    slot_release_scale, generation_scale, marginal_cost_scale
        float64 [Z]: products over the changes that match.
    counterparty_risk
        float64 [Z]: that of the last change that states one, otherwise the world's.
    """

    def __init__(self, zones: int, counterparty_risk: npt.NDArray[np.float64]) -> None:
        self.slot_release_scale = np.ones(zones)
        self.generation_scale = np.ones(zones)
        self.marginal_cost_scale = np.ones(zones)
        self.counterparty_risk = counterparty_risk.copy()


def zone_factors(
    changes: Sequence[ZoneChange], zone_ids: Sequence[str], counterparty_risk: npt.NDArray[np.float64]
) -> ZoneFactors:
    """Combine the changes of a scenario for the zones of a world.

    Parameters
    ----------
    changes
        ``scenario.zone``.
    zone_ids
        Z ids.
    counterparty_risk
        float64 [Z]: that of the world.

    Raises
    ------
    InputError
        If an entry of `match` fits no zone of the world.

    Examples
    --------
    >>> changes = [ZoneChange(name="gulf", match=("AE",), slot_release_scale=4.0, counterparty_risk=0.0)]
    >>> factors = zone_factors(changes, ["AE", "SA"], np.array([0.1, 0.2]))
    >>> factors.slot_release_scale.tolist(), factors.counterparty_risk.tolist()
    ([4.0, 1.0], [0.0, 0.2])
    """
    factors = ZoneFactors(len(zone_ids), counterparty_risk)
    problems = []
    for change in changes:
        problems += [
            f"zone.{change.name}.match: {entry!r} is no zone of the world"
            for entry in change.match
            if not any(_fits(zone_id, entry) for zone_id in zone_ids)
        ]
        rows = np.array([change.matches(zone_id) for zone_id in zone_ids], dtype=bool)
        factors.slot_release_scale[rows] *= change.slot_release_scale
        factors.generation_scale[rows] *= change.generation_scale
        factors.marginal_cost_scale[rows] *= change.marginal_cost_scale
        if change.counterparty_risk is not None:
            factors.counterparty_risk[rows] = change.counterparty_risk
    if problems:
        raise InputError(problems)
    return factors
