"""The command line: exit codes, one-line errors, quick start, Ctrl-C."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from interrupted import interrupt
from small_model import SmallModel, small_record

from wattmarket import __version__, plot, report, runner
from wattmarket.cli import main
from wattmarket.record import Run

SCENARIO = """
title = "small"
question = "Does the command line work?"
[run]
months = 3
[world]
sites = 50
metros = 5
[capacity]
mode = "entry"
"""


class Finding:
    def text(self) -> str:
        return "no break"

    def to_dict(self) -> dict[str, None]:
        return {"break": None}


def _draw(run: Run, folder: Path, only: list[str]) -> None:
    folder.mkdir()
    (folder / "index.png").write_bytes(b"png")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(runner, "Model", SmallModel)
    monkeypatch.setattr(report, "find", lambda run: Finding())
    monkeypatch.setattr(plot, "drawable", lambda run: ["index"])
    monkeypatch.setattr(plot, "write_figures", _draw)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "small.toml").write_text(SCENARIO)
    return tmp_path


def test_run_replay_verify(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "small", "--seed", "3"]) == 0
    folder = place / "runs" / "small-seed3"
    out = capsys.readouterr()
    assert "no break" in out.out
    assert "runs/small-seed3/figures: index" in out.out
    assert "run: 2023-03, 3 of 3 months" in out.err
    assert (folder / "findings.txt").read_text() == "no break\n"
    assert (folder / "findings.json").read_text() == '{\n "break": null\n}\n'
    assert main(["replay", str(folder), "--quiet"]) == 0
    assert "the same bits at all 3 ticks, and 3 of the no-drift twin" in capsys.readouterr().out
    assert main(["verify", str(folder)]) == 0
    assert "as they were written" in capsys.readouterr().out


def test_quiet_prints_the_folder_alone(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "small", "--quiet", "--out", "here", "--no-twin", "--set", "output.figures=false"]) == 0
    out = capsys.readouterr()
    assert (out.out, out.err) == ("run      here\n", "")
    assert not (place / "here" / "figures").exists()
    assert not (place / "here" / "twin_ticks.parquet").exists()


def test_a_profile_says_where_the_time_went(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "small", "--profile", "--out", "here", "--quiet"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["phase", "seconds", "share", "of", "which", "core"]
    assert [line.split()[0] for line in lines[1:-3]] == ["world", "model", "record", "write", "findings"]
    assert lines[-3].startswith("total")
    assert lines[-2].startswith("in Python, outside Mesa's step (bids) and the core: ")
    assert lines[-1] == "run      here"


def test_wrong_input_is_exit_2_and_one_line_each(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cases = [
        ["run", "small", "--set", "run.month=3", "--set", "run.seed=-1"],
        ["run", "nowhere.toml"],
        ["run"],
        ["run", "small", "--threads", "0"],
        ["nonsense"],
        ["verify", "scenarios"],
        ["replay", "nowhere"],
        ["clear", "nowhere.min"],
        ["scenarios", "--folder", "nowhere"],
    ]
    for arguments in cases:
        assert main(arguments) == 2, arguments
        err = capsys.readouterr().err
        assert 0 < len(err.splitlines()) <= 4, err
        assert "Traceback" not in err
    assert not (place / "runs").exists()


def test_a_name_that_is_no_scenario_says_where_it_was_looked_for(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    looked = Path("scenarios") / "tiny.toml"
    assert main(["run", "tiny"]) == 2
    assert f"tiny: there is no such file, and no {looked} in {place}" in capsys.readouterr().err


def test_an_existing_folder_is_refused(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / "here").mkdir()
    assert main(["run", "small", "--out", "here"]) == 2
    assert capsys.readouterr().err == "wattmarket: here: exists already; name another folder or move this one away\n"


def test_a_broken_law_is_exit_3(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(SmallModel, "step", lambda self: _broken())
    assert main(["run", "small", "-q"]) == 3
    assert "wattmarket: tick 5 recorded where tick 0 was due" in capsys.readouterr().err


def _broken() -> object:
    return small_record(5)


def test_other_bits_are_exit_4(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "small", "-q", "--out", "here"]) == 0
    path = place / "here" / "flows.parquet"
    path.write_bytes(path.read_bytes()[:-1])
    capsys.readouterr()
    for command in ("verify", "replay"):
        assert main([command, "here"]) == 4
        assert capsys.readouterr().err.startswith("wattmarket: here/flows.parquet: damaged: ")


def test_scenarios_are_listed_with_their_question(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scenarios"]) == 0
    assert capsys.readouterr().out == "small  Does the command line work?\n"


def test_clear_writes_a_dimacs_solution(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / "two.min").write_text("p min 3 3\nn 1 4\nn 3 -4\na 1 2 0 3 1\na 2 3 0 9 1\na 1 3 0 9 5\n")
    assert main(["clear", "two.min"]) == 0
    assert [line for line in capsys.readouterr().out.splitlines() if line[0] != "c"] == [
        "s 11",
        "f 1 2 3",
        "f 2 3 3",
        "f 1 3 1",
    ]
    (place / "none.min").write_text("p min 2 1\nn 1 4\nn 2 -4\na 1 2 0 3 1\n")
    assert main(["clear", "none.min"]) == 2
    assert capsys.readouterr().err == "wattmarket: none.min: infeasible: no flow meets all supplies and demands\n"


def test_worlds_are_built_shown_and_checked(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["world", "build", "small", "--sites", "60", "--metros", "6", "--seed", "1"]) == 0
    assert "small: 6 metros, 99 zones" in capsys.readouterr().out
    assert main(["world", "check", "small"]) == 0
    checked = capsys.readouterr().out
    assert main(["world", "show", "small"]) == 0
    shown = capsys.readouterr().out
    assert checked.splitlines()[1] == shown.splitlines()[1]
    assert "central_office" in shown
    assert main(["world", "show", "scenarios/small.toml"]) == 0
    path = place / "small" / "sites.csv"
    path.write_text(path.read_text().replace("campus", "camp"))
    capsys.readouterr()
    assert main(["world", "check", "small"]) == 2
    assert "sites.csv: row 1: kind: 'camp' is not one of" in capsys.readouterr().err


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"wattmarket {__version__}\n"


@pytest.mark.parametrize(
    "command", [[], ["run"], ["replay"], ["verify"], ["clear"], ["scenarios"], ["plot"], ["world"], ["world", "build"]]
)
def test_every_command_has_help(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*command, "--help"]) == 0
    assert "Usage: wattmarket" in capsys.readouterr().out


def test_help_waits_for_no_library() -> None:
    code = (
        "import sys; from wattmarket.cli import main; main(['run', '--help']);"
        "heavy = {'polars', 'numpy', 'mesa', 'matplotlib', 'pydantic', 'tqdm'};"
        "sys.exit(str(heavy & sys.modules.keys() or ''))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr.strip() == ""


def test_threads_takes_effect_before_any_library_is_imported(place: Path) -> None:
    code = (
        "from wattmarket.cli import main; main(['scenarios', '--help']);"
        "main(['replay', 'x', '--threads', '1']); import polars; print(polars.thread_pool_size())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.splitlines()[-1] == "1"


INTERRUPTED = """
import sys, time
from small_model import SmallModel, small_record
from wattmarket import runner
from wattmarket.cli import main
from wattmarket.record import Run
class Slow(SmallModel):
    def step(self):
        print("step", flush=True)
        time.sleep(0.2)
        return super().step()
runner.Model = Slow
sys.exit(main(["run", "small", "--out", "here"]))
"""


def test_ctrl_c_is_exit_130_and_leaves_nothing(place: Path) -> None:
    places = [str(Path(__file__).parent), str(Path(runner.__file__).parents[1])]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(places)}
    with subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "step\n"
        _, err, worked_s = interrupt(process)
    assert process.returncode == 130
    assert worked_s < 2
    assert err.split("\n")[-2:-1] == ["wattmarket: interrupted; no run folder was left behind"]
    assert sorted(path.name for path in place.iterdir()) == ["scenarios"]
