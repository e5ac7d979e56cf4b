"""The dispatcher: nothing is acknowledged before it is on record, nothing is run twice, nothing is lost."""

import pytest

from longshore.errors import LedgerUnavailable
from longshore.ledger.records import Outcome, Verdict
from longshore_worker.execution.result_slots import Kind
from tests.unit.worker.room import Room

AWAY = LedgerUnavailable(url="redis://nowhere", reason="refused")


def test_what_arrived_together_is_asked_for_together_and_sent_together() -> None:
    # Given
    room = Room(children=2)
    room.learn("quick", 0.00001)
    copies = [room.deliver() for _ in range(100)]

    # When
    room.dispatcher.flush()

    # Then
    assert room.runs.commits == 1
    assert len(room.runs.asked) == 100
    assert len({ask.token for ask in room.runs.asked}) == 100
    assert [len(job.items) for job in room.pool.sent] == [25, 25, 25, 25]
    assert [id for job in room.pool.sent for id in job.ids] == [copy.id for copy in copies]
    assert room.channel.acked == []


def test_a_copy_is_acknowledged_when_its_end_is_on_record() -> None:
    # Given
    room = Room()
    copy = room.deliver()
    room.dispatcher.flush()

    # When
    room.pool.sent[0].begin(0)
    room.pool.sent[0].end(0, value=b"42")
    room.pool.sent[0].done()
    assert room.channel.acked == []
    room.dispatcher.flush()

    # Then
    [finish] = room.runs.finished
    assert (finish.id, finish.outcome, finish.value) == (copy.id, Outcome.SUCCESS, b"42")
    assert room.channel.acked == [(copy.tag, True)]
    assert room.dispatcher.idle


def test_a_slow_task_does_not_hold_up_the_acknowledgement_of_others() -> None:
    # Given
    room = Room(children=2)
    room.learn("slow", 5)
    slow, quick = room.deliver("slow"), room.deliver("slow")
    room.dispatcher.flush()

    # When
    room.pool.sent[1].run()
    room.dispatcher.flush()

    # Then
    assert room.channel.acked == [(quick.tag, False)]
    room.pool.sent[0].run()
    room.dispatcher.flush()
    assert room.channel.acked[1:] == [(slow.tag, True)]


@pytest.mark.parametrize("verdict", [Verdict.DROP, Verdict.PARK])
def test_what_may_not_run_is_acknowledged_and_never_sent(verdict: Verdict) -> None:
    # Given
    room = Room()
    copy = room.deliver(id="one")
    room.runs.verdicts["one"] = verdict

    # When
    room.dispatcher.flush()

    # Then
    assert room.pool.sent == []
    assert room.channel.acked == [(copy.tag, True)]
    assert list(room.runs.parked) == (["one"] if verdict is Verdict.PARK else [])


def test_nothing_is_started_that_has_no_child() -> None:
    # Given
    room = Room(children=2)
    room.learn("slow", 5)
    for _ in range(5):
        room.deliver("slow")

    # When
    room.dispatcher.flush()

    # Then
    assert len(room.runs.asked) == len(room.pool.sent) == 2
    assert room.inbox.held() == {"slow": 3}
    room.pool.sent[0].run()
    room.dispatcher.flush()
    assert len(room.runs.asked) == 3


def test_a_second_copy_shares_the_end_of_the_first() -> None:
    # Given
    room = Room()
    first = room.deliver(id="one")
    room.dispatcher.flush()

    # When
    second = room.deliver(id="one")
    room.dispatcher.flush()

    # Then
    assert len(room.runs.asked) == 1
    room.pool.sent[0].run()
    room.dispatcher.flush()
    assert room.channel.acked == [(second.tag, True)]
    assert first.tag < second.tag


def test_another_run_of_the_same_task_waits_for_the_end_of_ours() -> None:
    # Given
    room = Room()
    room.deliver(id="one", run="r1")
    room.dispatcher.flush()

    # When
    room.deliver(id="one", run="r2")
    other = room.deliver()
    room.dispatcher.flush()

    # Then
    assert [ask.run for ask in room.runs.asked if ask.id == "one"] == ["r1"]
    assert other.id in {ask.id for ask in room.runs.asked}
    room.pool.sent[0].run()
    room.dispatcher.flush()
    assert [ask.run for ask in room.runs.asked if ask.id == "one"] == ["r1", "r2"]


