"""Processes that are told to end: how much work they do until they have."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path


def interrupt(process: subprocess.Popen[str]) -> tuple[str, str, float]:
    """Send Ctrl-C and wait for the end; give what was printed meanwhile, and seconds of processor time until the end.

    On a busy machine a process waits for its turn; what it works in the meantime is its own.
    """
    before = _worked_s(process.pid)
    process.send_signal(signal.SIGINT)
    # Its end is seen without collecting it, so that its times can still be read.
    assert process.stdout is not None
    assert process.stderr is not None
    out, err = process.stdout.read(), process.stderr.read()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    worked = _worked_s(process.pid) - before
    process.wait()
    return out, err, worked


def _worked_s(pid: int) -> float:
    """Processor time of a process up to now, in user and in kernel code."""
    # The name of the program is in brackets, and may hold anything.
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
