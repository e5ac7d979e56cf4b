"""The figures of a report are those of its history."""

import msgspec
import pytest

from longshore_loadtest.history.record import Line
from longshore_loadtest.report.page import page
from tests.loadtest.reporting import BREAKS, chart, kept, reported, values
from tests.loadtest.story import API, steady, story
from tests.loadtest.telling import Teller, good


def test_load_and_completions_are_those_of_the_history() -> None:
    # When
    offered, acknowledged = values(kept(), "load", "offered"), values(kept(), "load", "acknowledged")

    # Then
    assert sum(offered) == pytest.approx(kept().totals["attempted"], rel=0.01)
    assert sum(acknowledged) == pytest.approx(kept().totals["acknowledged"], rel=0.01)
    assert sum(values(kept(), "completions", "completed")) == pytest.approx(kept().totals["ok"], rel=0.01)
    assert acknowledged[25] < offered[25]  # the API was away


def test_latency_counts_from_when_a_task_was_due() -> None:
    """What waited for three seconds waited for three, by whichever clock."""
    # When
    skewed = reported(story(40, steady(20), BREAKS, ahead=90.0))

    # Then
    late = values(kept(), "end-to-end", "p50")[10]
    assert 2 < late < 4
    assert values(skewed, "end-to-end", "p50")[10] == pytest.approx(late, abs=0.01)
    assert values(skewed, "completions", "completed") == pytest.approx(
        values(kept(), "completions", "completed"), abs=2
    )


def test_each_fault_is_told_with_its_recovery() -> None:
    # When
    told = [(fault.number, fault.name, fault.target, fault.begun, fault.healed) for fault in kept().faults]

    # Then
    assert told == [
        (1, "worker killed", "worker-2", 10, 13),
        (2, API, "api-1", 25, 26.5),
        (3, "worker killed", "worker-1", 32, 34),
    ]
    first = kept().faults[0]
    assert first.pause is not None
    assert 2.5 < first.pause < 4
    assert first.flowed is not None
    assert 0 < first.flowed < 1
    html = page(kept())
    assert html.count('class="band"') == 3 * len(kept().charts)
    assert html.count('<span class="fault') == 3


def test_a_fault_that_was_skipped_has_no_band() -> None:
    # Given
    teller = Teller()
    teller.task("r-1")
    teller.record("r-1")
    teller.end()
    skipped = msgspec.json.decode(
        b'{"kind":"fault","at":0.1,"name":"node drained","target":"n","phase":"skipped","detail":"one node"}',
        type=Line,
    )

    # When
    report = reported([*teller.lines, skipped])

    # Then
    assert [fault.skipped for fault in report.faults] == [True]
    assert 'class="band"' not in page(report)
    assert "Nothing was broken on purpose." in report.verdict.says


def test_files_are_told_apart_from_the_load() -> None:
    # When
    report = reported(good())

    # Then: three tasks, one of them asked for twice, and a file whose blank and bad lines are not run
    assert sum(values(report, "load", "offered")) == pytest.approx(4, rel=0.1)
    assert chart(report, "files").says == "1 file of 250 lines were accepted, and 246 lines run."


def test_the_processor_is_drawn_by_component() -> None:
    assert values(kept(), "processor", "worker")[5] == 0.8
    assert chart(kept(), "processor").says == "At most, in cores: worker 0.8 and api 0.25."


def test_executions_are_told_with_their_share() -> None:
    # When
    html = page(kept())

    # Then
    assert sum(kept().executions.values()) == kept().totals["acknowledged"]
    assert set(kept().executions) == {1, 2}
    assert "2 times" in html
