"""The knee of a staircase: how much was kept up with, and what stopped it there."""

from dataclasses import replace
from typing import Any

import msgspec
import pytest

from longshore_loadtest.history.record import Fail, Line, Ok, Sample
from longshore_loadtest.report import Report, summarise
from longshore_loadtest.report.figures import Knee
from longshore_loadtest.report.markdown import markdown
from longshore_loadtest.report.page import page
from longshore_loadtest.verify import verify
from tests.loadtest.story import steady, story
from tests.loadtest.telling import history_of

SECONDS = 100.0


def reported(lines: list[Line], **settings: Any) -> Report:
    history = history_of(lines, shape="staircase", seconds=SECONDS, **settings)
    return summarise(history, verify(history))


def knee(lines: list[Line]) -> Knee:
    found = reported(lines).knee
    assert found is not None
    return found


def climbing(capacity: float, step: float = 12.0) -> list[Line]:
    """Ten steps, each `step` tasks a second higher, before workers that do `capacity`."""
    return story(SECONDS, lambda at: step * (int(at / 10) + 1), capacity=capacity)


@pytest.fixture(scope="module")
def limited() -> Report:
    return reported(climbing(capacity=66))


def test_what_the_workers_cannot_do_is_not_kept_up_with(limited: Report) -> None:
    # Given
    found = limited.knee
    assert found

    # Then: 60 a second were possible, 72 were not
    assert [step.keeps_up for step in found.steps] == [True] * 5 + [False] * 5
    assert found.highest == pytest.approx(60, rel=0.15)
    assert found.most == pytest.approx(66, rel=0.05)
    assert found.limit.startswith("The workers:")


def test_the_limit_is_told_with_the_cores_that_each_part_used(limited: Report) -> None:
    assert limited.knee
    assert limited.knee.limit.endswith("Cores then: worker 0.8, api 0.25.")


def test_the_cores_beside_them_are_those_of_the_machine_of_the_run() -> None:
    # Given: the load may come from others
    history = history_of(climbing(capacity=66), shape="staircase", seconds=SECONDS)
    header = msgspec.structs.replace(history.header, environment={"cores": 4})

    # When
    found = summarise(replace(history, header=header), verify(history)).knee

    # Then
    assert found
    assert found.limit.endswith("Cores then: worker 0.8, api 0.25; the machine of the run has 4.")


def test_the_page_and_the_text_name_the_knee(limited: Report) -> None:
    assert limited.knee
    assert '<h2 id="knee-title">Knee</h2>' in page(limited)
    assert limited.knee.limit in markdown(limited)


def test_a_staircase_that_ends_before_the_knee_says_so() -> None:
    # When
    found = knee(climbing(capacity=500))

    # Then
    assert all(step.keeps_up for step in found.steps)
    assert found.says.endswith("That was the last step: the knee lies further up.")
    assert found.limit.startswith("Nothing:")


def test_tasks_that_wait_to_be_published_are_the_relays() -> None:
    # Given: what waits is PENDING, and the queues are empty
    lines = [
        msgspec.structs.replace(
            line, states={"PENDING": line.backlog, "QUEUED": 0, "STARTED": line.states["STARTED"]}
        )
        if isinstance(line, Sample)
        else line
        for line in climbing(capacity=66)
    ]

    # Then
    assert knee(lines).limit.startswith("The relay,")


def test_submissions_that_are_not_acknowledged_are_the_apis() -> None:
    # Given
    lines: list[Line] = [
        Fail(at=line.at, op=line.op, status=503)
        if isinstance(line, Ok) and line.at > 50 and line.op % 2
        else line
        for line in climbing(capacity=500)
    ]

    # Then
    assert knee(lines).limit.startswith("The API,")


def test_without_samples_the_limit_is_not_guessed() -> None:
    # Given
    lines: list[Line] = [line for line in climbing(capacity=66) if not isinstance(line, Sample)]

    # Then
    assert knee(lines).limit.startswith("Not known")


def test_another_shape_has_no_knee() -> None:
    # Given
    history = history_of(story(20, steady(10)), shape="steady", seconds=20.0)

    # Then
    assert summarise(history, verify(history)).knee is None
