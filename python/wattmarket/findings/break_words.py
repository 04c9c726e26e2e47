"""The break and the fall in words, no number without what is not known about it."""

from __future__ import annotations

from typing import Final

from wattmarket.findings.chance import measured_sites
from wattmarket.findings.findings import Findings, RentChange, Repricing
from wattmarket.findings.uncertain import ranged, said_once

__all__ = ["NOT_APART", "alarms_in_words", "break_in_words", "change_in_words", "depth_in_words", "verdict"]
NOT_APART: Final = (
    "Silicon and watt rent are not told apart: silicon rent is what the poorest twentieth of accelerators earns, which "
    "drops to nil when so many stand in zones short of power, and watt rent then rises by as much."
)


def verdict(finding: Findings) -> str:
    """Say whether and when the edge breaks: what a sentence or a heading begins with."""
    if not finding.drifts:
        return "The batch share doesn't drift here: this run is its own twin, and there is no break to look for"
    if not finding.twins:
        return "The batch share drifts, but no no-drift twin was run: whether the edge breaks away is not known"
    found = finding.repricing
    if found is None:
        return "No break: the edge index never stays away from its no-drift twin"
    never = found.latest_month is None
    when = ranged(found.month, found.earliest_month, found.latest_month or "never")
    said = f"The edge breaks in {when}, at a batch share of {found.batch_share.text('.2f', or_never=never)}"
    (once,) = said_once([said])
    return said if once == said else said.replace(" (in every case)", "") + ", in every case"


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
        f"false alarms of this rule: {rate.alarms} in {rate.pairs} pairs of runs without drift on {rate.sites:,} "
        f"sites, at most {rate.at_most:.1%} with 95% confidence{_here(finding, rate.sites)}"
    )


def depth_in_words(found: Repricing) -> str:
    """Say how deep and how fast the edge falls."""
    deepest = ranged(found.deepest_month, found.earliest_deepest_month, found.latest_deepest_month)
    half, fastest = found.half_months.text(".0f", or_never=found.latest_month is None), found.fastest_year.text(".0%")
    return (
        f"At its deepest, in {deepest}, the edge index is {found.deepest.text('.0%')} below the same seed's no-drift "
        f"twin. Half of that is reached {half} months after the break; the fastest year takes {fastest}. {_lead(found)}"
    )


def _lead(found: Repricing) -> str:
    """Say whether values or rents break first."""
    lead = found.lead_months
    if lead is None:
        some = f", though they do in {found.lead_cases} of {found.cases} cases" if found.lead_cases else ""
        return f"Rents don't break by the same rule within the run{some}."
    when = ranged(*map(_sooner, (lead.value, lead.low, lead.high)), or_never=found.lead_cases < found.cases)
    return f"Values against rents: they break {when}."


def _sooner(months: float) -> str:
    if not round(months):
        return "in the same month"
    return f"{abs(months):.0f} months {'earlier' if months > 0 else 'later'}"


def change_in_words(change: RentChange) -> list[str]:
    """Write what a fall is made of."""
    form = "+.0f"
    return [
        f"In the year from the break on, edge rent is {change.rent.text(form)} $/MWh against the twin: "
        f"{change.latency.text(form)} of latency rent and {change.rest.text(form)} of the rest, what work that can "
        "wait pays there too.",
        _falls_most(change),
        f"The core index is {change.core_index.text('+.0%')} against its twin.",
    ]


def _falls_most(change: RentChange) -> str:
    counts = change.months_falling_most
    if not any(counts.values()):
        return "Neither falls in any month of that year."
    return (
        f"Of {change.months} months (the year's, against every twin) latency rent falls more in "
        f"{counts['latency'] or 'none'}, the rest in {counts['rest'] or 'none'}."
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
    when = ranged(f"{found.recovery_month} on", earliest or "never", latest or "never")
    if earliest == latest == found.recovery_month:
        when = ranged(f"{found.recovery_month} on", f"{earliest} on", f"{latest} on")
    return f"It is back within the margin for {months} months from {when}{again}."


def _brackets(finding: Findings) -> str:
    further = finding.twins - 1
    more = f", and against {further} more twin{'s' if further > 1 else ''} with a placebo" if further else ""
    return (
        "In brackets: what is left open by how far twins part that differ in nothing that matters (nine in ten"
        f"{_measured(finding)}){more}; of rents, the year's months. One seed: other seeds break at other shares."
    )


def _here(finding: Findings, measured: int) -> str:
    """Add in what this run differs from those on which something was measured."""
    differs = [] if finding.sites == measured else [f"{finding.sites:,} sites"]
    differs += finding.unmeasured
    return f"; this run has {', '.join(differs)}" if differs else ""


def _measured(finding: Findings) -> str:
    """Add on which worlds the band was measured, where this one is none of them."""
    sizes = measured_sites()
    if finding.sites in sizes:
        return f" on {finding.sites:,} sites"
    told = f", from worlds of {sizes[0]:,} to {sizes[-1]:,} sites, where this one has {finding.sites:,}"
    return told + (", and twins of larger worlds part by more" if finding.sites > sizes[-1] else "")
