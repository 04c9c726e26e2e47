"""The look of the page: the colours of the figures, one column, and what changes on paper."""

from __future__ import annotations

from typing import Final

from wattmarket.plot import Theme

__all__ = ["style_sheet"]

_RULES: Final = """
* { box-sizing: border-box; }
html { background: var(--ground); color: var(--ink); }
body { margin: 0 auto; padding: 2.5rem 1.25rem 4rem; max-width: 62rem; line-height: 1.55;
  font-family: system-ui, "DejaVu Sans", "Segoe UI", Helvetica, Arial, sans-serif; font-size: 1rem; }
h1 { font-size: 1.9rem; line-height: 1.25; margin: 0.2rem 0 0.8rem; text-wrap: balance; }
h2 { font-size: 1.3rem; margin: 3rem 0 0.6rem; padding-top: 0.9rem; border-top: 1px solid var(--grid); }
h3 { font-size: 1.05rem; margin: 2rem 0 0.4rem; }
p, li { max-width: 46rem; }
p { margin: 0.5rem 0; }
a { color: var(--edge); }
.kicker, figcaption, caption, .small { color: var(--muted); font-size: 0.9rem; }
.lede { font-size: 1.12rem; }
nav ul { list-style: none; display: flex; flex-wrap: wrap; gap: 0.2rem 1.1rem; padding: 0; margin: 1.2rem 0 0; }
nav li { font-size: 0.93rem; }
figure { margin: 1rem 0 0.5rem; }
img { display: block; max-width: 100%; height: auto; border: 1px solid var(--grid); border-radius: 4px; }
figcaption { margin-top: 0.4rem; max-width: 46rem; }
.wide { overflow-x: auto; margin: 1rem 0; }
table { border-collapse: collapse; font-size: 0.88rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; padding-bottom: 0.4rem; }
th, td { text-align: left; vertical-align: top; padding: 0.28rem 0.9rem 0.28rem 0; font-weight: normal;
  border-bottom: 1px solid var(--grid); }
thead th { color: var(--muted); vertical-align: bottom; border-bottom: 1px solid var(--muted); }
tbody th { font-weight: 600; }
.number { text-align: right; white-space: nowrap; }
thead th.number { white-space: normal; min-width: 4.2rem; }
td.number { padding-left: 0.6rem; }
details { margin: 1rem 0; }
summary { cursor: pointer; color: var(--edge); }
pre, code { font-family: "DejaVu Sans Mono", Menlo, Consolas, monospace; font-size: 0.82rem; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; background: var(--land);
  padding: 0.8rem 1rem; border-radius: 4px; }
.digest td { font-family: "DejaVu Sans Mono", Menlo, Consolas, monospace; font-size: 0.8rem; overflow-wrap: anywhere; }
:focus-visible { outline: 2px solid var(--edge); outline-offset: 2px; }
@media print {
  html { background: #ffffff; color: #000000; --muted: #444444; --grid: #cccccc; --land: #f3f3f3; --edge: #000000; }
  body { max-width: none; padding: 0; font-size: 10pt; }
  nav { display: none; }
  h2, h3 { break-after: avoid; }
  figure, tr { break-inside: avoid; }
  .wide { overflow: visible; }
  table { font-size: 8pt; }
  th, td { padding-right: 0.4rem; }
}
"""


def style_sheet(theme: Theme) -> str:
    """Write the style sheet for the colours of a theme.

    Examples
    --------
    >>> from wattmarket.plot import THEMES
    >>> style_sheet(THEMES["dark"]).splitlines()[0]
    ':root { color-scheme: dark; --ground: #12161b; --ink: #eef1f4; --muted: #a9b2bc; --grid: #2a313a; \
--land: #262d35; --edge: #58a6de; }'
    """
    names = ("ground", "ink", "muted", "grid", "land", "edge")
    colours = " ".join(f"--{name}: {getattr(theme, name)};" for name in names)
    return f":root {{ color-scheme: {theme.name}; {colours} }}{_RULES}"
