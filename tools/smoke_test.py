"""Use an installed wattmarket as a newcomer would: import it, read its version, run a scenario and replay it."""

from __future__ import annotations

import importlib.metadata
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent

SMALL_SCENARIO = """
title = "Smoke test"
[run]
months = 3
[world]
metros = 12
sites = 60
"""


def main() -> None:
    """Fail loudly if the installed package is not whole."""
    warnings.simplefilter("error")
    import wattmarket  # noqa: PLC0415  # with warnings already errors

    if CHECKOUT / "python" in Path(wattmarket.__file__).parents:
        sys.exit("the package was imported from the checkout, not from the wheel")
    if wattmarket.__version__ != importlib.metadata.version("wattmarket"):
        sys.exit(f"versions differ: core {wattmarket.__version__}, {importlib.metadata.version('wattmarket')}")
    if wattmarket.__version__ not in command("--version"):
        sys.exit("wattmarket --version says another version")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "small.toml").write_text(SMALL_SCENARIO, encoding="utf-8")
        command("run", str(folder / "small.toml"), "--out", str(folder / "run"), "--quiet")
        command("replay", str(folder / "run"), "--quiet")
        if not list((folder / "run" / "figures").glob("*.png")):
            sys.exit("the run drew no figure")


def command(*words: str) -> str:
    """Run the installed command and return what it prints."""
    program = Path(sys.executable).with_name("wattmarket")
    return subprocess.run([program, *words], check=True, stdout=subprocess.PIPE, text=True).stdout


if __name__ == "__main__":
    main()
