"""Places and players in words: who is exposed, who breaks first, who loses, what power is worth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from wattmarket.findings.findings import ExposedPlace, Findings, MetroBreak

__all__ = ["NO_EXPOSURE", "exposed_in_words", "metros_in_words", "players_in_words", "power_in_words"]

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
    """Count the metros that break, and name the first and the last."""
    if finding.metro_count is None:
        return []
    head = f"{finding.metro_count.text('.0f')} metros break."
    if not finding.metros:
        return [head]
    lines = [f"{head} First: {_listed(finding.metros[:count])}."]
    last = finding.metros[count:][-count:]
    return [*lines, f"Last: {_listed(last)}."] if last else lines


def _listed(metros: Sequence[MetroBreak]) -> str:
    return ", ".join(
        f"{row.name} ({row.month}; {row.earliest_month} to {row.latest_month or 'never'})" for row in metros
    )


def players_in_words(finding: Findings) -> list[str]:
    """Name who loses and who gains most, of those that do so against every twin."""
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
