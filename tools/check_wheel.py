"""Check a built wheel: its name tag, the version, and that licences, data and type information are inside."""

from __future__ import annotations

import sys
import tomllib
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def problems(wheel: Path) -> list[str]:
    """Return one line per thing that is wrong with the wheel."""
    version = tomllib.loads((ROOT / "Cargo.toml").read_text(encoding="utf-8"))["package"]["version"]
    found = []
    name, wheel_version, python, abi, _platform = wheel.stem.split("-")
    if (name, wheel_version, python, abi) != ("wattmarket", version, "cp311", "abi3"):
        found.append(f"{wheel.name}: expected wattmarket-{version}-cp311-abi3-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        inside = set(archive.namelist())
    info = f"wattmarket-{version}.dist-info"
    wanted = {f"{info}/licenses/{text}" for text in ("LICENSE-MIT", "LICENSE-APACHE", "DATA_LICENSES.md")}
    for source in (ROOT / "python" / "wattmarket").rglob("*"):
        if source.is_file() and source.suffix in {".py", ".pyi", ".typed", ".csv", ".json", ".toml", ".npz"}:
            wanted.add(source.relative_to(ROOT / "python").as_posix())
    found += [f"{wheel.name}: {path} is missing" for path in sorted(wanted - inside)]
    found += [f"{wheel.name}: {path} should not be there" for path in sorted(inside) if "__pycache__" in path]
    return found


if __name__ == "__main__":
    lines = problems(Path(sys.argv[1]))
    print("\n".join(lines), end="\n" if lines else "")
    sys.exit(1 if lines else 0)
