"""The dispatcher: nothing is acknowledged before it is on record, nothing is run twice, nothing is lost."""

import pytest

from longshore.errors import LedgerUnavailable
from longshore_ledger.records import Outcome, Verdict
from longshore_worker.execution.result_slots import Kind
from tests.unit.worker.harness import Harness

AWAY = LedgerUnavailable(url="redis://nowhere", reason="refused")


def test_what_arrived_together_is_asked_for_together_and_sent_together() -> None:
    # Given
    harness = Harness(children=2)
    harness.learn("quick", 0.00001)
    copies = [harness.deliver() for _ in range(100)]

    # When
    harness.dispatcher.flush()

    # Then
    assert harness.runs.commits == 1
    assert len(harness.runs.asked) == 100
    assert len({ask.token for ask in harness.runs.asked}) == 100
    assert [len(job.items) for job in harness.pool.sent] == [25, 25, 25, 25]
    assert [id for job in harness.pool.sent for id in job.ids] == [copy.id for copy in copies]
    assert harness.channel.acked == []


def test_a_copy_is_acknowledged_when_its_end_is_on_record() -> None:
    # Given
    harness = Harness()
    copy = harness.deliver()
    harness.dispatcher.flush()

    # When
    harness.pool.sent[0].begin(0)
    harness.pool.sent[0].end(0, value=b"42")
    harness.pool.sent[0].done()
    assert harness.channel.acked == []
    harness.dispatcher.flush()

    # Then
    [finish] = harness.runs.finished
    assert (finish.id, finish.outcome, finish.value) == (copy.id, Outcome.SUCCESS, b"42")
    assert harness.channel.acked == [(copy.tag, True)]
    assert harness.dispatcher.idle


def test_a_slow_task_does_not_hold_up_the_acknowledgement_of_others() -> None:
    # Given
    harness = Harness(children=2)
    harness.learn("slow", 5)
    slow, quick = harness.deliver("slow"), harness.deliver("slow")
    harness.dispatcher.flush()

    # When
    harness.pool.sent[1].run()
    harness.dispatcher.flush()

    # Then
    assert harness.channel.acked == [(quick.tag, False)]
    harness.pool.sent[0].run()
    harness.dispatcher.flush()
    assert harness.channel.acked[1:] == [(slow.tag, True)]


@pytest.mark.parametrize("verdict", [Verdict.DROP, Verdict.PARK])
def test_what_may_not_run_is_acknowledged_and_never_sent(verdict: Verdict) -> None:
    # Given
    harness = Harness()
    copy = harness.deliver(id="one")
    harness.runs.verdicts["one"] = verdict

    # When
    harness.dispatcher.flush()

    # Then
    assert harness.pool.sent == []
    assert harness.channel.acked == [(copy.tag, True)]
    assert list(harness.runs.parked) == (["one"] if verdict is Verdict.PARK else [])


def test_nothing_is_started_that_has_no_child() -> None:
    # Given
    harness = Harness(children=2)
    harness.learn("slow", 5)
    for _ in range(5):
        harness.deliver("slow")

    # When
    harness.dispatcher.flush()

    # Then
    assert len(harness.runs.asked) == len(harness.pool.sent) == 2
    assert harness.inbox.held() == {"slow": 3}
    harness.pool.sent[0].run()
    harness.dispatcher.flush()
    assert len(harness.runs.asked) == 3


def test_a_second_copy_shares_the_end_of_the_first() -> None:
    # Given
    harness = Harness()
    first = harness.deliver(id="one")
    harness.dispatcher.flush()

    # When
    second = harness.deliver(id="one")
    harness.dispatcher.flush()

    # Then
    assert len(harness.runs.asked) == 1
    harness.pool.sent[0].run()
    harness.dispatcher.flush()
    assert harness.channel.acked == [(second.tag, True)]
    assert first.tag < second.tag


def test_another_run_of_the_same_task_waits_for_the_end_of_ours() -> None:
    # Given
    harness = Harness()
    harness.deliver(id="one", run="r1")
    harness.dispatcher.flush()

    # When
    harness.deliver(id="one", run="r2")
    other = harness.deliver()
    harness.dispatcher.flush()

    # Then
    assert [ask.run for ask in harness.runs.asked if ask.id == "one"] == ["r1"]
    assert other.id in {ask.id for ask in harness.runs.asked}
    harness.pool.sent[0].run()
    harness.dispatcher.flush()
    assert [ask.run for ask in harness.runs.asked if ask.id == "one"] == ["r1", "r2"]


