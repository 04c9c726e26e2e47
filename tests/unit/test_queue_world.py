"""What the default world's opening queue comes to when outside developers work it off by themselves."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from wattmarket.queue import InterconnectionQueue, QueueRule, QueueZones
from wattmarket.world import WorldConfig, build_world

SEEDS = range(4)
MONTHS = 180


@dataclasses.dataclass(frozen=True)
class Outcome:
    energised_share: float
    energised_share_of_requests: float
    withdrawn_share: float
    cost_of_energised: float
    cost_of_withdrawn: float
    virginia_months: float
    mean_months: float
    waiting_kw: int


def worked_off(zones: QueueZones, rule: QueueRule, seed: int) -> Outcome:
    queue = InterconnectionQueue(zones, rule, seed)
    for tick in range(MONTHS):
        queue.step(tick)
    ledger, waits, r = queue.ledger(), queue.waits(), queue.requests
    requested = ledger.requested_kw.sum()
    studied = (r.upgrade_usd_per_kw >= 0) & (r.withdrawn_kw > 0)
    return Outcome(
        ledger.energised_kw.sum() / requested,
        float((r.energised_kw > 0).mean()),
        ledger.withdrawn_kw.sum() / requested,
        float(np.average(r.upgrade_usd_per_kw, weights=r.energised_kw)),
        float(np.average(r.upgrade_usd_per_kw[studied], weights=r.withdrawn_kw[studied])),
        waits.realised_months[zones.zone_id.index("US-PJM-DOM")],
        float(waits.realised_months[waits.energised_kw > 0].mean()),
        int(ledger.waiting_kw.sum()),
    )


@pytest.fixture(scope="module")
def zones() -> QueueZones:
    return QueueZones.from_world(build_world(WorldConfig(metros=2, sites=50)).zones)


@pytest.fixture(scope="module")
def first_come(zones: QueueZones) -> list[Outcome]:
    return [worked_off(zones, QueueRule.fcfs(), seed) for seed in SEEDS]


def test_the_opening_queue_is_worked_off(first_come: list[Outcome]) -> None:
    assert [outcome.waiting_kw for outcome in first_come] == [0] * len(SEEDS)


def test_northern_virginia_waits_years_longer_than_the_mean(first_come: list[Outcome]) -> None:
    longer = [outcome.virginia_months - outcome.mean_months for outcome in first_come]
    assert min(longer) > 12.0
    assert np.mean(longer) > 24.0


def test_a_small_part_of_what_is_filed_is_ever_energised(first_come: list[Outcome]) -> None:
    """Facts I06 and I07: 0.13 to 0.21 of capacity energised; 0.70 to 0.80 withdrawn, the rest still waits there."""
    assert all(0.13 <= outcome.energised_share <= 0.21 for outcome in first_come)
    assert all(outcome.withdrawn_share == pytest.approx(1.0 - outcome.energised_share) for outcome in first_come)
    # Counted by project, 19 to 21 %.
    assert 0.18 <= np.mean([outcome.energised_share_of_requests for outcome in first_come]) <= 0.22


def test_who_completes_found_cheap_upgrades_and_who_left_dear_ones(first_come: list[Outcome]) -> None:
    """Facts I08 and I09: 84 and 102 $/kW completed, 452 and 599 withdrawn."""
    assert 75.0 <= np.mean([outcome.cost_of_energised for outcome in first_come]) <= 105.0
    assert 450.0 <= np.mean([outcome.cost_of_withdrawn for outcome in first_come]) <= 600.0


def test_under_clusters_virginia_waits_longer_too(zones: QueueZones) -> None:
    outcome = worked_off(zones, QueueRule.cluster(), 0)
    assert outcome.virginia_months > outcome.mean_months + 12.0
    assert 0.13 <= outcome.energised_share <= 0.21


def test_zones_may_be_named_in_any_order(zones: QueueZones) -> None:
    """The draws of a zone go by its name: sizes and dates of its requests stay when others move."""
    back = QueueZones(*(column[::-1] for column in dataclasses.astuple(zones)))  # type: ignore[index]
    found = []
    for order in (zones, back):
        requests = InterconnectionQueue(order, QueueRule.fcfs(), 3).requests
        mine = requests.zone == order.zone_id.index("US-PJM-DOM")
        found.append(sorted(zip(requests.kw[mine].tolist(), requests.filed[mine].tolist(), strict=True)))
    assert found[0] == found[1]
