"""How the documentation is built. Warnings are errors: a broken link or an undocumented name stops the build."""

from __future__ import annotations

import importlib
from pathlib import Path

from sphinx.application import Sphinx

import wattmarket

HERE = Path(__file__).parent

project = "wattmarket"
author = "the wattmarket contributors"
copyright = f"2026, {author}"
version = release = wattmarket.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx.ext.mathjax"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = "wattmarket"
html_static_path = ["_static"]
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
    folder = HERE / "_generated"
    folder.mkdir(exist_ok=True)
    for name, module in GENERATED.items():
        try:
            text = importlib.import_module(module).reference()
        except ModuleNotFoundError:
            continue
        path = folder / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def setup(app: Sphinx) -> None:
    """Register the step above."""
    app.connect("builder-inited", write_references)
