"""Chains in plain sentences."""

from __future__ import annotations

from typing import Final

from wattmarket.model import ClearedMonth
from wattmarket.scenario import Workload
from wattmarket.spot import ChainLink, PriceChain
from wattmarket.spot.nodes import Node, Places
from wattmarket.units import MUSD_PER_KWH_PER_USD_PER_MWH
from wattmarket.world import World

__all__ = ["Words", "running_text", "usd_per_mwh_text"]

# What becomes of one more kilowatt (highest price) and what is spared by one less (lowest), for an arc that is followed
# from tail to head, and for one that is followed back. {a} is the link's start, {b} its end, {use} how full the arc is.
_SENTENCES: Final[dict[tuple[str, str, bool], str]] = {
    ("transport", "highest", True): "{a} would run at {b}, which is near enough",
    ("transport", "highest", False): "{full}it would take the place of {b}, which runs there ({use})",
    ("transport", "lowest", True): "less of {a} would run at {b} ({use})",
    ("transport", "lowest", False): "its room would be taken up by {b}",
    ("gathering", "highest", True): "{a} would run wherever {b} runs",
    ("gathering", "highest", False): "of that, {b} would give way ({use})",
    ("gathering", "lowest", True): "less of {a} would run wherever {b} runs ({use})",
    ("gathering", "lowest", False): "of that, {b} would take it up",
    ("entry", "highest", True): "{a} would run at {b}",
    ("entry", "highest", False): "{full}it would take the place of {b}, which runs there ({use})",
    ("entry", "lowest", True): "less of {a} would run at {b} ({use})",
    ("entry", "lowest", False): "its room would be taken up by {b}",
    ("pool", "highest", True): "it would run on {a}, which are not all in use ({use}), at their running cost",
    ("pool", "highest", False): "it would take the shell's space from {b}, whose running cost is spared",
    ("pool", "lowest", True): "the running cost of {a} would be spared",
    ("pool", "lowest", False): "the shell's space would be taken up by {b}, at their running cost",
    ("shell", "highest", True): "it would use {a}, which has room ({use})",
    ("shell", "highest", False): "it would take the connection from {b}",
    ("shell", "lowest", True): "{a} would be used less ({use})",
    ("shell", "lowest", False): "the connection would be taken up by {b}",
    ("connection", "highest", True): "it would draw over {a}, which has room ({use}), from {b}",
    ("connection", "highest", False): "it would take power that {b} draws ({use})",
    ("connection", "lowest", True): "{a} would draw less ({use}) from {b}",
    ("connection", "lowest", False): "that power would be drawn over {b}",
    ("plant", "highest", True): "the plant behind the meter at {a} would give more ({use})",
    ("plant", "lowest", True): "the plant behind the meter at {a} would give less ({use})",
    ("link", "highest", True): "{a} would draw more from {b} over the link {item} ({use})",
    ("link", "highest", False): "{b} would draw less from {a} over the link {item} ({use})",
    ("link", "lowest", True): "{a} would draw less from {b} over the link {item} ({use})",
    ("link", "lowest", False): "{b} would draw more from {a} over the link {item} ({use})",
    ("generation", "highest", True): "{item} in {a} would give more ({use})",
    ("generation", "lowest", True): "{item} in {a} would give less ({use})",
    (
        "willingness",
        "highest",
        True,
    ): "{a} would go without, on the step that pays {price} ({use} goes without already)",
    (
        "willingness",
        "lowest",
        True,
    ): "{a} that goes without now, and would pay {price}, would be served ({use} goes without)",
}


_FULL: Final[dict[str | None, str]] = {
    "pool": "the accelerators there being all in use, ",
    "shell": "the shell there being full, ",
    "grid": "the connection there being full, ",
    None: "",
}


_CREDIT: Final = " (their credit for efficiency is more than the cost)"


def usd_per_mwh_text(musd_per_kwh: int) -> str:
    """Write a price.

    Examples
    --------
    >>> usd_per_mwh_text(1_150_500), usd_per_mwh_text(-20)
    ('$1,150.50/MWh', '-$0.02/MWh')
    """
    sign = "-" if musd_per_kwh < 0 else ""
    return f"{sign}${abs(musd_per_kwh) / MUSD_PER_KWH_PER_USD_PER_MWH:,.2f}/MWh"


def running_text(musd_per_kwh: int) -> str:
    """Write what running costs; below nil, what accelerators save users by their efficiency is more than the cost.

    Examples
    --------
    >>> running_text(12_000), running_text(-171_000)
    ('$12.00/MWh', '-$171.00/MWh (their credit for efficiency is more than the cost)')
    """
    return f"{usd_per_mwh_text(musd_per_kwh)}{_CREDIT if musd_per_kwh < 0 else ''}"


