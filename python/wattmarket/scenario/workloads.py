"""Workloads: what users want, how soon, and on what silicon it runs; the two sets that come with the project."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from typing import Annotated, Any, Literal, Self

from pydantic import model_validator

from wattmarket.scenario.fields import FromList, MonthlyPath, OptionalNumber, Section, key, path_range, wrong

__all__ = ["GROUPS", "Workload", "check_groups", "workload_set"]

GROUPS = ("interactive", "tolerant", "training", "non_ai")


class Workload(Section):
    """One kind of demand. Entries of one name in several files are one workload: the later file changes single keys.

    Examples
    --------
    >>> chat = Workload(name="chat", group="interactive", response_budget_ms=50.0, service_ms=25.0, share=0.55,
    ...                 reference_usd_per_mwh=1150.0)
    >>> chat.network_budget_ms
    25.0
    """

    name: str = key(meaning="name, in small letters, digits and underscores", most=40, fixed=True)
    group: Literal["interactive", "tolerant", "training", "non_ai"] = key(
        meaning="`interactive` and `tolerant` (the batch share) split inference; `training`; `non_ai` is cloud and "
        "enterprise load, which enters at the shell",
        fixed=True,
    )
    response_budget_ms: OptionalNumber = key(
        meaning="within how long users want a response to begin, or `none`", unit="ms", low=0.1, high=1e9
    )
    service_ms: float = key(
        0.0, "part of the budget that serving takes; the network has the rest", unit="ms", low=0, high=1e9
    )
    silicon: Annotated[tuple[Literal["air", "liquid"], ...], FromList] = key(
        ("air", "liquid"), "silicon classes it may run on; not read for `non_ai`", most=2
    )
    backend: bool = key(False, "whether it needs a backend fabric")
    residency: bool = key(False, "whether it must be served inside the bloc of its user")
    share: Annotated[MonthlyPath, path_range(0.0, 1e6)] = key(
        meaning="weight within its group; weights are normalised", unit="weight"
    )
    reference_usd_per_mwh: float = key(
        meaning="price at which its demand path is stated", unit="$/MWh IT", above=0, high=1e6
    )
    elasticity: OptionalNumber = key("none", "own-price elasticity, or `none`: that of `demand`", low=0.05, high=5)
    peak_factor: float = key(1.0, "kW of installed IT per kW of mean load, relative to its group", low=0.1, high=10)

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        if not _is_name(self.name):
            raise wrong(f"{self.name!r} is not a name; use small letters, digits and underscores", "name")
        if self.response_budget_ms is not None and self.service_ms > self.response_budget_ms:
            raise wrong(
                f"{self.service_ms:g} ms leaves nothing of the response budget of {self.response_budget_ms:g} ms",
                "service_ms",
            )
        if not self.silicon or len(set(self.silicon)) < len(self.silicon):
            raise wrong("must name air, liquid or both, each once", "silicon")
        return self

    @property
    def network_budget_ms(self) -> float | None:
        """Round trip that the network may take, ms; None if any will do."""
        return None if self.response_budget_ms is None else self.response_budget_ms - self.service_ms

    @property
    def entry(self) -> Literal["pool", "shell"]:
        """Where at a site the workload enters: at the accelerators or, bringing its own servers, at the shell."""
        return "shell" if self.group == "non_ai" else "pool"

    @property
    def tolerant(self) -> bool:
        """Whether it belongs to the batch share."""
        return self.group == "tolerant"

    @property
    def training(self) -> bool:
        """Whether it is training."""
        return self.group == "training"


def _is_name(text: str) -> bool:
    return bool(text) and text.isascii() and text.replace("_", "a").isalnum() and text.lower() == text


@cache
def _sets() -> dict[str, list[dict[str, Any]]]:
    text = resources.files("wattmarket.scenario").joinpath("workloads.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def workload_set(name: str) -> list[dict[str, Any]]:
    """Entries of a set of workloads as a file would write them; ``custom`` has none.

    Examples
    --------
    >>> [entry["name"] for entry in workload_set("article")]
    ['voice', 'chat', 'copilot', 'batch', 'training', 'non_ai']
    >>> workload_set("custom")
    []
    """
    return [dict(entry) for entry in _sets().get(name, [])]


def check_groups(workloads: Iterable[Workload], needed: Mapping[str, bool]) -> None:
    """Check that names are unique and that every group that is needed has weight at every month.

    Raises
    ------
    PydanticCustomError
        For the first group or name that is wrong.
    """
    members: dict[str, list[Workload]] = {group: [] for group in GROUPS}
    names: set[str] = set()
    for workload in workloads:
        if workload.name in names:
            raise wrong("appears twice", f"workload.{workload.name}")
        names.add(workload.name)
        members[workload.group].append(workload)
    for group, is_needed in needed.items():
        if not is_needed:
            continue
        if not members[group]:
            raise wrong(f"no workload of group {group}", "workload")
        nil = _first_nil_month([workload.share for workload in members[group]])
        if nil:
            raise wrong(f"the shares of group {group} are all nil in {nil}", "workload")


def _first_nil_month(paths: list[MonthlyPath]) -> str | None:
    """Return the first month at which every path is nil, or None."""
    if any(all(value > 0.0 for value in path.values()) for path in paths):
        return None
    months = sorted({month for path in paths for month in path})
    nil = set(months)
    for path in paths:
        nil -= _positive_months(path, months)
    return min(nil, default=None)


def _positive_months(path: MonthlyPath, months: list[str]) -> set[str]:
    """Months at which a path is above nil: a line between two points is nil only where both its ends are."""
    points = list(path.items())
    positive = set()
    after = 0
    for month in months:
        while after < len(points) and points[after][0] < month:
            after += 1
        if after < len(points) and points[after][0] == month:
            ends = points[after : after + 1]
        else:
            ends = points[max(after - 1, 0) : after + 1]
        if any(value > 0.0 for _, value in ends):
            positive.add(month)
    return positive
