"""Scenario files mutated at random either load or are refused in order; what loads survives the way to text and back.

A few hundred examples in the suite; ``--hypothesis-profile=long`` runs twenty thousand.
"""

from __future__ import annotations

import re
import tempfile
import time
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wattmarket.errors import InputError
from wattmarket.scenario import Scenario, load_scenario, schema
from wattmarket.scenario.write import write_toml, write_value

ROOT = Path(__file__).parents[2]
SHIPPED = {path.name: path.read_text(encoding="utf-8") for path in sorted((ROOT / "scenarios").glob("*.toml"))}
RESOLVED = load_scenario(ROOT / "scenarios" / "gulf_compute_export.toml").to_toml()
TEXTS = [*SHIPPED.values(), RESOLVED]

LINE = re.compile(r"(/\S*/)?\w+\.(toml|csv): [^\n]+|--set: [^\n]+|and [\d,]+ more problems")


def load_or_refuse(text: str, sets: tuple[str, ...] = ()) -> Scenario | None:
    """Load a text beside the shipped scenarios; whatever is wrong must be said in good order, and soon."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for other, content in SHIPPED.items():
            (folder / other).write_text(content, encoding="utf-8")
        path = folder / "mutant.toml"
        path.write_bytes(text.encode("utf-8", errors="surrogatepass"))
        begun = time.process_time()
        try:
            scenario = load_scenario(path, sets)
        except InputError as error:
            assert error.problems
            assert len(error.problems) <= 101
            for line in error.problems:
                assert LINE.fullmatch(line), line
                assert line.isprintable(), line
                assert "pydantic" not in line
                assert "Input should" not in line
            return None
        finally:
            assert time.process_time() - begun < 1.0
        again = folder / "again.toml"
        again.write_text(scenario.to_toml(), encoding="utf-8")
        assert load_scenario(again) == scenario
        scenario.twin()
        return scenario


@st.composite
def mutants(draw: st.DrawFn) -> str:
    """Draw a scenario file with a few pieces cut, doubled, moved or replaced."""
    text = draw(st.sampled_from(TEXTS))
    for _ in range(draw(st.integers(1, 4))):
        begin = draw(st.integers(0, max(len(text) - 1, 0)))
        end = min(len(text), begin + draw(st.sampled_from([0, 1, 1, 2, 5, 20, 100])))
        piece = draw(
            st.one_of(
                st.just(""),
                st.sampled_from(
                    [
                        "=",
                        '"',
                        "'",
                        "[",
                        "]",
                        "{",
                        "}",
                        ".",
                        ",",
                        "\n",
                        "#",
                        "-",
                        "nan",
                        "1e999",
                        "true",
                        "[[",
                        '"""',
                        "\0",
                    ]
                ),
                st.text(max_size=8),
                st.just(text[begin:end] * 2),
                st.just(text[end : end + 30]),
                st.integers().map(str),
                st.floats().map(str),
            )
        )
        text = text[:begin] + piece + text[end:]
    return text


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(mutants())
def test_mutated_text(text: str) -> None:
    load_or_refuse(text)


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes(data: bytes) -> None:
    load_or_refuse(data.decode("latin-1"))


KEYS = [*schema.all_keys(), ("title",), ("question",)]
NAMED_KEYS = [("workload", name, key) for name in ("chat", "batch") for key in schema.NAMED["workload"].model_fields]

values = st.recursive(
    st.one_of(
        st.booleans(),
        st.integers(-5, 2_000),
        st.integers(),
        st.floats(),
        st.floats(0, 2),
        st.sampled_from(
            ["flat", "piecewise", "csv", "path", "none", "2028-06", "measured", "", "air", "ticks", "lowest"]
        ),
        st.text(max_size=10),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["2023-01", "2030-06", "until", "per_year", "x"]), inner, max_size=3),
    ),
    max_leaves=4,
)


@st.composite
def assignments(draw: st.DrawFn) -> dict[str, Any]:
    """Draw tables that give some known keys any value at all."""
    tables: dict[str, Any] = {}
    for parts in draw(st.lists(st.sampled_from(KEYS), max_size=4, unique=True)):
        table = tables
        for part in parts[:-1]:
            table = table.setdefault(part, {})
        table[parts[-1]] = draw(values)
    named = draw(st.dictionaries(st.sampled_from(NAMED_KEYS), values, max_size=3))
    tables["workload"] = [{"name": parts[1], parts[2]: value} for parts, value in named.items()]
    changes = {".".join(key): draw(values) for key in draw(st.lists(st.sampled_from(KEYS + NAMED_KEYS), max_size=3))}
    tables["event"] = [{"date": draw(st.sampled_from(["2028-06", "2030-01", "2028"])), "set": changes}]
    return {key: value for key, value in tables.items() if value != []}


@settings(deadline=None)
@given(assignments())
def test_any_value_for_any_key(tables: dict[str, Any]) -> None:
    sections = {name: schema.tables_below(section) for name, section in schema.SECTIONS.items() if name in tables}
    load_or_refuse(write_toml(tables, sections))


@settings(deadline=None)
@given(st.sampled_from(KEYS + NAMED_KEYS), values)
def test_any_value_for_any_setting(parts: tuple[str, ...], value: Any) -> None:
    load_or_refuse("", (f"{'.'.join(parts)}={write_value(value)}",))


@settings(deadline=None)
@given(st.text(max_size=40))
def test_any_setting(setting: str) -> None:
    load_or_refuse("", (setting,))


@given(st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=20), st.integers(-(2**63), 2**63 - 1))
def test_values_come_back_from_text_bit_for_bit(number: float, text: str, whole: int) -> None:
    table = {"number": number, "text": text, "whole": whole, "list": [number, text], "table": {text: whole}}
    again = tomllib.loads(write_toml(table, {}))
    assert again == table
    assert str(again["number"]) == str(number)


@pytest.mark.parametrize("name", SHIPPED)
def test_what_is_shipped_loads(name: str) -> None:
    assert load_or_refuse(SHIPPED[name]) is not None
