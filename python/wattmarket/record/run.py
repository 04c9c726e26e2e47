"""A finished run: its tables, its scenario and its manifest, in memory or in a folder."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Final

import polars as pl

from wattmarket.errors import DigestMismatchError, InputError
from wattmarket.record.manifest import Manifest
from wattmarket.record.why import Why
from wattmarket.scenario import Scenario, load_scenario
from wattmarket.schema import RECORDED_TABLES
from wattmarket.world import World

__all__ = ["CAPACITY_FILE", "PLAYERS_FILE", "SCENARIO_FILE", "TWIN_PREFIX", "TWIN_TABLES", "WORLD_FOLDER", "Run"]

SCENARIO_FILE: Final = "scenario.toml"
CAPACITY_FILE: Final = "capacity.csv"
PLAYERS_FILE: Final = "players.csv"
WORLD_FOLDER: Final = "world"
TWIN_PREFIX: Final = "twin_"
TWIN_TABLES: Final = ("ticks", "metro_values", "agents")
"""Tables kept of the no-drift twin, of those that the scenario asks for."""


@dataclass(frozen=True, eq=False, repr=False)
class Run:
    """A finished run. Made by `wattmarket.run` or by `Run.load`.

    Parameters
    ----------
    scenario
        The scenario that was run, fully resolved.
    manifest
        What was run, with which inputs, and the digests of what came out.
    path
        The run folder, or None for a run kept in memory.
    tables
        Tables kept in memory; the others are read from the folder when first asked for.
    loaded_world
        The world, if it is in memory; otherwise it is read from the folder when first asked for.
    """

    scenario: Scenario
    manifest: Manifest
    path: Path | None = None
    tables: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    loaded_world: World | None = None

    def __repr__(self) -> str:
        """Say in a line which run this is."""
        told = self.manifest
        ticks = f"seed {told.seed}, {told.ticks} ticks from {told.start}"
        place = f"in {self.path}" if self.path is not None else "in memory"
        return f"Run({told.title!r}, {ticks}, {place}; digest {told.digest[:12]})"

    @staticmethod
    def load(path: str | Path) -> Run:
        """Open a run folder. Tables are read, and checked against their SHA-256, when first asked for.

        Raises
        ------
        InputError
            If it isn't a run folder.
        DigestMismatchError
            If its manifest or its scenario was damaged.
        """
        folder = Path(path)
        manifest = Manifest.load(folder)
        _check(folder, manifest, SCENARIO_FILE)
        return Run(load_scenario(folder / SCENARIO_FILE), manifest, folder)

    @staticmethod
    def given(run: str | Path | Run) -> Run:
        """Take a run as it is, or open the run folder that a path names.

        Raises
        ------
        InputError, DigestMismatchError
            As `load`.
        """
        return run if isinstance(run, Run) else Run.load(run)

    def verify(self) -> None:
        """Check every file of the run folder against the manifest's SHA-256.

        Raises
        ------
        DigestMismatchError
            With one line for each file that is damaged or missing.
        """
        if self.path is not None and (lines := self.manifest.damage(self.path)):
            raise DigestMismatchError("\n".join(lines))

    def why(self, site: str, month: str | datetime.date) -> Why:
        """Explain the rent of a site in a month: the chain to the workload, constraint and bid that set it.

        The run is played again up to the month. See `wattmarket.why.why`.

        Parameters
        ----------
        site
            Its id.
        month
            ``"2026-05"``, or any day of the month.

        Raises
        ------
        InputError
            If the run has no such site or month.
        DigestMismatchError
            If the run's folder is damaged, or if other bits come out.
        """
        # A run is a record; who plays it again stands above it, and is called by name so that imports run one way.
        explain: Callable[[Run, str, str | datetime.date], Why] = import_module("wattmarket.why").why
        return explain(self, site, month)

    @cached_property
    def ticks(self) -> pl.DataFrame:
        """One row per month: the market as a whole."""
        return self._table("ticks")

    @cached_property
    def sites(self) -> pl.DataFrame:
        """One row per month and site."""
        return self._table("sites")

    @cached_property
    def metros(self) -> pl.DataFrame:
        """One row per month, metro and workload."""
        return self._table("metros")

    @cached_property
    def zones(self) -> pl.DataFrame:
        """One row per month and zone."""
        return self._table("zones")

    @cached_property
    def flows(self) -> pl.DataFrame:
        """One row per month, metro, workload and site with a flow."""
        return self._table("flows")

    @cached_property
    def agents(self) -> pl.DataFrame:
        """One row per month and agent of the living market, as all tables below."""
        return self._table("agents")

    @cached_property
    def awards(self) -> pl.DataFrame:
        """One row per month and award of the forward auction."""
        return self._table("awards")

    @cached_property
    def bids(self) -> pl.DataFrame:
        """One row per month and bid of the forward auction, where `output.tables` asks for it."""
        return self._table("bids")

    @cached_property
    def contracts(self) -> pl.DataFrame:
        """One row per event of a contract."""
        return self._table("contracts")

    @cached_property
    def queue(self) -> pl.DataFrame:
        """One row per month and zone: grid connections."""
        return self._table("queue")

    @cached_property
    def suppliers(self) -> pl.DataFrame:
        """One row per month and part: what building paid its suppliers."""
        return self._table("suppliers")

    @cached_property
    def supply(self) -> pl.DataFrame:
        """One row per month and generation step: what it generates, has sold and costs."""
        return self._table("supply")

    @cached_property
    def curves(self) -> pl.DataFrame:
        """One row per month, cohort, part and horizon: forward curves of rents."""
        return self._table("curves")

    @cached_property
    def valuations(self) -> pl.DataFrame:
        """One row per month and site: market value, value by cohort, fundamental value."""
        return self._table("valuations")

    @cached_property
    def bubble(self) -> pl.DataFrame:
        """One row per month: market and fundamental value of edge and core."""
        return self._table("bubble")

    @cached_property
    def twin_ticks(self) -> pl.DataFrame | None:
        """The table ``ticks`` of the same seed's no-drift twin, or None if no twin was run."""
        return self.twin("ticks")

    def twin(self, table: str) -> pl.DataFrame | None:
        """A table of the same seed's no-drift twin, or None if it was not kept; `TWIN_TABLES` are."""
        name = f"{TWIN_PREFIX}{table}"
        return self._table(name) if name in self.manifest.rows else None

    @cached_property
    def metro_values(self) -> pl.DataFrame:
        """One row per month and metro: what the edge shells of the start would fetch."""
        return self._table("metro_values")

    @cached_property
    def world(self) -> World:
        """The world that was run."""
        if self.loaded_world is not None:
            return self.loaded_world
        assert self.path is not None
        for name in self.manifest.files:
            if name.startswith(f"{WORLD_FOLDER}/"):
                _check(self.path, self.manifest, name)
        return World.load(self.path / WORLD_FOLDER)

    def scan(self, name: str) -> pl.LazyFrame:
        """One table as a lazy frame: only the months and columns that are asked for are read.

        The file is checked against its SHA-256 first.

        Raises
        ------
        InputError
            If the table was not kept.
        DigestMismatchError
            If its file was damaged.
        """
        if name in self.tables:
            return self.tables[name].lazy()
        return pl.scan_parquet(self._file(name))

    def _table(self, name: str) -> pl.DataFrame:
        return self.tables[name] if name in self.tables else pl.read_parquet(self._file(name))

    def _file(self, name: str) -> Path:
        if name not in self.manifest.rows or self.path is None:
            names = [table.name for table in RECORDED_TABLES]
            kept = ", ".join(table for table in names if table in self.manifest.rows)
            raise InputError(f"{self.path or 'run'}: table {name} was not kept; output.tables: {kept}")
        file = f"{name}.parquet"
        # While a run is being finished its manifest has no files yet.
        if self.manifest.files:
            _check(self.path, self.manifest, file)
        return self.path / file


def _check(folder: Path, manifest: Manifest, name: str) -> None:
    if name not in manifest.files:
        raise DigestMismatchError(f"{folder / name}: is not in the manifest")
    if lines := manifest.damage(folder, name):
        raise DigestMismatchError(lines[0])
