"""The finding in words, no number without what is not known about it."""

from __future__ import annotations

from wattmarket.findings.break_words import break_in_words
from wattmarket.findings.bubble_words import bubble_in_words
from wattmarket.findings.findings import Findings
from wattmarket.findings.place_words import (
    exposed_in_words,
    metros_in_words,
    players_in_words,
    power_in_words,
    unnamed_in_words,
)
from wattmarket.findings.uncertain import said_once

__all__ = ["in_words", "or_dash", "paragraphs_of"]


def in_words(finding: Findings) -> str:
    """Write a finding in words, with a table by year."""
    first, *further = paragraphs_of(finding)
    parts = [[finding.title], first, _table(finding), *further]
    return "\n\n".join("\n".join(part) for part in parts)


def paragraphs_of(finding: Findings) -> list[list[str]]:
    """Write a finding in words alone: paragraphs of sentences, the break first."""
    parts = [
        break_in_words(finding),
        exposed_in_words(finding),
        metros_in_words(finding),
        players_in_words(finding),
        unnamed_in_words(finding),
        power_in_words(finding),
        [] if finding.bubble is None else bubble_in_words(finding.bubble),
    ]
    return [said_once(part) for part in parts if part]


def _table(finding: Findings) -> list[str]:
    head = (
        "year   batch   edge rent   latency     watt   core rent   edge index     twin  ±band   core index   edge",
        "       share       $/MWh     $/MWh    $/MWh       $/MWh                                            share",
    )
    rows = [
        f"{row['year']:<6} {row['batch_share']:5.2f} {row['edge_rent']:11.0f} {row['edge_latency_rent']:9.0f} "
        f"{row['edge_watt_rent']:8.0f} {row['core_rent']:11.0f} {row['edge_index']:12.0f} "
        f"{or_dash(row['twin_edge_index'], '.0f'):>8} {or_dash(row['band'], '.0%'):>6} {row['core_index']:12.0f} "
        f"{row['edge_share']:6.0%}"
        for row in finding.yearly
    ]
    return [*head, *rows, "As recorded, each January. ±band: how far the edge index parts from its twin's by chance."]


def or_dash(number: float | None, form: str) -> str:
    """Write a number, or a dash for none."""
    return "–" if number is None else f"{number:{form}}"
