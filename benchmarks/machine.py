"""The machine that a measurement was made on, as far as it tells."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from pathlib import Path

__all__ = ["describe_machine"]


def describe_machine() -> dict[str, str]:
    """Processor, cores, memory, system, Python, and how busy the machine is already."""
    machine = {
        "processor": _field("/proc/cpuinfo", "model name") or platform.processor() or platform.machine(),
        "family, model, stepping": "/".join(
            _field("/proc/cpuinfo", name) or "?" for name in ("cpu family", "model", "stepping")
        ),
        "widest SIMD": _simd(),
        "cores": str(os.cpu_count()),
        "memory": _memory(),
        "system": f"{platform.system()} {platform.release()}",
        "Python": platform.python_version(),
        "Rust": _rust(),
    }
    if hasattr(os, "getloadavg"):
        machine["load average before"] = " ".join(f"{load:.2f}" for load in os.getloadavg())
    return machine


def _rust() -> str:
    compiler = shutil.which("rustc")
    if compiler is None:
        return "none"
    return subprocess.run([compiler, "--version"], capture_output=True, text=True, check=False).stdout.strip()


def _field(path: str, name: str) -> str | None:
    try:
        lines = Path(path).read_text().splitlines()
    except OSError:
        return None
    return next((line.partition(":")[2].strip() for line in lines if line.split(":")[0].strip() == name), None)


def _simd() -> str:
    flags = (_field("/proc/cpuinfo", "flags") or "").split()
    return next((name for name in ("avx512f", "avx2", "sse4_2") if name in flags), "unknown")


def _memory() -> str:
    total = _field("/proc/meminfo", "MemTotal")
    return "unknown" if total is None else f"{int(total.split()[0]) / 2**20:.0f} GiB"
