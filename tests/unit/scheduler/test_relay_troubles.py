"""What the relay does when something is refused, blocked, away or over."""

import pytest
from structlog.testing import capture_logs

from longshore.errors import BrokerUnavailable, LedgerUnavailable
from longshore_broker import Ref, Settled
from tests.unit.scheduler.conftest import Stage


def test_a_refused_copy_is_given_back_and_its_queue_rests_and_is_declared_anew(stage: Stage) -> None:
    # Given a copy that the broker returns, its queue having been deleted
    stage.ready("math", "a")
    stage.steps(1)
    stage.publisher.answers.append(Settled(refused=[Ref("math", "a", "run-a")]))
    with capture_logs() as lines:
        stage.steps(2)

    # When it was given back and is ready again
    assert stage.ledger.outbox.given_back == [("math", "a")]
    assert [(line["event"], line["log_level"], line["queue"]) for line in lines] == [
        ("the broker refused copies; they are given back", "warning", "math")
    ]
    stage.ready("math", "a")
    stage.steps_until(0.99)
    assert stage.published() == ["a"]

    # Then it is published again after a second, to a queue declared anew
    stage.steps_until(1.2)
    assert stage.published() == ["a", "a"]
    assert stage.publisher.declared == ["math", "math"]


def test_a_queue_that_the_broker_refuses_holds_up_no_other(stage: Stage) -> None:
    # Given a queue that may not be declared, and one that may
    stage.publisher.refuses = {"forbidden"}
    stage.ready("forbidden", "f")
    stage.ready("math", "a")

    # When the relay works for nine seconds
    with capture_logs() as lines:
        stage.steps_until(9)

    # Then nothing was claimed from the one, and one line says why
    assert stage.published() == ["a"]
    assert [queue for queue, _, _ in stage.ledger.outbox.claims if queue == "forbidden"] == []
    [line] = [line for line in lines if line["event"] == "queue refused"]
    assert line["queue"] == "forbidden"
    assert "told so" in line["reason"]
    assert stage.ledger.maintenance.refused == {"forbidden": "told so"}

    # And when it may be, it is tried again
    stage.publisher.refuses = set()
    while stage.clock.now < 1011:
        stage.steps(1)
    assert stage.published() == ["a", "f"]
    assert stage.ledger.maintenance.refused == {}


def test_a_queue_whose_declaration_costs_the_connection_holds_up_no_other(stage: Stage) -> None:
    # Given a queue that makes the broker close the connection, before one that does not
    stage.publisher.breaks_on = {"deadly"}
    stage.ready("deadly", "d")
    stage.ready("math", "a")

    # When
    with pytest.raises(BrokerUnavailable):
        stage.steps(1)
    stage.steps_until(5)

    # Then
    assert stage.published() == ["a"]


def test_a_broken_connection_gives_back_what_has_no_confirm(stage: Stage) -> None:
    # Given three copies of which one is confirmed
    stage.ready("math", "a", "b", "c")
    stage.steps(1)
    stage.publisher.answers.append(Settled(confirmed=[Ref("math", "b", "run-b")]))
    stage.steps(1)

    # When the connection breaks
    stage.publisher.away = True
    with pytest.raises(BrokerUnavailable):
        stage.steps(1)

    # Then the others are ready again, at once, and the one is confirmed
    assert stage.ledger.outbox.given_back == [("math", "a"), ("math", "c")]
    assert stage.ledger.outbox.confirmed == [("math", "b")]


def test_a_connection_that_breaks_while_publishing_loses_none_of_the_claim(stage: Stage) -> None:
    # Given a connection that breaks at the third of five copies
    stage.ready("math", *"abcde")
    stage.publisher.breaks_after = 3

    # When they are claimed and published
    with pytest.raises(BrokerUnavailable):
        stage.steps(1)

    # Then each of the five is given back, once
    assert sorted(stage.ledger.outbox.given_back) == [("math", id) for id in "abcde"]


def test_while_the_broker_is_away_nothing_is_claimed(stage: Stage) -> None:
    # Given no broker
    stage.publisher.away = True
    stage.ready("math", "a")

    # When the relay tries
    for _ in range(3):
        with pytest.raises(BrokerUnavailable):
            stage.steps(1)

    # Then the work stays where it is
    assert stage.ledger.outbox.claims == []
    assert stage.publisher.connects == 0


