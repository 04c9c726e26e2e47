"""What a run says of a rent: an explanation as data. `wattmarket.why` makes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from wattmarket.units import MUSD_PER_KWH_PER_USD_PER_MWH

__all__ = ["Why"]


@dataclass(frozen=True, slots=True)
class Why:
    """Why a site's rent is what it was in a month.

    Parameters
    ----------
    site, month
        Which site, and when.
    rent_usd_per_mw_month
        The rent, as the table ``sites`` has it; nil where the accelerators stood idle.
    table
        One row per term, end by end (``lowest``, ``highest``) of the interval of optimal prices: part (``price``,
        ``running``, ``energy``), place in its chain, kind of arc, its ends, generation step, link or step of demand,
        the capacity whose want makes load give way (``pool``, ``shell``, ``grid``), kW that would change,
        ``amount_musd_per_kwh`` (micro-$ per kWh: all amounts of an end add up to the rent there), flow and capacity of
        the arc, whether it is the bid that sets the price, and how many others tie with it. Where no accelerators run
        the terms are those of what other load pays; empty where the site stood idle.
    land
        One row per term of the land prices of the month's forward auction at this site, corner by corner, $ per
        kW-month; empty without agents, or where nobody bid on the site.
    sentences
        The same in words.
    """

    site: str
    month: str
    rent_usd_per_mw_month: float
    table: pl.DataFrame
    land: pl.DataFrame
    sentences: tuple[str, ...]

    def text(self) -> str:
        """Return the sentences as one text, a line each."""
        return "\n".join(self.sentences)

    def table_text(self) -> str:
        """Return the table as text: a line for each term, with a heading."""
        if not self.table.height:
            return "no terms: the site stands idle"
        heads = ("end", "part", "kind", "change", "$/MWh", "kW", "of kW", "")
        lines = [heads, *(_line(row) for row in self.table.iter_rows(named=True))]
        widths = [max(len(line[cell]) for line in lines) for cell in range(len(heads))]
        numbers = range(heads.index("change"), heads.index(""))
        return "\n".join(
            "  ".join(
                text.rjust(width) if cell in numbers else text.ljust(width)
                for cell, (text, width) in enumerate(zip(line, widths, strict=True))
            ).rstrip()
            for line in lines
        )

    def to_dict(self) -> dict[str, Any]:
        """Return all of it as plain numbers and texts."""
        return {
            "site": self.site,
            "month": self.month,
            "rent_usd_per_mw_month": self.rent_usd_per_mw_month,
            "sentences": list(self.sentences),
            "table": self.table.to_dicts(),
            "land": self.land.to_dicts(),
        }


def _line(row: dict[str, Any]) -> tuple[str, ...]:
    """Write a term as the cells of a line."""

    def number(name: str, form: str) -> str:
        return "" if row[name] is None else format(row[name], form)

    ends = [text for text in (row["from"], row["to"]) if text is not None]
    named = " to ".join(ends) + (f", {row['item']}" if row["item"] else "")
    usd = f"{row['amount_musd_per_kwh'] / MUSD_PER_KWH_PER_USD_PER_MWH:,.3f}"
    tied = f", {row['tied']} more tie" if row["tied"] else ""
    marks = f" [the bid{tied}]" if row["bid"] else ""
    use = (number("flow_kw", ",d"), number("capacity_kw", ",d"))
    return (row["end"], row["part"], row["kind"], number("change_kw", "+d"), usd, *use, f"{named}{marks}".strip())
