"""``python -m benchmarks.clearing.figures``: draw the kept results, in the look of the project's own figures."""

from __future__ import annotations

import json
import statistics
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from benchmarks.clearing.report import seconds
from wattmarket.plot.lettering import spread
from wattmarket.plot.page import page
from wattmarket.plot.palette import LIGHT
from wattmarket.plot.theme import save, style

__all__ = ["draw", "growth_figure", "tick_figure"]

RESULTS = Path(__file__).resolve().parents[1] / "results"
TICKS_PNG, GROWTH_PNG = "clearing.png", "growth.png"

PEERS = ("#7a4f2a", "#b07d48", "#5f6b52")
"""OR-Tools, LEMON, HiGHS: earth tones, so that ours stand out."""

Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the first figure: which number of which driver, and how it is drawn."""

    driver: str
    label: str
    colour: str
    part: str = ""
    dashed: bool = False
    width: float = 1.8


LINES = (
    Line("ortools", "OR-Tools, min-cost flow", PEERS[0]),
    Line("lemon", "LEMON, network simplex", PEERS[1]),
    Line("highs", "HiGHS, warm dual simplex", PEERS[2]),
    Line("flow", "FlowNetwork, all arcs", LIGHT.drift, width=1.5),
    Line("highs_near", "HiGHS, near-tight arcs", PEERS[2], dashed=True),
    Line("spot", "SpotMarket, published", LIGHT.edge, part="all", width=1.3, dashed=True),
    Line("spot", "SpotMarket, proved", LIGHT.edge, width=2.8),
    Line("floor", "floor, every pair once", LIGHT.ink, dashed=True, width=1.3),
)


def tick_figure(record: Record) -> Figure:
    """Tick time against the number of arcs, both logarithmic, every program a line."""
    measured = record["measurements"]
    arcs = {one["size"]: one["arcs"] for one in measured if one["arcs"]}
    with style():
        sheet = page(
            _finding(measured),
            "Processor time of a tick on one core against the arcs of the network, both logarithmic. One run, the same "
            "markets, equal objectives. The near-tight arcs are chosen with hindsight, and without proof. Published: "
            "with unique flows, both price vectors and the certificate of the columns, as FlowNetwork too.",
            f"{_machine(record)}. {_versions(measured)}.",
            height_in=6.6,
            right_in=2.72,
            left_in=0.72,
            headings=False,
        )
        sheet = replace(sheet, bottom=sheet.bottom + 0.03)
        [axes] = sheet.grid()
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.set_xlim(min(arcs.values()) * 0.8, max(arcs.values()))
        points = {line: _points(measured, line) for line in LINES}
        stopped = {arcs[size]: limit_s for size, limit_s in _given_up(measured).items()}
        times = [time for path in points.values() for _, time in path]
        axes.set_ylim(min(times) * 0.6, max([*times, *stopped.values()]) * 1.6)
        ends = []
        for line, path in points.items():
            if path:
                _draw(axes, line, path)
                ends.append((line, path[-1], seconds(path[-1][1])))
        for place, limit_s in stopped.items():
            # Where a program found nothing, an arrow at the time it was given.
            [(line, last, _)] = [end for end in ends if end[0].driver == "highs"] or [(LINES[2], (place, limit_s), "")]
            axes.plot([last[0], place], [last[1], limit_s], color=line.colour, lw=1.0, ls=":")
            axes.plot([place], [limit_s], marker="^", ms=6, color=line.colour, clip_on=False)
            ends = [end for end in ends if end[0] is not line]
            ends.append((line, (place, limit_s), f"none in {limit_s:.0f} s"))
        _time_axis(axes)
        axes.xaxis.set_major_locator(FixedLocator(sorted(arcs.values())))
        axes.xaxis.set_minor_locator(NullLocator())
        axes.set_xticks(sorted(arcs.values()), [_arcs_name(size, arcs[size]) for size in sorted(arcs, key=arcs.get)])  # type: ignore[arg-type]
        _label_right(axes, ends)
        return sheet.figure


def growth_figure(record: Record) -> Figure:
    """Two panels: tick against the size of a shock, with the cold time; tick and cold against the number of sites."""
    with style():
        sheet = page(
            "What a tick costs by how much has changed, and by the size of the market",
            f"Processor time on one core. Left: tick after a shock at {record['size']}, each value multiplied by a "
            "factor drawn evenly from 1 ± the shock. Right: markets of equal density, ten sites to a metro; the floor "
            "looks at every pair once.",
            f"{_machine(record)}.",
            height_in=4.6,
            left_in=0.72,
            right_in=1.42,
        )
        left, right = sheet.grid(1, 2, wspace=0.66)
        _shock_panel(left, record)
        _scale_panel(right, record["scales"])
        return sheet.figure


def _shock_panel(axes: Axes, record: Record) -> None:
    axes.set_title("Size of the shock")
    axes.set_xscale("log")
    axes.set_yscale("log")
    colours = {"demand": LIGHT.edge, "cost": LIGHT.drift, "capacity": LIGHT.core}
    ends = []
    for kind, colour in colours.items():
        path = [(one["spread"], one["tick_s"]) for one in record["shocks"] if one["kind"] == kind]
        if path:
            _draw(axes, Line(kind, kind, colour), path)
            ends.append((Line(kind, kind, colour), path[-1], ""))
    axes.axhline(record["cold_s"], color=LIGHT.ink, lw=1.2, ls=(0, (4, 2)))
    spreads = sorted({one["spread"] for one in record["shocks"]})
    axes.set_xlim(spreads[0] * 0.85, spreads[-1])
    axes.set_xticks(spreads, [f"±{100 * spread:g}%" for spread in spreads])
    axes.xaxis.set_minor_locator(NullLocator())
    _roomy(axes)
    ends.append((Line("cold", "from nothing", LIGHT.ink), (spreads[-1], record["cold_s"]), ""))
    _time_axis(axes)
    _label_right(axes, ends)


def _scale_panel(axes: Axes, scales: Sequence[Mapping[str, float]]) -> None:
    axes.set_title("Number of sites")
    axes.set_xscale("log")
    axes.set_yscale("log")
    lines = (
        (Line("cold", "from nothing", LIGHT.ink, dashed=True, width=1.2), "cold_s"),
        (Line("tick", "tick", LIGHT.edge, width=2.4), "tick_s"),
        (Line("floor", "floor", LIGHT.muted, dashed=True, width=1.2), "floor_s"),
    )
    ends = []
    for line, column in lines:
        path = [(one["sites"], one[column]) for one in scales if one[column]]
        if path:
            _draw(axes, line, path)
            ends.append((line, path[-1], seconds(path[-1][1])))
    sites = sorted(one["sites"] for one in scales)
    axes.set_xlim(sites[0] * 0.85, sites[-1])
    axes.set_xticks(sites, [f"{count / 1000:g}k" if count >= 1000 else f"{count:g}" for count in sites])
    axes.xaxis.set_minor_locator(NullLocator())
    _roomy(axes)
    _time_axis(axes)
    _label_right(axes, ends)


def _points(measured: Sequence[Record], line: Line) -> list[tuple[int, float]]:
    """Arcs and median tick of one line, size by size."""
    found = []
    for one in measured:
        if one["driver"] == line.driver:
            start = "warm" if one["warm_starts"] else "cold"
            ticks = [solve for solve in one["solves"] if solve["start"] == start]
            times = [sum(tick["beside"].values()) if line.part == "all" else tick["cpu_s"] for tick in ticks]
            if times:
                found.append((one["arcs"], statistics.median(times)))
    return sorted(found)


def _given_up(measured: Sequence[Record]) -> dict[str, float]:
    """Sizes at which HiGHS was stopped before it had one optimum, and after how long."""
    stopped = [
        one for one in measured if one["driver"] == "highs" and not one["solves"] and "stopped" in one["problem"]
    ]
    return {one["size"]: float(one["problem"].split("after ")[1].split(" s")[0]) for one in stopped}


def _finding(measured: Sequence[Record]) -> str:
    """Say how far ahead a tick is on the largest market that a peer solved."""
    ticks: dict[int, dict[str, float]] = {}
    for line in LINES:
        if not line.part:
            for arcs, time in _points(measured, line):
                ticks.setdefault(arcs, {})[line.driver] = time
    for arcs in sorted(ticks, reverse=True):
        peers = [ticks[arcs][name] for name in ("ortools", "lemon", "highs") if name in ticks[arcs]]
        if peers and "spot" in ticks[arcs]:
            ratio = float(f"{min(peers) / ticks[arcs]['spot']:.2g}")
            count = f"{arcs / 1e6:.0f} million" if arcs >= 1e6 else f"{arcs:,}"
            return f"{count} arcs: an optimum, proved, {ratio:,.0f} times faster than by the best peer"
    return "Time of a tick"


def _machine(record: Record) -> str:
    machine = record["machine"]
    return f"{machine['processor']} ({machine['family, model, stepping']}), one core, {machine['widest SIMD']}"


def _versions(measured: Sequence[Record]) -> str:
    """Name and number of every program: the first two words of what it says of itself."""
    versions = (one["version"] for one in measured if one["role"] in ("ours", "peer"))
    return ", ".join(dict.fromkeys(" ".join(version.split()[:2]) for version in versions if version))


def _arcs_name(size: str, arcs: int) -> str:
    count = f"{arcs / 1e6:.3g} million" if arcs >= 1e6 else f"{arcs:,}"
    return f"{size}\n{count}"


def _roomy(axes: Axes) -> None:
    low, high = axes.get_ylim()
    axes.set_ylim(low / 1.3, high * 1.3)


def _time_axis(axes: Axes) -> None:
    """Whole powers of ten, written as times."""
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: seconds(value)))
    axes.yaxis.set_minor_locator(NullLocator())


def _draw(axes: Axes, line: Line, path: Sequence[tuple[float, float]]) -> None:
    x, y = zip(*path, strict=True)
    axes.plot(x, y, color=line.colour, lw=line.width, ls=(0, (4, 2)) if line.dashed else "-")
    axes.plot(x, y, color=line.colour, lw=0, marker="o", ms=3.6, clip_on=False)


def _label_right(axes: Axes, ends: Sequence[tuple[Line, tuple[float, float], str]]) -> None:
    """Write each line's name and last value right of the axes, moved apart where ends crowd."""
    figure = axes.get_figure(root=True)
    assert figure is not None
    to_points = 72.0 / figure.dpi
    right = float(axes.transAxes.transform((1.0, 0.0))[0]) * to_points
    places = [axes.transData.transform(end) * to_points for _, end, _ in ends]
    heights = spread([float(place[1]) for place in places], 12.5)
    for (line, end, value), place, height in zip(ends, places, heights, strict=True):
        axes.annotate(
            f"{line.label}  {value}".rstrip(),
            xy=end,
            xytext=(right - float(place[0]) + 16, height - float(place[1])),
            textcoords="offset points",
            color=line.colour,
            fontsize=8.0,
            weight="bold" if line.width > 2 else "normal",
            va="center",
            annotation_clip=False,
            arrowprops={"arrowstyle": "-", "color": LIGHT.faint, "lw": 0.6, "shrinkA": 1, "shrinkB": 3},
        )


def draw(folder: Path) -> list[Path]:
    """Draw what the results in a folder allow; gives the files."""
    drawn = []
    figures = (("clearing.json", tick_figure, TICKS_PNG), ("growth.json", growth_figure, GROWTH_PNG))
    for source, figure, target in figures:
        if (folder / source).exists():
            record = json.loads((folder / source).read_text())
            drawn.append(save(figure(record), folder / target))
    return drawn


if __name__ == "__main__":
    for path in draw(Path(sys.argv[1]) if len(sys.argv) > 1 else RESULTS):
        print(path)
