"""One source of the version: Cargo.toml. Everything else that names it agrees."""

from __future__ import annotations

import importlib.metadata
import re
import tomllib

import wattmarket
from tests.house.sources import ROOT


def cargo_version() -> str:
    package = tomllib.loads((ROOT / "Cargo.toml").read_text(encoding="utf-8"))["package"]
    return str(package["version"])


def test_core_and_package_have_cargos_version() -> None:
    assert wattmarket.__version__ == cargo_version()
    assert importlib.metadata.version("wattmarket") == cargo_version()


def test_pyproject_names_no_version_of_its_own() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert "version" not in project
    assert project["dynamic"] == ["version"]


def test_lock_has_the_version() -> None:
    packages = tomllib.loads((ROOT / "Cargo.lock").read_text(encoding="utf-8"))["package"]
    assert [entry["version"] for entry in packages if entry["name"] == "wattmarket"] == [cargo_version()]


def test_citation_and_changelog_name_it() -> None:
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert re.findall(r"^version: (.*)$", citation, re.MULTILINE) == [cargo_version()]
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.findall(r"^## ([0-9.]+)", changelog, re.MULTILINE)[0] == cargo_version()
