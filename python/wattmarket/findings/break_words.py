"""The break and the fall in words, no number without what is not known about it."""

from __future__ import annotations

from typing import Final

from wattmarket.findings.chance import measured_sites
from wattmarket.findings.findings import Findings, RentChange, Repricing

__all__ = ["alarms_in_words", "break_in_words", "change_in_words", "depth_in_words", "verdict"]

_NEVER: Final = "never, at the edge of what is known"
_PARTS: Final = {"latency": "latency rent", "silicon": "the general price of compute", "watt": "watt rent"}


def verdict(finding: Findings) -> str:
    """Say whether and when the edge breaks: what a sentence or a heading begins with."""
    if not finding.drifts:
        return "The batch share doesn't drift here: this run is its own twin, and there is no break to look for"
    if not finding.twins:
        return "The batch share drifts, but no no-drift twin was run: whether the edge breaks away is not known"
    found = finding.repricing
    if found is None:
        return "No break: the edge index never stays away from its no-drift twin"
    return (
        f"The edge breaks in {found.month} ({found.earliest_month} to {found.latest_month or _NEVER}), "
        f"at a batch share of {found.batch_share.text('.2f')}"
    )


def break_in_words(finding: Findings) -> list[str]:
    """Write whether, when and how hard the edge breaks, what its rents fall by, and whether it recovers."""
    if not finding.drifts or not finding.twins:
        return [f"{verdict(finding)}."]
    rule = f"{finding.rule}; {alarms_in_words(finding)}"
    found = finding.repricing
    if found is None:
        return [f"{verdict(finding)} ({rule}).", _missed(finding)]
    lines = [f"{verdict(finding)}: {rule}.", depth_in_words(found)]
    if finding.change is not None:
        lines += change_in_words(finding.change)
    return [*lines, _recovery(found, finding.months), _brackets(finding)]


def alarms_in_words(finding: Findings) -> str:
    """Say how often the rule of the break is wrong; words without a full stop."""
    rate = finding.rule_false_alarms
    if rate is None:
        return "how often this rule speaks where nothing happened was not measured"
    return (
        f"false alarms of this rule: {rate.alarms} in {rate.pairs} pairs of runs without drift on {rate.sites:,} sites"
        f"{_here(finding, rate.sites)}"
    )


def depth_in_words(found: Repricing) -> str:
    """Say how deep and how fast the edge falls."""
    lead = ""
    if found.lead_months is not None:
        lead = f" Values break {found.lead_months.text('.0f')} months before rents do."
    return (
        f"At its deepest, in {found.deepest_month} ({found.earliest_deepest_month} to {found.latest_deepest_month}), "
        f"the edge index is {found.deepest.text('.0%')} below the same seed's no-drift twin. Half of that is reached "
        f"{found.half_months.text('.0f')} months after the break; the fastest year takes "
        f"{found.fastest_year.text('.0%')}.{lead}"
    )


def change_in_words(change: RentChange) -> list[str]:
    """Write what a fall is made of."""
    form = "+.0f"
    return [
        f"In the year from the break on, edge rent is {change.rent.text(form)} $/MWh against the twin: "
        f"{change.latency.text(form)} of latency rent, {change.silicon.text(form)} of the general price of compute, "
        f"{change.watt.text(form)} of watt rent.",
        _falls_most(change),
        f"The core index is {change.core_index.text('+.0%')} against its twin.",
    ]


def _falls_most(change: RentChange) -> str:
    counts = change.months_falling_most
    if not any(counts.values()):
        return "None of the three falls in any month of that year."
    first, *others = sorted(counts, key=lambda part: -counts[part])
    second, third = (f"{_PARTS[part]} in {counts[part] or 'none'}" for part in others)
    return (
        f"Of these three, {_PARTS[first]} falls most in {counts[first]} of {change.months} months, {second}, {third} "
        "(the year's months, against every twin)."
    )


def _missed(finding: Findings) -> str:
    others = ", or against a twin with a placebo," if finding.twins > 1 else ""
    lower = f"An index lower by as far as twins part by chance (nine in ten){others}"
    return f"{lower} breaks in {finding.missed_month}." if finding.missed_month else f"{lower} doesn't break either."


def _recovery(found: Repricing, months: int) -> str:
    earliest, latest = found.earliest_recovery_month, found.latest_recovery_month
    if found.recovery_month is None:
        edge = f", but does, at the edge of what is known, from {earliest} on" if earliest else ""
        return f"It does not recover within the run: never {months} months in a row within the margin{edge}."
    again = ", and falls away again later" if found.deepest_month > found.recovery_month else ""
    return (
        f"It is back within the margin for {months} months from {found.recovery_month} on "
        f"({earliest} to {latest or 'never'}){again}."
    )


def _brackets(finding: Findings) -> str:
    further = finding.twins - 1
    more = f", and against {further} more twin{'s' if further > 1 else ''} with a placebo" if further else ""
    return (
        "In brackets: what is left open by how far twins part that differ in nothing that matters (nine in ten"
        f"{_measured(finding)}){more}; of rents, the year's months. One seed: other seeds break at other shares."
    )


def _here(finding: Findings, measured: int) -> str:
    """Add how large this world is, where that differs from the worlds on which something was measured."""
    return "" if finding.sites == measured else f", where this world has {finding.sites:,}"


def _measured(finding: Findings) -> str:
    """Add on which worlds the band was measured, where this one is none of them."""
    sizes = measured_sites()
    if finding.sites in sizes:
        return f" on {finding.sites:,} sites"
    told = f", from worlds of {sizes[0]:,} to {sizes[-1]:,} sites, where this one has {finding.sites:,}"
    return told + (", and twins of larger worlds part by more" if finding.sites > sizes[-1] else "")
