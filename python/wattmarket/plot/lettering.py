"""Text inside the axes: line ends labelled in place, months and numbers as people write them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from wattmarket.plot.palette import LIGHT, Theme
from wattmarket.units import MONTHS_PER_YEAR

__all__ = [
    "EndLabel",
    "label_ends",
    "month_name",
    "place_name",
    "short_name",
    "spread",
    "thousands",
    "workload_name",
    "year_axis",
    "years",
]


class EndLabel(NamedTuple):
    """A label for a line's end.

    Attributes
    ----------
    text
        What to write.
    value
        The line's last value, in data units.
    colour
        The line's colour.
    weight
        Font weight.
    """

    text: str
    value: float
    colour: str
    weight: str = "bold"


_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_PITCH_POINTS: Final = 11.0
_POINTS_PER_INCH: Final = 72.0


def month_name(month: dt.date) -> str:
    """Write a month as people do.

    Examples
    --------
    >>> month_name(dt.date(2029, 5, 1))
    'May 2029'
    """
    # Not strftime, whose month names follow the reader's locale.
    return f"{_MONTHS[month.month - 1]} {month.year}"


def place_name(name: str) -> str:
    """Shorten a metro's name to what fits beside a line.

    Examples
    --------
    >>> place_name("Ashburn / Washington DC (N. Virginia)")
    'Ashburn'
    """
    return name.partition(" / ")[0].partition(" (")[0]


def workload_name(workload: str) -> str:
    """Write a workload's name as people do.

    Examples
    --------
    >>> workload_name("foreground_agents"), workload_name("ar_robotics")
    ('foreground agents', 'AR and robotics')
    """
    return {"ar_robotics": "AR and robotics"}.get(workload, workload.replace("_", " "))


def years(months: Iterable[dt.date]) -> list[float]:
    """Place months on the time axis, in years: January 2029 is 2029.0.

    Examples
    --------
    >>> years([dt.date(2029, 1, 1), dt.date(2029, 7, 1)])
    [2029.0, 2029.5]
    """
    return [month.year + (month.month - 1) / MONTHS_PER_YEAR for month in months]


def year_axis(axes: Axes, months: Sequence[dt.date]) -> None:
    """Mark years along the time axis, every second (third, …) one when there are many, and end the axis with the data.

    Parameters
    ----------
    axes
        Axes whose x values are :func:`years`.
    months
        The months shown, in order; one month gets a little room on either side.
    """
    places = years(months)
    first, last = places[0], places[-1]
    if first == last:
        axes.set_xticks([first], [month_name(months[0])])
        axes.set_xlim(first - 0.05, last + 0.05)
        return
    whole = [year for year in range(months[0].year, months[-1].year + 1) if first <= year <= last]
    figure = axes.get_figure(root=True)
    width_in = axes.get_position().width * (figure.get_figwidth() if figure is not None else 1.0)
    room_in = 0.45 if width_in > 4 else 0.62
    step = max(1, -(-len(whole) // max(2, int(width_in / room_in))))
    if whole:
        axes.set_xticks(whole[::step], [str(year) for year in whole[::step]])
    else:
        axes.set_xticks([first], [month_name(months[0])])
    axes.set_xlim(first, last)


def thousands(axes: Axes) -> None:
    """Write the y axis's numbers with thousands separated by a comma."""
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}".replace("-", "−")))


def spread(places: Sequence[float], pitch: float) -> list[float]:
    """Move places apart until neighbours are at least a pitch away, as little as least squares allows.

    Parameters
    ----------
    places
        Wanted places, any order.
    pitch
        Smallest distance between two.

    Returns
    -------
    list[float]
        The places granted, in the order asked.

    Examples
    --------
    >>> spread([0.0, 1.0, 9.0], 4.0)
    [-1.5, 2.5, 9.0]
    """
    order = sorted(range(len(places)), key=lambda i: (places[i], i))
    # Pool adjacent violators on the places less their share of pitch; each block is (sum, members).
    blocks: list[tuple[float, int]] = []
    for rank, i in enumerate(order):
        block = (places[i] - rank * pitch, 1)
        while blocks and blocks[-1][0] / blocks[-1][1] > block[0] / block[1]:
            above = blocks.pop()
            block = (above[0] + block[0], above[1] + block[1])
        blocks.append(block)
    granted = [0.0] * len(places)
    rank = 0
    for total, members in blocks:
        for _ in range(members):
            granted[order[rank]] = total / members + rank * pitch
            rank += 1
    return granted


def label_ends(axes: Axes, labels: Sequence[EndLabel], *, size: float = 8.5, look: Theme = LIGHT) -> None:
    """Write each line's name at its right end, moved apart where ends crowd. Call it once the limits are final.

    Parameters
    ----------
    axes
        Axes with their final limits.
    labels
        One per line.
    size
        Font size, points.
    look
        Colours of the figure.
    """
    figure = axes.get_figure(root=True)
    if figure is None or not labels:
        return
    to_points = _POINTS_PER_INCH / figure.dpi
    bottom, top = axes.get_ylim()
    right = axes.get_xlim()[1]
    inside = [min(max(value, bottom), top) for value in (label.value for label in labels)]
    ends = [float(axes.transData.transform((right, value))[1]) * to_points for value in inside]
    places = spread(ends, max(_PITCH_POINTS, size * 1.25))
    moved = any(abs(place - end) > 3.0 for place, end in zip(places, ends, strict=True))
    for label, value, end, place in zip(labels, inside, ends, places, strict=True):
        axes.annotate(
            label.text,
            xy=(right, value),
            xytext=(13 if moved else 6, place - end),
            textcoords="offset points",
            color=label.colour,
            fontsize=size,
            weight=label.weight,
            va="center",
            ha="left",
            annotation_clip=False,
            arrowprops={"arrowstyle": "-", "color": look.faint, "lw": 0.6, "shrinkA": 1, "shrinkB": 2}
            if moved
            else None,
        )


def short_name(name: str, most: int = 28) -> str:
    """Shorten a name for the margin of a figure: without what stands in brackets, and cut if it is longer still.

    Examples
    --------
    >>> short_name("China Ningxia/Gansu (Zhongwei, Qingyang)")
    'China Ningxia/Gansu'
    >>> short_name("Amazon (AWS)", most=4)
    'Ama…'
    """
    plain = name.split(" (", maxsplit=1)[0]
    return plain if len(plain) <= most else f"{plain[: most - 1].rstrip()}…"
