"""The finding in words, no number without what is not known about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from wattmarket.findings.bubble_words import bubble_in_words
from wattmarket.findings.findings import ExposedPlace, Findings, RentChange, Repricing

__all__ = ["change_in_words", "in_words", "paragraphs_of"]

_NAMED: Final = 5
"""How many of a list are named."""


def in_words(finding: Findings) -> str:
    """Write a finding in words, with a table by year."""
    first, *further = paragraphs_of(finding)
    parts = [[finding.title], first, _table(finding), *further]
    return "\n\n".join("\n".join(part) for part in parts)


def paragraphs_of(finding: Findings) -> list[list[str]]:
    """Write a finding in words alone: paragraphs of sentences, the break first."""
    parts = [
        _sentences(finding),
        _exposed(finding.exposed),
        _metros(finding),
        _players(finding),
        _power(finding),
        [] if finding.bubble is None else bubble_in_words(finding.bubble),
    ]
    return [part for part in parts if part]


def _sentences(finding: Findings) -> list[str]:
    if not finding.drifts:
        return ["The batch share doesn't drift here: this run is its own twin, and there is no break to look for."]
    if not finding.twins:
        return ["The batch share drifts, but no no-drift twin was run: whether the edge breaks away is not known."]
    rule = f"{finding.rule}; {_alarms(finding)}"
    if finding.repricing is None:
        return [f"No break: the edge index never stays away from its no-drift twin ({rule})."]
    lines = _break(finding.repricing, rule)
    if finding.change is not None:
        lines += change_in_words(finding.change)
    lines += _recovery(finding.repricing, finding.months)
    lines.append(_brackets(finding.twins))
    return lines


def _alarms(finding: Findings) -> str:
    rate = finding.rule_false_alarms
    if rate is None:
        return "how often this rule speaks where nothing happened was not measured"
    return f"false alarms of this rule: {rate.alarms} in {rate.pairs} pairs of runs without drift"


def _break(found: Repricing, rule: str) -> list[str]:
    until = found.latest_month or "never, at the edge of what is known"
    lead = ""
    if found.lead_months is not None:
        lead = f" Values break {found.lead_months.text('.0f')} months before rents do."
    return [
        f"The edge breaks in {found.month} ({found.earliest_month} to {until}), at a batch share of "
        f"{found.batch_share.text('.2f')}: {rule}.",
        f"At its deepest, in {found.deepest_month}, the edge index is {found.deepest.text('.0%')} below the same "
        f"seed's no-drift twin. Half of that is reached {found.half_months.text('.0f')} months after the break; the "
        f"fastest year takes {found.fastest_year.text('.0%')}.{lead}",
    ]


def _recovery(found: Repricing, months: int) -> list[str]:
    if found.recovery_month is None:
        return [f"It does not recover within the run: never {months} months in a row within the margin."]
    again = ", and falls away again later" if found.deepest_month > found.recovery_month else ""
    return [f"It is back within the margin for {months} months from {found.recovery_month} on{again}."]


def _brackets(twins: int) -> str:
    more = f", and against {twins - 1} more twins with a placebo" if twins > 1 else ""
    return (
        "In brackets: what is left open by how far twins part that differ in nothing that matters (nine in ten, 500 "
        f"sites){more}; of rents, the year's months. One seed: other seeds break at other shares."
    )


def change_in_words(change: RentChange) -> list[str]:
    """Write what a fall is made of."""
    form = "+.0f"
    lines = [
        f"In the year from the break on, edge rent is {change.rent.text(form)} $/MWh against the twin: "
        f"{change.latency.text(form)} of latency rent, {change.silicon.text(form)} of the general price of compute, "
        f"{change.watt.text(form)} of watt rent.",
        f"The core index is {change.core_index.text('+.0%')} against its twin.",
    ]
    if change.rent.value < 0.0 and change.latency.value > 0.5 * change.rent.value:
        lines.append("Most of the fall is not the loss of nearness: compute as a whole is cheaper than in the twin.")
    return lines


def _table(finding: Findings) -> list[str]:
    head = (
        "year   batch   edge rent   latency     watt   core rent   edge index     twin  ±band   core index   edge",
        "       share       $/MWh     $/MWh    $/MWh       $/MWh                                            share",
    )
    rows = [
        f"{row['year']:<6} {row['batch_share']:5.2f} {row['edge_rent']:11.0f} {row['edge_latency_rent']:9.0f} "
        f"{row['edge_watt_rent']:8.0f} {row['core_rent']:11.0f} {row['edge_index']:12.0f} "
        f"{row['twin_edge_index']:8.0f} {row['band']:6.0%} {row['core_index']:12.0f} {row['edge_share']:6.0%}"
        for row in finding.yearly
    ]
    return [*head, *rows]


def _exposed(places: Sequence[ExposedPlace]) -> list[str]:
    if not places:
        return ["No metro earns latency rent to speak of (less than a million $ a year)."]
    named = ", ".join(
        f"{place.name} ({place.latency_rent_musd_per_year.value:,.0f} m$ a year, by month "
        f"{place.latency_rent_musd_per_year.low:,.0f} to {place.latency_rent_musd_per_year.high:,.0f}; "
        f"{place.exposed_share:.0%} of its rent)"
        for place in places[:_NAMED]
    )
    return [f"Most exposed: {named}."]


def _metros(finding: Findings) -> list[str]:
    if not finding.metros:
        return []

    def named(some: Sequence[int]) -> str:
        rows = [finding.metros[place] for place in some]
        return ", ".join(
            f"{row.name} ({row.month}; {row.earliest_month} to {row.latest_month or 'never'})" for row in rows
        )

    count = len(finding.metros)
    first = range(min(_NAMED, count))
    last = range(max(count - _NAMED, len(first)), count)
    lines = [f"{count} metros break. First: {named(first)}."]
    return [*lines, f"Last: {named(last)}."] if last else lines


def _players(finding: Findings) -> list[str]:
    if not finding.players:
        return []

    def named(losers: bool) -> str:
        rows = finding.players if losers else finding.players[::-1]
        # Only changes that have one sign against every twin.
        certain = [
            row for row in rows if (row.profit_change_musd.high < 0.0 if losers else row.profit_change_musd.low > 0.0)
        ]
        texts = [f"{row.name} {row.profit_change_musd.text('+,.0f')} m$" for row in certain[:_NAMED]]
        return ", ".join(texts) or "nobody for certain"

    return [
        f"Lose most against the twins, profit to the end of the run: {named(losers=True)}.",
        f"Gain most: {named(losers=False)}.",
    ]


def _power(finding: Findings) -> list[str]:
    if not finding.time_to_power:
        return []
    named = ", ".join(
        f"{zone.name} {zone.musd_per_mw.text('.1f')}"
        + (f" (wait {zone.wait_months:.0f} months)" if zone.wait_months is not None else "")
        for zone in finding.time_to_power[:_NAMED]
    )
    return [f"A year of time-to-power, million $ per MW that comes a year sooner (by month): {named}."]
