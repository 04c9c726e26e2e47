"""What a sweep keeps of a run: its finding in flat columns, values of chosen series, whole tables."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from wattmarket.findings import Findings, find
from wattmarket.months import month_number
from wattmarket.record import Run
from wattmarket.schema import TICKS
from wattmarket.sweep.tables import column_of_table, packed, table_of, tables_to_record

__all__ = ["FINDING_COLUMNS", "LAST", "Outputs", "Series"]

LAST: Final = "last"
"""The last month of a run, whichever it is."""

FINDING_COLUMNS: Final[dict[str, pl.DataType]] = {
    "breaks": pl.Boolean(),
    "break_month": pl.Date(),
    "break_earliest_month": pl.Date(),
    "break_latest_month": pl.Date(),
    "batch_share_at_break": pl.Float64(),
    "deepest": pl.Float64(),
    "deepest_month": pl.Date(),
    "recovery_month": pl.Date(),
    "half_months": pl.Int64(),
    "fastest_year": pl.Float64(),
    "lead_months": pl.Int64(),
    "edge_rent_change_usd_per_mwh": pl.Float64(),
    "edge_latency_rent_change_usd_per_mwh": pl.Float64(),
    "edge_watt_rent_change_usd_per_mwh": pl.Float64(),
    "edge_silicon_rent_change_usd_per_mwh": pl.Float64(),
    "core_index_change": pl.Float64(),
}
"""Columns of the finding, null where nothing breaks; their meanings are in docs/sweeps.md."""


@dataclass(frozen=True, slots=True)
class Series:
    """A column of the table `ticks` in some months, each ``YYYY-MM`` or `LAST`."""

    column: str
    months: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outputs:
    """What is kept of each run.

    Examples
    --------
    >>> wanted = Outputs(findings=False, series=(Series("edge_index", ("2030-01", "last")),))
    >>> list(wanted.schema())
    ['digest', 'edge_index@2030-01', 'edge_index@last']
    >>> Outputs.of(wanted.table()) == wanted
    True
    """

    findings: bool = True
    series: tuple[Series, ...] = ()
    tables: tuple[str, ...] = ()

    def schema(self, *, tables: bool = True) -> dict[str, pl.DataType]:
        """Columns and their types: the run's last digest, the finding, the series, and the tables if they count."""
        kinds = {column.name: column.dtype for column in TICKS.columns}
        columns: dict[str, pl.DataType] = {"digest": pl.String()}
        if self.findings:
            columns |= FINDING_COLUMNS
        for series in self.series:
            columns |= {f"{series.column}@{month}": kinds[series.column] for month in series.months}
        if tables:
            columns |= {column_of_table(name): pl.Binary() for name in self.tables}
        return columns

    def table(self) -> dict[str, Any]:
        """Give plain values, for JSON."""
        series = [{"column": one.column, "months": list(one.months)} for one in self.series]
        told: dict[str, Any] = {"findings": self.findings, "series": series}
        # Keys of runs are made of this: those of sweeps that keep no table stay as they were.
        return told | ({"tables": list(self.tables)} if self.tables else {})

    def settings(self) -> tuple[str, ...]:
        """Give the settings by which a run keeps what is wanted of it; they are in no key but by `table`."""
        return (tables_to_record(self.tables),) if self.tables else ()

    @staticmethod
    def of(table: Mapping[str, Any]) -> Outputs:
        """Read what `table` wrote."""
        series = tuple(Series(one["column"], tuple(one["months"])) for one in table["series"])
        return Outputs(table["findings"], series, tuple(table.get("tables", ())))

    def read(self, run: Run) -> dict[str, Any]:
        """Read off a run what is kept of it: a plain value per column of `schema`; dates as text, tables in base 64."""
        ticks = run.ticks
        row: dict[str, Any] = {"digest": ticks["digest"][-1]}
        if self.findings:
            row |= _finding(find(run))
        start = month_number(run.scenario.run.start)
        for series in self.series:
            for month in series.months:
                place = ticks.height - 1 if month == LAST else month_number(month) - start
                value = ticks[series.column][place] if 0 <= place < ticks.height else None
                row[f"{series.column}@{month}"] = _plain(value)
        return row | {column_of_table(name): packed(table_of(run, name)) for name in self.tables}


def _finding(found: Findings) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(FINDING_COLUMNS)
    row["breaks"] = found.repricing is not None
    if found.repricing is not None:
        told = found.repricing
        row |= {
            "break_month": _day(told.month),
            "break_earliest_month": _day(told.earliest_month),
            "break_latest_month": _day(told.latest_month),
            "batch_share_at_break": told.batch_share.value,
            "deepest": told.deepest.value,
            "deepest_month": _day(told.deepest_month),
            "recovery_month": _day(told.recovery_month),
            "half_months": round(told.half_months.value),
            "fastest_year": told.fastest_year.value,
            "lead_months": None if told.lead_months is None else round(told.lead_months.value),
        }
    if found.change is not None:
        row |= {
            "edge_rent_change_usd_per_mwh": found.change.rent.value,
            "edge_latency_rent_change_usd_per_mwh": found.change.latency.value,
            "edge_watt_rent_change_usd_per_mwh": found.change.watt.value,
            "edge_silicon_rent_change_usd_per_mwh": found.change.silicon.value,
            "core_index_change": found.change.core_index.value,
        }
    return row


def _day(month: str | None) -> str | None:
    return None if month is None else f"{month}-01"


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime.date) else value
