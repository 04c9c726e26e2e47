"""Files are short and finished, and name no machine of anyone's."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from tests.house.sources import PACKAGE, ROOT, files_with, name_of, project_files

LONGEST_FILE = 400
# Spelled apart, so that this file passes its own test.
FORBIDDEN = {
    "|".join(("TO" + "DO", "FIX" + "ME", "X" * 3)): "unfinished work belongs in an issue",
    r"(?<![\w.~-])/(?:" + "|".join(("work", "root", "home", "Users", "opt", "tmp")) + r")/\w": "a path of one machine",
    r"\.\./" + "shared": "a folder outside the project",
    "|".join(("py" + r"pi\.org", "python" + "hosted", r"crates" + r"\.io", "index-" + "url", "extra-" + "index")):
        "an address of a package index",
}  # fmt: skip
# Written by cargo and by pip-compile, or about them.
OTHERS_WORDS = {"Cargo.lock", "LICENSE-APACHE", "LICENSE-MIT"}


@pytest.mark.parametrize("path", files_with(".py", ".rs"), ids=name_of)
def test_files_are_short(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= LONGEST_FILE, "a file that needs a second idea needs a second file"


@pytest.mark.parametrize("name", ["utils", "helpers", "common", "misc"])
def test_every_file_is_named_for_its_idea(name: str) -> None:
    assert [name_of(path) for path in project_files() if path.stem == name] == []


def test_no_forbidden_words() -> None:
    found = []
    for path in project_files():
        if path.name in OTHERS_WORDS or path.suffix == ".csv":
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if path.name == "Makefile" and "--no-emit-" in line:
                continue
            found += [
                f"{name_of(path)}:{number}: {reason}" for word, reason in FORBIDDEN.items() if re.search(word, line)
            ]
    assert found == []


def test_text_is_utf8_with_plain_line_ends() -> None:
    wrong = [name_of(path) for path in project_files() if b"\r" in path.read_bytes()]
    assert wrong == []


def test_every_module_says_what_it_is_for() -> None:
    wrong = [
        name_of(path)
        for path in files_with(".py")
        if (text := path.read_text(encoding="utf-8")) and not text.startswith(('"""', "#!", 'r"""'))
    ]
    wrong += [
        name_of(path)
        for path in files_with(".rs", under=ROOT / "rust" / "src")
        if not path.read_text(encoding="utf-8").startswith("//!")
    ]
    assert wrong == []


def test_the_package_logs_without_handlers() -> None:
    handlers = re.compile(r"basicConfig|addHandler|StreamHandler|dictConfig")
    wrong = [
        name_of(path) for path in files_with(".py", under=PACKAGE) if handlers.search(path.read_text(encoding="utf-8"))
    ]
    assert wrong == []


def test_data_of_the_package_has_a_licence() -> None:
    text = (ROOT / "DATA_LICENSES.md").read_text(encoding="utf-8")
    data = [path for path in PACKAGE.rglob("data/*") if path.is_file()]
    rest = {path for path in data if f"the other files of `{name_of(path.parent)}/`" in text}
    assert [name_of(path) for path in data if f"`{name_of(path)}`" not in text and path not in rest] == []


def test_tools_are_configured_in_one_place() -> None:
    assert set(tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]) == {
        "maturin",
        "mypy",
        "pytest",
        "ruff",
    }
