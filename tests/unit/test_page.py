"""A run as one web page: whole, the same bytes each time, harmless whatever its title says, readable in a browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from browser import CHROMIUM, Browser

import wattmarket
from wattmarket.cli import main
from wattmarket.errors import InputError
from wattmarket.findings import TwinTables, Uncertain, find
from wattmarket.page import page_of, write_html
from wattmarket.plot import drawable
from wattmarket.scenario import Scenario
from wattmarket.study import Attribution
from wattmarket.study.attribution import CAUSES, Cause

TITLE = 'Batch <script>alert(1)</script> & "drift"'
SMALL = ("world.sites=60", "world.metros=12", "run.months=18", "drift.midpoint=2023-09", "findings.depth=0.02")
SECTIONS = ["index", "words", "years", "exposed", "power", "figures", "scenario", "provenance", "again"]


class Outline(HTMLParser):
    """Headings, pictures, addresses and open tags of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.headings: list[int] = []
        self.images: list[dict[str, str | None]] = []
        self.addresses: list[str] = []
        self.tags: list[str] = []
        self.names: set[str] = set()
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        given = dict(attrs)
        self.names |= {value for name, value in attrs if name == "id" and value}
        self.addresses += [value for name, value in attrs if name in ("src", "href") and value]
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "img":
            self.images.append(given)
        if tag not in ("img", "meta", "link"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def run() -> wattmarket.Run:
    scenario = wattmarket.load_scenario(Path(__file__).parents[2] / "scenarios" / "agentic_batch_drift.toml", SMALL)
    return wattmarket.run(scenario.model_copy(update={"title": TITLE}))


@pytest.fixture(scope="module")
def text(run: wattmarket.Run) -> str:
    return page_of(run)


def test_every_section_stands_under_a_heading_in_order(run: wattmarket.Run, text: str) -> None:
    outline = Outline(text)
    assert outline.open == []
    assert set(SECTIONS) <= outline.names
    assert outline.headings[0] == 1 and outline.headings.count(1) == 1
    assert all(after <= before + 1 for before, after in zip(outline.headings, outline.headings[1:], strict=False))
    assert len(outline.images) == len(drawable(run))
    assert all(len(image["alt"] or "") > 40 for image in outline.images)


def test_nothing_is_asked_of_the_network_and_nothing_runs(text: str) -> None:
    outline = Outline(text)
    assert all(address.startswith(("data:", "#")) for address in outline.addresses)
    assert {address[1:] for address in outline.addresses if address.startswith("#")} <= outline.names
    assert "script" not in outline.tags
    assert "&lt;script&gt;" in text
    assert re.search(r"url\(|@import|http-equiv=.refresh", text) is None


def test_same_run_gives_the_same_bytes(run: wattmarket.Run, text: str) -> None:
    assert page_of(run) == text


def test_themes_differ(run: wattmarket.Run, tmp_path: Path) -> None:
    dark = wattmarket.write_html(run, tmp_path / "pages" / "dark.html", theme="dark").read_text(encoding="utf-8")
    assert "color-scheme: dark" in dark


def test_further_twins_name_agents_and_metros(run: wattmarket.Run) -> None:
    own = TwinTables.of(run)
    assert own is not None
    page = page_of(run, others=[own, own])
    assert "Who loses most" in page or "Who gains most" in page
    assert "beyond chance" in page
    assert "--twins 2" in page
    assert "Neither metros nor agents are named" in page_of(run, others=[own])


def cells(page: str, caption: str) -> dict[str, list[str]]:
    """Rows of the table under a caption, by their first cells."""
    (table,) = re.findall(rf"<caption>{re.escape(caption)}.*?</table>", page, re.DOTALL)
    rows = re.findall(r'<tr><th scope="row">(.*?)</th>(.*?)</tr>', table)
    return {unescape(name): re.findall(r"<td[^>]*>(.*?)</td>", rest) for name, rest in rows}


def test_key_numbers_are_those_of_the_finding_each_with_its_range(run: wattmarket.Run, text: str) -> None:
    found = find(run)
    assert found.repricing is not None and found.change is not None
    rows = cells(text, "Key numbers")
    told = found.repricing
    assert rows["Month of the break"] == [told.month, told.earliest_month, told.latest_month or "never"]
    assert rows["Batch share at the break"] == [*told.batch_share.written(".2f")]
    assert rows["Largest shortfall"] == [*told.deepest.written(".0%")]
    assert rows["… of it latency rent, $/MWh"] == [*found.change.latency.written("+.0f")]
    assert all(len(row) == 3 and all(row) for row in rows.values())
    assert len(rows) == 14


def test_the_opening_says_what_the_findings_say(run: wattmarket.Run, text: str) -> None:
    (heading,) = re.findall(r"<h1>(.*?)</h1>", text)
    (lede,) = re.findall(r'<p class="lede">(.*?)</p>', text)
    said = find(run).text()
    assert unescape(heading).replace("\u2011", "-") in said
    assert "was not measured" in lede  # no rate for a depth of 2 %
    for sentence in unescape(lede).split(". ")[:3]:
        assert sentence in said


def test_what_the_fall_is_made_of_stands_in_a_section_of_its_own(run: wattmarket.Run, text: str) -> None:
    nil = Uncertain(-0.001, -0.02, 0.02)
    causes = tuple(Cause(name, Uncertain(0.05, 0.03, 0.07), nil) for name in CAUSES)
    page = page_of(run, attribution=Attribution("2024-01", "2023-01", Uncertain(0.05, 0.03, 0.07), causes))
    rows = cells(page, "The fall with one cause switched off")
    assert rows == {name: [what, "5%", "3%", "7%", "+0%", "-2%", "+2%"] for name, what in CAUSES.items()}
    assert "In the year from 2024-01 on the edge index is on average 5% (3% to 7%) below its twin." in page
    assert "need not add up" in page
    assert "--attribute" in page
    assert "causes" in Outline(page).names and "causes" not in Outline(text).names


def test_captions_of_maps_say_what_a_dot_is(text: str) -> None:
    captions = [unescape(caption) for caption in re.findall(r"<figcaption>(.*?)</figcaption>", text)]
    maps = [caption for caption in captions if caption.startswith("Each dot")]
    assert len(maps) == 2
    assert all("a metro’s edge sites share" in caption for caption in maps)


def test_page_tells_what_the_scenario_changes(text: str) -> None:
    assert "run.months" in text and "findings.depth" in text


def test_run_without_drift_has_no_break() -> None:
    plain = wattmarket.run(Scenario().with_settings([*SMALL[:3], "drift.path=flat"]))
    page = page_of(plain)
    assert "no break to look for" in page
    assert Outline(page).open == []


def test_sealed_folder_and_files_in_the_way(run: wattmarket.Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="can't be written"):
        write_html(run, tmp_path / "file" / "page.html")
    with pytest.raises(InputError, match="theme: 'pink'"):
        write_html(run, tmp_path / "page.html", theme="pink")


def test_command_writes_beside_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    settings = [*SMALL[:2], "run.months=3", "drift.path=flat", "output.figures=false"]
    wattmarket.run(Scenario().with_settings(settings), out=tmp_path / "mine")
    assert main(["report", "mine"]) == 0
    assert (tmp_path / "mine.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert main(["report", "mine", "--out", "mine/page.html"]) == 2


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no chromium; the Debian package has it")
    with Browser(tmp_path / "profile") as found:
        yield found


@pytest.mark.needs_debian
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_browser_shows_all_of_it(run: wattmarket.Run, browser: Browser, tmp_path: Path, theme: str) -> None:
    page = write_html(run, tmp_path / "page.html", theme=theme)
    browser.open(page)
    pictures = browser.asks(
        "Promise.all([...document.images].map(i => i.decode().then(() => i.naturalWidth * (i.alt.length > 0))))"
    )
    assert len(pictures) == len(drawable(run)) and min(pictures) > 500
    assert set(SECTIONS) <= set(browser.asks("[...document.querySelectorAll('section')].map(s => s.id)"))
    assert all(browser.asks("[...document.querySelectorAll('section')].map(s => s.offsetHeight > 50)"))
    # Wide tables scroll in a box of their own; the page itself never does.
    assert browser.asks("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert browser.asks("document.querySelectorAll('th:not([scope])').length") == 0
    assert browser.asks("document.title").startswith(TITLE)
    asked = [event["request"]["url"] for event in browser.said("Network.requestWillBeSent")]
    assert [url for url in asked if not url.startswith("data:")] == [page.resolve().as_uri()]
    said = [browser.said(kind) for kind in ("Log.entryAdded", "Runtime.consoleAPICalled", "Runtime.exceptionThrown")]
    assert said == [[], [], []]
    assert browser.screenshot(tmp_path / "page.png").stat().st_size > 100_000