def test_a_run_outlives_the_connection_that_brought_it() -> None:
    # Given
    harness = Harness()
    harness.deliver(id="one")
    harness.dispatcher.flush()
    old = harness.channel

    # When
    new = harness.connect()
    again = harness.deliver(id="one")
    harness.dispatcher.flush()
    harness.pool.sent[0].run()
    harness.dispatcher.flush()

    # Then
    assert len(harness.runs.asked) == 1
    assert old.acked == []
    assert new.acked == [(again.tag, True)]


def test_a_copy_of_a_run_that_was_taken_from_us_is_asked_about_anew() -> None:
    # Given: we were frozen, the ledger gave the task to somebody else, and back
    harness = Harness()
    harness.deliver(id="one")
    harness.dispatcher.flush()
    harness.deliver(id="one")
    harness.dispatcher.flush()
    harness.runs.fenced.add("one")

    # When
    harness.pool.sent[0].run()
    harness.dispatcher.flush()

    # Then
    assert [ask.id for ask in harness.runs.asked] == ["one", "one"]
    assert harness.runs.asked[0].token != harness.runs.asked[1].token


def test_what_the_ledger_did_not_hear_is_said_again_in_the_same_words() -> None:
    # Given
    harness = Harness()
    harness.deliver()
    harness.runs.away = AWAY

    # When
    harness.dispatcher.flush()
    assert harness.state.ledger_away
    token = next(iter(harness.state.held.values())).token
    harness.deliver()
    harness.dispatcher.flush()
    harness.runs.away = None
    harness.flush_until_heard()

    # Then
    assert harness.runs.asked[0].token == token
    assert len(harness.runs.asked) == 2


def test_a_result_waits_for_a_ledger_that_is_away_and_so_does_its_acknowledgement() -> None:
    # Given
    harness = Harness()
    copy = harness.deliver()
    harness.dispatcher.flush()
    harness.runs.away = AWAY

    # When
    harness.pool.sent[0].run()
    harness.dispatcher.flush()

    # Then
    assert harness.channel.acked == []
    assert not harness.dispatcher.idle
    harness.runs.away = None
    harness.flush_until_heard()
    assert [finish.id for finish in harness.runs.finished] == [copy.id]
    assert harness.channel.acked == [(copy.tag, True)]


def test_one_word_that_breaks_a_script_does_not_silence_the_others() -> None:
    # Given
    harness = Harness(children=2)
    harness.learn("quick", 0.00001)
    copies = [harness.deliver() for _ in range(3)]
    commit = harness.runs.commit

    def refuse(worker: str, **words: object) -> object:
        starts = words.get("starts", ())
        assert isinstance(starts, list)
        if any(ask.id == copies[1].id for ask in starts):
            raise ValueError("a script failed")
        return commit(worker, **words)  # type: ignore[arg-type]

    harness.runs.commit = refuse  # type: ignore[assignment]

    # When
    harness.dispatcher.flush()

    # Then
    assert {ask.id for ask in harness.runs.asked} == {copies[0].id, copies[2].id}
    assert harness.channel.acked == []


def test_a_task_of_a_newer_release_is_given_back_with_a_growing_delay() -> None:
    # Given
    harness = Harness()

    # When
    for _ in range(3):
        harness.deliver("unheard-of", id="one")
        harness.dispatcher.flush()

    # Then
    assert [(release.token, release.delay) for release in harness.runs.released] == [
        ("", 1.0),
        ("", 2.0),
        ("", 4.0),
    ]
    assert harness.runs.asked == []
    assert len(harness.channel.acked) == 3


def test_a_task_of_a_newer_release_that_the_ledger_does_not_know_is_parked() -> None:
    # Given
    harness = Harness()
    harness.runs.fenced.add("one")
    harness.runs.verdicts["one"] = Verdict.PARK

    # When
    copy = harness.deliver("unheard-of", id="one")
    harness.dispatcher.flush()

    # Then
    assert list(harness.runs.parked) == ["one"]
    assert harness.channel.acked == [(copy.tag, True)]


def test_the_lines_of_a_chunk_are_told_in_order() -> None:
    # Given
    harness = Harness()
    harness.runs.offset = 0
    harness.deliver(chunk=1)
    harness.dispatcher.flush()
    [job] = harness.pool.sent

    # When
    for index, (kind, value) in enumerate([(Kind.SUCCESS, b"7"), (Kind.BLANK, b""), (Kind.FAILURE, b"bad")]):
        job.begin(index)
        job.end(index, kind, value)
    job.done()
    harness.dispatcher.flush()

    # Then
    [told] = harness.runs.lines
    assert (told.lines, told.failed) == ([b"=7", b"", b"!bad"], 1)
