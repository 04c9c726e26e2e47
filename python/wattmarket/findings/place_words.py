"""Places and players in words: who is exposed, who breaks first, who loses, what power is worth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from wattmarket.findings.beyond import LEAST_TWINS, RATE
from wattmarket.findings.chance import names_by_chance
from wattmarket.findings.findings import ExposedPlace, Findings, MetroBreak
from wattmarket.findings.uncertain import ranged

__all__ = [
    "NO_EXPOSURE",
    "exposed_in_words",
    "metro_rate_in_words",
    "metros_in_words",
    "player_rule_in_words",
    "players_in_words",
    "power_in_words",
    "unnamed_in_words",
]

NO_EXPOSURE: Final = "No metro earns latency rent to speak of (less than a million $ a year)."
_NAMED: Final = 5
"""How many of a list are named."""


def exposed_in_words(finding: Findings, count: int = _NAMED) -> list[str]:
    """Name the most exposed metros."""
    if not finding.exposed:
        return [NO_EXPOSURE]
    return [f"Most exposed: {', '.join(map(_exposed, finding.exposed[:count]))}."]


def _exposed(place: ExposedPlace) -> str:
    (rent, *rents), (share, *shares) = (
        place.latency_rent_musd_per_year.written(",.0f"),
        place.exposed_share.written(".0%"),
    )
    return f"{place.name} ({rent} m$ a year, by month {' to '.join(rents)}; {share} of its rent, {' to '.join(shares)})"


def metros_in_words(finding: Findings, count: int = _NAMED) -> list[str]:
    """Count the metros that break and those that do beyond chance, and name the first and the last of these."""
    metros = finding.metro_count
    if metros is None:
        return []
    head = (
        f"{metros.breaking.text('.0f')} of {metros.metros} metros break by the same rule; of twins, which differ in "
        f"nothing that matters, {metros.chance.text('.0f')} do from one another."
    )
    if finding.repricing is None:
        return [f"{head} None is named, as the edge index doesn't break."]
    lines = [f"{head} {metros.told} fall further below every twin than any twin falls below another."]
    if finding.metros:
        lines.append(f"First of these: {_listed(finding.metros[:count])}.")
    if last := finding.metros[count:][-count:]:
        lines.append(f"Last: {_listed(last)}.")
    return [*lines, metro_rate_in_words(finding)]


def metro_rate_in_words(finding: Findings) -> str:
    """Say how many metros are named where nothing happens."""
    rate = names_by_chance(finding.twins, finding.sites)
    return (
        f"Where nothing happened, that was true of {rate.metros_named / rate.runs:.1f} of {rate.metros} metros on "
        f"average ({rate.runs:,} cases on {rate.sites:,} sites, each against {rate.twins} twins)."
    )


def _listed(metros: Sequence[MetroBreak]) -> str:
    return ", ".join(f"{row.name} {ranged(row.month, row.earliest_month, row.latest_month)}" for row in metros)


def players_in_words(finding: Findings) -> list[str]:
    """Name who loses and who gains most, of those whose change lies beyond chance."""
    if not finding.players:
        return []

    def named(losers: bool) -> str:
        rows = finding.players if losers else finding.players[::-1]
        told = [row for row in rows if row.told and (row.profit_change_musd.value < 0.0) == losers]
        texts = [f"{row.name} {row.profit_change_musd.text('+,.0f')} m$" for row in told[:_NAMED]]
        return ", ".join(texts) or "nobody beyond chance"

    return [
        f"Lose most against the mean of {finding.twins} twins, profit to the end of the run: {named(losers=True)}.",
        f"Gain most: {named(losers=False)}.",
        player_rule_in_words(finding),
    ]


def player_rule_in_words(finding: Findings) -> str:
    """Say by what rule agents are named, and how often it names somebody where nothing happens."""
    rate = names_by_chance(finding.twins, finding.sites)
    return (
        "Named are agents whose interval in brackets, as far as one more twin might lie, leaves out nil: Student's t "
        f"on the spread among the {finding.twins} twins, at least the median of the class; {RATE:.0%} of those named "
        f"may be false (Benjamini & Hochberg). Where nothing happened, anybody was named in {rate.with_agents} of "
        f"{rate.runs:,} cases on {rate.sites:,} sites, each against {rate.twins} twins."
    )


def unnamed_in_words(finding: Findings) -> list[str]:
    """Say that nobody is named where there are too few twins to tell chance."""
    if not 0 < finding.twins < LEAST_TWINS:
        return []
    return [
        f"Neither metros nor agents are named: with fewer than {LEAST_TWINS} twins they are not told from chance "
        "(findings play two more unless told otherwise)."
    ]


def power_in_words(finding: Findings) -> list[str]:
    """Say what a year of time-to-power is worth, and how long one waits, where it is worth most."""
    if not finding.time_to_power:
        return []
    named = "; ".join(
        f"{zone.name} {zone.musd_per_mw.text('.1f')}"
        + ("" if zone.wait_months is None else f", wait {zone.wait_months.text('.0f')} months")
        for zone in finding.time_to_power[:_NAMED]
    )
    return [f"A year of time-to-power, million $ per MW that comes a year sooner (by month): {named}."]
