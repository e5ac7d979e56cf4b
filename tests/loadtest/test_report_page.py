"""The report is one file that needs no other; Markdown and JSON say the same."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import msgspec

from longshore_loadtest.report import from_json, summarise, write
from longshore_loadtest.report.figures import to_json
from longshore_loadtest.report.markdown import markdown
from longshore_loadtest.report.page import page
from longshore_loadtest.verify import verify
from tests.loadtest.reporting import broken, kept
from tests.loadtest.story import steady, story
from tests.loadtest.telling import history_of


def test_json_is_read_back_as_it_was() -> None:
    assert from_json(to_json(kept())) == kept()


def test_markdown_has_the_same_figures() -> None:
    # When
    text = markdown(kept())

    # Then
    assert text.startswith("# Load test r\n\n**Every promise that could be judged was kept.**\n")
    for said in (*kept().verdict.says, *(chart.says for chart in kept().charts)):
        assert said in text
    assert "| 2 | API killed | api-1 | 0:25 | 1.5 s |" in text
    assert "- r-1: acknowledged, and not there at the end (history.ndjson:" in markdown(broken())


def test_all_three_are_written_beside_one_another(tmp_path: Path) -> None:
    # When
    path = write(kept(), tmp_path / "run")

    # Then
    assert path == tmp_path / "run" / "report.html"
    assert sorted(file.name for file in path.parent.iterdir()) == ["report.html", "report.json", "report.md"]


def test_the_page_asks_for_nothing_and_may_not() -> None:
    # When
    html = page(kept())

    # Then
    assert "default-src 'none'" in html
    assert re.findall(r"""(?:src|href)=["'](?!#|data:)""", html) == []
    assert "url(" not in html
    assert "@import" not in html


def test_what_comes_from_the_history_is_text_and_no_markup() -> None:
    # Given
    evil = "</script><img src=x onerror=alert(1)>|`*"
    spells = [msgspec.structs.replace(kept().faults[0], name=evil, target=evil, detail=evil)]
    report = msgspec.structs.replace(kept(), run=evil, command=evil, environment={evil: evil}, faults=spells)

    # When
    html, text = page(report), markdown(report)

    # Then
    assert "<img" not in html
    assert html.count("</script>") == 1
    assert "<img" not in text.replace(f"```sh\n{evil}\n```", "").replace(f"# Load test {evil}", "")


def test_every_chart_has_its_words_and_its_table() -> None:
    # When
    seen = _Outline()
    seen.feed(page(kept()))

    # Then
    assert [chart.key for chart in kept().charts] == seen.charts
    assert all(chart.says for chart in kept().charts)
    assert seen.pictures_without_words == 0
    assert seen.tables_without_headers == 0
    assert seen.tables >= len(kept().charts) + 4
    assert seen.levels == sorted(seen.levels[:1]) + seen.levels[1:]
    assert seen.levels.count(1) == 1


def test_the_page_is_as_the_command_made_it() -> None:
    # Given
    history = history_of(story(10, steady(5)), users=3, spread={"even": True})
    header = msgspec.structs.replace(
        history.header,
        seed=4711,
        command="longshore-loadtest run --seed 4711",
        environment={"python": "3.11"},
    )
    history = replace(history, header=header)

    # When
    html = page(summarise(history, verify(history)))

    # Then
    assert "<pre>longshore-loadtest run --seed 4711</pre>" in html
    assert "With seed 4711" in html
    assert "<dt>python</dt><dd>3.11</dd>" in html
    assert "<dt>spread.even</dt><dd>True</dd>" in html


class _Outline(HTMLParser):
    """What a page is made of."""

    def __init__(self) -> None:
        super().__init__()
        self.charts: list[str | None] = []
        self.levels: list[int] = []
        self.tables = self.tables_without_headers = self.pictures_without_words = 0
        self._headers = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        match tag:
            case "figure":
                self.charts.append(given["data-chart"])
            case "table":
                self.tables += 1
                self._headers = 0
            case "th":
                self._headers += "scope" in given
            case "svg":
                worded = given.get("aria-hidden") == "true" or bool(given.get("aria-label"))
                self.pictures_without_words += not worded
            case "h1" | "h2" | "h3":
                self.levels.append(int(tag[1]))

    def handle_endtag(self, tag: str) -> None:
        if tag == "table":
            self.tables_without_headers += self._headers == 0
