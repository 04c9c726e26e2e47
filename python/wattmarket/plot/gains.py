"""Who gains from drift and who loses: agents' profits against the no-drift twin."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from wattmarket.findings.players import player_names, profit_changes
from wattmarket.plot.lettering import short_name
from wattmarket.plot.page import page
from wattmarket.plot.palette import Theme
from wattmarket.plot.subject import PlottedRun, source_line, twin_agents_of
from wattmarket.plot.theme import style

__all__ = ["gain_data", "gain_figure", "gains_figure"]

_AGENTS: Final = 14
_USD_PER_BILLION: Final = 1e9


def gain_data(agents: pl.DataFrame, twin_agents: pl.DataFrame) -> pl.DataFrame:
    """Set agents' profits over the run against those of the twin.

    Parameters
    ----------
    agents, twin_agents
        Tables ``agents`` of a run and of its twin.

    Returns
    -------
    pl.DataFrame
        Columns level (class or agent), name, class, agents (how many), profit_usd, twin_profit_usd and gain_usd, at the
        last month of both; classes first, largest gain first.

    Examples
    --------
    >>> run = pl.DataFrame({"tick": [0, 0], "agent_id": ["H01", "E01"], "class": ["hyperscaler", "edge_investor"]})
    >>> run = run.with_columns(profit_usd=pl.Series([50, 10]))
    >>> twin = run.with_columns(profit_usd=pl.Series([30, 40]))
    >>> gain_data(run, twin).filter(pl.col("level") == "agent").select("name", "gain_usd").rows()
    [('H01', 20), ('E01', -30)]
    """
    both = profit_changes(agents, twin_agents).rename({"change_usd": "gain_usd"})
    usd = ("profit_usd", "twin_profit_usd", "gain_usd")
    by_agent = both.select("class", "agent_id", *usd, agents=pl.lit(1, pl.UInt32))
    by_class = both.group_by("class").agg(pl.col(usd).sum(), agents=pl.len())
    columns = ("level", "name", "class", "agents", *usd)
    rows = pl.concat(
        [
            by_class.select(pl.lit("class").alias("level"), pl.col("class").alias("name"), "class", "agents", *usd),
            by_agent.select(pl.lit("agent").alias("level"), pl.col("agent_id").alias("name"), "class", "agents", *usd),
        ]
    ).select(columns)
    return rows.sort("level", "gain_usd", "name", descending=[True, True, False], maintain_order=True)


def gain_figure(run: PlottedRun, *, theme: str | Theme = "light") -> Figure:
    """Draw :func:`gains_figure` of a run whose twin's agents were kept.

    Raises
    ------
    InputError
        If they were not.
    """
    gains, names = gain_data(run.agents, twin_agents_of(run)), player_names(run.scenario)
    return gains_figure(gains, source_line(run), names=names, theme=theme)


def gains_figure(
    gains: pl.DataFrame,
    source: str = "",
    *,
    names: Mapping[str, str] | None = None,
    theme: str | Theme = "light",
) -> Figure:
    """Draw gains and losses by class, and of the agents with the largest.

    Parameters
    ----------
    gains
        As :func:`gain_data` gives them.
    source
        Line under the figure.
    names
        Names of agents by id; an agent without one goes by its id.
    theme
        ``light`` or ``dark``.

    Returns
    -------
    Figure
        Bars in $ billion, classes on the left, agents on the right.
    """
    classes = gains.filter(pl.col("level") == "class")
    agents = gains.filter((pl.col("level") == "agent") & (pl.col("gain_usd") != 0))
    largest = agents.sort(pl.col("gain_usd").abs(), "name", descending=[True, False]).head(_AGENTS)
    largest = largest.sort("gain_usd", "name", descending=[True, False])
    lines = max(classes.height, largest.height, 4)
    with style(theme) as look:
        sheet = page(
            _title(classes),
            "Profit over the run against one twin, same seed, no drift, $ billion; findings compare several twins",
            source,
            height_in=1.75 + 0.24 * lines,
            left_in=1.5,
            look=look,
        )
        left, right = sheet.grid(1, 2, wspace=0.55)
        _bars(left, [_class_name(row) for row in classes.iter_rows(named=True)], classes, lines, look)
        left.set_title("By class (number of agents)")
        called = names or {}
        agents_named = [short_name(called.get(name, name)) for name in largest["name"]]
        _bars(right, agents_named, largest, lines, look)
        right.set_title("Agents with the largest differences")
        return sheet.finished()


def _class_name(row: dict[str, object]) -> str:
    return f"{str(row['name']).replace('_', ' ')} ({row['agents']})"


def _title(classes: pl.DataFrame) -> str:
    """Name the class that gains most and the one that loses most."""
    best, worst = classes.row(0, named=True), classes.row(-1, named=True)
    costs = f"costs {_plural(worst['name'])} {_amount(-worst['gain_usd'])}" if worst["gain_usd"] < 0 else ""
    gives = f"gives {_plural(best['name'])} {_amount(best['gain_usd'])}" if best["gain_usd"] > 0 else ""
    if not costs and not gives:
        return "Drift changes nobody’s profit"
    return f"Drift {', '.join(filter(None, (costs, gives)))}"


def _plural(name: str) -> str:
    """Write a class as people do, in the plural."""
    words = name.replace("_", " ")
    return f"{words[:-1]}ies" if words.endswith("y") else f"{words}s"


def _amount(usd: int) -> str:
    """Write an amount of dollars in words."""
    billions = usd / _USD_PER_BILLION
    return f"${billions:,.0f} bn" if billions >= 10 else f"${billions:,.2f} bn"


def _bars(axes: Axes, names: list[str], rows: pl.DataFrame, lines: int, look: Theme) -> None:
    """Draw one bar per row, the largest gain at the top, with its amount at its end, on a panel of so many lines."""
    places = list(range(rows.height))
    billions = [usd / _USD_PER_BILLION for usd in rows["gain_usd"]]
    colours = [look.gain if amount >= 0 else look.loss for amount in billions]
    axes.barh(places, billions, height=0.62, color=colours, zorder=2)
    reach = max([abs(amount) for amount in billions], default=1.0) or 1.0
    digits = 0 if reach >= 20 else 1 if reach >= 1 else 3
    for place, amount in zip(places, billions, strict=True):
        axes.annotate(
            f"{amount:+,.{digits}f}".replace("-", "−"),
            xy=(amount, place),
            xytext=(4 if amount >= 0 else -4, 0),
            textcoords="offset points",
            va="center",
            ha="left" if amount >= 0 else "right",
            fontsize=8.0,
        )
    low, high = min([0.0, *billions]), max([0.0, *billions])
    room = 0.28 * ((high - low) or 1.0)
    axes.set_xlim(low - (room if low < 0 else 0), high + (room if high > 0 else 0) or 1.0)
    axes.set_ylim(max(lines, 1) - 0.4, -0.6)
    axes.set_yticks(places, names, color=look.ink)
    axes.set_xticks([])
    axes.plot([0, 0], [-0.6, max(rows.height, 1) - 0.4], color=look.faint, lw=0.9, zorder=3)
    axes.grid(visible=False)
    axes.spines["bottom"].set_visible(False)
