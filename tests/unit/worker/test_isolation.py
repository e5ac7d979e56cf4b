"""Suspects run in a worker that runs nothing beside them."""

import pytest

from longshore_ledger.records import Verdict
from tests.unit.worker.harness import Harness


@pytest.fixture
def harness() -> Harness:
    """A dispatcher that runs one task; the ledger lets its suspect wait for that."""
    harness = Harness(children=4)
    harness.deliver("slow", "a")
    harness.dispatcher.flush()
    harness.runs.suspects = {"s"}
    harness.runs.verdicts["s"] = Verdict.WAIT
    return harness


def test_a_suspect_waits_and_nothing_begins_meanwhile(harness: Harness) -> None:
    # When
    harness.deliver("slow", "s")
    harness.dispatcher.flush()
    harness.deliver("slow", "b")
    for _ in range(3):
        harness.dispatcher.flush()

    # Then it was asked about once
    assert [ask.id for ask in harness.runs.asked] == ["a", "s"]
    assert list(harness.state.held) == ["a"]
    assert [copy.id for copy in harness.inbox.pending] == ["s", "b"]


def test_a_suspect_begins_alone_and_others_after_it(harness: Harness) -> None:
    # Given
    harness.deliver("slow", "s")
    harness.dispatcher.flush()
    harness.deliver("slow", "b")

    # When the other one has ended
    harness.runs.verdicts.clear()
    harness.pool.sent[0].run()
    harness.dispatcher.flush()
    alone = list(harness.state.held)
    harness.deliver("slow", "c")
    harness.dispatcher.flush()
    still_alone = list(harness.state.held)
    harness.pool.sent[1].run()
    harness.dispatcher.flush()

    # Then
    assert (alone, still_alone) == (["s"], ["s"])
    assert set(harness.state.held) == {"b", "c"}
    assert [finish.id for finish in harness.runs.finished] == ["a", "s"]


def test_what_came_behind_a_suspect_in_one_commit_is_kept(harness: Harness) -> None:
    # Given a worker that knows of none of them what it is
    harness.pool.sent[0].run()
    harness.dispatcher.flush()
    harness.runs.verdicts = {"b": Verdict.WAIT, "c": Verdict.WAIT}
    for id in "sbc":
        harness.deliver("slow", id)

    # When
    harness.dispatcher.flush()
    beside = [copy.id for copy in harness.inbox.pending]
    harness.runs.verdicts.clear()
    harness.pool.sent[1].run()
    harness.dispatcher.flush()

    # Then
    assert set(beside) == {"b", "c"}
    assert set(harness.state.held) == {"b", "c"}
    assert harness.channel.rejected == []


def test_a_suspect_that_waits_for_nothing_is_not_asked_about_in_a_loop(harness: Harness) -> None:
    # Given a ledger which thinks that this worker runs something that it does not know
    harness.pool.sent[0].run()
    harness.dispatcher.flush()
    harness.deliver("slow", "s")

    # When
    for _ in range(20):
        harness.dispatcher.flush()

    # Then
    assert [ask.id for ask in harness.runs.asked].count("s") == 1
    harness.runs.verdicts.clear()
    harness.flush_until(lambda: "s" in harness.state.held)


def test_waiting_for_a_suspect_is_seen(harness: Harness) -> None:
    # Given
    isolation, pending = harness.isolation, harness.inbox.pending
    assert not isolation.holds_back(pending)

    # When
    harness.deliver("slow", "s")
    harness.dispatcher.flush()

    # Then
    assert isolation.holds_back(pending)
