"""Where a run comes from: its scenario, its digests, and how to make it again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from wattmarket.page.html import folded, paragraphs, table
from wattmarket.record import Run
from wattmarket.scenario import Scenario
from wattmarket.scenario.write import write_value

__all__ = ["changed_keys", "provenance", "reproduction", "scenario_html"]


def changed_keys(scenario: Scenario) -> list[tuple[str, str, str]]:
    """List the keys of a scenario that differ from the defaults: key, value and default, as TOML.

    Rows of ``[[workload]]``, ``[[zone]]`` and ``[[event]]`` are compared by name, or by date and number.

    Examples
    --------
    >>> changed_keys(Scenario().with_settings(["run.months=24"]))
    [('run.months', '24', '156')]
    """
    mine, usual = (dict(_leaves(one.resolved())) for one in (scenario, Scenario()))
    keys = [*mine, *(key for key in usual if key not in mine)]

    def written(values: Mapping[str, Any], key: str) -> str:
        value = values.get(key)
        return "–" if value is None else write_value(value)

    differing = (key for key in keys if mine.get(key) != usual.get(key))
    return [(key, written(mine, key), written(usual, key)) for key in differing]


def _leaves(tables: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in tables.items():
        key = f"{above}.{name}" if above else name
        if isinstance(value, Mapping) and value:
            yield from _leaves(value, key)
        elif isinstance(value, list | tuple) and value and all(isinstance(row, Mapping) for row in value):
            for number, row in enumerate(value):
                yield from _leaves(row, f"{key}[{row.get('name', number)}]")
        else:
            yield key, value


def scenario_html(run: Run) -> str:
    """Write what is special about the scenario, and all of it folded away."""
    rows = [list(row) for row in changed_keys(run.scenario)]
    special = (
        table("Keys that differ from the defaults", ["key", "here", "default"], rows, words=3)
        if rows
        else paragraphs("Every key has its default.")
    )
    text = escape(run.scenario.to_toml())
    return special + "\n" + folded("The whole scenario, every key written out", f"<pre>{text}</pre>")


def provenance(run: Run) -> str:
    """Write versions, seed, world and digests."""
    told = run.manifest
    rows = [
        ["wattmarket", told.wattmarket],
        ["Polars", told.polars],
        ["Format of the run folder", str(told.format)],
        ["Seed", str(told.seed)],
        ["Months", f"{told.ticks} from {told.start}"],
        ["World", f"{told.world}: {run.world.sites.height:,} sites, {run.world.metros.height:,} metros"],
        ["SHA-256 of the world", told.world_sha256],
        ["SHA-256 of the scenario", told.scenario_sha256],
        ["Last link of the hash chain", told.digest],
        ["… of the no-drift twin", told.twin_digest or "no twin was run"],
    ]
    if told.forked_from is not None:
        rows += [
            ["Forked from the run that ends in", told.forked_from.digest],
            ["First month that may differ", told.forked_from.month],
        ]
    facts = f'<div class="digest">{table("What was run, and what came out", ["", ""], rows, words=2)}</div>'
    return facts + "\n" + folded("Tables and files", _contents(run))


def _contents(run: Run) -> str:
    told = run.manifest
    parts = [table("Rows of each table", ["table", "rows"], [[name, f"{rows:,}"] for name, rows in told.rows.items()])]
    if told.files:
        rows = [[name, f"{entry.size:,}", entry.sha256] for name, entry in sorted(told.files.items())]
        files = table("Files of the run folder", ["file", "bytes", "SHA-256"], rows, words=3)
        parts.append(f'<div class="digest">{files}</div>')
    return "\n".join(parts)


def reproduction(run: Run, twins: int, *, attributed: bool) -> str:
    """Write the commands that check this run, make it again, and write this page again."""
    more = f" --twins {max(twins - 1, 0)}{' --attribute' if attributed else ''}"
    commands = [
        ("every file is as it was written", "wattmarket verify RUN"),
        ("the same bits come out again, month by month", "wattmarket replay RUN"),
        ("the same run into another folder", "wattmarket run RUN/scenario.toml --out AGAIN"),
        ("this page", f"wattmarket report RUN{more} --out FILE.html"),
    ]
    text = "\n".join(f"{command}  # {why}" for why, command in commands)
    said = (
        f"RUN is the run folder. With wattmarket {run.manifest.wattmarket} these give the same digests on any number "
        "of threads. The scenario above, saved as a file, does as well as the folder’s own."
    )
    return paragraphs(said) + f"\n<pre>{escape(text)}</pre>"
