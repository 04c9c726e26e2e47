"""World map of what binds: which of the four goods of a package is the short one at every site."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import polars as pl
from matplotlib.figure import Figure

from wattmarket.plot.lettering import month_name
from wattmarket.plot.page import page
from wattmarket.plot.palette import Theme
from wattmarket.plot.subject import PlottedRun, month_of, plotted_year, shown_tick, source_line, tick_value
from wattmarket.plot.theme import style
from wattmarket.plot.world_map import WorldMap, dots_of
from wattmarket.schema import BINDING
from wattmarket.units import HOURS_PER_MONTH, MONTHS_PER_YEAR

__all__ = ["EXPLAINED", "constraint_data", "constraint_map_figure", "site_constraints"]

EXPLAINED: Final = (
    "Accelerators standing, by the good that is short: on the forward market where anything was bought in the last "
    "twelve months, else on the spot market. Area = capacity, each map to its own scale; a metro’s edge sites share a "
    "dot."
)
_NAMES: Final = {
    "silicon": "accelerators bind",
    "land": "land binds",
    "slot": "connections bind",
    "energy": "energy binds",
    "none": "nothing binds",
}
_SPOT: Final = {"pool": "silicon", "shell": "land", "grid": "slot", "none": "none"}


def site_constraints(
    sites: pl.DataFrame,
    world_sites: pl.DataFrame,
    *,
    zones: pl.DataFrame,
    awards: pl.DataFrame,
    supply: pl.DataFrame,
    generators: pl.DataFrame,
    tick: int,
) -> pl.DataFrame:
    """Tell which good binds at every site with accelerators in a month.

    Parameters
    ----------
    sites, zones, awards, supply
        Tables of a run.
    world_sites, generators
        Tables of its world.
    tick
        The month.

    Returns
    -------
    pl.DataFrame
        Columns site_id, label (silicon, land, slot, energy or none), pool_kw, and read (forward or spot), by site_id.

    Notes
    -----
    *Forward*, where packages were won at the site within the last twelve months: every award names the good whose price
    lies furthest above the dearest ask of it sold (column ``binding``); the good with most kW is the site's, of equals
    the first in the order above.

    *Spot*, where none were: the capacity that bound there this month (column ``binding`` of ``sites``), its pool read
    as silicon, its shell as land, its connection as a slot. Energy takes the place of silicon and none where the zone's
    price stands further above its dearest plant than the rent of the site's pool above nil.
    """
    now = sites.filter((pl.col("tick") == tick) & (pl.col("pool_kw") > 0)).join(
        world_sites.select("site_id", "zone_id"), on="site_id"
    )
    rent = pl.col("rent_usd_per_mw_month") / HOURS_PER_MONTH
    short = (pl.col("scarcity").fill_null(0.0) > rent) & pl.col("binding").is_in(["pool", "none"])
    spot = pl.when(short).then(pl.lit("energy")).otherwise(pl.col("binding").replace_strict(_SPOT))
    return (
        now.join(_scarcity(zones, supply, generators, tick), on="zone_id", how="left")
        .join(_bought(awards, tick), on="site_id", how="left")
        .select(
            "site_id",
            pl.coalesce("good", spot).alias("label"),
            "pool_kw",
            pl.when(pl.col("good").is_null()).then(pl.lit("spot")).otherwise(pl.lit("forward")).alias("read"),
        )
        .sort("site_id")
    )


def _scarcity(zones: pl.DataFrame, supply: pl.DataFrame, generators: pl.DataFrame, tick: int) -> pl.DataFrame:
    """How far each zone's price stands above its dearest plant, $ per MWh; zones without plants are left out."""
    standing = supply.filter((pl.col("tick") == tick) & (pl.col("available_kw") > 0))
    dearest = (
        standing.join(generators.select("generator_id", "zone_id"), on="generator_id")
        .group_by("zone_id")
        .agg(pl.col("cost_usd_per_mwh").max())
    )
    price = zones.filter(pl.col("tick") == tick).select("zone_id", "lmp_usd_per_mwh")
    above = pl.col("lmp_usd_per_mwh") - pl.col("cost_usd_per_mwh")
    return price.join(dearest, on="zone_id").select("zone_id", above.alias("scarcity"))


