"""Faults are told by what they are and where: a long run does each of them several times."""

from collections.abc import Sequence

import pytest

from longshore_loadtest.history.record import Fault, Phase
from longshore_loadtest.report import Report
from longshore_loadtest.report.figures import Spell
from longshore_loadtest.report.kinds import kinds
from longshore_loadtest.report.markdown import markdown
from longshore_loadtest.report.page import page
from tests.loadtest.reporting import BREAKS, kept, reported
from tests.loadtest.story import steady, story

LATE: Sequence[tuple[float, Phase]] = [(45.0, "begun"), (46.0, "ended"), (47.0, "healed")]
"""When all tasks are done."""


def _spell(number: int, target: str = "worker", **told: float | None) -> Spell:
    return Spell(number=number, name="kill", target=target, begun=number * 100.0, **told)  # type: ignore[arg-type]


def test_the_worst_of_each_kind_is_told_and_how_often_it_was_done() -> None:
    # When
    first, second = kinds(
        [
            _spell(1, healed=110.0, pause=3.0, flowed=0.5, kept=0.9),
            _spell(2, "api", healed=201.0, pause=0.2, flowed=0.1),
            _spell(3, healed=302.0, pause=1.0, flowed=0.25, kept=1.0),
            _spell(4, healed=404.0, pause=2.0, flowed=4.0, kept=0.4),
        ]
    )[::-1]

    # Then
    assert (first.name, first.target, first.times) == ("kill", "worker", 3)
    assert (first.healed, first.pause, first.flowed, first.flowed_usually) == (10.0, 3.0, 4.0, 0.5)
    assert (first.kept, first.kept_usually) == (0.4, 0.9)
    assert (second.target, second.times, second.pause, second.kept) == ("api", 1, 0.2, None)


def test_what_did_not_heal_or_flow_again_is_counted() -> None:
    # When
    (found,) = kinds(
        [
            _spell(1, healed=110.0),
            _spell(2, given_up=290.0),
            _spell(3, given_up=390.0, pause=1.0),
            _spell(4, healed=410.0, pause=1.0, flowed=1.0),
        ]
    )

    # Then
    assert (found.times, found.unhealed, found.stopped) == (4, 2, 2)
    assert found.pause == 1.0


@pytest.mark.parametrize("what", ["skipped", "failed"])
def test_what_was_not_done_is_no_kind(what: str) -> None:
    assert kinds([Spell(number=1, name="kill", target="node", begun=1.0, **{what: True})]) == []  # type: ignore[arg-type]


def _told(*phases: tuple[Phase, str]) -> Report:
    lines = [
        Fault(at=20.0 + at, name="freeze", target="redis", phase=phase, detail=detail)
        for at, (phase, detail) in enumerate(phases)
    ]
    return reported([*story(40, steady(20)), *lines])


def test_what_could_not_be_begun_is_told_with_the_reason_and_is_no_fault() -> None:
    # When
    report = _told(("begun", "redis-0, for 3 s"), ("failed", "it could not be begun: forbidden"))

    # Then
    (one,) = report.faults
    assert one.detail == "redis-0, for 3 s; it could not be begun: forbidden"
    assert (report.kinds, report.done) == ([], [])
    assert "Nothing was broken on purpose." in report.verdict.says
    for text in (page(report), markdown(report)):
        assert "it could not be begun: forbidden" in text
        assert "By fault" not in text


def test_what_was_not_whole_in_time_is_told_so() -> None:
    # When
    report = _told(("begun", "redis-0"), ("ended", "redis-0"), ("given-up", "not whole within 180 s"))

    # Then
    (one,) = report.faults
    assert (one.detail, one.healed, one.flowed) == ("redis-0; not whole within 180 s", None, None)
    assert any("Not all was seen to be whole again." in said for said in report.verdict.says)
    assert not any("nothing was done any more" in said for said in report.verdict.says)
    assert "not whole within 180 s" in page(report)
    for text in (page(report), markdown(report)):
        assert "1 never whole" in text
        assert "without end" not in text


def test_a_fault_after_which_nothing_was_done_is_marked() -> None:
    # When
    report = reported([*story(40, steady(20), BREAKS), *_late()])

    # Then
    assert "1 without end" in page(report)
    assert "1 without end" in markdown(report)


def _late() -> list[Fault]:
    return [Fault(at=at, name="freeze", target="redis", phase=phase) for at, phase in LATE]


def test_the_page_and_the_text_have_them_before_each_single_one() -> None:
    for text in (page(kept()), markdown(kept())):
        assert 0 < text.index("By fault") < text.index("Rate kept") < text.index("One by one")
    assert "| worker killed | worker-1 | 1 | 2 s |" in markdown(kept())
