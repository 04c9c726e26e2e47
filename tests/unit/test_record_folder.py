"""A run folder appears whole or not at all: kills, leftovers, races, full disks."""

from __future__ import annotations

import os
import random
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from wattmarket.errors import InputError
from wattmarket.record import WholeFolder

WRITER = """
import sys
from pathlib import Path
from wattmarket.record import WholeFolder
with WholeFolder(Path(sys.argv[1])) as folder:
    print("started", flush=True)
    for number in range(40):
        (folder.path / f"{number}.bin").write_bytes(bytes(2000))
    (folder.path / "deep").mkdir()
    (folder.path / "deep" / "last.bin").write_bytes(b"end")
print("done", flush=True)
"""


def _writer(target: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", WRITER, str(target)], stdout=subprocess.PIPE)


def _hidden(parent: Path) -> list[Path]:
    return [path for path in parent.iterdir() if path.name.startswith(".")]


def test_a_kill_leaves_no_folder_or_a_whole_one(tmp_path: Path) -> None:
    draws = random.Random(3)
    outcomes = set()
    for number in range(10):
        target = tmp_path / f"run{number}"
        with _writer(target) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(draws.uniform(0, 0.02))
            process.send_signal(signal.SIGKILL)
            process.wait()
        outcomes.add(target.exists())
        if target.exists():
            assert len(list(target.iterdir())) == 41
            assert (target / "deep" / "last.bin").read_bytes() == b"end"
    assert False in outcomes, "no kill came early enough to test anything"


def test_the_leftover_of_a_killed_run_is_removed_by_the_next(tmp_path: Path) -> None:
    target = tmp_path / "run"
    with _writer(target) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert _hidden(tmp_path)
    with WholeFolder(target) as folder:
        assert _hidden(tmp_path) == [folder.path]
    assert _hidden(tmp_path) == []


def test_a_living_run_keeps_its_folder_and_the_second_to_finish_loses(tmp_path: Path) -> None:
    target = tmp_path / "run"
    with WholeFolder(target) as slow:
        (slow.path / "a").write_text("slow")
        with pytest.raises(InputError, match="made by another process"), WholeFolder(target) as second:
            (second.path / "a").write_text("second")
            with WholeFolder(target) as quick:
                (quick.path / "a").write_text("quick")
            assert slow.path.exists()
        (slow.path / "a").unlink()
        target.joinpath("a").unlink()
        target.rmdir()
    assert target.exists()
    assert _hidden(tmp_path) == []


def test_names_that_merely_resemble_are_left_alone(tmp_path: Path) -> None:
    other = tmp_path / ".run2.partial-1-0"
    other.mkdir()
    with WholeFolder(tmp_path / "run"):
        assert other.exists()


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
def test_an_error_inside_leaves_nothing(tmp_path: Path, error: type[BaseException]) -> None:
    with pytest.raises(error), WholeFolder(tmp_path / "run") as folder:
        (folder.path / "a").write_text("a")
        raise error
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_exists_is_refused(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    for name in ("run", "link"):
        with pytest.raises(InputError, match=f"{name}: exists already"), WholeFolder(tmp_path / name):
            pass


def test_a_place_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError) as caught, WholeFolder(tmp_path / "file" / "deep" / "run"):
        pass
    assert str(caught.value) == f"{tmp_path / 'file' / 'deep' / 'run'}: cannot be written: Not a directory"


def test_a_full_disk_is_one_line_and_leaves_nothing(tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        with pytest.raises(InputError) as caught, WholeFolder(tmp_path / "run") as folder:
            (folder.path / "a").write_bytes(bytes(5000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert str(caught.value) == f"{tmp_path / 'run'}: cannot be written: File too large"
    assert list(tmp_path.iterdir()) == []


def test_permissions_follow_the_umask(tmp_path: Path) -> None:
    with WholeFolder(tmp_path / "run"):
        pass
    mask = os.umask(0)
    os.umask(mask)
    assert (tmp_path / "run").stat().st_mode & 0o777 == 0o777 & ~mask
