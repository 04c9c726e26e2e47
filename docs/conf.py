"""How the documentation is built. Warnings are errors: a broken link or an undocumented name stops the build."""

from __future__ import annotations

import csv
import importlib
import sys
from pathlib import Path

from sphinx.application import Sphinx

import wattmarket

HERE = Path(__file__).parent

project = "wattmarket"
author = "the wattmarket contributors"
copyright = f"2026, {author}"
version = release = wattmarket.__version__

sys.path.insert(0, str(HERE))  # for mathml.py
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "mathml"]
html_math_renderer = "mathml"
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build", "_generated/facts.md"]
html_theme = "furo"
html_title = "wattmarket"
html_static_path = ["_static"]
html_css_files = ["formulas.css"]
html_show_sourcelink = False

myst_enable_extensions = ["dollarmath", "deflist", "colon_fence"]
myst_heading_anchors = 3
# Dollars are money here more often than mathematics.
myst_dmath_allow_space = False
myst_dmath_allow_digits = False

autodoc_typehints = "description"
autodoc_member_order = "bysource"
autodoc_default_options = {"members": True, "show-inheritance": True}
napoleon_google_docstring = False
napoleon_use_ivar = True

# References are written by the code that enforces them, so they cannot drift from it.
GENERATED = {
    "scenario.md": "wattmarket.scenario.reference",
    "tables.md": "wattmarket.schema.reference",
}


def write_references(app: Sphinx) -> None:
    """Write each generated page."""
    (HERE / "_generated").mkdir(exist_ok=True)
    for name, module in GENERATED.items():
        write("_generated/" + name, importlib.import_module(module).reference())
    write("_generated/facts.md", facts_as_tables())


def write(name: str, text: str) -> None:
    """Write a file if its text has changed, so that unchanged pages aren't built again."""
    path = HERE / name
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


def facts_as_tables() -> str:
    """Return the facts as Markdown, one table a topic."""
    with (HERE / "facts.csv").open(encoding="utf-8", newline="") as file:
        facts = list(csv.DictReader(file))
    lines = []
    for topic in dict.fromkeys(fact["topic"] for fact in facts):
        lines += [f"## {topic.split(maxsplit=1)[1].capitalize()}", ""]
        lines += ["| id | fact | value | range | unit | when and where | source | basis |", "|" + "---|" * 8]
        lines += [fact_as_row(fact) for fact in facts if fact["topic"] == topic]
        lines += [""]
    return "\n".join(lines)


def fact_as_row(fact: dict[str, str]) -> str:
    """Return one fact as a row of a Markdown table."""
    span = "–".join(end for end in (fact["low"], fact["high"]) if end)
    source = f"[{plain(fact['source'])}](<{fact['url']}>)" if fact["url"] else plain(fact["source"])
    place = ", ".join(part for part in (fact["date"], fact["region"]) if part and part != "-")
    cells = (fact["id"], plain(fact["fact"]), fact["value"], span, plain(fact["unit"]), plain(place), source)
    return "| " + " | ".join((*cells, f"{fact['basis']}, {fact['confidence']}")) + " |"


def plain(text: str) -> str:
    """Return text with what Markdown would read as markup escaped."""
    for sign in "\\`*_[]|<>$":
        text = text.replace(sign, "\\" + sign)
    return text


def setup(app: Sphinx) -> None:
    """Register the step above."""
    app.connect("builder-inited", write_references)
