"""What was found: the headline, and the tables of numbers with their ranges."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from wattmarket.findings import ExposedPlace, Findings, MetroBreak, PlayerChange, Repricing, Uncertain
from wattmarket.page.html import paragraphs, table
from wattmarket.study import Attribution

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
_RANGE: Final = ("lowest", "highest")


def headline(finding: Findings) -> str:
    """Say in a line whether, when and how hard the edge reprices."""
    if not finding.drifts:
        return "The batch share doesn’t drift: there is no break to look for"
    if not finding.twins:
        return "Whether the edge breaks away is not known: no no-drift twin was run"
    found = finding.repricing
    if found is None:
        return "The edge never breaks away from its no-drift twin"
    # A month stays on one line.
    month = found.month.replace("-", "\u2011")
    return f"The edge reprices in {month}, to {found.deepest.value:.0%} below its no-drift twin"


def standing(finding: Findings) -> str:
    """Say where it happens and how sure it is."""
    texts = []
    if finding.repricing is not None:
        texts.append(_when(finding.repricing))
    named = [row.name for row in finding.metros[:3]]
    if named:
        texts.append(f"First metros: {_listed(named)}.")
    elif finding.exposed:
        texts.append(f"Most exposed: {_listed([place.name for place in finding.exposed[:3]])}.")
    rate = finding.rule_false_alarms
    if finding.twins and rate is not None:
        texts.append(f"The rule gave {rate.alarms} false alarms in {rate.pairs} pairs of runs without drift.")
    elif finding.twins:
        texts.append("How often this rule speaks where nothing happened was not measured.")
    return " ".join(texts)


def _when(found: Repricing) -> str:
    until = found.latest_month or "never, at the edge of what is known"
    return (
        f"The break lies between {found.earliest_month} and {until}, at a batch share of "
        f"{found.batch_share.text('.2f')}; the deepest shortfall is {found.deepest.text('.0%')}, in "
        f"{found.deepest_month}."
    )


def _listed(names: Sequence[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def _ranged(value: Uncertain, form: str) -> list[str]:
    return [f"{number:{form}}" for number in (value.value, value.low, value.high)]


def key_numbers(finding: Findings) -> str:
    """Tabulate the break and the fall, each number with its range; nothing without a break."""
    found, change = finding.repricing, finding.change
    if found is None:
        return ""
    rows = [
        ["Month of the break", found.month, found.earliest_month, found.latest_month or "never"],
        ["Batch share at the break", *_ranged(found.batch_share, ".2f")],
        [f"Largest shortfall ({found.deepest_month})", *_ranged(found.deepest, ".0%")],
        ["Months from the break to half of it", *_ranged(found.half_months, ".0f")],
        ["Fall within the fastest year", *_ranged(found.fastest_year, ".0%")],
    ]
    if found.lead_months is not None:
        rows.append(["Months by which values lead rents", *_ranged(found.lead_months, ".0f")])
    rows.append(["Recovery", found.recovery_month or "none within the run", "–", "–"])
    if change is not None:
        rows += [
            ["Edge rent against the twin, $/MWh", *_ranged(change.rent, "+.0f")],
            ["… of it latency rent, $/MWh", *_ranged(change.latency, "+.0f")],
            ["… of it price of compute, $/MWh", *_ranged(change.silicon, "+.0f")],
            ["… of it watt rent, $/MWh", *_ranged(change.watt, "+.0f")],
            ["Core index against its twin", *_ranged(change.core_index, "+.0%")],
        ]
    caption = "Key numbers; rents are means of the year from the break on, and their ranges those of its months"
    return table(caption, ["", "found", *_RANGE], rows)


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
        [str(row["year"]), *(f"{row[name]:{form}}" for name, (_, form) in columns.items())] for row in finding.yearly
    ]
    return table("Each January", ["year", *(title for title, _ in columns.values())], rows) if rows else ""


def metros(finding: Findings) -> str:
    """Tabulate the first and the last metros to break."""
    if not finding.metros:
        return paragraphs("No metro is named: its month has a range only with further twins (--twins).")
    head = ["metro", "breaks", *_RANGE, "largest shortfall", *_RANGE]

    def rows(some: Sequence[MetroBreak]) -> list[list[str]]:
        return [
            [row.name, row.month, row.earliest_month, row.latest_month or "never", *_ranged(row.deepest, ".0%")]
            for row in some
        ]

    count = len(finding.metros)
    parts = [table(f"First of {count} metros to break", head, rows(finding.metros[:_NAMED]))]
    if last := finding.metros[_NAMED:][-_NAMED:]:
        parts.append(table("Last to break", head, rows(last)))
    return "\n".join(parts)


def exposed(finding: Findings) -> str:
    """Tabulate the most exposed metros and edge sites."""

    def listed(caption: str, places: Sequence[ExposedPlace]) -> str:
        rows = [
            [
                place.name,
                place.place_id,
                *_ranged(place.latency_rent_musd_per_year, ",.0f"),
                f"{place.exposed_share:.0%}",
            ]
            for place in places
        ]
        return table(caption, ["", "id", "latency rent, m$ a year", *_RANGE, "of its rent"], rows, words=2)

    if not finding.exposed:
        return paragraphs("No metro earns latency rent to speak of (less than a million $ a year).")
    parts = [listed(f"The {len(finding.exposed)} most exposed metros; ranges by month", finding.exposed)]
    if finding.exposed_sites:
        sites = finding.exposed_sites
        parts.append(listed(f"The {len(sites)} most exposed edge sites; ranges by month", sites))
    return "\n".join(parts)


def players(finding: Findings) -> str:
    """Tabulate who loses and who gains most against the twins."""
    if not finding.players:
        return paragraphs(
            "Nobody is named: what an agent gains or loses has a range only with further twins (--twins)."
        )
    head = ["agent", "class", "profit against the twin, m$", *_RANGE, "one sign against every twin"]

    def rows(some: Sequence[PlayerChange]) -> list[list[str]]:
        return [
            [row.name, row.agent_class.replace("_", " "), *_ranged(row.profit_change_musd, "+,.0f"), _sure(row)]
            for row in some
        ]

    losers = [row for row in finding.players if row.profit_change_musd.value < 0.0][:_NAMED]
    winners = [row for row in finding.players[::-1] if row.profit_change_musd.value > 0.0][:_NAMED]
    named = (("Who loses most", losers), ("Who gains most", winners))
    return "\n".join(table(caption, head, rows(some), words=2) for caption, some in named if some)


def _sure(row: PlayerChange) -> str:
    return "yes" if row.profit_change_musd.low > 0.0 or row.profit_change_musd.high < 0.0 else "no"


def time_to_power(finding: Findings) -> str:
    """Tabulate what a year of time-to-power is worth, zone by zone."""
    if not finding.time_to_power:
        return ""
    rows = [
        [
            zone.name,
            zone.zone_id,
            *_ranged(zone.musd_per_mw, ".1f"),
            "–" if zone.wait_months is None else f"{zone.wait_months:.0f}",
        ]
        for zone in finding.time_to_power
    ]
    caption = "A megawatt that comes a year sooner earns this above its full cost; ranges by month"
    return table(caption, ["zone", "id", "m$ per MW", *_RANGE, "wait, months"], rows, words=2)


def attribution(causes: Attribution) -> str:
    """Tabulate what is left of the fall with one cause switched off at a time."""
    rows = [
        [row["cause"], row["switched_off"]]
        + [f"{row[name]:.0%}" for name in ("without", "without_low", "without_high")]
        + [f"{row[name]:+.0%}" for name in ("worth", "worth_low", "worth_high")]
        for row in causes.frame().to_dicts()
    ]
    head = ["cause", "switched off", "fall that is left", *_RANGE, "goes with it", *_RANGE]
    said = f"In the year from {causes.month} on the edge index is on average {causes.fall.text('.0%')} below its twin."
    more = "Causes work through each other: what goes with each need not add up to the fall."
    return paragraphs(said, more) + "\n" + table("The fall with one cause switched off", head, rows, words=2)