def _bought(awards: pl.DataFrame, tick: int) -> pl.DataFrame:
    """Good that bound most kW bought at each site within the last twelve months."""
    lately = awards.filter((pl.col("tick") <= tick) & (pl.col("tick") > tick - MONTHS_PER_YEAR))
    order = pl.col("binding").replace_strict(list(BINDING), list(range(len(BINDING))), return_dtype=pl.Int32)
    return (
        lately.group_by("site_id", "binding")
        .agg(pl.col("kw").sum())
        .sort("site_id", -pl.col("kw"), order)
        .unique("site_id", keep="first", maintain_order=True)
        .select("site_id", pl.col("binding").alias("good"))
    )


def constraint_data(run: PlottedRun, ticks: Sequence[int] | None = None) -> pl.DataFrame:
    """List the dots of maps of what binds.

    Parameters
    ----------
    run, ticks
        As for :func:`constraint_map_figure`.

    Returns
    -------
    pl.DataFrame
        Columns tick, lat, lon, label, pool_kw.

    Raises
    ------
    InputError
        If the run has no such month.
    """
    world = run.world
    frames = []
    for tick in _ticks(run) if ticks is None else [shown_tick(run, tick) for tick in ticks]:
        labelled = site_constraints(
            run.sites,
            world.sites,
            zones=run.zones,
            awards=run.awards,
            supply=run.supply,
            generators=world.generators,
            tick=int(tick),
        )
        dots = dots_of(labelled, world.sites, world.metros)
        frames.append(dots.select(pl.lit(int(tick)).alias("tick"), pl.all()))
    return pl.concat(frames)


def constraint_map_figure(
    run: PlottedRun, ticks: Sequence[int] | None = None, *, theme: str | Theme = "light"
) -> Figure:
    """Draw world maps of sites coloured by the good that is short there; see :func:`site_constraints` for the rule.

    Parameters
    ----------
    run
        A run of the living market.
    ticks
        Months of the maps, one above the other. Unless given: a year before the break (without one, the start of the
        year in which the edge index stood highest), and the last of the run.
    theme
        ``light`` or ``dark``.

    Returns
    -------
    Figure
        Maps (Equal Earth projection), with the capacity under each good.

    Raises
    ------
    InputError
        If the run has no such month.
    """
    shown = list(_ticks(run) if ticks is None else ticks)
    data = constraint_data(run, shown)
    dots = [data.filter(pl.col("tick") == tick) for tick in shown]
    with style(theme) as look:
        sheet = page(
            _title(dots),
            EXPLAINED,
            source_line(run),
            height_in=1.55 + 3.95 * len(shown),
            left_in=0.16,
            right_in=0.16,
            look=look,
        )
        for axes, tick, these in zip(sheet.grid(len(shown), 1, hspace=0.1), shown, dots, strict=True):
            world = WorldMap(axes, look.goods, "none", look)
            world.land()
            world.show(these)
            share = tick_value(run.ticks, tick, "batch_share")
            axes.set_title(f"{month_name(month_of(run, tick))}, batch share {share:.0%}")
        return sheet.finished()


def _ticks(run: PlottedRun) -> list[int]:
    first, last = plotted_year(run)[0], int(run.ticks["tick"][-1])
    return [first] if first == last else [first, last]


def _most_bound(dots: pl.DataFrame) -> tuple[str, float]:
    """Good that binds most capacity, and the share of all that it binds; ``none`` and nil if nothing stands."""
    total = int(dots["pool_kw"].sum())
    by_good = dots.group_by("label").agg(pl.col("pool_kw").sum()).sort("pool_kw", "label", descending=[True, False])
    return (by_good["label"][0], int(by_good["pool_kw"][0]) / total) if total else ("none", 0.0)


def _title(dots: list[pl.DataFrame]) -> str:
    """State what binds most, first and last."""
    (before, first), (after, last) = _most_bound(dots[0]), _most_bound(dots[-1])
    if len(dots) == 1 or (before == after and round(first, 2) == round(last, 2)):
        return f"{_NAMES[after].capitalize()} {last:.0%} of AI capacity"
    first_words = f"{_NAMES[before].capitalize()} {first:.0%} of AI capacity at first"
    return f"{first_words}, {'' if before == after else f'{_NAMES[after]} '}{last:.0%} at the end"
