"""What was found: the headline, and the tables of numbers with their ranges."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from wattmarket.findings import ExposedPlace, Findings, MetroBreak, PlayerChange
from wattmarket.findings.break_words import NOT_APART, alarms_in_words, depth_in_words, verdict
from wattmarket.findings.place_words import (
    NO_EXPOSURE,
    exposed_in_words,
    metro_rate_in_words,
    metros_in_words,
    player_rule_in_words,
    unnamed_in_words,
)
from wattmarket.findings.uncertain import said_once
from wattmarket.findings.words import or_dash
from wattmarket.page.html import paragraphs, table
from wattmarket.study import Attribution
from wattmarket.study.attribution import CAUSES, HOW_TO_READ

__all__ = [
    "attribution",
    "exposed",
    "headline",
    "key_numbers",
    "metros",
    "players",
    "standing",
    "time_to_power",
    "yearly",
]

_NAMED: Final = 10
"""How many metros, winners and losers are named at either end."""
_LEDE: Final = 3
"""How many places the opening names."""
_RANGE: Final = ("lowest", "highest")


def headline(finding: Findings) -> str:
    """Say in a line whether and when the edge reprices."""
    # A month stays on one line.
    return re.sub(r"(\d{4})-(\d{2})", "\\1\u2011\\2", verdict(finding))


def standing(finding: Findings) -> str:
    """Say how hard and where it happens, and how sure that is."""
    texts = [] if finding.repricing is None else [depth_in_words(finding.repricing)]
    texts += (metros_in_words(finding, _LEDE) or exposed_in_words(finding, _LEDE))[:1]
    if finding.twins:
        told = alarms_in_words(finding)
        texts.append(f"{told[0].upper()}{told[1:]}.")
    return " ".join(said_once(texts))


def key_numbers(finding: Findings) -> str:
    """Tabulate the break and the fall, each number with its range; nothing without a break."""
    found, change = finding.repricing, finding.change
    if found is None:
        return ""
    never = "" if found.latest_month else ", or never"
    rows = [
        ["Month of the break", found.month, found.earliest_month, found.latest_month or "never"],
        ["Batch share at the break", *_open(found.batch_share.written(".2f"), never)],
        ["Largest shortfall", *found.deepest.written(".0%")],
        ["… its month", found.deepest_month, found.earliest_deepest_month, found.latest_deepest_month],
        ["Months from the break to half of it", *_open(found.half_months.written(".0f"), never)],
        ["Fall within the fastest year", *found.fastest_year.written(".0%")],
    ]
    if found.lead_months is None:
        rows.append(["Months by which values lead rents", "rents don’t break", "–", "–"])
    else:
        lead = _open(found.lead_months.written("+.0f"), ", or never" if found.lead_cases < found.cases else "")
        rows.append(["Months by which values lead rents", *lead])
    back = (found.recovery_month, found.earliest_recovery_month, found.latest_recovery_month)
    rows.append(["First month of recovery", *(month or "none" for month in back)])
    if change is not None:
        rows += [
            ["Edge rent against the twin, $/MWh", *change.rent.written("+.0f")],
            ["… of it latency rent, $/MWh", *change.latency.written("+.0f")],
            ["… and the rest, $/MWh", *change.rest.written("+.0f")],
            ["… of it silicon rent, $/MWh", *change.silicon.written("+.0f")],
            ["… and watt rent, $/MWh", *change.watt.written("+.0f")],
            ["Core index against its twin", *change.core_index.written("+.0%")],
        ]
    caption = "Key numbers; rents are means of the year from the break on, and their ranges those of its months"
    why = "" if change is None else paragraphs(NOT_APART)
    return table(caption, ["", "found", *_RANGE], rows) + why


def _open(written: tuple[str, str, str], never: str) -> tuple[str, str, str]:
    """Add to the highest that there is a case without."""
    return written[0], written[1], written[2] + never


def yearly(finding: Findings) -> str:
    """Tabulate the course of the run, January by January."""
    columns = {
        "batch_share": ("batch share", ".2f"),
        "edge_rent": ("edge rent, $/MWh", ".0f"),
        "edge_latency_rent": ("latency rent, $/MWh", ".0f"),
        "edge_watt_rent": ("watt rent, $/MWh", ".0f"),
        "core_rent": ("core rent, $/MWh", ".0f"),
        "edge_index": ("edge index", ".0f"),
        "twin_edge_index": ("twin’s", ".0f"),
        "band": ("± by chance", ".0%"),
        "core_index": ("core index", ".0f"),
        "edge_share": ("edge share of accelerators", ".0%"),
    }
    rows = [
        [str(row["year"]), *(or_dash(row[name], form) for name, (_, form) in columns.items())] for row in finding.yearly
    ]
    caption = "As recorded, each January; ± by chance: how far the edge index parts from its twin’s"
    return table(caption, ["year", *(title for title, _ in columns.values())], rows) if rows else ""


def metros(finding: Findings) -> str:
    """Tabulate the first and the last metros to break."""
    if finding.metro_count is None:
        return paragraphs(*unnamed_in_words(finding))
    head = ["metro", "breaks", *_RANGE, "largest shortfall", *_RANGE]

    def rows(some: Sequence[MetroBreak]) -> list[list[str]]:
        return [
            [row.name, row.month, row.earliest_month, row.latest_month, *row.deepest.written(".0%")] for row in some
        ]

    if not finding.metros:
        return paragraphs(*metros_in_words(finding))
    count = len(finding.metros)
    parts = [table(f"First of {count} metros to break beyond chance", head, rows(finding.metros[:_NAMED]))]
    if last := finding.metros[_NAMED:][-_NAMED:]:
        parts.append(table("Last to break", head, rows(last)))
    return "\n".join([*parts, paragraphs(metro_rate_in_words(finding))])


def exposed(finding: Findings) -> str:
    """Tabulate the most exposed metros and edge sites."""

    def listed(caption: str, places: Sequence[ExposedPlace]) -> str:
        rows = [
            [
                place.name,
                place.place_id,
                *place.latency_rent_musd_per_year.written(",.0f"),
                *place.exposed_share.written(".0%"),
            ]
            for place in places
        ]
        return table(caption, ["", "id", "latency rent, m$ a year", *_RANGE, "of its rent", *_RANGE], rows, words=2)

    if not finding.exposed:
        return paragraphs(NO_EXPOSURE)
    parts = [listed(f"The {len(finding.exposed)} most exposed metros; ranges by month", finding.exposed)]
    if finding.exposed_sites:
        sites = finding.exposed_sites
        parts.append(listed(f"The {len(sites)} most exposed edge sites; ranges by month", sites))
    return "\n".join(parts)


def players(finding: Findings) -> str:
    """Tabulate who loses and who gains most against the twins."""
    if not finding.players:
        return paragraphs(*unnamed_in_words(finding))
    head = ["agent", "class", "profit against the twins, m$", *_RANGE, "beyond chance"]

    def rows(some: Sequence[PlayerChange]) -> list[list[str]]:
        return [
            [
                row.name,
                row.agent_class.replace("_", " "),
                *row.profit_change_musd.written("+,.0f"),
                "yes" if row.told else "no",
            ]
            for row in some
        ]

    losers = [row for row in finding.players if row.profit_change_musd.value < 0.0][:_NAMED]
    winners = [row for row in finding.players[::-1] if row.profit_change_musd.value > 0.0][:_NAMED]
    named = (("Who loses most", losers), ("Who gains most", winners))
    tables = [table(caption, head, rows(some), words=2) for caption, some in named if some]
    return "\n".join([*tables, paragraphs(player_rule_in_words(finding))])


def time_to_power(finding: Findings) -> str:
    """Tabulate what a year of time-to-power is worth, zone by zone."""
    if not finding.time_to_power:
        return ""
    rows = [
        [
            zone.name,
            zone.zone_id,
            *zone.musd_per_mw.written(".1f"),
            *(("–",) * 3 if zone.wait_months is None else zone.wait_months.written(".0f")),
        ]
        for zone in finding.time_to_power
    ]
    caption = "A megawatt that comes a year sooner earns this above its full cost; ranges by month"
    return table(caption, ["zone", "id", "m$ per MW", *_RANGE, "wait, months", *_RANGE], rows, words=2)


def attribution(causes: Attribution) -> str:
    """Tabulate what is left of the fall with one cause switched off at a time."""
    rows = [
        [cause.name, CAUSES[cause.name], *cause.without.written(".0%"), *cause.worth.written("+.0%")]
        for cause in causes.causes
    ]
    head = ["cause", "switched off", "fall that is left", *_RANGE, "goes with it", *_RANGE]
    what = table("The fall with one cause switched off", head, rows, words=2)
    return paragraphs(causes.fall_in_words()) + f"\n{what}\n" + paragraphs(HOW_TO_READ)
