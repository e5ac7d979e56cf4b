"""Slices: a chunk's copy is acknowledged when its lines are on record, and not before."""

import pytest

from longshore.errors import LedgerUnavailable
from tests.unit.worker.harness import Harness, Sent


@pytest.fixture
def harness() -> Harness:
    """A dispatcher that was handed a chunk."""
    harness = Harness(children=2)
    harness.runs.offset = 0
    harness.deliver("quick", "b.0", chunk=1)
    harness.dispatcher.flush()
    return harness


def _run_lines(job: Sent, lines: int) -> None:
    for index in range(lines):
        job.begin(index)
        job.end(index)


def test_a_slice_is_acknowledged_after_its_lines_are_on_record(harness: Harness) -> None:
    # Given a ledger that is away
    harness.runs.away = LedgerUnavailable(url="redis://nowhere", reason="it is away")

    # When a slice has ended
    _run_lines(harness.pool.sent[0], 3)
    harness.pool.sent[0].done()
    harness.dispatcher.flush(thoroughly=True)
    early = list(harness.channel.acked)

    # Then its copy is kept until the ledger has heard of it
    assert early == []
    harness.runs.away = None
    harness.flush_until(lambda: harness.channel.acked)
    assert [len(lines.lines) for lines in harness.runs.lines] == [3]


def test_a_slice_that_goes_on_is_not_acknowledged(harness: Harness) -> None:
    # When some lines have ended, and the watchdog has read them
    _run_lines(harness.pool.sent[0], 3)
    harness.pool.sent[0].begin(3)
    watching = harness.watchdog()
    for _ in range(3):
        watching.look()
        harness.dispatcher.flush(thoroughly=True)

    # Then
    assert harness.channel.acked == []
    assert harness.runs.lines == []


def test_a_slice_that_was_not_begun_is_not_acknowledged(harness: Harness) -> None:
    # When its child answers without having begun it
    job = next(iter(harness.state.jobs.values()))
    job.close(0.0)
    harness.pool.sent[0].done()
    harness.dispatcher.flush(thoroughly=True)

    # Then it is sent to another child
    assert harness.channel.acked == []
    assert len(harness.pool.sent) == 2


def test_a_slice_that_another_worker_has_is_acknowledged(harness: Harness) -> None:
    # Given
    harness.runs.fenced.add("b.0")

    # When
    _run_lines(harness.pool.sent[0], 1)
    harness.pool.sent[0].done()
    harness.dispatcher.flush(thoroughly=True)

    # Then the rest of it is that one's
    assert harness.channel.acked
    assert list(harness.state.held) == []
