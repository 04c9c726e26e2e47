"""Hostile files are refused in well under a second, before anything large is built."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from wattmarket.errors import InputError
from wattmarket.scenario import load_scenario

MIB = 1_048_576
DEEP = "is nested more than 16 deep"
KEYS = "has more than 20,000 keys"

HOSTILE = {
    "2 MiB of comment": ("#" * (2 * MIB), "is larger than 1 MiB"),
    "deep list": ("x = " + "[" * 100_000, DEEP),
    "deep list, closed": ("x = " + "[" * 17 + "]" * 17, DEEP),
    "deep inline tables": ("x = " + "{a = " * 50_000, DEEP),
    "deep header": ("[" + ".".join("a" * 20_000) + "]", DEEP),
    "deep array of tables": ("[[" + ".".join("a" * 20_000) + "]]", DEEP),
    "deep dotted key": (".".join("a" * 100_000) + " = 1", DEEP),
    "deep quoted key": (".".join(['"a"'] * 1_000) + " = 1", DEEP),
    "deep key with spaces": (" . ".join("a" * 17) + " = 1", DEEP),
    "deep inside an inline table": ("x = {" + ".".join("a" * 17) + " = 1}", DEEP),
    "depth in parts": ("[" + ".".join("a" * 10) + "]\n" + ".".join("b" * 10) + " = 1", DEEP),
    "depth hidden behind a string": ("t = '''[[[[''' \nx = " + "[" * 17, DEEP),
    "20,001 keys": ("".join(f"k{number} = 1\n" for number in range(20_001)), KEYS),
    "20,001 keys inline": ("x = {" + ", ".join(f"k{number} = 1" for number in range(20_001)) + "}", KEYS),
    "20,001 headers": ("".join(f"[k{number}]\n" for number in range(20_001)), KEYS),
    "20,001 rows": ("[[event]]\n" * 20_001, KEYS),
    "20,000 dotted keys": ("".join(f"a.b.c.d.e.f.k{number} = 1\n" for number in range(19_999)), "a: unknown key"),
    "20,000 unknown keys": ("".join(f"cieling{number} = 1\n" for number in range(19_999)), "unknown key"),
    "500,000 entries": ("x = [" + "1," * 500_000 + "]", "has more than 50,000 list entries"),
    "49,999 entries": ("[output]\ntables = [" + "'ticks'," * 49_999 + "]", "output.tables: is longer than 16"),
    "19,000 months": (
        "[drift]\npath = 'piecewise'\npoints = {" + ", ".join(f"a{number} = 1" for number in range(19_000)) + "}",
        "has more than 600 months",
    ),
    "1e999": ("[demand]\nelasticity = 1e999", "demand.elasticity: inf is not a finite number"),
    "nan": ("[drift]\nceiling = nan", "drift.ceiling: nan is not a finite number"),
    "a million digits": ("[run]\nseed = " + "9" * 1_000_000, "is not TOML"),
    "a million hexadecimal digits": ("[run]\nseed = 0x" + "f" * 1_000_000, "a number of 4000000 bits is above"),
    "a million digits after the point": ("[drift]\nceiling = 2." + "1" * 1_000_000, "is above 0.99"),
    "a million brackets closed": ("]" * 1_000_000, "is not TOML"),
    "a million lines": ("a\n" * 500_000, "is not TOML"),
    "a million quotes": ('"' * 1_000_000, 'of the character "'),
    "a million backslashes": ('x = "' + "\\" * 1_000_000, "of the character \\"),
    "a million single quotes": ("'" * 1_000_001, "of the character '"),
    "an open multi-line string": ('title = """' + 'a"' * 400_000, 'of the character "'),
    "strings that never end": ('x = """' + '\\"""' * 20_000 + "a" * 900_000, "is not TOML"),
    "literal strings that never end": ("x = '" + "a\n'" * 40_000, "is not TOML"),
    "dots without keys": (".\n" * 500_000, "has more than 150,000 marks of punctuation"),
    "dots and brackets": (".]" * 500_000, "has more than 150,000 marks of punctuation"),
    "an open literal string": ("title = '''" + "a'" * 400_000, "of the character '"),
    "a long title": ("title = '" + "x" * 1_000_000 + "'", "title: is longer than 200"),
    "a long key": ("x" * 1_000_000 + " = 1", "unknown key"),
    "1,000 events": ("[[event]]\ndate = '2030-01'\nset = {drift.start = 0.1}\n" * 1_000, "has more than 200 entries"),
    "1,000 workloads": ("".join(f"[[workload]]\nname = 'w{n}'\n" for n in range(1_000)), "has more than 50 entries"),
    "null bytes": ("\0" * 100_000, "is not TOML"),
    "a billion site-months": ("[run]\nmonths = 1_200\n[world]\nsites = 50_000", "are more than 20,000,000 rows"),
}


def refusal(path: Path) -> str:
    begun = time.process_time()
    with pytest.raises(InputError) as caught:
        load_scenario(path)
    taken = time.process_time() - begun
    assert taken < 1.0
    text = str(caught.value)
    assert len(caught.value.problems) <= 101
    assert len(text) < 20_000
    return text


@pytest.mark.parametrize(("text", "expected"), HOSTILE.values(), ids=HOSTILE)
def test_hostile_text(tmp_path: Path, text: str, expected: str) -> None:
    path = tmp_path / "s.toml"
    path.write_text(text, encoding="utf-8")
    assert expected in refusal(path)


def test_large_but_honest_text_is_read(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    months = ", ".join(f"{year}-{month:02d} = 0.5" for year in range(2020, 2070) for month in range(1, 13))
    events = "".join(
        f"[[event]]\ndate = '{2024 + n // 12}-{n % 12 + 1:02d}'\nset.drift.start = 0.1\n" for n in range(150)
    )
    path.write_text(f"[drift]\npath = 'piecewise'\npoints = {{ {months} }}\n{events}", encoding="utf-8")
    begun = time.process_time()
    scenario = load_scenario(path)
    assert time.process_time() - begun < 1.0
    assert len(scenario.drift.points) == 600


def test_brackets_in_strings_and_comments_do_not_count(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    brackets = "[" * 40 + "." * 40 + "=" * 30_000
    path.write_text(f"# {brackets}\nquestion = '''{'[.=' * 100}'''\ntitle = \"{'[.=' * 30}\"", encoding="utf-8")
    assert load_scenario(path).title == "[.=" * 30


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    os.mkfifo(path)
    assert "is not a file" in refusal(path)


def test_a_large_drift_table_is_refused(tmp_path: Path) -> None:
    (tmp_path / "drift.csv").write_text("month,batch_share\n" + "x,y\n" * 300_000)
    path = tmp_path / "s.toml"
    path.write_text("[drift]\npath = 'csv'\nfile = 'drift.csv'")
    assert "drift.csv: is larger than 1 MiB" in refusal(path)