def test_a_run_outlives_the_connection_that_brought_it() -> None:
    # Given
    room = Room()
    room.deliver(id="one")
    room.dispatcher.flush()
    old = room.channel

    # When
    new = room.connect()
    again = room.deliver(id="one")
    room.dispatcher.flush()
    room.pool.sent[0].run()
    room.dispatcher.flush()

    # Then
    assert len(room.runs.asked) == 1
    assert old.acked == []
    assert new.acked == [(again.tag, True)]


def test_a_copy_of_a_run_that_was_taken_from_us_is_judged_anew() -> None:
    # Given: we were frozen, the ledger gave the task to somebody else, and back
    room = Room()
    room.deliver(id="one")
    room.dispatcher.flush()
    room.deliver(id="one")
    room.dispatcher.flush()
    room.runs.fenced.add("one")

    # When
    room.pool.sent[0].run()
    room.dispatcher.flush()

    # Then
    assert [ask.id for ask in room.runs.asked] == ["one", "one"]
    assert room.runs.asked[0].token != room.runs.asked[1].token


def test_what_the_ledger_did_not_hear_is_said_again_in_the_same_words() -> None:
    # Given
    room = Room()
    room.deliver()
    room.runs.away = AWAY

    # When
    room.dispatcher.flush()
    assert room.state.ledger_away
    token = next(iter(room.state.held.values())).token
    room.deliver()
    room.dispatcher.flush()
    room.runs.away = None
    room.flush_until_heard()

    # Then
    assert room.runs.asked[0].token == token
    assert len(room.runs.asked) == 2


def test_a_result_waits_for_a_ledger_that_is_away_and_so_does_its_acknowledgement() -> None:
    # Given
    room = Room()
    copy = room.deliver()
    room.dispatcher.flush()
    room.runs.away = AWAY

    # When
    room.pool.sent[0].run()
    room.dispatcher.flush()

    # Then
    assert room.channel.acked == []
    assert not room.dispatcher.idle
    room.runs.away = None
    room.flush_until_heard()
    assert [finish.id for finish in room.runs.finished] == [copy.id]
    assert room.channel.acked == [(copy.tag, True)]


def test_one_word_that_breaks_a_script_does_not_silence_the_others() -> None:
    # Given
    room = Room(children=2)
    room.learn("quick", 0.00001)
    copies = [room.deliver() for _ in range(3)]
    commit = room.runs.commit

    def refuse(worker: str, **words: object) -> object:
        starts = words.get("starts", ())
        assert isinstance(starts, list)
        if any(ask.id == copies[1].id for ask in starts):
            raise ValueError("a script failed")
        return commit(worker, **words)  # type: ignore[arg-type]

    room.runs.commit = refuse  # type: ignore[assignment]

    # When
    room.dispatcher.flush()

    # Then
    assert {ask.id for ask in room.runs.asked} == {copies[0].id, copies[2].id}
    assert room.channel.acked == []


def test_a_task_of_a_newer_release_is_given_back_with_a_growing_delay() -> None:
    # Given
    room = Room()

    # When
    for _ in range(3):
        room.deliver("unheard-of", id="one")
        room.dispatcher.flush()

    # Then
    assert [(release.token, release.delay) for release in room.runs.released] == [
        ("", 1.0),
        ("", 2.0),
        ("", 4.0),
    ]
    assert room.runs.asked == []
    assert len(room.channel.acked) == 3


def test_a_task_of_a_newer_release_that_the_ledger_does_not_know_is_parked() -> None:
    # Given
    room = Room()
    room.runs.fenced.add("one")
    room.runs.verdicts["one"] = Verdict.PARK

    # When
    copy = room.deliver("unheard-of", id="one")
    room.dispatcher.flush()

    # Then
    assert list(room.runs.parked) == ["one"]
    assert room.channel.acked == [(copy.tag, True)]


def test_the_lines_of_a_chunk_are_told_in_order() -> None:
    # Given
    room = Room()
    room.runs.offset = 0
    room.deliver(chunk=1)
    room.dispatcher.flush()
    [job] = room.pool.sent

    # When
    for index, (kind, value) in enumerate([(Kind.SUCCESS, b"7"), (Kind.BLANK, b""), (Kind.FAILURE, b"bad")]):
        job.begin(index)
        job.end(index, kind, value)
    job.done()
    room.dispatcher.flush()

    # Then
    [told] = room.runs.lines
    assert (told.lines, told.failed) == ([b"=7", b"", b"!bad"], 1)
