"""Put the page together and write it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Final

from wattmarket.errors import InputError
from wattmarket.findings import Findings, TwinTables, find
from wattmarket.findings.words import paragraphs_of
from wattmarket.page import found
from wattmarket.page.html import paragraphs, section
from wattmarket.page.look import style_sheet
from wattmarket.page.origin import provenance, reproduction, scenario_html
from wattmarket.page.pictures import further_figures, index_html
from wattmarket.plot import Theme
from wattmarket.plot.theme import theme_of
from wattmarket.record import Run
from wattmarket.study import Attribution

__all__ = ["page_of", "write_html"]

_SAFE: Final = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
"""Whatever slipped into the page, a browser fetches nothing for it and runs nothing."""


def write_html(
    run: str | Path | Run,
    path: str | Path,
    *,
    others: Sequence[TwinTables] = (),
    attribution: Attribution | None = None,
    theme: str | Theme = "light",
) -> Path:
    """Write a run as one web page that needs no server, no network and no script.

    Parameters
    ----------
    run
        A run or its folder.
    path
        File to write; one that is there is written over.
    others
        Further twins (`wattmarket.study.placebo_twins`): metros and agents are named only with ranges from them.
    attribution
        What each cause of the fall is worth (`wattmarket.study.attribute`); None: left out.
    theme
        ``light`` or ``dark``.

    Returns
    -------
    Path
        The file. The same run and arguments give the same bytes with the same matplotlib.

    Raises
    ------
    InputError
        If it isn't a run folder, if the file lies in it, which is sealed, or can't be written, or there is no such
        theme.
    """
    run = Run.given(run)
    target = Path(path)
    if run.path is not None and target.resolve().is_relative_to(run.path.resolve()):
        raise InputError(f"{target}: lies in the run folder, whose files are sealed; write it elsewhere")
    text = page_of(run, others=others, attribution=attribution, theme=theme)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise InputError(f"{target}: can't be written: {error.strerror}") from error
    return target


def page_of(
    run: Run,
    *,
    others: Sequence[TwinTables] = (),
    attribution: Attribution | None = None,
    theme: str | Theme = "light",
) -> str:
    """Give the page that `write_html` writes, as text."""
    look = theme_of(theme)
    finding = find(run, others)
    sections = _sections(run, finding, others, attribution, look)
    links = "".join(f'<li><a href="#{name}">{escape(heading)}</a></li>' for name, heading, _ in sections)
    told = run.manifest
    lines = [
        "<!DOCTYPE html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{_SAFE}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<link rel="icon" href="data:,">',
        f"<title>{escape(told.title)}: {escape(found.headline(finding))}</title>",
        f"<style>\n{style_sheet(look)}</style>",
        "</head>",
        "<body>",
        "<header>",
        f'<p class="kicker">{escape(told.title)} · seed {told.seed} · wattmarket {escape(told.wattmarket)}</p>',
        f"<h1>{escape(found.headline(finding))}</h1>",
        f'<p class="lede">{escape(found.standing(finding))}</p>',
        f'<nav aria-label="Sections"><ul>{links}</ul></nav>',
        "</header>",
        "<main>",
        *(section(name, heading, inner) for name, heading, inner in sections),
        "</main>",
        "</body>",
        "</html>",
    ]
    return "\n".join(lines) + "\n"


def _sections(
    run: Run, finding: Findings, others: Sequence[TwinTables], attribution: Attribution | None, look: Theme
) -> list[tuple[str, str, str]]:
    """Name, heading and content of each section, in the order of the page; empty ones are left out."""
    sections = [
        ("index", "What edge and core are worth", index_html(run, look)),
        ("numbers", "Key numbers", found.key_numbers(finding)),
        ("words", "The finding in words", paragraphs(*(line for part in paragraphs_of(finding) for line in part))),
        ("years", "Year by year", found.yearly(finding)),
        ("metros", "Where it breaks first, and last", found.metros(finding) if finding.repricing else ""),
        ("exposed", "Who lives on nearness", found.exposed(finding)),
        ("players", "Who loses and who gains", found.players(finding) if finding.twins else ""),
        ("power", "What time-to-power is worth", found.time_to_power(finding)),
        ("causes", "What the fall is made of", "" if attribution is None else found.attribution(attribution)),
        ("figures", "Figures", "\n".join(further_figures(run, look, others))),
        ("scenario", "Scenario", scenario_html(run)),
        ("provenance", "Provenance", provenance(run)),
        ("again", "How to make it again", reproduction(run, finding.twins, attributed=attribution is not None)),
    ]
    return [one for one in sections if one[2]]
