"""A sound world on disk, spoilt once per test."""

from __future__ import annotations

import shutil
from pathlib import Path

import polars as pl
import pytest

from wattmarket.errors import InputError
from wattmarket.schema import WORLD_TABLES
from wattmarket.world import World, WorldConfig, build_world


@pytest.fixture(scope="module")
def world() -> World:
    return build_world(WorldConfig(metros=12, sites=60), seed=3)


@pytest.fixture(scope="module")
def saved(world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("worlds") / "small"
    world.save(folder)
    return folder


@pytest.fixture
def folder(saved: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(saved, tmp_path / "small"))


def spoil(folder: Path, table: str, row: int, column: str, cell: str) -> None:
    """Overwrite one cell of a CSV file; row 1 is the first below the header."""
    frame = pl.read_csv(folder / f"{table}.csv", infer_schema=False)
    cells = frame[column].to_list()
    cells[row - 1] = cell or None
    frame.with_columns(pl.Series(column, cells, dtype=pl.String)).write_csv(folder / f"{table}.csv")


def problems(folder: Path) -> list[str]:
    with pytest.raises(InputError) as caught:
        World.load(folder)
    return caught.value.problems


@pytest.mark.parametrize("format", ["csv", "parquet"])
def test_saved_and_loaded_again_nothing_changes(world, tmp_path, format):
    world.save(tmp_path / "again", format)
    again = World.load(tmp_path / "again")
    assert again.digest == world.digest
    assert again.name == "again"
    for table in WORLD_TABLES:
        assert getattr(again, table.name).equals(getattr(world, table.name), null_equal=True)


def test_each_table_may_have_its_own_format(world, folder):
    (folder / "sites.csv").unlink()
    world.sites.write_parquet(folder / "sites.parquet")
    assert World.load(folder).digest == world.digest


def test_order_of_rows_and_columns_does_not_matter(world, folder):
    for table in WORLD_TABLES:
        frame = pl.read_csv(folder / f"{table.name}.csv", infer_schema=False)
        frame.reverse().select(reversed(frame.columns)).write_csv(folder / f"{table.name}.csv")
    assert World.load(folder).digest == world.digest


def test_one_changed_figure_changes_the_digest(world, folder):
    spoil(folder, "zones", 1, "pue", "1.234")
    assert World.load(folder).digest != world.digest


@pytest.mark.parametrize(
    ("table", "column", "cell", "reason"),
    [
        ("metros", "lat", "91", "91.0 is above 90"),
        ("metros", "population_m", "19500000", "19500000.0 is above 60"),
        ("metros", "stretch", "0.9", "0.9 is below 1"),
        ("metros", "access_rtt_ms", "", "is empty"),
        ("zones", "pue", "0.5", "0.5 is below 1"),
        ("zones", "counterparty_risk", "nan", "nan is not a finite number"),
        ("zones", "basis", "guess", "'guess' is not one of page, recalled, derived, article, assumption"),
        ("generators", "technology", "fusion", None),
        ("generators", "marginal_cost_usd_per_mwh", "-3", "-3.0 is below 0"),
        ("generators", "zone_id", "ATLANTIS", "'ATLANTIS' is not in zones.csv"),
        ("links", "from_zone_id", "ATLANTIS", "'ATLANTIS' is not in zones.csv"),
        ("sites", "metro_id", "M999", "'M999' is not in metros.csv"),
        ("sites", "zone_id", "ATLANTIS", "'ATLANTIS' is not in zones.csv"),
        ("sites", "kind", "basement", None),
        ("sites", "backend", "maybe", "'maybe' is not true or false"),
        ("sites", "grid_mw", "lots", "'lots' is not a number"),
        ("sites", "shell_buildable_mw", "2e9", "2000000000.0 is above 1e+06"),
    ],
)
def test_bad_cell_is_named_with_file_row_and_column(folder, table, column, cell, reason):
    spoil(folder, table, 2, column, cell)
    (line,) = problems(folder)
    assert line.startswith(f"{table}.csv: row 2: {column}: ")
    assert reason is None or line.endswith(reason)


def test_problems_of_all_files_come_at_once(folder):
    spoil(folder, "metros", 1, "lat", "x")
    spoil(folder, "zones", 3, "pue", "9")
    spoil(folder, "sites", 4, "zone_id", "NOWHERE")
    (folder / "links.csv").unlink()
    # The dangling zone is not judged: the zones themselves are not sound.
    assert problems(folder) == [
        f"{folder}: links.csv or links.parquet is missing",
        "metros.csv: row 1: lat: 'x' is not a number",
        "zones.csv: row 3: pue: 9.0 is above 2.5",
    ]


def test_duplicate_key(folder):
    frame = pl.read_csv(folder / "zones.csv", infer_schema=False)
    pl.concat([frame, frame.head(1)]).write_csv(folder / "zones.csv")
    assert problems(folder) == [f"zones.csv: row 100: zone_id: {frame['zone_id'][0]} appears before"]


def test_unknown_and_missing_column(folder):
    frame = pl.read_csv(folder / "links.csv", infer_schema=False)
    frame.rename({"capacity_mw": "capacity_kw"}).write_csv(folder / "links.csv")
    assert problems(folder) == [
        "links.csv: capacity_kw: unknown column; did you mean capacity_mw?",
        "links.csv: capacity_mw: column is missing",
    ]


def test_more_pool_than_shell(folder):
    frame = pl.read_csv(folder / "sites.csv", infer_schema=False)
    row = frame["shell_mw"].cast(pl.Float64).arg_max() + 1
    spoil(folder, "sites", row, "pool_mw", "90000")
    (line,) = problems(folder)
    assert line.startswith(f"sites.csv: row {row}: pool_mw: 90000.0 is more than shell_mw ")


def test_link_from_a_zone_to_itself(folder):
    frame = pl.read_csv(folder / "links.csv", infer_schema=False)
    spoil(folder, "links", 1, "to_zone_id", frame["from_zone_id"][0])
    assert problems(folder) == ["links.csv: row 1: to_zone_id: is the zone that the link starts from"]


def test_row_of_the_wrong_length(folder):
    lines = (folder / "zones.csv").read_text(encoding="utf-8").splitlines()
    (folder / "zones.csv").write_text("\n".join([*lines[:3], "just-this", *lines[4:]]), encoding="utf-8")
    assert problems(folder) == [f"zones.csv: row 3: has 1 cells, the header has {len(lines[0].split(','))}"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "zones.csv: is empty"),
        (b"zone_id,name\n\xff\xfe,x\n", "zones.csv: byte 13: is not UTF-8"),
        (b'zone_id,name\n"a,b\n', "zones.csv: cannot be read: unexpected end of data"),
        (b"zone_id,zone_id\na,b\n", "zones.csv: zone_id: column appears twice"),
    ],
)
def test_file_that_is_no_table(folder, content, reason):
    (folder / "zones.csv").write_bytes(content)
    assert reason in problems(folder)


