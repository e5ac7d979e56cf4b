"""The report says the verdict first, in words, and leads to what it rests on; it claims nothing else."""

import re
from pathlib import Path

import pytest

from longshore_loadtest.history.record import Complete, Line, Record
from longshore_loadtest.report import write
from longshore_loadtest.report.page import page
from tests.loadtest.reporting import broken, kept, reported
from tests.loadtest.story import steady, story
from tests.loadtest.telling import good


def test_the_verdict_comes_first_and_in_words() -> None:
    # When
    first = [re.findall(r"<h1[^>]*>(.*?)</h1>", page(report)) for report in (kept(), broken())]

    # Then
    assert first == [
        ["Every promise that could be judged was kept."],
        ["2 promises were broken, 10 kept."],
    ]
    assert "2 acknowledged tasks were lost." in broken().verdict.says
    assert "Meanwhile 3 faults were made on purpose: API killed and worker killed." in kept().verdict.says[3]


def test_what_the_history_does_not_tell_is_not_claimed() -> None:
    said = " ".join(kept().verdict.says)
    assert "one completion was recorded" not in said  # nobody listened
    assert "The history says nothing about 4 promises" in said


def test_each_finding_leads_to_the_lines_it_rests_on() -> None:
    # Given
    html = page(broken())
    lost = next(promise for promise in broken().verdict.promises if promise.name == "lost")

    # When
    targets = set(re.findall(r'id="(line-[^"]+)"', html))
    links = re.findall(r'href="#(line-[^"]+)"', html)

    # Then
    assert [breach.id for breach in lost.breaches] == ["r-1", "r-2"]
    assert all(breach.lines for breach in lost.breaches)
    assert links
    assert set(links) <= targets
    quote = next(quote for quote in broken().verdict.quotes if quote.where == lost.breaches[0].lines[0])
    assert '"kind":"invoke"' in quote.text
    assert '"id":"r-1"' in quote.text


def test_of_many_findings_the_first_are_told_and_all_are_counted() -> None:
    # When
    report = reported(story(20, steady(10), lost=60))

    # Then
    lost = next(promise for promise in report.verdict.promises if promise.name == "lost")
    assert (lost.broken, len(lost.breaches)) == (60, 25)
    assert "The first 25 of 60." in page(report)


@pytest.mark.parametrize(
    "lines", [[], [Complete(at=1.0)], good()], ids=["nothing", "read back", "no samples"]
)
def test_whatever_is_missing_there_is_a_report(lines: list[Line], tmp_path: Path) -> None:
    # When
    report = reported(lines, shape="staircase")

    # Then
    assert write(report, tmp_path).exists()
    assert report.lanes == []


def test_a_run_that_was_not_read_back_has_what_was_seen() -> None:
    # Given
    lines = [line for line in story(20, steady(10)) if not isinstance(line, Record | Complete)]

    # When
    report = reported(lines)

    # Then
    assert not report.verdict.holds
    assert {"load", "submit", "backlog", "memory"} <= {chart.key for chart in report.charts}
