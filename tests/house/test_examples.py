"""What README and docs show is true: Python blocks run, consoles answer as printed, files and targets exist.

The ```` ```python ```` blocks of a page run in order, in one namespace, in an empty folder; the ```` ```pycon ````
blocks are doctests of the same namespace. A ```` ```toml ```` block loads as a scenario. A block that cannot run says
why: ```` ```python no-run: reason ````.
"""

from __future__ import annotations

import doctest
import re
import shutil
from pathlib import Path

import pytest

from tests.house.sources import ROOT, files_with, name_of
from wattmarket.scenario import load_scenario

BLOCK = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)")

PAGES = sorted([*(ROOT / name for name in ("README.md", "CONTRIBUTING.md")), *files_with(".md", under=ROOT / "docs")])


def blocks(path: Path, *languages: str) -> list[tuple[str, int, str]]:
    """Return language, line of the first code line, and code of each block that is to be run."""
    text = path.read_text(encoding="utf-8")
    found = []
    for match in BLOCK.finditer(text):
        language, note, code = match.groups()
        if language not in languages:
            continue
        if "no-run" in note:
            assert re.fullmatch(r"\s+no-run: .+", note), f"{name_of(path)}: no-run needs a reason"
            continue
        found.append((language, text[: match.start(3)].count("\n") + 1, code))
    return found


def doctest_failures(path: Path, line: int, code: str, namespace: dict[str, object]) -> int:
    test = doctest.DocTestParser().get_doctest(code, namespace, name_of(path), str(path), line - 1)
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    failed = runner.run(test, clear_globs=False).failed
    namespace.update(test.globs)
    return failed


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_python_examples_run(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "scenarios").symlink_to(ROOT / "scenarios", target_is_directory=True)
    namespace: dict[str, object] = {"__name__": "__main__"}
    for language, line, code in blocks(path, "python", "pycon"):
        if language == "pycon":
            assert doctest_failures(path, line, code, namespace) == 0
        else:
            exec(compile("\n" * (line - 1) + code, path, "exec"), namespace)


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_toml_examples_are_scenarios(path: Path, tmp_path: Path) -> None:
    for _, line, code in blocks(path, "toml"):
        folder = tmp_path / str(line)
        shutil.copytree(ROOT / "scenarios", folder)
        (folder / "example.toml").write_text(code, encoding="utf-8")
        load_scenario(folder / "example.toml")


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_links_to_files_lead_somewhere(path: Path) -> None:
    for target in LINK.findall(path.read_text(encoding="utf-8")):
        if target.startswith("_generated/"):
            continue  # written when the docs are built
        assert (path.parent / target).exists(), f"{name_of(path)}: {target}"


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_make_targets_exist(path: Path) -> None:
    targets = re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    said = re.findall(r"(?:`|^)make ([a-z-]+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    assert [target for target in said if target not in targets] == []
