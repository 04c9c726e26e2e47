"""Pieces of HTML. Every text is escaped here, whoever wrote it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

__all__ = ["folded", "paragraphs", "picture", "section", "table"]


def section(name: str, heading: str, *parts: str) -> str:
    """Write a section under its heading, which a link ``#name`` finds.

    Parameters
    ----------
    name
        Its name within the page.
    heading
        What stands above it, as plain text.
    parts
        Its content, as HTML.

    Examples
    --------
    >>> print(section("a", "Supply & demand", "<p>x</p>"))
    <section id="a" aria-labelledby="a-heading">
    <h2 id="a-heading">Supply &amp; demand</h2>
    <p>x</p>
    </section>
    """
    inner = "\n".join(part for part in parts if part)
    head = f'<h2 id="{escape(name)}-heading">{escape(heading)}</h2>'
    return f'<section id="{escape(name)}" aria-labelledby="{escape(name)}-heading">\n{head}\n{inner}\n</section>'


def paragraphs(*texts: str) -> str:
    """Write plain texts as paragraphs.

    Examples
    --------
    >>> paragraphs("a < b")
    '<p>a &lt; b</p>'
    """
    return "\n".join(f"<p>{escape(text)}</p>" for text in texts)


def table(caption: str, head: Sequence[str], rows: Sequence[Sequence[str]], *, words: int = 1) -> str:
    """Write a table of plain texts; the first cell of a row is its heading.

    Parameters
    ----------
    caption
        What the table holds.
    head
        Headings of the columns.
    rows
        Cells, as many in each row as there are headings.
    words
        How many columns from the left are words; the others are numbers, and stand to the right.

    Examples
    --------
    >>> print(table("Prices", ["what", "$"], [["gas", "3"]]))
    <div class="wide" tabindex="0" role="region" aria-label="Prices"><table>
    <caption>Prices</caption>
    <thead><tr><th scope="col">what</th><th scope="col" class="number">$</th></tr></thead>
    <tbody>
    <tr><th scope="row">gas</th><td class="number">3</td></tr>
    </tbody>
    </table></div>
    """
    kinds = ["" if place < words else ' class="number"' for place in range(len(head))]
    titles = "".join(f'<th scope="col"{kind}>{escape(text)}</th>' for kind, text in zip(kinds, head, strict=True))
    lines = []
    for first, *others in rows:
        cells = "".join(f"<td{kind}>{escape(text)}</td>" for kind, text in zip(kinds[1:], others, strict=True))
        lines.append(f'<tr><th scope="row">{escape(first)}</th>{cells}</tr>')
    name = escape(caption)
    return "\n".join(
        [
            f'<div class="wide" tabindex="0" role="region" aria-label="{name}"><table>',
            f"<caption>{name}</caption>",
            f"<thead><tr>{titles}</tr></thead>",
            "<tbody>",
            *lines,
            "</tbody>",
            "</table></div>",
        ]
    )


def picture(data: str, alt: str, caption: str, size: tuple[int, int]) -> str:
    """Write a figure: a picture that lies in the page itself, and what it shows.

    Parameters
    ----------
    data
        A ``data:`` address.
    alt, caption
        What it shows for those who can't see it, and how to read it; plain texts.
    size
        Width and height, pixels: room is kept before the picture is decoded.
    """
    width, height = size
    said = f"\n<figcaption>{escape(caption)}</figcaption>" if caption else ""
    return f'<figure>\n<img src="{data}" width="{width}" height="{height}" alt="{escape(alt)}">{said}\n</figure>'


def folded(summary: str, inner: str) -> str:
    r"""Write something that opens when asked to; browsers do that without a script.

    Examples
    --------
    >>> folded("All keys", "<pre>x</pre>")
    '<details><summary>All keys</summary>\n<pre>x</pre>\n</details>'
    """
    return f"<details><summary>{escape(summary)}</summary>\n{inner}\n</details>"
