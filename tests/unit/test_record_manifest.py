"""The manifest: it says what was run, and no flipped bit in the folder goes unseen."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path

import pytest

from wattmarket.errors import DigestMismatchError, InputError
from wattmarket.record import Manifest
from wattmarket.record.manifest import MANIFEST_FILE


def _manifest(**changes: object) -> Manifest:
    content: dict[str, object] = {
        "wattmarket": "0.1.0", "polars": "2.1.0", "title": "Où ?", "seed": 7, "start": "2023-01", "ticks": 2,
        "scenario_sha256": "ab", "world": "small", "world_sha256": "cd", "digest": "ef",
        "digest_columns": ["price", "flow"], "not_in_digest": {"ticks.pivots": "diagnostic"}, "rows": {"ticks": 2},
    }  # fmt: skip
    return Manifest.model_validate(content | changes)


def _folder(folder: Path) -> Manifest:
    (folder / "figures").mkdir()
    (folder / "scenario.toml").write_text("title = 'x'\n")
    (folder / "figures" / "index.png").write_bytes(bytes(range(256)) * 8)
    manifest = _manifest().with_files(folder)
    (folder / MANIFEST_FILE).write_text(manifest.to_text())
    return manifest


def test_round_trip_and_order_of_files(tmp_path: Path) -> None:
    manifest = _folder(tmp_path)
    assert list(manifest.files) == ["figures/index.png", "scenario.toml"]
    assert Manifest.load(tmp_path) == manifest
    assert manifest.damage(tmp_path) == []


def test_it_holds_no_time_and_no_place(tmp_path: Path) -> None:
    text = _folder(tmp_path).to_text()
    assert str(tmp_path) not in text
    assert not re.search(r"\d{2}:\d{2}", text)


def test_every_flip_and_truncation_of_the_manifest_is_seen(tmp_path: Path) -> None:
    text = _folder(tmp_path).to_text().encode()
    path = tmp_path / MANIFEST_FILE
    draws = random.Random(1)
    for _ in range(300):
        bit = draws.randrange(len(text) * 8)
        damaged = bytearray(text)
        damaged[bit // 8] ^= 1 << bit % 8
        path.write_bytes(bytes(damaged))
        with pytest.raises((DigestMismatchError, InputError), match=MANIFEST_FILE):
            Manifest.load(tmp_path)
    for _ in range(30):
        path.write_bytes(text[: draws.randrange(len(text))])
        with pytest.raises(DigestMismatchError, match=MANIFEST_FILE):
            Manifest.load(tmp_path)


def test_every_flip_and_truncation_of_a_file_names_the_file(tmp_path: Path) -> None:
    manifest = _folder(tmp_path)
    draws = random.Random(2)
    for name in manifest.files:
        path = tmp_path / name
        whole = path.read_bytes()
        for _ in range(50):
            damaged = bytearray(whole)
            bit = draws.randrange(len(whole) * 8)
            damaged[bit // 8] ^= 1 << bit % 8
            path.write_bytes(bytes(damaged))
            (line,) = manifest.damage(tmp_path)
            assert line.startswith(f"{path}: damaged")
        path.write_bytes(whole[:-1])
        assert "bytes instead of" in manifest.damage(tmp_path)[0]
        path.write_bytes(whole)
    (tmp_path / "scenario.toml").unlink()
    assert manifest.damage(tmp_path) == [f"{tmp_path / 'scenario.toml'}: missing"]


def test_an_entry_cannot_point_outside(tmp_path: Path) -> None:
    manifest = _manifest(files={"../secret": {"size": 0, "sha256": "0" * 64}})
    assert "lies outside the folder" in manifest.damage(tmp_path)[0]


def test_a_later_format_is_an_input_error() -> None:
    content = json.loads(_manifest().to_text()) | {"format": 99}
    with pytest.raises(InputError, match="format 99"):
        Manifest.from_text(json.dumps(content), "m.json")


def test_a_folder_without_manifest_is_no_run_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not a run folder"):
        Manifest.load(tmp_path)