def test_what_the_ledger_did_not_hear_is_told_when_it_is_back(stage: Stage) -> None:
    # Given a confirmed and a refused copy, and a ledger that goes away
    stage.ready("math", "a", "b")
    stage.steps(1)
    stage.publisher.answers.append(
        Settled(confirmed=[Ref("math", "a", "run-a")], refused=[Ref("math", "b", "run-b")])
    )
    stage.steps(1)
    stage.ledger.outbox.away = True
    for _ in range(2):
        with pytest.raises(LedgerUnavailable):
            stage.steps(1)

    # When it is back
    stage.ledger.outbox.away = False
    stage.steps(1)

    # Then it hears both, once, and the broker's connection was kept
    assert stage.ledger.outbox.confirmed == [("math", "a")]
    assert stage.ledger.outbox.given_back == [("math", "b")]
    assert stage.publisher.connects == 1


def test_a_record_that_breaks_a_script_holds_up_no_other_copy(stage: Stage) -> None:
    # Given confirms of three copies, one of which the ledger cannot record
    stage.ready("math", "a", "b", "c")
    stage.steps(1)
    stage.ledger.outbox.broken = "b"
    stage.publisher.answers.append(Settled(confirmed=[Ref("math", id, f"run-{id}") for id in "abc"]))

    # When
    stage.steps(2)

    # Then the relay goes on, and its lease on the one lapses
    assert stage.ledger.outbox.confirmed == [("math", "a"), ("math", "c")]


def test_when_both_are_away_what_was_under_way_is_given_back_later(stage: Stage) -> None:
    # Given a copy under way when both go away, the broker first
    stage.ready("math", "a")
    stage.waker.ring = True
    stage.steps(1)
    stage.publisher.away = stage.ledger.outbox.away = True
    with pytest.raises(BrokerUnavailable):
        stage.steps(1)
    assert stage.ledger.outbox.given_back == []

    # When the ledger is back and the broker is not
    stage.ledger.outbox.away = False
    with pytest.raises(BrokerUnavailable):
        stage.steps(1)

    # Then the ledger has heard of it
    assert stage.ledger.outbox.given_back == [("math", "a")]


def test_a_blocked_broker_is_left_in_peace_and_said_once(stage: Stage) -> None:
    # Given a broker under an alarm
    stage.steps(1)
    stage.publisher.blocked = "memory"
    with capture_logs() as lines:
        stage.steps(1)
        assert stage.relay.blocked() == "memory"
        assert stage.registry.get_sample_value("longshore_broker_blocked") == 1

        # When work comes and the bell rings
        stage.ready("math", "a")
        for _ in range(20):
            stage.waker.ring = True
            stage.steps(1)
        stage.steps_until(2)
        assert stage.published() == []

        # Then it is published when the alarm is over
        stage.publisher.blocked = None
        stage.steps_until(3)
    assert stage.published() == ["a"]
    assert stage.relay.blocked() is None
    assert stage.registry.get_sample_value("longshore_broker_blocked") == 0
    assert stage.registry.get_sample_value("longshore_broker_up") == 1
    assert [(line["event"], line.get("reason")) for line in lines] == [
        ("the broker takes no messages for now", "memory"),
        ("the broker takes messages again", None),
    ]


def test_a_stopping_relay_waits_for_confirms_then_gives_back_the_rest(stage: Stage) -> None:
    # Given two copies under way, one of which will be confirmed
    stage.ready("math", "a", "b")
    stage.steps(1)
    stage.publisher.answers.append(Settled(confirmed=[Ref("math", "a", "run-a")]))

    # When the relay stops; nothing moves the clock but the third look
    stage.clock.monotonic = iter([0.0, 1.0, 1.0, 2.0, 4.0, 4.0, 4.0]).__next__  # type: ignore[method-assign]
    stage.relay.close()

    # Then it waited for answers as they came, the ledger knows both confirms, and the bell is gone
    assert set(stage.publisher.settles[1:]) == {0.1}
    assert stage.ledger.outbox.confirmed == [("math", "a")]
    assert stage.ledger.outbox.given_back == [("math", "b")]
    assert stage.waker.closed


def test_stopping_does_not_need_anybody(stage: Stage) -> None:
    # Given a copy under way, and both broker and ledger away
    stage.ready("math", "a")
    stage.steps(1)
    stage.publisher.away = stage.ledger.outbox.away = True

    # When the relay stops
    stage.relay.close()

    # Then it does not raise: the lease will lapse
    assert stage.waker.closed


def test_a_relay_that_never_started_stops(stage: Stage) -> None:
    stage.relay.close()
    assert stage.publisher.settles == []
