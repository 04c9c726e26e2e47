"""`wattmarket plot` on a real run of a small world: pictures, tables and a film, and nothing in the run folder."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from PIL import Image

import wattmarket
from wattmarket import plot
from wattmarket.cli import main

SETTINGS = ["run.months=14", "world.sites=60", "world.metros=20", "output.figures=false", 'drift.path="logistic"']


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("plotted") / "run"
    wattmarket.run(wattmarket.Scenario(), set=SETTINGS, out=path)
    return path


def test_figures_data_and_film_are_written_beside_each_other(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "figures"
    assert main(["plot", str(folder), "--out", str(out), "--theme", "dark", "--data", "parquet", "--film", "gif"]) == 0
    run = wattmarket.Run.load(folder)
    names = plot.drawable(run)
    assert {"index", "constraints", "forward_curves", "queue", "merit_order"} <= set(names)
    files = ["constraints.gif", *(f"{name}.png" for name in names), *(f"{name}.parquet" for name in names)]
    assert capsys.readouterr().out.splitlines() == [str(out / name) for name in files]
    assert sorted(path.name for path in out.iterdir()) == sorted(files)
    for name in names:
        assert pl.read_parquet(out / f"{name}.parquet").equals(plot.FIGURES[name].data(run))
    with Image.open(out / "constraints.gif") as film:
        assert film.n_frames == 6
    run.verify()


def test_only_what_is_asked_for(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["plot", str(folder), "--list"]) == 0
    assert "merit_order" in capsys.readouterr().out.splitlines()
    assert main(["plot", str(folder), "--only", "queue", "--only", "index", "--format", "svg"]) == 0
    assert capsys.readouterr().out.splitlines() == ["figures/run/index.svg", "figures/run/queue.svg"]


def test_what_cannot_be_drawn_is_one_line(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments, said in (
        (["--only", "pie"], "'pie' is not one of index"),
        (["--out", str(folder / "figures")], "lies in the run folder"),
        (["--theme", "sepia"], "sepia"),
    ):
        assert main(["plot", str(folder), *arguments]) == 2
        assert said in capsys.readouterr().err
    assert not (folder / "figures").exists()
