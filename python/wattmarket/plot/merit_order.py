"""Merit order of a zone: what its plants cost, how much of them is under contract, and where price and load stand."""

from __future__ import annotations

from typing import Any, Final

import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from wattmarket.errors import InputError
from wattmarket.plot.lettering import month_name
from wattmarket.plot.page import page
from wattmarket.plot.palette import Theme
from wattmarket.plot.subject import PlottedRun, month_of, shown_tick, source_line
from wattmarket.plot.theme import style
from wattmarket.units import KW_PER_GW

__all__ = ["largest_contracted_zone", "merit_order_data", "merit_order_figure"]

_NAMES: Final = {
    "solar_storage": "solar + storage",
    "gas_ccgt": "gas, combined cycle",
    "gas_turbine": "gas turbine",
    "fuel_cell": "fuel cell",
    "nuclear_restart": "nuclear restart",
}


def merit_order_data(supply: pl.DataFrame, generators: pl.DataFrame, zone_id: str, tick: int) -> pl.DataFrame:
    """Line up the steps of a zone, cheapest first.

    Parameters
    ----------
    supply
        Table of a run.
    generators
        Table of its world.
    zone_id
        The zone.
    tick
        The month.

    Returns
    -------
    pl.DataFrame
        Columns generator_id, technology, cost_usd_per_mwh, available_kw, contracted_kw (of what stands), from_gw and
        to_gw (its place in the merit order, GW of IT); steps that generate nothing are left out.

    Examples
    --------
    >>> supply = pl.DataFrame({"tick": [0, 0], "generator_id": ["Z/gas", "Z/wind"], "available_kw": [1000, 2000]})
    >>> supply = supply.with_columns(contracted_kw=pl.Series([0, 3000]), cost_usd_per_mwh=pl.Series([60.0, 40.0]))
    >>> world = pl.DataFrame({"generator_id": ["Z/gas", "Z/wind"], "technology": ["gas", "wind"]})
    >>> world = world.with_columns(zone_id=pl.lit("Z"))
    >>> merit_order_data(supply, world, "Z", 0).select("technology", "contracted_kw", "to_gw").rows()
    [('wind', 2000, 0.002), ('gas', 0, 0.003)]
    """
    mine = generators.filter(pl.col("zone_id") == zone_id).select("generator_id", "technology")
    steps = supply.filter((pl.col("tick") == tick) & (pl.col("available_kw") > 0)).join(mine, on="generator_id")
    upto = pl.col("available_kw").cum_sum()
    return steps.sort("cost_usd_per_mwh", "generator_id").select(
        *("generator_id", "technology", "cost_usd_per_mwh", "available_kw"),
        pl.min_horizontal("contracted_kw", "available_kw").alias("contracted_kw"),
        ((upto - pl.col("available_kw")) / KW_PER_GW).alias("from_gw"),
        (upto / KW_PER_GW).alias("to_gw"),
    )


def largest_contracted_zone(supply: pl.DataFrame, generators: pl.DataFrame, tick: int) -> str:
    """Zone with most standing power under contract in a month (if none is, most power)."""
    standing = pl.min_horizontal("contracted_kw", "available_kw").alias("contracted_kw")
    by_zone = (
        supply.filter(pl.col("tick") == tick)
        .join(generators.select("generator_id", "zone_id"), on="generator_id")
        .group_by("zone_id")
        .agg(standing.sum(), pl.col("available_kw").sum())
        .sort("contracted_kw", "available_kw", "zone_id", descending=[True, True, False])
    )
    return str(by_zone["zone_id"][0])