def test_damaged_parquet(world, folder):
    (folder / "sites.csv").unlink()
    world.sites.write_parquet(folder / "sites.parquet")
    raw = (folder / "sites.parquet").read_bytes()
    (folder / "sites.parquet").write_bytes(raw[: len(raw) // 2])
    (line,) = problems(folder)
    assert line.startswith("sites.parquet: is not a sound Parquet file: ")


def test_both_formats_of_one_table(world, folder):
    world.zones.write_parquet(folder / "zones.parquet")
    assert problems(folder) == [f"{folder}: zones.csv and zones.parquet are both there: keep one"]


def test_missing_folder(tmp_path):
    assert problems(tmp_path / "nowhere") == [f"{tmp_path / 'nowhere'}: is not a folder"]


def test_saving_refuses_a_folder_that_exists_and_leaves_nothing_half_made(world, tmp_path):
    (tmp_path / "there").mkdir()
    with pytest.raises(InputError, match="exists already"):
        world.save(tmp_path / "there")
    with pytest.raises(InputError, match="neither csv nor parquet"):
        world.save(tmp_path / "new", "xlsx")  # type: ignore[arg-type]
    assert [path.name for path in tmp_path.iterdir()] == ["there"]


def test_a_world_made_in_memory_is_checked_too(world):
    sites = world.sites.with_columns(pl.lit("NOWHERE").alias("zone_id"))
    with pytest.raises(InputError, match="sites: row 1: zone_id: 'NOWHERE' is not in zones"):
        World("bad", world.metros, world.zones, world.generators, world.links, sites)
