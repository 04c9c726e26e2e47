"""Use an installed wattmarket as a newcomer would: import it, read its version, run its command."""

from __future__ import annotations

import importlib.metadata
import subprocess
import sys
import warnings
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Fail loudly if the installed package is not whole."""
    warnings.simplefilter("error")
    import wattmarket  # noqa: PLC0415  # with warnings already errors

    if CHECKOUT / "python" in Path(wattmarket.__file__).parents:
        sys.exit("the package was imported from the checkout, not from the wheel")
    if wattmarket.__version__ != importlib.metadata.version("wattmarket"):
        sys.exit(f"versions differ: core {wattmarket.__version__}, {importlib.metadata.version('wattmarket')}")
    command = Path(sys.executable).with_name("wattmarket")
    version = subprocess.run([command, "--version"], check=True, capture_output=True, text=True).stdout
    if wattmarket.__version__ not in version:
        sys.exit(f"wattmarket --version said {version!r}")


if __name__ == "__main__":
    main()