def merit_order_figure(
    run: PlottedRun, zone_id: str | None = None, tick: int | None = None, *, theme: str | Theme = "light"
) -> Figure:
    """Draw the supply steps of a zone in a month, the part under contract hatched, price and load marked.

    Parameters
    ----------
    run
        A run of the living market.
    zone_id
        The zone; the one with most power under contract unless given.
    tick
        The month; the last unless given.
    theme
        ``light`` or ``dark``.

    Returns
    -------
    Figure
        One panel, GW of IT against $ per MWh of IT.

    Raises
    ------
    InputError
        If there is no such zone, or no such month.
    """
    world = run.world
    at = shown_tick(run, tick)
    zone = largest_contracted_zone(run.supply, world.generators, at) if zone_id is None else zone_id
    names = dict(world.zones.select("zone_id", "name").iter_rows())
    if zone not in names:
        raise InputError(f"zone_id: {zone!r} is not a zone of this world")
    steps = merit_order_data(run.supply, world.generators, zone, at)
    now = run.zones.filter((pl.col("tick") == at) & (pl.col("zone_id") == zone)).row(0, named=True)
    with style(theme) as look:
        seen = list(dict.fromkeys(steps["technology"].to_list()))
        sheet = page(
            _title(names[zone], steps),
            f"Marginal cost of plants left for large loads, {month_name(month_of(run, at))}, in GW and $ per MWh of "
            "IT. Hatched: under contract (PPA).",
            source_line(run),
            height_in=4.6,
            right_in=1.3,
            key=[(_NAMES.get(name, name), look.technologies[name]) for name in seen],
            look=look,
        )
        (axes,) = sheet.grid()
        _steps(axes, steps, look)
        _marks(axes, steps, now, look)
        return sheet.finished()


def _title(zone: str, steps: pl.DataFrame) -> str:
    """State size and contracted part."""
    total, sold = int(steps["available_kw"].sum()), int(steps["contracted_kw"].sum())
    if not total:
        return f"{zone} has no plant for large loads"
    return f"{zone}: {total / KW_PER_GW:,.1f} GW of plants, {sold / total:.0%} of it under contract"


def _steps(axes: Axes, steps: pl.DataFrame, look: Theme) -> None:
    """Draw one block per step, the contracted part of it first and hatched."""
    for row in steps.iter_rows(named=True):
        start, cost, colour = row["from_gw"], row["cost_usd_per_mwh"], look.technologies[row["technology"]]
        sold = row["contracted_kw"] / KW_PER_GW
        axes.bar(
            [start], [cost], width=row["to_gw"] - start, align="edge", color=colour, ec=look.ground, lw=0.8, zorder=2
        )
        if sold > 0:
            axes.bar(
                [start], [cost], width=sold, align="edge", fill=False, hatch="////", ec=look.ground, lw=0.0, zorder=3
            )


def _marks(axes: Axes, steps: pl.DataFrame, now: dict[str, Any], look: Theme) -> None:
    """Mark price, generation and load; a price far above all plants is written at the upper edge."""
    price, generated, load = now["lmp_usd_per_mwh"], now["generation_kw"] / KW_PER_GW, now["load_kw"] / KW_PER_GW
    dearest = max(steps["cost_usd_per_mwh"].to_list(), default=1.0)
    top = 1.3 * (price if dearest < price <= 2.0 * dearest else dearest)
    width = max([*steps["to_gw"].to_list(), load, generated, 1e-6])
    axes.set_xlim(0, width * 1.03)
    axes.set_ylim(0, top)
    axes.axhline(min(price, top), color=look.ink, lw=1.4, ls="-" if price <= top else (0, (4, 2)), zorder=4)
    axes.annotate(
        f"LMP ${price:,.0f}" + ("" if price <= top else " ↑"),
        xy=(1.0, min(price, top)),
        xycoords=axes.get_yaxis_transform(),
        xytext=(6, 0),
        textcoords="offset points",
        va="center",
        weight="bold",
        annotation_clip=False,
    )
    digits = _digits(generated, load)
    marks = [
        (generated, f"generated {generated:,.{digits}f} GW", (0, (3, 2))),
        (load, f"load {load:,.{digits}f} GW", "-"),
    ]
    if now["load_kw"] == now["generation_kw"]:
        marks = [(load, f"load {load:,.1f} GW, generated here", "-")]
    # The lower one's name stands to the left of its line, the higher one's to the right.
    for place, (x, text, dashes) in enumerate(sorted(marks, key=lambda mark: mark[0])):
        axes.axvline(x, color=look.drift, lw=1.4, ls=dashes, zorder=4)
        left = place == 0 and (len(marks) > 1 or x > 0.5 * width)
        axes.annotate(
            text,
            xy=(x, top),
            xytext=(-3 if left else 3, 4),
            textcoords="offset points",
            ha="right" if left else "left",
            va="bottom",
            color=look.drift,
            weight="bold",
            annotation_clip=False,
        )


def _digits(one: float, other: float) -> int:
    """Decimals that tell two amounts apart, where three can: at least one."""
    return next((digits for digits in (1, 2) if f"{one:.{digits}f}" != f"{other:.{digits}f}"), 3)