class Words:
    """Names nodes, and says what links of a chain mean.

    Parameters
    ----------
    world, workloads
        Where the names come from.
    places
        Numbers of the market's nodes.
    month
        The clearing that is told about.
    """

    def __init__(self, world: World, workloads: tuple[Workload, ...], places: Places, month: ClearedMonth) -> None:
        self._workloads = workloads
        self._month = month
        self._places = places
        self._metros = _named(world, "metros", "metro_id")
        self._sites = _named(world, "sites", "site_id")
        self._zones = _named(world, "zones", "zone_id")
        technologies = world.generators["technology"].to_list()
        ids = world.generators["generator_id"].to_list()
        self._steps = [f"{name} ({technology})" for name, technology in zip(ids, technologies, strict=True)]
        self._links: list[str] = world.links["link_id"].to_list()

    def site(self, place: int) -> str:
        """Name a site."""
        return self._sites[place]

    def zone(self, place: int) -> str:
        """Name a zone."""
        return self._zones[place]

    def node(self, node: Node) -> str:
        """Name a node."""
        if node.kind == "demand":
            metro, workload = divmod(node.place, len(self._workloads))
            return f"{self._workloads[workload].name} of {self._metros[metro]}"
        if node.kind == "hub":
            mine = [self._workloads[k].name for k in self._places.hub_workloads(node.place)]
            return f"{' and '.join(mine)} from anywhere"
        if node.kind in ("pool", "shell", "connection"):
            what = {"pool": "the accelerators", "shell": "the shell", "connection": "the connection"}[node.kind]
            layout = self._places.layout
            site = int(layout.pool_site[node.place]) if node.kind == "pool" else node.place
            return f"{what} of {self._sites[site]}"
        return self._zones[node.place] if node.kind == "zone" else "money"

    def item(self, link: ChainLink) -> str:
        """Name the step, link or plant that a link is; empty where its ends say it all."""
        if link.kind == "generation":
            return self._steps[link.item]
        if link.kind == "link":
            return self._links[link.item]
        return f"step {link.item + 1}" if link.kind == "willingness" else ""

    def constraint(self, link: ChainLink) -> str | None:
        """Name the capacity that makes a link of displacement necessary: the innermost that is full where it starts.

        None for links that displace nothing, and where everything has room: then giving way is as cheap as power.
        """
        if link.kind not in ("transport", "entry") or link.source.kind not in ("pool", "shell"):
            return None
        state, clearing, layout = self._month.state, self._month.clearing, self._places.layout
        place = link.source.place
        site = int(layout.pool_site[place]) if link.source.kind == "pool" else place
        full = {
            "pool": link.source.kind == "pool" and clearing.pool_flow[place] >= state.pool_kw[place],
            "shell": clearing.shell_flow[site] >= state.shell_kw[site],
            "grid": clearing.grid_flow[site] >= state.grid_kw[site] and clearing.btm_flow[site] >= state.btm_kw[site],
        }
        return next((name for name, is_full in full.items() if is_full), None)

    def bid(self, link: ChainLink) -> str:
        """Name a bid and what it asks or pays."""
        price = usd_per_mwh_text(abs(link.amount) if link.amount >= 0 else link.amount)
        if link.kind == "willingness":
            return f"what {self.node(link.source)} would pay on its step {link.item + 1}, {price}"
        if link.kind == "plant":
            return f"the cost of the plant behind the meter at {self._sites[link.source.place]}, {price}"
        return f"the cost of {self._steps[link.item]} in {self.node(link.source)}, {price}"

    def chain(self, chain: PriceChain) -> list[str]:
        """Say what a chain means, one clause a link."""
        return [self._clause(link, chain) for link in chain.links]

    def _clause(self, link: ChainLink, chain: PriceChain) -> str:
        # A kilowatt more is told along the flow, a kilowatt less against the change that makes up for it.
        along = (link.change_kw > 0) == (chain.end == "highest")
        text = _SENTENCES[link.kind, chain.end, along].format(
            a=self.node(link.source),
            b=self.node(link.target),
            item=self.item(link),
            use=_use(link),
            full=_FULL[self.constraint(link)],
            price=usd_per_mwh_text(abs(link.amount)),
        )
        if link.kind == "willingness" or not link.amount:
            return text
        credit = _CREDIT if link.kind == "pool" and self._running(link) < 0 else ""
        return f"{text}: {'+' if link.amount > 0 else ''}{usd_per_mwh_text(link.amount)}{credit}"

    def _running(self, link: ChainLink) -> int:
        """Running cost of the accelerators that a link runs on, micro-$ per kWh."""
        pool = link.source if link.source.kind == "pool" else link.target
        return int(self._month.state.pool_cost[pool.place])


def _use(link: ChainLink) -> str:
    """Say how full an arc is."""
    if link.capacity_kw is None:
        return f"{link.flow_kw:,} kW"
    return f"{link.flow_kw:,} of {link.capacity_kw:,} kW"


def _named(world: World, table: str, key: str) -> list[str]:
    """Return names of rows as people know them, with their ids."""
    frame = getattr(world, table)
    return [
        f"{one} ({name})" if name and name != one else one
        for one, name in zip(frame[key].to_list(), frame["name"].to_list(), strict=True)
    ]
