"""Colours of figures on light and on dark ground; what each means is the same on both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

__all__ = ["DARK", "LIGHT", "Theme"]


@dataclass(frozen=True, slots=True)
class Theme:
    """Hex colours by what they mean.

    Parameters
    ----------
    name
        What it is called.
    ground, ink, muted, faint, grid, land
        The page, what is written on it in three strengths, lines of the grid, continents.
    edge, core, drift, gain, loss
        Nearness, power, agentic batch; who gains and who loses.
    labels, rents, goods, cohorts, technologies, workloads
        Readings of sites, parts of the rent, goods that bind, belief cohorts, plants, shipped workloads; by name.
    spare
        Workloads of a scenario's own, in order.
    """

    name: str
    ground: str
    ink: str
    muted: str
    faint: str
    grid: str
    land: str
    edge: str
    core: str
    drift: str
    gain: str
    loss: str
    labels: Mapping[str, str]
    rents: Mapping[str, str]
    goods: Mapping[str, str]
    cohorts: Mapping[str, str]
    technologies: Mapping[str, str]
    workloads: Mapping[str, str]
    spare: tuple[str, ...]


LIGHT: Final = Theme(
    name="light",
    ground="#ffffff",
    ink="#1c2126",
    muted="#5b6570",
    faint="#9aa3ad",
    grid="#e4e8ec",
    land="#e9edf0",
    edge="#1a6aa6",
    core="#d9730d",
    drift="#7b3f98",
    gain="#21867a",
    loss="#b83a72",
    labels={"latency-bound": "#1a6aa6", "watt-bound": "#d9730d", "marginal": "#7d8790", "idle": "#9aa3ad"},
    rents={"silicon": "#c3c9cf", "watt": "#f0a35a", "latency": "#5b9fd0"},
    goods={"silicon": "#7b3f98", "land": "#1a6aa6", "slot": "#21867a", "energy": "#d9730d", "none": "#9aa3ad"},
    cohorts={"naive": "#7d8790", "attentive": "#7b3f98", "extrapolator": "#21867a"},
    technologies={
        "solar_storage": "#f2c744",
        "wind": "#6cc4b8",
        "gas_ccgt": "#c97b52",
        "gas_turbine": "#e6b08f",
        "fuel_cell": "#b597cf",
        "nuclear": "#5a6fb5",
        "nuclear_restart": "#94a3d8",
        "geothermal": "#b25563",
        "hydro": "#4f9bcb",
        "coal": "#7a7671",
    },
    workloads={
        "voice": "#0b3c6f",
        "ar_robotics": "#c2417c",
        "chat": "#2580c3",
        "copilot": "#2a9d8f",
        "agents": "#80a832",
        "foreground_agents": "#80a832",
        "batch": "#7b3f98",
        "training": "#96601c",
        "non_ai": "#6d7780",
    },
    spare=("#4d7c0f", "#0e7490", "#a16207", "#475569", "#be123c"),
)

DARK: Final = Theme(
    name="dark",
    ground="#12161b",
    ink="#eef1f4",
    muted="#a9b2bc",
    faint="#6f7984",
    grid="#2a313a",
    land="#262d35",
    edge="#58a6de",
    core="#f0913a",
    drift="#bb8bd9",
    gain="#45b8a8",
    loss="#e5749f",
    labels={"latency-bound": "#58a6de", "watt-bound": "#f0913a", "marginal": "#98a2ad", "idle": "#7d8894"},
    rents={"silicon": "#5a646f", "watt": "#d98a3d", "latency": "#4593cc"},
    goods={"silicon": "#bb8bd9", "land": "#58a6de", "slot": "#45b8a8", "energy": "#f0913a", "none": "#7d8894"},
    cohorts={"naive": "#a9b2bc", "attentive": "#bb8bd9", "extrapolator": "#45b8a8"},
    technologies={
        "solar_storage": "#d8ae2f",
        "wind": "#4fa99d",
        "gas_ccgt": "#b0683f",
        "gas_turbine": "#cc9672",
        "fuel_cell": "#9b7cb8",
        "nuclear": "#5468b0",
        "nuclear_restart": "#7f8fca",
        "geothermal": "#a84c5a",
        "hydro": "#3f86b5",
        "coal": "#77736e",
    },
    workloads={
        "voice": "#a9c7f5",
        "ar_robotics": "#ec7fb0",
        "chat": "#4ba3e6",
        "copilot": "#47bdaf",
        "agents": "#a3c957",
        "foreground_agents": "#a3c957",
        "batch": "#bb8bd9",
        "training": "#cf9a52",
        "non_ai": "#98a2ad",
    },
    spare=("#9ac24f", "#3fb5d0", "#d9a441", "#94a3b8", "#f0718d"),
)
