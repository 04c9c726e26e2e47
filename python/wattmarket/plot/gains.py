"""Who gains from drift and who loses: agents' profits against the no-drift twin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from wattmarket import numeric
from wattmarket.findings.beyond import LEAST_TWINS, beyond_chance
from wattmarket.findings.players import class_sums, player_names, profits_at_the_end
from wattmarket.findings.twins import TwinTables
from wattmarket.plot.lettering import short_name
from wattmarket.plot.page import page
from wattmarket.plot.palette import Theme
from wattmarket.plot.subject import PlottedRun, source_line, twin_agents_of
from wattmarket.plot.theme import style

__all__ = ["gain_data", "gain_figure", "gains_figure"]

Float = NDArray[np.float64]

_AGENTS: Final = 14
_USD_PER_BILLION: Final = 1e9
_PALE: Final = 0.4
"""How strong a bar is that is not told from chance."""


def gain_data(agents: pl.DataFrame, *twins: pl.DataFrame) -> pl.DataFrame:
    """Set agents' profits over the run against those of its twins.

    Parameters
    ----------
    agents
        Table ``agents`` of a run.
    twins
        That of its twins, one or more.

    Returns
    -------
    pl.DataFrame
        Columns level (class or agent), name, class, agents (how many), profit_usd, twin_profit_usd (the twins' mean)
        and gain_usd, at the last month of all; low_usd, high_usd and told as `beyond_chance` has them, null with fewer
        twins than it takes; classes first, largest gain first.

    Examples
    --------
    >>> run = pl.DataFrame({"tick": [0, 0], "agent_id": ["H01", "E01"], "class": ["hyperscaler", "edge_investor"]})
    >>> run = run.with_columns(profit_usd=pl.Series([50, 10]))
    >>> twin = run.with_columns(profit_usd=pl.Series([30, 40]))
    >>> gain_data(run, twin).filter(pl.col("level") == "agent").select("name", "gain_usd", "told").rows()
    [('H01', 20, None), ('E01', -30, None)]
    """
    ids, classes, profits = profits_at_the_end(agents, *twins)
    names = sorted(set(classes))
    sums = np.array([class_sums(profit, classes, names) for profit in profits])
    sizes = [classes.count(name) for name in names]
    rows = pl.concat(
        [
            _level("class", names, names, sizes, sums),
            _level("agent", ids, classes, [1] * len(ids), profits),
        ]
    )
    return rows.sort("level", "gain_usd", "name", descending=[True, True, False], maintain_order=True)


def _level(level: str, names: list[str], classes: list[str], sizes: list[int], profits: Float) -> pl.DataFrame:
    """One row per class or agent; profits are those of the run, then of its twins, [1 + N, A]."""
    groups = classes if level == "agent" else [level] * len(names)
    run, twins = profits[0], profits[1:]
    mean = np.array([numeric.total(column) / len(twins) for column in twins.T])
    ends = dict.fromkeys(("low_usd", "high_usd", "told"), pl.Series([None] * len(names)))
    if len(twins) >= LEAST_TWINS:
        found = beyond_chance(run, twins, groups)
        low, high = found.change - found.half_width, found.change + found.half_width
        ends = {"low_usd": pl.Series(low), "high_usd": pl.Series(high), "told": pl.Series(found.told)}
    frame = pl.DataFrame(
        {
            "level": [level] * len(names),
            "name": names,
            "class": classes,
            "agents": pl.Series(sizes, dtype=pl.UInt32),
            "profit_usd": run,
            "twin_profit_usd": mean,
            "gain_usd": run - mean,
        }
        | ends
    )
    usd = [name for name in frame.columns if name.endswith("_usd")]
    return frame.with_columns(pl.col(usd).cast(pl.Float64).round(0).cast(pl.Int64), pl.col("told").cast(pl.Boolean))


def gain_figure(run: PlottedRun, others: Sequence[TwinTables] = (), *, theme: str | Theme = "light") -> Figure:
    """Draw :func:`gains_figure` of a run whose twin's agents were kept, and of further twins if there are any.

    Raises
    ------
    InputError
        If they were not.
    """
    further = [twin.agents for twin in others if twin.agents is not None]
    gains, names = gain_data(run.agents, twin_agents_of(run), *further), player_names(run.scenario)
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
        Bars in $ billion, classes on the left, agents on the right; lines: the interval in which one more twin would
        lie. Pale: not told from chance.
    """
    classes = gains.filter(pl.col("level") == "class")
    agents = gains.filter((pl.col("level") == "agent") & (pl.col("gain_usd") != 0))
    largest = agents.sort(pl.col("gain_usd").abs(), "name", descending=[True, False]).head(_AGENTS)
    largest = largest.sort("gain_usd", "name", descending=[True, False])
    lines = max(classes.height, largest.height, 4)
    with style(theme) as look:
        sheet = page(
            _title(classes),
            _measure(gains),
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


def _measure(gains: pl.DataFrame) -> str:
    """Say what the bars are, and what the lines."""
    if gains["told"].null_count():
        return "Profit over the run against its twin, same seed, no drift, $ billion; pale: not told from chance"
    return (
        "Profit over the run against the mean of its twins, same seed, no drift, $ billion; lines: as far as one more "
        "twin might lie; pale: not told from chance"
    )


def _title(classes: pl.DataFrame) -> str:
    """Name the class that gains most and the one that loses most, of those that do beyond chance."""
    if classes["told"].null_count():
        return f"Fewer than {LEAST_TWINS} twins don’t tell what drift does to profits from chance"
    told = classes.filter("told")
    if told.is_empty():
        return "Drift changes no class’s profit beyond chance"
    best, worst = told.row(0, named=True), told.row(-1, named=True)
    costs = f"costs {_plural(worst['name'])} {_amount(worst)}" if worst["gain_usd"] < 0 else ""
    gives = f"gives {_plural(best['name'])} {_amount(best)}" if best["gain_usd"] > 0 else ""
    return f"Drift {', '.join(filter(None, (costs, gives)))}"


def _plural(name: str) -> str:
    """Write a class as people do, in the plural."""
    words = name.replace("_", " ")
    return f"{words[:-1]}ies" if words.endswith("y") else f"{words}s"


def _amount(row: dict[str, int]) -> str:
    """Write an amount of dollars in words, with what chance leaves open."""
    billions = [abs(usd) / _USD_PER_BILLION for usd in (row["gain_usd"], row["gain_usd"] - row["low_usd"])]
    amount, open_ = (f"{each:,.{0 if billions[0] >= 10 else 2}f}" for each in billions)
    return f"${amount} bn (±{open_})"


def _bars(axes: Axes, names: list[str], rows: pl.DataFrame, lines: int, look: Theme) -> None:
    """Draw one bar per row, the largest gain at the top, with its amount and interval, on a panel of so many lines."""
    places = list(range(rows.height))
    billions = [usd / _USD_PER_BILLION for usd in rows["gain_usd"]]
    colours = [look.gain if amount >= 0 else look.loss for amount in billions]
    bars = axes.barh(places, billions, height=0.62, color=colours, zorder=2)
    ends = [[usd / _USD_PER_BILLION for usd in row] for row in rows.select("low_usd", "high_usd").drop_nulls().rows()]
    for bar, told in zip(bars, rows["told"], strict=True):
        bar.set_alpha(1.0 if told else _PALE)
    for place, (start, end) in enumerate(ends):
        axes.plot([start, end], [place, place], color=look.ink, lw=0.9, zorder=4)
    reach = max([abs(amount) for amount in billions], default=1.0) or 1.0
    digits = 0 if reach >= 20 else 1 if reach >= 1 else 3
    for place, amount in zip(places, billions, strict=True):
        # Beyond the line, where there is one.
        reached = [amount, *(ends[place] if ends else ())]
        axes.annotate(
            f"{amount:+,.{digits}f}".replace("-", "−"),
            xy=(max(reached) if amount >= 0 else min(reached), place),
            xytext=(4 if amount >= 0 else -4, 0),
            textcoords="offset points",
            va="center",
            ha="left" if amount >= 0 else "right",
            fontsize=8.0,
        )
    drawn = [0.0, *billions, *(end for both in ends for end in both)]
    low, high = min(drawn), max(drawn)
    room = 0.28 * ((high - low) or 1.0)
    axes.set_xlim(low - (room if low < 0 else 0), high + (room if high > 0 else 0) or 1.0)
    axes.set_ylim(max(lines, 1) - 0.4, -0.6)
    axes.set_yticks(places, names, color=look.ink)
    axes.set_xticks([])
    axes.plot([0, 0], [-0.6, max(rows.height, 1) - 0.4], color=look.faint, lw=0.9, zorder=3)
    axes.grid(visible=False)
    axes.spines["bottom"].set_visible(False)
